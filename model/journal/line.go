package journal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"gonogo/model"
)

// maxLine is the longest line that is written or read, in bytes.
const maxLine = 16 << 20

// A line is
//
//	{"seq":1,"at":"…","by":{…},"cause":"…","prev":"…","type":"…","event":{…},"sum":"…"}
//
// with its members always in this order and without blanks. The sum is taken
// over the exact bytes before `,"sum":"`, so that checking it needs no opinion
// about JSON. The first line's event holds the journal's version, see Version. Inside a JSON string a quote is always behind a backslash, so none
// of the separators below can occur in one: the first match ends a member.
const (
	beforeSeq   = `{"seq":`
	beforeAt    = `,"at":"`
	beforeBy    = `","by":`
	beforeCause = `,"cause":`
	beforePrev  = `,"prev":"`
	beforeType  = `","type":"`
	beforeEvent = `","event":`
	beforeSum   = `,"sum":"`
	lineEnd     = `"}`
	sumLen      = 2 * sha256.Size
	tailLen     = len(beforeSum) + sumLen + len(lineEnd)
)

// errForm is a line that no version of gonogo wrote.
var errForm = errors.New("not a record's form")

// encoder turns records into lines. Its buffers are kept from one to the next.
type encoder struct {
	line  []byte       // the lines so far, each with its line break
	text  bytes.Buffer // one JSON value
	json  *json.Encoder
	by    model.Actor // whose JSON form byRaw is
	byRaw []byte
}

func newEncoder() *encoder {
	e := &encoder{}
	e.json = json.NewEncoder(&e.text)
	e.json.SetEscapeHTML(false) // "< 1%" stays readable
	return e
}

// reset forgets the lines, and a buffer that one large record has blown up.
func (e *encoder) reset() {
	if cap(e.line) > 1<<20 {
		e.line = nil
	}
	e.line = e.line[:0]
}

// value returns v as JSON; the bytes are good until the next call.
func (e *encoder) value(v any) ([]byte, error) {
	e.text.Reset()
	if err := e.json.Encode(v); err != nil {
		return nil, err
	}
	return model.InertJSON(bytes.TrimSuffix(e.text.Bytes(), []byte("\n"))), nil
}

// add appends r's line and returns r as a replay will read it: with its sum,
// and its event as decoded from the bytes written. After an error the lines are
// good for nothing until reset.
func (e *encoder) add(r model.Record) (model.Record, error) {
	start := len(e.line)
	if err := e.head(r); err != nil {
		return r, err
	}
	raw, err := e.value(r.Event)
	if err != nil {
		return r, err
	}
	name := model.EventName(r.Event)
	if r.Event, err = model.UnmarshalEvent(name, raw); err != nil {
		return r, err
	}
	if r.Seq == 1 {
		if raw, err = versioned(raw); err != nil {
			return r, err
		}
	}
	e.line = append(e.line, raw...)
	if size := len(e.line) - start + tailLen; size > maxLine {
		return r, fmt.Errorf("event %s makes a record of %d bytes, more than the %d that one may have", name, size, maxLine)
	}
	sum := sha256.Sum256(e.line[start:])
	e.line = append(e.line, beforeSum...)
	at := len(e.line)
	e.line = hex.AppendEncode(e.line, sum[:])
	r.Sum = model.Hash(e.line[at:])
	e.line = append(e.line, lineEnd+"\n"...)
	return r, nil
}

// head appends everything before the event.
func (e *encoder) head(r model.Record) error {
	if y := r.At.Year(); y < 0 || y > 9999 {
		return fmt.Errorf("time %v has no four-digit year", r.At)
	}
	e.line = strconv.AppendUint(append(e.line, beforeSeq...), r.Seq, 10)
	e.line = r.At.AppendFormat(append(e.line, beforeAt...), time.RFC3339Nano)
	if e.byRaw == nil || e.by != r.By {
		raw, err := e.value(r.By)
		if err != nil {
			return err
		}
		e.by, e.byRaw = r.By, bytes.Clone(raw)
	}
	e.line = append(append(e.line, beforeBy...), e.byRaw...)
	raw, err := e.value(string(r.Cause))
	if err != nil {
		return err
	}
	e.line = append(append(e.line, beforeCause...), raw...)
	e.line = append(append(e.line, beforePrev...), r.Prev...)
	e.line = append(append(e.line, beforeType...), model.EventName(r.Event)...)
	e.line = append(e.line, beforeEvent...)
	return nil
}

// decoder turns lines into records; it remembers the last actor, who is
// mostly the same.
type decoder struct {
	by    model.Actor
	byRaw []byte
	event []byte // JSON of the last record's event; good until its line is not
}

// checkSum returns the part of a line that its sum is taken over, and the sum
// if it fits.
func checkSum(line []byte) (body []byte, sum model.Hash, ok bool) {
	n := len(line) - tailLen
	if n < 0 {
		return nil, "", false
	}
	body, tail := line[:n], line[n:]
	var want [tailLen]byte
	have := sha256.Sum256(body)
	w := append(want[:0], beforeSum...)
	w = hex.AppendEncode(w, have[:])
	w = append(w, lineEnd...)
	if !bytes.Equal(w, tail) {
		return nil, "", false
	}
	return body, model.Hash(tail[len(beforeSum) : len(beforeSum)+sumLen]), true
}

// decode reads the body of a line whose sum fits. The error is errForm, or
// says what of the record cannot be understood.
func (d *decoder) decode(body []byte) (model.Record, error) {
	var r model.Record
	c := cutter{rest: body}
	c.skip(beforeSeq)
	seq := c.until(beforeAt)
	at := c.until(beforeBy)
	by := c.until(beforeCause)
	cause := c.until(beforePrev)
	prev := c.until(beforeType)
	name := c.until(beforeEvent)
	if c.bad {
		return r, errForm
	}
	var err error
	if r.Seq, err = strconv.ParseUint(string(seq), 10, 64); err != nil {
		return r, errForm
	}
	if r.At, err = time.Parse(time.RFC3339Nano, string(at)); err != nil {
		return r, errForm
	}
	r.At = r.At.UTC()
	if d.byRaw == nil || !bytes.Equal(d.byRaw, by) {
		var a model.Actor
		if json.Unmarshal(by, &a) != nil {
			return r, errForm
		}
		d.by, d.byRaw = a, bytes.Clone(by)
	}
	r.By = d.by
	if string(cause) != `""` { // mostly there is none
		var text string
		if json.Unmarshal(cause, &text) != nil {
			return r, errForm
		}
		r.Cause = model.IntentID(text)
	}
	r.Prev = model.Hash(prev)
	d.event = c.rest
	r.Event, err = model.UnmarshalEvent(string(name), c.rest)
	return r, err
}

// cutter takes text apart from the left; bad once a piece was not there.
type cutter struct {
	rest []byte
	bad  bool
}

func (c *cutter) skip(prefix string) {
	rest, ok := bytes.CutPrefix(c.rest, []byte(prefix))
	c.rest, c.bad = rest, c.bad || !ok
}

// until returns what is before the next sep and goes behind it.
func (c *cutter) until(sep string) []byte {
	before, rest, ok := bytes.Cut(c.rest, []byte(sep))
	c.rest, c.bad = rest, c.bad || !ok
	return before
}
