package journal

import (
	"errors"
	"fmt"

	"gonogo/model"
)

// Errors of this package, to be told apart with errors.Is.
var (
	// ErrDamaged is a journal whose records are not what was written. The error is a *Damage.
	ErrDamaged = errors.New("the journal is damaged")
	// ErrNewer is a journal of a version that only a newer gonogo reads: nothing
	// of it was read, and it may be whole. The error is a *Damage of kind Newer, and no ErrDamaged.
	ErrNewer = errors.New("the journal is a newer gonogo's")
	// ErrPoisoned is a File after a write or fsync failed: nothing is taken any
	// more, since nobody knows what reached the disk. It wraps the cause.
	ErrPoisoned = errors.New("the journal takes no more records after an error")
	// ErrMoved is a journal that somebody else writes: nothing was added.
	ErrMoved = errors.New("somebody else writes the journal")
	// ErrFull is a write that failed for want of space or quota: see File.UseReserve.
	ErrFull = errors.New("no space left for the journal")
)

// Kind is a kind of damage.
type Kind string

// The kinds of damage. Torn alone is no sign of a hand: a crash leaves it.
const (
	Edited    Kind = "edited"        // the line is not what was written
	Reordered Kind = "reordered"     // a record stands where another belongs that comes later, or comes twice
	Missing   Kind = "missing"       // records before this line are gone
	Torn      Kind = "torn"          // the last line is unfinished
	Unknown   Kind = "unknown event" // whole, but this version cannot read it
	Newer     Kind = "newer version" // likewise the whole journal, see ErrNewer

	// What only an anchor shows, see ReadAnchored.
	Rewritten     Kind = "rewritten" // the chain holds, but is not the one that was written
	Truncated     Kind = "truncated" // acknowledged records are gone from the end
	AnchorDamaged Kind = "anchor"    // the anchor itself is gone or edited
)

// Damage says where a journal stops making sense.
type Damage struct {
	Line   int    `json:"line"` // from 1; 0 where it is about no line of the journal
	Kind   Kind   `json:"kind"`
	Detail string `json:"detail"` // for people, inert
}

// Error says where, what, and in which way.
func (d *Damage) Error() string {
	if d.Line == 0 {
		return fmt.Sprintf("%s: %s", d.Kind, d.Detail)
	}
	return fmt.Sprintf("line %d: %s: %s", d.Line, d.Kind, d.Detail)
}

// Is makes a Damage an ErrDamaged, and one of kind Newer an ErrNewer.
func (d *Damage) Is(target error) bool {
	if d.Kind == Newer {
		return target == ErrNewer
	}
	return target == ErrDamaged
}

// Report is what was found in a journal.
type Report struct {
	Records  int        `json:"records"`           // good ones, from the first on without a break
	Seq      uint64     `json:"seq"`               // of the last good record, 0: none
	Sum      model.Hash `json:"sum"`               // of the last good record
	Bytes    int64      `json:"bytes"`             // of the good records
	Version  int        `json:"version,omitempty"` // of the journal; 0: it is empty, or names none, see Version
	Problem  *Damage    `json:"problem,omitempty"`
	Torn     int64      `json:"torn,omitempty"` // bytes of an unfinished last line
	Kept     string     `json:"kept,omitempty"` // the file into which Open moved those bytes
	Reserved bool       `json:"-"`              // there is a reserve of space, see File.UseReserve

	Anchored  int    `json:"anchored,omitempty"`   // lines of the anchor that agree
	AnchorSeq uint64 `json:"anchor_seq,omitempty"` // record of the last of them
}
