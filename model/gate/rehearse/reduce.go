package rehearse

import (
	"fmt"
	"slices"
	"time"

	"gonogo/model"
)

const untold = 24 * time.Hour // what an attempt lasts beyond its soak where the phase has no limit

// lasts returns how long an attempt at p lasts.
func lasts(p *model.Phase) time.Duration {
	if p.Limit > 0 {
		return p.Limit
	}
	return p.Soak + untold
}

// reduced is a rollout with one phase, and what of its gate can be judged on history.
type reduced struct {
	rollout *model.Rollout
	phase   *model.Phase
	flips   bool // the phase sets flags, so it begins with a change of the service
	left    []string
}

// reduce returns what of phase p can be judged with the tracks. without says why a metric has none.
func reduce(r *model.Rollout, p *model.Phase, tracks map[model.MetricID]*Track, without map[model.MetricID]string) reduced {
	out := reduced{flips: len(p.Flags) > 0}
	phase := model.Phase{ID: p.ID, Title: p.Title, Soak: p.Soak, Limit: p.Limit}
	for _, id := range p.Gate {
		if why := lacks(r, id, tracks, without); why != "" {
			out.left = append(out.left, fmt.Sprintf("%s (%s)", id, why))
			continue
		}
		phase.Gate = append(phase.Gate, id)
	}
	for _, c := range p.Checks {
		if c.Kind == model.CheckMetric {
			if why := lacks(r, c.Metric, tracks, without); why == "" {
				phase.Checks = append(phase.Checks, c)
				continue
			}
		}
		out.left = append(out.left, fmt.Sprintf("check %s", c.ID))
	}
	need := slices.Clone(phase.Gate)
	for _, c := range phase.Checks {
		need = append(need, c.Metric)
	}
	if r.Guard != nil {
		need = append(need, r.Guard.On...)
	}
	out.rollout = only(r, phase, need, tracks)
	out.phase = &out.rollout.Phases[0]
	return out
}

// only returns r with one phase, and only the metrics that need names and those they
// rest on. Counted metrics of the guard stay whatever they rest on, as they share its alpha.
func only(r *model.Rollout, phase model.Phase, need []model.MetricID, tracks map[model.MetricID]*Track) *model.Rollout {
	keep := map[model.MetricID]bool{}
	for _, id := range need {
		for _, of := range restsOn(r, id, nil) {
			keep[of] = true
		}
	}
	if r.Guard != nil {
		for _, id := range r.Guard.On {
			if m := r.Metric(id); m != nil && m.Counted {
				keep[id] = true
			}
		}
	}
	out := *r
	out.Phases = []model.Phase{phase}
	out.Flags, out.Actions, out.Rollbacks, out.Metrics = nil, nil, nil, nil
	for i := range r.Metrics {
		if m := r.Metrics[i]; keep[m.ID] {
			if t := tracks[m.ID]; t != nil && t.Whole {
				m.By = ""
			}
			out.Metrics = append(out.Metrics, m)
		}
	}
	return &out
}

// restsOn returns id and all metrics that a judgement of it rests on.
func restsOn(r *model.Rollout, id model.MetricID, seen []model.MetricID) []model.MetricID {
	m := r.Metric(id)
	if m == nil || slices.Contains(seen, id) {
		return seen
	}
	seen = append(seen, id)
	for _, of := range m.Inputs {
		seen = restsOn(r, of, seen)
	}
	seen = restsOn(r, m.Control, seen)
	for _, t := range []*model.Target{m.Target, m.Alert} {
		if t != nil {
			seen = restsOn(r, t.Of, seen)
		}
	}
	return seen
}

// lacks says why metric id cannot be judged on history; empty: it can.
func lacks(r *model.Rollout, id model.MetricID, tracks map[model.MetricID]*Track, without map[model.MetricID]string) string {
	for _, of := range restsOn(r, id, nil) {
		m := r.Metric(of)
		if m.Expr != "" || tracks[of] != nil {
			continue
		}
		why := without[of]
		if m.Read != nil {
			why = "people read it"
		}
		if m.Own != "" {
			why = "it is of the rollout's own past"
		}
		if of != id {
			why = fmt.Sprintf("rests on %s: %s", of, why)
		}
		return why
	}
	return ""
}

// Needed returns the metrics of r whose history a rehearsal of its phases needs, in
// the order of the config; those that are computed or read by people have none.
func Needed(r *model.Rollout, phases []*model.Phase) []model.MetricID {
	var need []model.MetricID
	for _, p := range phases {
		need = append(need, p.Gate...)
		for _, c := range p.Checks {
			if c.Kind == model.CheckMetric {
				need = append(need, c.Metric)
			}
		}
	}
	if r.Guard != nil {
		need = append(need, r.Guard.On...)
	}
	var all, out []model.MetricID
	for _, id := range need {
		all = append(all, restsOn(r, id, nil)...)
	}
	for i := range r.Metrics {
		if m := &r.Metrics[i]; slices.Contains(all, m.ID) && m.Expr == "" && m.Read == nil && m.Own == "" {
			out = append(out, m.ID)
		}
	}
	return out
}
