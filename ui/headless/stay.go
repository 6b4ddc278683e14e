package headless

import (
	"context"
	"fmt"
	"time"

	"gonogo/model"
	"gonogo/model/words"
)

// Stayer is a seat that stays until it is ended.
type Stayer interface {
	Seat
	// Ready is closed when the first snapshot is there.
	Ready() <-chan struct{}
}

// Answers waits for the first snapshot of a seat whose Run ends with ended. The
// error says that its engine is alive and silent, or why there is none.
func Answers(seat Stayer, ended chan error) error {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-seat.Ready():
			return nil
		case err := <-ended:
			ended <- err
			return err
		case <-tick.C:
			if is, silent := seat.Silent(); silent {
				return NewSilent(is, Look)
			}
		}
	}
}

// Stay runs the engine at seat without a screen and prints each fact as it comes,
// until ctx is done.
func (w *World) Stay(ctx context.Context, seat Stayer, version string) error {
	box, done := seat.Subscribe()
	defer done()
	ended := make(chan error, 1)
	go func() { ended <- seat.Run(ctx) }()
	if err := Answers(seat, ended); err != nil {
		return err
	}
	t := teller{w: w, version: version}
	for s := range box {
		t.tell(s)
		if ctx.Err() != nil {
			t.tellWait(s)
		}
	}
	return <-ended
}

// teller prints what is new in each snapshot.
type teller struct {
	w       *World
	version string
	greeted bool
	told    uint64
	warned  [2]string
	waits   bool // it was told what keeps the engine from ending
}

// tellWait says, once, for what an engine that was told to end still waits.
func (t *teller) tellWait(s *model.Snapshot) {
	p := s.State.ActivePlan()
	if t.waits || s.Attached || p == nil {
		return
	}
	t.waits = true
	text := fmt.Sprintf("%q runs, and ends first", model.Inert(p.Plan.Title))
	if p.Status == model.Armed && !p.FireAt.IsZero() {
		text = fmt.Sprintf("%q is armed and fires at %s; gonogo veto stops it", model.Inert(p.Plan.Title), p.FireAt.UTC().Format("15:04:05Z"))
	}
	_, _ = fmt.Fprintf(t.w.Err, "gonogo: told to end, and waits: %s; a second signal ends it at its next step\n", text)
}

func (t *teller) tell(s *model.Snapshot) {
	for i, now := range [2]string{s.Lost, s.ConfigTrouble} {
		if now != "" && now != t.warned[i] {
			_, _ = fmt.Fprintf(t.w.Err, "gonogo: warning: %s\n", now)
		}
		t.warned[i] = now
	}
	if !t.greeted {
		t.greeted, t.told = true, s.Seq
		what := "engine of"
		if s.Attached {
			what = "another engine runs; standing by for"
		}
		_, _ = fmt.Fprintf(t.w.Out, "%s gonogo %s: %s %s\n", s.At.UTC().Format(time.RFC3339), t.version, what, model.Inert(s.Rollout.ID))
	}
	for _, r := range s.Tail {
		if r.Seq <= t.told {
			continue
		}
		t.told = r.Seq
		if _, quiet := r.Event.(model.Progress); !quiet {
			_, _ = fmt.Fprintf(t.w.Out, "%s %s\n", r.At.UTC().Format(time.RFC3339), words.Describe(r))
		}
	}
}
