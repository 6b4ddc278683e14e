package config

import (
	"slices"

	"gonogo/model"
)

// finished is a config that was read, and what lint and proof ask of it. It is
// not changed.
type finished struct {
	*Config
	kinds Kinds
	doc   map[string]any                   // as it was written
	asked map[string]bool                  // sources that checks and verifies use
	byID  map[model.MetricID]*model.Metric // made when one is looked up first
}

// metric returns the metric named id, or nil.
func (f *finished) metric(id model.MetricID) *model.Metric {
	if f.byID == nil {
		f.byID = make(map[model.MetricID]*model.Metric, len(f.Rollout.Metrics))
		for i := range f.Rollout.Metrics {
			m := &f.Rollout.Metrics[i]
			f.byID[m.ID] = m
		}
	}
	return f.byID[id]
}

// written returns what stands in the file under [section.name], key; nil for nothing.
func (f *finished) written(section, name, key string) any { return written(f.doc, section, name, key) }

// metricFacts returns what the source's kind knows of metric id.
func (f *finished) metricFacts(id model.MetricID) Facts {
	for _, s := range f.Sources {
		kind := f.kinds.Sources[s.Kind]
		i := slices.IndexFunc(s.Metrics, func(p MetricPart) bool { return p.Metric.ID == id })
		if i >= 0 && kind.Facts != nil {
			return kind.Facts(s.Metrics[i])
		}
	}
	return Facts{}
}

// actionFacts returns what its kind knows of action id.
func (f *finished) actionFacts(id model.ActionID) ActionFacts {
	part := f.Actions[id]
	if facts := f.kinds.Actions[part.Kind].Facts; facts != nil {
		return facts(part)
	}
	return ActionFacts{}
}

// setBy returns the flags that rollback b sets: for one that takes a phase
// back, those of each phase.
func (f *finished) setBy(b *model.Rollback) [][]*model.Flag {
	r := &f.Rollout
	switch b.Scope {
	case model.ScopePhase:
		var all [][]*model.Flag
		for _, p := range r.Phases {
			all = append(all, f.flagsOf(p.Flags))
		}
		return all
	case model.ScopeSafe:
		var flags []*model.Flag
		for i := range r.Flags {
			if !r.Flags[i].SafeKeep {
				flags = append(flags, &r.Flags[i])
			}
		}
		return [][]*model.Flag{flags}
	}
	at := setsOf(b)
	return [][]*model.Flag{f.flagsOf(at[len(at)-1].all)}
}

// flagsOf returns the flags of settings.
func (f *finished) flagsOf(settings []model.Setting) []*model.Flag {
	var flags []*model.Flag
	for _, s := range settings {
		if flag := f.Rollout.Flag(s.Flag); flag != nil {
			flags = append(flags, flag)
		}
	}
	return flags
}

// proves reports whether v is positive evidence: nothing old, and not satisfied by silence.
func (f *finished) proves(v model.Verify) bool {
	switch v.Kind {
	case model.VerifyManual:
		return false // what a person says is no evidence of what the service does
	case model.VerifyRun:
		facts := f.actionFacts(v.Action)
		return facts.OldLines == "" && !facts.Silent
	case model.VerifyMetric:
		return !f.silent(f.metric(v.Metric), v.Target)
	case model.VerifySource:
		w := f.Witnesses[v.Witness]
		return !w.Silent()
	}
	return true
}

// silent reports whether the target holds of metric m where nothing at all was measured.
func (f *finished) silent(m *model.Metric, t *model.Target) bool {
	return m != nil && t != nil && m.MinCount == 0 && zeroMeets(t) && (m.EmptyZero || f.metricFacts(m.ID).Silent)
}
