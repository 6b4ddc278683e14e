package journal

import (
	"bytes"
	"fmt"
	"strconv"
)

// Version is the version of the journals that this gonogo begins, and the
// newest that it reads. A journal without one was begun before there were
// versions: it is read, and goes on, as version 1.
//
// The version is the first member of the first record's event:
//
//	{"seq":1,…,"type":"EngineStarted","event":{"v":1,"pid":4711,…},"sum":"…"}
//
// There the chain holds it, and a gonogo that knows no versions passes over it as
// over any member of an event that it does not know. No event may have a member
// "v" of its own. In every version to come the first line keeps the form of
// line.go, so that each gonogo can tell that it must not read on.
const Version = 1

// beforeVersion begins the event that holds the version.
const beforeVersion = `{"v":`

// versioned returns the JSON of the first record's event with the version in it.
func versioned(event []byte) ([]byte, error) {
	rest, ok := bytes.CutPrefix(event, []byte("{"))
	if !ok {
		return nil, fmt.Errorf("an event that is no JSON object cannot be a journal's first: %.20q", event)
	}
	out := strconv.AppendInt([]byte(beforeVersion), Version, 10)
	if !bytes.HasPrefix(rest, []byte("}")) {
		out = append(out, ',')
	}
	return append(out, rest...), nil
}

// versionOf returns the version in the JSON of a first record's event, 0 where
// there is none. ok is false for one that no version of gonogo wrote.
func versionOf(event []byte) (version int, ok bool) {
	rest, has := bytes.CutPrefix(event, []byte(beforeVersion))
	if !has {
		return 0, true
	}
	end := bytes.IndexAny(rest, ",}")
	if end < 0 {
		return 0, false
	}
	version, err := strconv.Atoi(string(rest[:end]))
	return version, err == nil && version > 0
}
