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
}

// World is what the commands need of main.
type World struct {
	// Open loads the config at path ("": the usual places) and returns a seat
	// at its engine, not yet run, and the state directory.
	Open func(path string) (*model.Rollout, Seat, string, error)
	// OpenDown is Open for a command that takes things back: trouble with the
	// state directory does not keep it from that. nil: Open.
	OpenDown func(path string) (*model.Rollout, Seat, string, error)
	Actor    model.Actor
	NewID    func() model.IntentID
	In       io.Reader
	Out      io.Writer
	Err      io.Writer
	// Ask reports whether a person at a terminal can be asked.
	Ask bool
	// Again is done at the second signal to end.
	Again context.Context
	// Journal reads the journal of a state directory and, where anchor is not
	// empty, compares it with the anchor at that path, see cmdLog.
	Journal func(dir, anchor string, each func(model.Record) error) (JournalReport, error)
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
	rollout *model.Rollout
	seat    Seat
	box     <-chan *model.Snapshot
	last    *model.Snapshot
	ended   chan error
}

// down is w for a command that takes things back.
func (w *World) down() *World {
	c := *w
	if w.OpenDown != nil {
		c.Open = w.OpenDown
	}
	return &c
}

// with opens a session, runs f in it and closes it, waiting for a plan that runs.
func (w *World) with(ctx context.Context, path string, f func(context.Context, *session) error) error {
	rollout, seat, _, err := w.Open(path)
	if err != nil {
		return err
	}
	s := &session{w: w, rollout: rollout, seat: seat, ended: make(chan error, 1)}
	work, stop := context.WithCancel(context.WithoutCancel(ctx)) // a plan outlives the first signal
	box, done := seat.Subscribe()
	s.box = box
	go func() { s.ended <- seat.Run(work) }()
	result := f(ctx, s)
	done()
	stop()
	if err := <-s.ended; err != nil && result == nil {
		result = err
	} else if errors.Is(result, errNoEngine) {
		result = err
	}
	return result
}

var errNoEngine = errors.New("the engine ended")

// next waits for the next snapshot.
func (s *session) next(ctx context.Context) (*model.Snapshot, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case snap, ok := <-s.box:
		if !ok {
			return nil, errNoEngine
		}
		s.last = snap
		return snap, nil
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
	if err != nil || snap.Waiting > 0 {
		return snap, err
	}
	return s.judged(ctx, snap)
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
	if err := s.seat.Submit(ctx, in); err != nil {
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
