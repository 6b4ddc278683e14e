package model

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// What a source may report instead of a value; wrap them with the reason.
// Any other error means that the source is down.
var (
	ErrEmpty     = errors.New("no data")        // the answer was empty
	ErrNoSeries  = errors.New("no such series") // the selector matches nothing at all
	ErrAmbiguous = errors.New("several series") // several values where one is asked for
	// ErrCollecting is an ErrEmpty for a while: the source has not watched for long
	// enough. It is never taken for zero.
	ErrCollecting = fmt.Errorf("%w: collecting", ErrEmpty)
	ErrPartial    = errors.New("answered with a warning") // the source itself doubts its answer
	// ErrUncountable: bad and total answer, and cannot be counted; what it is wrapped with says why.
	ErrUncountable = errors.New("its events cannot be counted")
	ErrUncovered   = errors.New("not enough is known") // of an SLO: too little of its time was kept
	// ErrUnwatched is an ErrEmpty that says nothing: what is empty would be so as well if
	// nobody reported any more. It is never taken for zero, and no waiting helps.
	ErrUnwatched = fmt.Errorf("%w, and that is not zero", ErrEmpty)
)

// Emitter is where a source puts what it has. It is safe for concurrent use;
// its methods do not wait for readers, and only Fact waits for the disk.
type Emitter interface {
	// Fact journals e. It is durable when Fact returns nil.
	Fact(e Event) error
	// Past adds points of the past to a metric's chart, oldest first; they are never judged.
	// What was charted since stays, what else was there in their time does not.
	Past(id MetricID, points []Point)
	// Reading reports a fresh answer: it is charted and judged.
	Reading(id MetricID, r Reading)
	// Trouble reports that there is no reading, and why: ErrEmpty, ErrNoSeries,
	// ErrAmbiguous, or that the source is down. It is never taken for a value.
	Trouble(id MetricID, err error)
}

// Source is where readings come from.
type Source interface {
	// Run reads until ctx is done, then returns ctx's error. Each metric is
	// asked at once and then every Metric.Every, each on its own, so that a
	// slow one delays no other. Run returns early only if it can never work;
	// the engine starts it again after a pause.
	Run(ctx context.Context, out Emitter) error
}

// Switch is a flag's provider.
type Switch interface {
	// Observe reads the stored value; Unset where the store has no such key.
	Observe(ctx context.Context) (Value, error)
	// Set stores v. It is idempotent, and done when it returns nil: stored, not yet in effect.
	Set(ctx context.Context, v Value) error
}

// GroupSwitch is a Switch whose store holds several flags: those of one Group
// are written together, all or none.
type GroupSwitch interface {
	Switch
	// Group names the store, the same for all its switches.
	Group() string
	// SetGroup stores all of changes, whose switches are of this group, in one atomic write.
	SetGroup(ctx context.Context, changes []SwitchChange) error
}

// SwitchChange is one flag of a SetGroup.
type SwitchChange struct {
	Switch Switch
	Value  Value
}

// Reader reads one text from outside: a flag's effective value from the
// running service, a process's start, the answer of a probe.
type Reader interface {
	// Read returns the text, without surrounding blanks. A list comes comma separated.
	Read(ctx context.Context) (string, error)
}

// Comparer is a Reader that knows better than != whether what it reads has
// changed: one of several instances, all of which must have. Who looks for a
// change asks it where it is there.
type Comparer interface {
	Reader
	// Changed reports whether now, which Read returned, shows that what before
	// stood for has happened anew, everywhere. before is what Read returned
	// then, "" where it could not. Both may have passed through Inert.
	Changed(before, now string) bool
}

// Dater is a Reader that can say whether what it read stands for something that began
// after a moment, as far as that can be told.
type Dater interface {
	Reader
	NewSince(text string, since time.Time) bool
}

// Masker is a part that knows secrets: Mask takes them out of a text that comes of
// what the part said. Values themselves are not masked, since they are compared.
type Masker interface {
	Mask(text string) string
}

// Masked returns text without the secrets that part knows, if it knows any.
func Masked(part any, text string) string {
	if m, ok := Ability[Masker](part); ok {
		return m.Mask(text)
	}
	return text
}

