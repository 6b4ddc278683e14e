package engine

import (
	"fmt"

	"gonogo/model"
	"gonogo/model/engine/watch"
)

// watches are the guards that arm nothing: they tell people of a FAIL and of its end, and those in
// mode block are lines of the gate meanwhile.
type watches struct {
	rollout *model.Rollout
	by      model.Actor
	idle    bool // the engine of a command: they tell nobody
	records watch.Records
	judge   *judge
	notices *notices
}

// look journals, and tells, where what they see begins and ends.
func (x *watches) look() {
	if x.idle || len(x.rollout.Watches) == 0 {
		return
	}
	state := x.records.State()
	for i := range x.rollout.Watches {
		g := &x.rollout.Watches[i]
		if g.Mode == model.GuardOff {
			continue
		}
		was := state.Watches[g.Name]
		id, reason := x.failing(g, &state)
		switch {
		case id != "" && was.Metric == "":
			if x.records.Record(x.by, "", model.GuardTripped{Guard: g.Name, Metric: id, Reason: reason, Mode: g.Mode}) == nil {
				x.tell(g, fmt.Sprintf("%s is in breach", id), reason)
			}
		case id == "" && was.Metric != "" && x.ends(g, was.Metric, &state):
			now := x.judge.line(was.Metric).State
			if x.records.Record(x.by, "", model.GuardCleared{Guard: g.Name, Metric: was.Metric, State: now, Now: string(was.Metric) + " is " + string(now) + ", not FAIL any more"}) != nil {
				continue
			}
			what := fmt.Sprintf("%s is no longer in breach", was.Metric)
			if now != model.Pass {
				what = fmt.Sprintf("%s is %s: whether its breach is over is not known", was.Metric, now)
			}
			x.tell(g, what, "")
		}
	}
}

// ends reports whether the breach of metric id, which does not fail now, is at an end for g: for one that
// blocks, only when the metric passes.
func (x *watches) ends(g *model.Guard, id model.MetricID, s *model.State) bool {
	if s.Phase == "" || x.rollout.Metric(id) == nil {
		return true
	}
	return x.judge.knows(id) && (g.Mode != model.GuardBlock || x.judge.line(id).State == model.Pass)
}

// failing returns the first metric of g in FAIL, and why; none before the first phase.
func (x *watches) failing(g *model.Guard, s *model.State) (model.MetricID, string) {
	if s.Phase == "" {
		return "", ""
	}
	for _, id := range g.On {
		if line := x.judge.line(id); line.State == model.Fail {
			return id, line.Reason
		}
	}
	return "", ""
}

func (x *watches) tell(g *model.Guard, what, why string) {
	title := model.Inert(fmt.Sprintf("%s: %s (%s)", x.rollout.Title, what, x.rollout.Environment.Name))
	x.notices.tell(g.Notify, "", title, model.Inert(fmt.Sprintf("%s\nguard %s: %s", why, g.Name, g.Mode)))
}
