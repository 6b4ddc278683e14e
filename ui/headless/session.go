package headless

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"gonogo/model"
)

// Seat is a place at a rollout's engine, see engine.Seat.
type Seat interface {
	Run(ctx context.Context) error
	Subscribe() (<-chan *model.Snapshot, func())
	Submit(ctx context.Context, in model.Intent) error
	// Silent returns who is alive and says nothing, and whether that is so.
	Silent() (model.Silence, bool)
}

// Use is what a command wants of the engine.
type Use int

// The uses. A rollback, and a look at the last one, work where the config does not load too.
const (
	Look     Use = iota // nothing is changed
	Change              // something may be
	WayDown             // a rollback
	LookDown            // a look at the last one
	Read                // the journal alone, without an engine
)

// Opened is a rollout that a command works on.
type Opened struct {
	Seat    Seat           // not yet run; nil for Read
	Dir     string         // the state directory
	Rollout *model.Rollout // as the file on disk says; nil where that does not load
	// Trouble is why the file on disk is not what is worked with; nil: it is.
	Trouble error
}

// World is what the commands need of main.
type World struct {
	// Open finds the engine of the config at path ("": the usual places), or
	// loads that config, and returns a seat.
	Open func(path string, use Use) (Opened, error)
	// BreakGlass ends the engine that holds the state directory dir and returns its pid, 0: there was none.
	BreakGlass func(ctx context.Context, dir string) (int, error)
	Actor      model.Actor
	NewID      func() model.IntentID
	In         io.Reader
	Out        io.Writer
	Err        io.Writer
	// Ask reports whether a person at a terminal can be asked.
	Ask bool
	// Again is done at the second signal to end.
	Again context.Context
	// Journal reads the journal of a state directory and, where anchor is not
	// empty, compares it with the anchor at that path, see cmdLog.
	Journal func(dir, anchor string, each func(model.Record) error) (JournalReport, error)
	// Past opens what the engine of a state directory kept of a rollout's metrics from one
	// time to another.
	Past func(dir string, rollout *model.Rollout, from, to time.Time) (Past, error)
	// Remembered loads the config at path and returns its sources, which may remember.
	Remembered func(path string) (*model.Rollout, map[string]model.Source, error)
	// WriteFile writes a file whole or not at all, with mode 0600.
	WriteFile func(path string, data []byte) error
	Now       func() time.Time
	lines     chan string // that are typed, see typed
}

// JournalReport is what verifying a journal found.
type JournalReport struct {
	Records int    `json:"records"`
	LastSeq uint64 `json:"last_seq"`
	LastSum string `json:"last_sum"`
	Problem string `json:"problem,omitempty"` // the first one; empty: none
	Kind    string `json:"kind,omitempty"`    // of the problem: edited, truncated …
	Line    int    `json:"line,omitempty"`    // of the journal, where the problem is; 0: it is about none
	Torn    bool   `json:"torn,omitempty"`    // the last line is incomplete

	Anchor      string `json:"anchor,omitempty"`       // what it was compared with
	Anchored    int    `json:"anchored,omitempty"`     // lines of the anchor that agree
	AnchoredSeq uint64 `json:"anchored_seq,omitempty"` // record of the last of them
}

// session is one command's stay at the engine.
type session struct {
	w       *World
	rollout *model.Rollout // the engine's
	seat    Seat
	box     <-chan *model.Snapshot
	first   *model.Snapshot // that came before the command began, and is not looked at yet
	last    *model.Snapshot
	asked   bool // an intent was sent
	ended   chan error
}

// begin waits for the engine's first word, and with it for what rollout it runs.
func (s *session) begin(ctx context.Context, trouble error) error {
	snap, err := s.next(ctx)
	if err != nil {
		return err
	}
	s.first, s.rollout = snap, snap.Rollout
	switch {
	case snap.ConfigTrouble != "": // it says the same, and which config runs
		_, _ = fmt.Fprintf(s.w.Err, "gonogo: warning: config: %s\n", snap.ConfigTrouble)
	case trouble != nil:
		_, _ = fmt.Fprintf(s.w.Err, "gonogo: warning: %v\n  the engine (pid %d) goes on with the config that it has, %s, and so does this command\n",
			trouble, snap.Engine.PID, shortHash(snap.Rollout.ConfigHash))
	}
	if p := snap.State.ActivePlan(); p != nil && own(snap) && p.Status == model.Running && p.Plan.Kind == model.PlanRollback {
		_, _ = fmt.Fprintf(s.w.Err, "gonogo: %q was under way when the engine before ended: this command goes on with it, and stays until its end\n", p.Plan.Title)
	}
	return nil
}

func shortHash(hash string) string { return hash[:min(12, len(hash))] }

var errNoEngine = errors.New("the engine ended")

// silenceEvery is how often a command that waits looks whether the engine is silent.
const silenceEvery = 100 * time.Millisecond

// next waits for the next snapshot, and no longer than the engine gives signs of life.
func (s *session) next(ctx context.Context) (*model.Snapshot, error) {
	got, err := s.listen(ctx, nil)
	return got.snap, err
}

// heard is a snapshot, or else a line that was typed, or that nobody types any more.
type heard struct {
	snap *model.Snapshot
	line string
	gone bool
}

