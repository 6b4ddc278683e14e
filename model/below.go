package model

import (
	"fmt"
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

// ValueFor returns what settings give flag id, or otherwise.
func ValueFor(settings []Setting, id FlagID, otherwise Value) Value {
	for _, set := range settings {
		if set.Flag == id {
			return set.Value
		}
	}
	return otherwise
}

// passedBy reports whether the way up to phase number at left out the optional phase number i. A
// nil s left out none.
func passedBy(r *Rollout, s *State, i, at int) bool {
	if s == nil || i >= at || !r.Phases[i].Optional {
		return false
	}
	for k := len(s.Attempts) - 1; k >= 0; k-- {
		switch n := r.PhaseIndex(s.Attempts[k].Phase); {
		case n == i:
			return false
		case n >= 0 && n < i:
			return true
		}
	}
	return true
}

// PhaseSettings returns what the flags shall be in phase id: what it and the
// phases before it set, and for the flags that only later phases set, their
// safe value. Optional phases that s says were passed by count as later ones; s may be nil.
// It is in the order of r.Flags; flags without an opinion are left out.
func PhaseSettings(r *Rollout, s *State, id PhaseID) []Setting {
	at := r.PhaseIndex(id)
	want := map[FlagID]Value{}
	later := map[FlagID]bool{}
	for i, p := range r.Phases {
		for _, set := range p.Flags {
			if i <= at && !passedBy(r, s, i, at) {
				want[set.Flag] = set.Value
			} else {
				later[set.Flag] = true
			}
		}
	}
	var out []Setting
	for _, f := range r.Flags {
		if v, ok := want[f.ID]; ok {
			out = append(out, Setting{f.ID, v})
		} else if later[f.ID] && !f.SafeKeep {
			out = append(out, Setting{f.ID, f.Safe})
		}
	}
	return out
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
		for i, p := range r.Phases[:at+1] {
			if !passedBy(r, s, i, at) {
				want = ValueFor(p.Flags, id, want)
			}
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

// Lacks says what the plan leaves at less than its phase wants.
func (p *Plan) Lacks() string {
	var out []string
	for _, st := range p.Steps {
		for _, c := range st.Changes {
			if want := ValueFor(p.Short, c.Flag, Value{}); !want.IsZero() {
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
	s.Below = &BelowPhase{Phase: s.Phase, Plan: id, By: s.firedBy(id, r.By), At: r.At, Text: p.Plan.Lacks()}
	return mark(s, r.At, "↓ below "+string(s.Phase))
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
			out = with(out, c.Flag, ValueFor(p.Plan.Short, c.Flag, c.To))
		}
	}
	return out
}
