package engine

import (
	"time"

	"gonogo/model"
	"gonogo/model/engine/record"
	"gonogo/model/journal"
)

// Options say what an engine works on.
type Options struct {
	Rollout *model.Rollout
	// Build makes the working parts. A seat calls it when it becomes the
	// engine, not while it is attached to another. It must do no I/O but reading secrets.
	Build   func() (model.Parts, error)
	Dir     string      // the state directory; must exist
	Actor   model.Actor // of what the engine does by itself
	Now     func() time.Time
	Version string
	// Transient is the engine of a command, which lives as long as that takes: it
	// runs no action of a check by itself, and its guard does not act.
	Transient bool
	// Down is the engine of a command that takes things back: trouble with the
	// state directory or the journal does not keep it from that, it goes on in memory.
	Down bool
	// DirTrouble is what is wrong with the state directory, for people; "": nothing. See StateDirDown.
	DirTrouble string
	// SystemLog tells the system's log what no journal could be told; nil: nobody is.
	SystemLog func(text string)
	// OpenJournal opens the journal, with each of its records given to each; nil:
	// the file in Dir. Of one whose error is a *journal.Damage the records before it count.
	OpenJournal func(dir string, each func(model.Record) error) (journal.Store, journal.Report, error)
	// ConfigHash returns the hash of the config file as it is now; nil: it never changes.
	ConfigHash func() (string, error)
	// Text is the config as it was read; the last that ran is kept in Dir.
	Text Text
	// Trouble says what is wrong with the config on disk where this is another; empty: nothing.
	Trouble string
	// Reload returns the options for the config as it is on disk now; nil: there is
	// but one. Where it does not load, that is the error; with orLast the options are
	// those of the last config that ran then, see LastGood, and Trouble says so.
	Reload func(orLast bool) (Options, error)
	// Report makes the reports that are sent by themselves; nil: none are.
	Report ReportFunc
	// User is the name of whose process this is, for people.
	User string
	// Contested says who keeps this engine from being the only one of its rollout on
	// the host, and so from going up; empty: nobody. nil: it cannot be contested.
	Contested func() string
	// Reading is called for each record of the journal that is read; nil: nothing is.
	Reading func()
}

const (
	publishEvery   = 100 * time.Millisecond // samples, at most
	gather         = 5 * time.Millisecond   // for samples that come together, after a quiet time
	judgeEvery     = time.Second
	judgeFor       = 100 * time.Millisecond // a judgement that takes longer is published when it is there
	progressEvery  = time.Minute            // journaled at least so often while the soak clock runs
	maxCredit      = 5 * time.Second        // a longer gap between two judgements was not observed
	untakenAfter   = 3 * time.Second        // an intent that waits longer in the queue is told of
	observeTimeout = 5 * time.Second
	deadTime       = 400 * time.Millisecond // after arming, before a key may fire or veto
	armedFor       = 2 * time.Minute        // an armed plan that nobody confirms lapses
	tailLength     = record.TailLength
)
