package model

import (
	"maps"
	"time"
)

// applyGate folds what verdicts rest on: time served, checks, baselines, readings by people, the guard.
func applyGate(s State, r Record) State {
	switch e := r.Event.(type) {
	case Progress:
		return applyProgress(s, e)
	case GateChanged:
		s = gateChanged(s, r, e)
	case CheckSigned:
		if e.Phase == "" {
			return applyPlanSigned(s, e.Check, CheckState{By: r.By, At: r.At, Note: e.Note, Config: e.Config})
		}
		if s.GoesOn(e.Phase, e.Attempt) {
			s.Checks = with(s.Checks, e.Check, CheckState{By: r.By, At: r.At, Note: e.Note, Proofs: e.Proofs})
		}
	case CheckEnded:
		if s.GoesOn(e.Phase, e.Attempt) {
			s.Checks = with(s.Checks, e.Check, CheckState{
				By: r.By, At: r.At, Note: e.Detail, Ran: true, Failed: !e.OK, Took: e.Took, Output: e.Output,
			})
		}
	case CheckUnsigned:
		if e.Phase == "" {
			return applyPlanSigned(s, e.Check, CheckState{By: r.By, At: r.At}) // counts for no config
		}
		if s.GoesOn(e.Phase, e.Attempt) {
			s.Checks = maps.Clone(s.Checks)
			delete(s.Checks, e.Check)
		}
	case BaselineFrozen:
		s.Baselines = with(s.Baselines, e.Metric, Baseline{
			Value: e.Value, At: r.At, Window: e.Window, Points: e.Points, Query: e.Query, By: r.By,
		})
		return mark(s, r.At, "⚓ "+string(e.Metric))
	case MetricRead:
		s.Readings = with(s.Readings, e.Metric, s.Readings[e.Metric].after(r, e))
	case GuardTripped:
		if e.Guard != "" {
			return applyWatch(s, e.Guard, WatchState{Metric: e.Metric, Reason: e.Reason})
		}
		s.Guard.Metric, s.Guard.Reason, s.Guard.Since = e.Metric, e.Reason, r.At
		s = breached(s, r.At, string(e.Metric)+": "+e.Reason)
	case GuardCleared:
		if e.Guard != "" {
			return applyWatch(s, e.Guard, WatchState{})
		}
		s.Guard.Metric, s.Guard.Reason, s.Guard.Since = "", "", time.Time{}
	}
	return s
}

// GoesOn reports whether attempt n of phase id goes on. Signatures and results
// belong to an attempt, and count for no other.
func (s *State) GoesOn(id PhaseID, n int) bool {
	a := s.Attempt()
	return a != nil && a.Phase == id && a.N == n
}

func applyProgress(s State, e Progress) State {
	if len(e.Streaks) > 0 {
		all := make(map[MetricID]Streak, len(s.Streaks)+len(e.Streaks))
		maps.Copy(all, s.Streaks)
		maps.Copy(all, e.Streaks)
		s.Streaks = all
	}
	if a := s.Attempt(); a != nil && a.Phase == e.Phase && a.N == e.Attempt {
		s.Attempts = append([]Attempt(nil), s.Attempts...)
		s.Attempts[len(s.Attempts)-1].Soak = e.Soak
	}
	return s
}

// changed notes that the running service is another than before: what was
// counted or held until now says nothing about it.
func changed(s State, r Record, what string) State {
	s.Changed = ServiceChange{Seq: r.Seq, At: r.At, What: what}
	var kept map[MetricID]Streak // what was spent of an attempt's alpha stays spent
	for id, streak := range s.Streaks {
		if streak.Counted.Begun {
			kept = with(kept, id, Streak{Counted: streak.Counted, Parts: streak.Parts})
		}
	}
	s.Streaks = kept
	return s
}
