package model

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// BelowPhase is a partial way down: a rollback, or a flag that was set to less,
// took something of the phase back, and the rollout still stands in that phase.
// The phase's attempt is over; going on means entering the phase again.
type BelowPhase struct {
	Phase PhaseID   `json:"phase"`
	Plan  PlanID    `json:"plan"`
	By    Actor     `json:"by"`
	At    time.Time `json:"at"`
	Text  string    `json:"text"` // "tenants 15 → 3, below Half"
}

// Upward returns the phase that a way up enters by default: the one below
// which the rollout stands, else the next; nil after the last.
func (r *Rollout) Upward(s *State) *Phase {
	if s.Below != nil {
		return r.Phase(s.Phase)
	}
	return r.NextPhase(s.Phase)
}

// EnteredFlags returns what the flags of the phases that were entered, the one
// stood in and those before it, are to be: what their plans set, as far as that
// is known, else what the config says. It is in the order of r.Flags. A share
// whose list is not known is left out. Below a phase it is what the way down set.
func EnteredFlags(r *Rollout, s *State) []Setting {
	at := r.PhaseIndex(s.Phase)
	if s.Phase == "" || at < 0 {
		return nil
	}
	var out []Setting
	for i := range r.Flags {
		id := r.Flags[i].ID
		var want Value
		for _, p := range r.Phases[:at+1] {
			want = valueFor(p.Flags, id, want)
		}
		if want.IsZero() {
			continue
		}
		if set, ok := s.Set[id]; ok {
			want = set
		}
		if last := s.Flags[id].Want; s.Below != nil && !last.IsZero() {
			want = last
		}
		if want.Type != Share && want.Type != Remove {
			out = append(out, Setting{id, want})
		}
	}
	return out
}

// markBelow notes on each set step of a rollback or flip what it takes back of
// the phases that were entered, and warns of what that means.
func markBelow(r *Rollout, s *State, p *Plan) {
	phase := r.Phase(s.Phase)
	if phase == nil || p.Kind != PlanRollback && p.Kind != PlanFlip {
		return
	}
	entered := *s
	entered.Below = nil // measured against the phase, however far below it the rollout stands
	set := EnteredFlags(r, &entered)
	name := phase.Title
	if name == "" {
		name = string(phase.ID)
	}
	marked := false
	for i := range p.Steps {
		st := &p.Steps[i]
		if st.Kind != StepSet {
			continue
		}
		for _, c := range st.Changes {
			want := valueFor(set, c.Flag, Value{})
			if f := r.Flag(c.Flag); f != nil && !want.IsZero() && isLess(f, want, c.To, p.Kind) {
				st.Below = fmt.Sprintf("%s %s, below %s", c.Flag, st.short(c), name)
				marked = true
			}
		}
	}
	if marked && !p.Leaves && s.Below == nil {
		p.Warnings = append(p.Warnings, fmt.Sprintf("the rollout then stands below %s: its soak and signatures end; going on enters it again", name))
	}
}

// markShort notes what a way back to a phase leaves at less than that phase
// wants, as a way back never widens, and warns of what that means.
func markShort(r *Rollout, s *State, p *Plan) {
	phase := r.Phase(p.Phase)
	if phase == nil || !p.Leaves || p.Kind != PlanRollback && p.Kind != PlanEnter {
		return
	}
	wants := PhaseSettings(r, phase.ID)
	for _, st := range p.Steps {
		for _, c := range st.Changes {
			f := r.Flag(c.Flag)
			want := valueFor(wants, c.Flag, Value{})
			if f == nil || want.IsZero() {
				continue
			}
			full, err := concrete(r, s, []Setting{{c.Flag, want}}, false, nil)
			if err == nil && !full[0].Value.Equal(c.To) {
				p.Short = append(p.Short, full[0])
			}
		}
	}
	if len(p.Short) > 0 {
		name := phase.Title
		if name == "" {
			name = string(phase.ID)
		}
		p.Warnings = append(p.Warnings, fmt.Sprintf("the rollout then stands below %s: %s; going on enters it again", name, p.lacks()))
	}
}

// lacks says what the plan leaves at less than its phase wants.
func (p *Plan) lacks() string {
	var out []string
	for _, st := range p.Steps {
		for _, c := range st.Changes {
			if want := valueFor(p.Short, c.Flag, Value{}); !want.IsZero() {
				out = append(out, fmt.Sprintf("%s is %s, it wants %s", c.Flag, c.To.Brief(), want.Brief()))
			}
		}
	}
	return strings.Join(out, "; ")
}

// arriveBelow ends the attempt that a way back began in a phase, where it left
// less than that phase wants.
func arriveBelow(s State, r Record, id PlanID) State {
	p := s.PlanOf(id)
	if p == nil || len(p.Plan.Short) == 0 || p.Plan.Phase != s.Phase {
		return s
	}
	s = closeAttempt(s, r.At, true)
	s.Below = &BelowPhase{Phase: s.Phase, Plan: id, By: s.firedBy(id, r.By), At: r.At, Text: p.Plan.lacks()}
	return mark(s, r.At, "↓ below "+string(s.Phase))
}

// isLess reports whether the value takes back something of what a phase set: any
// other value in a rollback, and of a flip one that does not let more in.
func isLess(f *Flag, set, to Value, kind PlanKind) bool {
	switch {
	case to.Equal(set):
		return false
	case kind == PlanRollback || to.Equal(f.Safe):
		return true
	case f.Type == Number:
		a, errA := strconv.ParseFloat(to.Text, 64)
		b, errB := strconv.ParseFloat(set.Text, 64)
		return errA == nil && errB == nil && a < b
	}
	return !widens(f, set, to)
}

// fallBelow ends the phase's attempt at the first effect of a partial way down,
// however the plan ends. What the guard saw and did stays.
func fallBelow(s State, r Record, id PlanID, text string) State {
	p := s.PlanOf(id)
	if p == nil || s.Phase == "" || p.Plan.From != s.Phase {
		return s
	}
	b := BelowPhase{Phase: s.Phase, Plan: id, By: s.firedBy(id, r.By), At: r.At, Text: text}
	if s.Below != nil && s.Below.Plan == id {
		if b.Text = s.Below.Text; !strings.Contains(b.Text, text) {
			b.Text += "; " + text
		}
	}
	if s.Below == nil {
		s = mark(s, r.At, "↓ below "+string(s.Phase))
	}
	s = closeAttempt(s, r.At, true)
	s.Checks, s.Below = nil, &b
	return s
}

// moved reports whether a set step that ended so left the flag as it was to be,
// or may have.
func (o Outcome) moved() bool {
	switch o {
	case StepDone, StepAlready, StepUnsure, StepUnseen, StepHuman:
		return true
	}
	return false
}

// settled returns what the entered phases set, after plan id set its flags.
func (s *State) settled(id PlanID) map[FlagID]Value {
	p := s.PlanOf(id)
	if p == nil {
		return s.Set
	}
	out := s.Set
	for _, st := range p.Plan.Steps {
		for _, c := range st.Changes {
			out = with(out, c.Flag, valueFor(p.Plan.Short, c.Flag, c.To))
		}
	}
	return out
}