// Ability returns part as a T, one of the optional interfaces of this file. It finds
// it behind a door too: a part with a method Behind, which returns what it stands before.
func Ability[T any](part any) (ability T, ok bool) {
	for part != nil {
		if ability, ok = part.(T); ok {
			return ability, true
		}
		door, ok := part.(interface{ Behind() any })
		if !ok {
			break
		}
		part = door.Behind()
	}
	return ability, false
}

// Starter is a Reader of which process runs, which can tell when that began.
type Starter interface {
	Reader
	// Began returns when what text stands for began, on this machine's clock and
	// within some ten milliseconds; known is false where it cannot tell. text may have passed through Inert.
	Began(text string) (at time.Time, known bool)
	// Name names it for a person: "pid 10783".
	Name(text string) string
}

// Advancer is a Witness that can say what was old at a moment that is past.
type Advancer interface {
	Witness
	// Advance returns the mark that would have been taken at to, on this machine's
	// clock, from one that Mark returned before that.
	Advance(mark string, to time.Time) (string, error)
}

// Witness finds evidence in a source that is newer than a mark: lines of a
// log, rows of a database.
type Witness interface {
	// Mark says what is old by now. It is taken before the action, journaled, and
	// given to Look, after a restart of gonogo too. It holds no secret.
	Mark(ctx context.Context) (string, error)
	// Look reports whether what is newer than mark shows what is wanted, and what
	// was seen. What is not newer never counts. An error means that it could not look.
	Look(ctx context.Context, mark string) (shown bool, seen string, err error)
}

// Args are the arguments of an action, by name.
type Args map[string]string

// What a notification is given; actions of other kinds take no notice of them.
const (
	ArgTitle = "title" // one line
	ArgText  = "text"  // several, plain text
)

// Preview is exactly what an action will do, for a person to read before it does.
type Preview struct {
	Title string   // a short name for it
	Lines []string // what will happen, a line each, without secrets
}

// Action is something that can be run: a restart, a test suite, a notification.
type Action interface {
	// Preview says what Do will do. It is pure.
	Preview(args Args) Preview
	// Do runs it until it is done or ctx is, writing what it prints to log.
	// A nil error means that it ended well, not that it had an effect.
	Do(ctx context.Context, args Args, log io.Writer) error
}

// Reading is one answer of a source for one metric.
type Reading struct {
	At       time.Time // when it was evaluated, on the engine's clock
	SampleAt time.Time // of the oldest sample that the value rests on; zero means At
	Value    float64   // may be NaN or infinite
	Count    float64   // events behind the value, >= 0
	HasCount bool      // whether Count is known
	// Bad and Total count events since the source began to run, or to count
	// anew; they survive the resets of the counters behind them.
	Bad, Total float64
	Counted    bool       // whether Bad and Total are known
	CountedAt  time.Time  // of the oldest sample that they rest on; zero means that of the value
	Breakdown  *Breakdown // what those are made of; nil: not known
	Traffic    Traffic
	Says       string // what the value alone does not say, such as who silenced what; inert; empty: nothing
	Lines      Lines  // log lines behind the value
	Missing    string // what the query provides for and matches nothing, inert; empty: nothing is missing
	By, Note   string // of one by a person: who, and what they noted
	Before     string // of one by a person: the change that came after it, so that it counts no more; empty: none did
	Ended      bool   // a series that the value rests on has no current sample any more: it is stale, however young
	Err        error  // Trouble instead of a value; nil for a value
}

// Lines are the newest log lines behind a value, oldest first, each inert and of 200 runes at
// most; the last ones are empty where there are fewer.
type Lines [5]string

// Breakdown is what the events of a reading are made of. Nobody may change it.
type Breakdown struct {
	Parts   []PartCount // as the metric's By says, by name; each counts as Bad and Total do
	Running int         // processes that expose a current sample, as far as their series tell
	Gone    []Gone      // processes that counted events and expose none, the newest first; 50 at most
}

// PartCount is how many events one part of a metric had.
type PartCount struct {
	Part       string // inert, 80 runes at most
	Bad, Total float64
}

// Gone is a process that counted events, until At.
type Gone struct {
	Name string // inert, 80 runes at most
	At   time.Time
}
