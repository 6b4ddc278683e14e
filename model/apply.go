package model

import (
	"maps"
	"slices"
	"time"
)

const maxMarks = 200

// Apply folds one record into a state and returns the new one. It is pure:
// what s holds is not changed, but copied where it differs. Records that rest
// on something that is not there (an end of a step of an unknown plan, say) change nothing.
func Apply(s State, r Record) State {
	s.Seq, s.Sum, s.At = r.Seq, r.Sum, r.At
	switch e := r.Event.(type) {
	case EngineStarted:
		s.Engine = e.PID
		if s.ConfigHash == "" {
			s.ConfigHash = e.ConfigHash
		}
	case EngineStopped:
		s.Engine = 0
	case ConfigAdopted:
		s.ConfigHash = e.Hash
	case PhaseEntered:
		s = enterPhase(s, r, e)
	case PhaseLeft:
		s = leavePhase(s, r, e)
	case HoldChanged:
		s.Held, s.HeldReason, s.HeldBy = e.Held, e.Reason, r.By
		if !e.Held {
			s.HeldReason, s.HeldBy = "", Actor{}
		}
	case Progress, GateChanged, CheckSigned, CheckUnsigned, CheckEnded, BaselineFrozen, MetricRead, GuardTripped, GuardCleared:
		s = applyGate(s, r)
	case GatesRehearsed:
		s = rehearsed(s, r, e)
	case SilenceChanged:
		s = applySilence(s, r, e)
	case ReportMade:
		s = applyReport(s, e)
	case EscalationCalled, EscalationTold, Acknowledged:
		s = applyEscalation(s, r)
	case FlagObserved:
		s = applyObserved(s, r, e)
	case ClockJumped:
		s = applyJump(s, e)
	case Unaudited:
		s = applyUnaudited(s, r, e)
	default:
		s = applyPlan(s, r)
	}
	return applyPast(s, r)
}

func enterPhase(s State, r Record, e PhaseEntered) State {
	s = closeAttempt(s, r.At, false)
	if s.Phase == "" { // what went wrong before anything was rolled out is no breach of the rollout's
		s.Breach = Breach{}
	}
	s.Phase, s.Below, s.Set = e.Phase, nil, s.settled(e.Plan)
	s.Attempts = append(s.Attempts, Attempt{Phase: e.Phase, N: e.Attempt, Entered: r.At, By: s.firedBy(e.Plan, r.By), Override: e.Override, Seq: r.Seq})
	s = withoutApprovals(newAttempt(s), e.Phase)
	if p := s.LastDown; p != nil && p.Status == Ended {
		s = onDown(s, p.Plan.ID, func(p *PlanState) { p.WentOn = true })
	}
	if s.Incident.Open() { // people went on without a verified rollback
		i := *s.Incident
		i.Left = true
		s.Incident = &i
	}
	return arriveBelow(mark(s, r.At, "→ "+string(e.Phase)), r, e.Plan)
}

func leavePhase(s State, r Record, e PhaseLeft) State {
	s = closeAttempt(s, r.At, true)
	s.Phase, s.Below, s.Set = e.To, nil, s.settled(e.Plan)
	s = newAttempt(s)
	if e.To == "" {
		s.Set = nil
	} else {
		n := 1
		if a := s.LastAttempt(e.To); a != nil {
			n = a.N + 1
		}
		s.Attempts = append(s.Attempts, Attempt{Phase: e.To, N: n, Entered: r.At, By: s.firedBy(e.Plan, r.By), Seq: r.Seq})
	}
	return arriveBelow(mark(s, r.At, "↓ "+string(e.From)), r, e.Plan)
}

// newAttempt forgets what was said of the attempt before. A veto of the guard
// lasts until it lapses, and a breach until a GO.
func newAttempt(s State) State {
	s.Checks, s.Streaks, s.Headline, s.HeadlineSince = nil, nil, "", time.Time{}
	s.Guard = GuardState{Veto: s.Guard.Veto, VetoBy: s.Guard.VetoBy, VetoNote: s.Guard.VetoNote}
	return s
}

// closeAttempt ends the current attempt. It always leaves s with an Attempts
// of its own, without room for another append to write into.
func closeAttempt(s State, at time.Time, back bool) State {
	open := s.Attempt() != nil
	s.Attempts = slices.Clip(slices.Clone(s.Attempts))
	if open {
		a := &s.Attempts[len(s.Attempts)-1]
		a.Left, a.Back = at, back
	}
	return s
}

// applyJump moves what is measured from now on along with the wall clock, so
// that a jump neither lengthens nor shortens it.
func applyJump(s State, e ClockJumped) State {
	for _, t := range []*time.Time{&s.Changed.At, &s.HeadlineSince, &s.Breach.Since, &s.Guard.Since, &s.Guard.Veto} {
		if !t.IsZero() {
			*t = t.Add(e.By)
		}
	}
	if is, ok := s.Escalated[OnBreach]; ok { // it is known by when the breach began
		is.Since = is.Since.Add(e.By)
		s.Escalated = with(s.Escalated, OnBreach, is)
	}
	s.Checks = maps.Clone(s.Checks)
	for id, c := range s.Checks {
		c.At = c.At.Add(e.By)
		s.Checks[id] = c
	}
	s.Readings = maps.Clone(s.Readings)
	for id, got := range s.Readings {
		got.At = got.At.Add(e.By)
		s.Readings[id] = got
	}
	return s
}

func applyObserved(s State, r Record, e FlagObserved) State {
	at, f := r.At, s.Flags[e.Flag]
	was := f.Effective
	switch {
	case e.Effective && e.Err != "":
		f.EffectErr = e.Err
	case e.Effective:
		f.Effective, f.EffectiveAt, f.Inferred, f.EffectErr = e.Value, at, e.Inferred, ""
	case e.Err != "":
		f.StoredErr = e.Err
	default:
		f.Stored, f.StoredAt, f.StoredErr = e.Value, at, ""
	}
	if f.Inferred && !f.Stored.IsZero() && !f.Stored.Equal(f.Effective) { // concluded from what was stored then
		f.Effective, f.EffectiveAt, f.Inferred = Value{}, time.Time{}, false
	}
	if f.Pending && !f.Want.IsZero() && f.Effective.Equal(f.Want) && e.Effective && e.Err == "" {
		f.Pending = false
	}
	s.Flags = with(s.Flags, e.Flag, f)
	if e.Effective && e.Err == "" && !e.Inferred && !was.IsZero() && !was.Equal(e.Value) {
		what := string(e.Flag) + " changed"
		if e.Value.Type == Bool {
			what = string(e.Flag) + " is " + e.Value.String()
		}
		s = changed(s, r, what)
	}
	return containIfSeen(s, r.At)
}

func mark(s State, at time.Time, text string) State {
	from := max(0, len(s.Marks)-maxMarks+1)
	s.Marks = append(slices.Clone(s.Marks[from:]), Mark{At: at, Text: text})
	return s
}

// with returns a copy of m in which k is v.
func with[K comparable, V any](m map[K]V, k K, v V) map[K]V {
	c := make(map[K]V, len(m)+1)
	maps.Copy(c, m)
	c[k] = v
	return c
}
