package demo

import (
	"context"
	"crypto/rand"
	"time"

	"gonogo/model"
)

// pause is how long the script lets people look before it does something.
const pause = 3 * time.Second

// Seat is where the script sits: it sees the rollout and asks for what a person would.
type Seat interface {
	Subscribe() (<-chan *model.Snapshot, func())
	Submit(ctx context.Context, in model.Intent) error
}

// Script plays the whole flight at seat: it signs the checks, enters each phase on GO, and leaves
// what goes wrong to the guard. It returns some seconds after the guard has taken
// everything back, or when ctx is done, with its error.
func Script(ctx context.Context, seat Seat, by model.Actor) error {
	box, done := seat.Subscribe()
	defer done()
	by.Via = "script"
	var p pilot
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case s, ok := <-box:
			if !ok {
				return nil
			}
			in, over := p.next(s)
			if over {
				return nil
			}
			if in.Kind == "" {
				continue
			}
			in.ID, in.By, in.Seen = model.IntentID(rand.Text()), by, s.Seq
			if err := seat.Submit(ctx, in); err != nil {
				return err
			}
		}
	}
}

// pilot decides what a person at the keys would do next.
type pilot struct {
	want  model.Intent // what it is about to do
	since time.Time    // and since when
}

// next returns what to do at s, which may be nothing, and whether the flight is over.
func (p *pilot) next(s *model.Snapshot) (in model.Intent, over bool) {
	want, over := wish(s)
	if want.Kind != p.want.Kind || want.Phase != p.want.Phase || want.Check != p.want.Check || p.since.IsZero() {
		p.want, p.since = want, s.At
	}
	switch {
	case over:
		return model.Intent{}, s.At.Sub(p.since) >= 3*pause
	case want.Kind == "" || s.At.Sub(p.since) < pause:
		return model.Intent{}, false
	}
	p.since = s.At
	return want, false
}

// wish is what is to be done as s stands, and whether nothing is any more.
func wish(s *model.Snapshot) (want model.Intent, over bool) {
	st, r := &s.State, s.Rollout
	if r == nil || st.ActivePlan() != nil {
		return want, false
	}
	v := s.VerdictAt(s.At)
	switch {
	case st.LastDown != nil && st.LastDown.Plan.Emergency && st.Phase == "":
		return want, true
	case st.Below != nil:
		return model.Intent{Kind: model.ArmEnter, Phase: st.Below.Phase, Yes: true}, false
	case st.Phase == "" && len(r.Phases) > 0:
		return model.Intent{Kind: model.ArmEnter, Phase: r.Phases[0].ID, Yes: true}, false
	}
	for i := range v.Lines {
		if l := &v.Lines[i]; l.Check != "" && l.State == model.Manual {
			return model.Intent{Kind: model.Sign, Check: l.Check}, false
		}
	}
	if v.Headline != model.GO {
		return want, false
	}
	for i := range r.Phases[:max(0, len(r.Phases)-1)] {
		if r.Phases[i].ID == st.Phase {
			return model.Intent{Kind: model.ArmEnter, Phase: r.Phases[i+1].ID, Yes: true}, false
		}
	}
	return want, false
}
