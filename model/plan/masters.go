package plan

import (
	"fmt"
	"slices"
	"time"

	"gonogo/model"
)

// masters decides whether a step may be set as far as masters and what hangs on
// them go: nothing in between is more open than the start.
type masters struct {
	p *model.PlanState
	f *Facts
}

// mustWait returns why step n may not be set yet, or "", or what must be looked
// at before that can be said. Masters that are written together with it need not be
// off before.
func (w masters) mustWait(n int, together []int, oldest time.Duration) (string, []Look) {
	why, looks := w.mastersOn(n, together, oldest)
	if why != "" || len(looks) > 0 {
		return why, looks
	}
	return w.listsNotLive(n, oldest)
}

// mastersOn returns why step n may not widen yet. What counts is that the
// running service is seen to have the master off; where it cannot be asked, that
// the store has, and that what makes it live was seen to have happened.
func (w masters) mastersOn(n int, together []int, oldest time.Duration) (string, []Look) {
	var looks []Look
	for _, id := range w.p.Plan.Steps[n].After {
		m := flagOf(w.f.Rollout, id)
		if slices.ContainsFunc(together, func(other int) bool { return w.p.Plan.Steps[other].Changes[0].Flag == id }) {
			continue
		}
		off, need := w.seen(Look{Flag: id}, model.BoolValue(false), oldest)
		if off && w.liveLater(n, m) {
			if w.f.Reads[id] {
				off, need = w.seen(Look{Flag: id, Running: true}, model.BoolValue(false), oldest)
			} else {
				off = len(m.Apply) == 0 || Restarted(w.p, w.f.Flags, m)
			}
		}
		switch {
		case need != nil:
			looks = append(looks, *need)
		case !off:
			return fmt.Sprintf("it would open more while %s is not seen off", id), nil
		}
	}
	return "", looks
}

// listsNotLive returns why a master that is live at once would open before what
// hangs on it is: that must first be seen in effect, or its restart to have happened.
func (w masters) listsNotLive(n int, oldest time.Duration) (string, []Look) {
	change, master := w.p.Plan.Steps[n].Changes[0], w.flag(n)
	if !change.To.Equal(model.BoolValue(true)) || change.From.Equal(change.To) || len(master.Apply) > 0 {
		return "", nil
	}
	var looks []Look
	for m, st := range w.p.Plan.Steps {
		if st.Kind != model.StepSet || st.Level != w.p.Plan.Steps[n].Level {
			continue
		}
		f := w.flag(m)
		if !slices.Contains(f.Needs, master.ID) || len(f.Apply) == 0 {
			continue
		}
		live, need := Restarted(w.p, w.f.Flags, f), (*Look)(nil)
		if w.f.Reads[f.ID] {
			live, need = w.seen(Look{Flag: f.ID, Running: true}, st.Changes[0].To, oldest)
		}
		switch {
		case need != nil:
			looks = append(looks, *need)
		case !live:
			return fmt.Sprintf("it would open before %s is seen in effect", f.ID), nil
		}
	}
	return "", looks
}

// seen reports whether the look, as it was taken since the last effect, saw the
// value; or the look itself, if it must be taken first.
func (w masters) seen(l Look, is model.Value, oldest time.Duration) (bool, *Look) {
	s, ok := w.f.Looks[l]
	if !ok || s.Effects != w.f.Effects || oldest > 0 && w.f.Now.Sub(s.At) >= oldest {
		return false, &l
	}
	return s.OK && s.Value.Equal(is), nil
}

// liveLater reports whether master m takes effect later than step n would: a
// step that goes live by the same restart, or a later one, cannot come before it.
func (w masters) liveLater(n int, m *model.Flag) bool {
	f := w.flag(n)
	needsMore := slices.ContainsFunc(m.Apply, func(id model.ActionID) bool { return !slices.Contains(f.Apply, id) })
	return needsMore || len(m.Apply) == 0 && w.f.Reads[m.ID]
}

// flag returns the flag that step n sets.
func (w masters) flag(n int) *model.Flag {
	return flagOf(w.f.Rollout, w.p.Plan.Steps[n].Changes[0].Flag)
}