// listen is next, and listens to who types as well.
func (s *session) listen(ctx context.Context, typed <-chan string) (heard, error) {
	if snap := s.first; snap != nil {
		s.first = nil
		return heard{snap: snap}, nil
	}
	tick := time.NewTicker(silenceEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return heard{}, ctx.Err()
		case line, ok := <-typed:
			return heard{line: line, gone: !ok}, nil
		case snap, ok := <-s.box:
			if !ok {
				return heard{}, errNoEngine
			}
			if snap.Lost != "" { // what was seen before the engine went or fell silent is no news
				continue
			}
			s.last, s.rollout = snap, snap.Rollout
			return heard{snap: snap}, nil
		case <-tick.C:
			if is, silent := s.seat.Silent(); silent && (!is.Own || !s.asked) {
				return heard{}, &Silent{Silence: is}
			}
		}
	}
}

// settled waits until every metric and flag has answered in some way, but no
// longer than the slowest of them may take, and returns what is known then.
func (s *session) settled(ctx context.Context) (*model.Snapshot, error) {
	longest := 5 * time.Second
	for _, m := range s.rollout.Metrics {
		longest = max(longest, m.Timeout)
	}
	snap, err := s.answers(ctx, longest+time.Second)
	if err != nil || snap.Waiting > 0 || s.steady(snap) {
		return snap, err
	}
	return s.judged(ctx, snap)
}

// steady reports whether snap is the fresh word of an engine that has judged for some time: its verdict rests on all
// that has answered, and there is nothing to wait for.
func (s *session) steady(snap *model.Snapshot) bool {
	const judging, fresh = 5 * time.Second, 2 * time.Second
	since := snap.Engine.Since
	return !snap.Engine.Transient && !since.IsZero() && snap.At.Sub(since) > judging && s.w.Now().Sub(snap.At).Abs() < fresh
}

// stands is settled for who asks where the rollout stands. While a rollback runs
// that is said soon: a source that hangs is no news then.
func (s *session) stands(ctx context.Context) (*model.Snapshot, error) {
	if snap, err := s.next(ctx); err != nil || snap.State.RollbackOpen() == nil || snap.State.ActivePlan() == nil {
		if err == nil {
			s.first = snap
			return s.settled(ctx)
		}
		return nil, err
	}
	return s.answers(ctx, quietFor)
}

// glance is settled for a way back, which must not wait for a source that
// hangs, nor for a verdict: what the flags are is known soon after there is an
// engine, and for that it waits as long as it takes.
func (s *session) glance(ctx context.Context) (*model.Snapshot, error) {
	if snap, err := s.next(ctx); err != nil || snap.Waiting == 0 {
		return snap, err
	}
	return s.answers(ctx, 500*time.Millisecond)
}

// answers waits until everything has answered, but no longer than within.
func (s *session) answers(ctx context.Context, within time.Duration) (*model.Snapshot, error) {
	timed, done := context.WithTimeout(ctx, within)
	defer done()
	for {
		snap, err := s.next(timed)
		switch {
		case err != nil && ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) && s.last != nil:
			return s.last, nil
		case err != nil:
			return nil, err
		case snap.Waiting == 0:
			return snap, nil
		}
	}
}

// judged waits for a verdict that rests on everything that has answered: the
// one of snap may be from before.
func (s *session) judged(ctx context.Context, snap *model.Snapshot) (*model.Snapshot, error) {
	for since := snap.At; !snap.At.After(since); {
		var err error
		if snap, err = s.next(ctx); err != nil {
			return nil, err
		}
	}
	return snap, nil
}

// submit sends an intent and waits for its answer.
func (s *session) submit(ctx context.Context, in model.Intent) error {
	in.ID, in.By = s.w.NewID(), s.w.Actor
	if s.last != nil {
		in.Seen = s.last.Seq
	}
	s.asked = true
	if err := s.seat.Submit(ctx, in); err != nil {
		if is, silent := s.seat.Silent(); silent {
			s.asked = false
			return &Silent{Silence: is}
		}
		return err
	}
	return s.answered(ctx, in.ID)
}

func (s *session) answered(ctx context.Context, id model.IntentID) error {
	timed, done := context.WithTimeout(ctx, 30*time.Second)
	defer done()
	for {
		snap, err := s.next(timed)
		if err != nil {
			return fmt.Errorf("the engine gave no answer: %w", err)
		}
		if a, ok := snap.Answer(id); ok {
			return answerError(a)
		}
	}
}

func answerError(a model.Answer) error {
	switch {
	case a.Err == "":
		return nil
	case a.Refused:
		return Exit{ExitRefused, errors.New(a.Err)}
	}
	return errors.New(a.Err)
}

// untilGo waits for GO, at most d.
func (s *session) untilGo(ctx context.Context, d time.Duration) (*model.Snapshot, error) {
	timed, done := context.WithTimeout(ctx, d)
	defer done()
	for s.last.VerdictAt(s.last.At).Headline != model.GO {
		if _, err := s.next(timed); err != nil {
			if timed.Err() != nil && ctx.Err() == nil {
				break
			}
			return nil, err
		}
	}
	return s.last, nil
}

// patient waits until no metric lacks data, at most livePatience.
func (s *session) patient(ctx context.Context) (*model.Snapshot, error) {
	timed, done := context.WithTimeout(ctx, livePatience)
	defer done()
	for lacksData(s.last) {
		if _, err := s.next(timed); err != nil {
			if timed.Err() != nil && ctx.Err() == nil {
				break
			}
			return nil, err
		}
	}
	return s.last, nil
}
