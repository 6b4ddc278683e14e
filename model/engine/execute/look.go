package execute

import (
	"context"
	"fmt"
	"time"

	"gonogo/model"
	"gonogo/model/gate"
	"gonogo/model/plan"
)

// looker looks once at what a plan was to do, and says what it sees.
type looker struct{ *site }

// lookFlag sees the flag in effect: read back from the running service, or,
// where that cannot be asked, by inference: stored, and a restart seen since.
func (l looker) lookFlag(ctx context.Context, v *model.Verify, since time.Time) (bool, string) {
	f := l.flag(v.Flag)
	if f.EffectiveMetric != "" && !l.newer(f.EffectiveMetric, since) {
		return false, fmt.Sprintf("waiting for a reading of %s that is newer than the action", f.EffectiveMetric)
	}
	if l.reads(f) {
		got, err := l.engine.Running(ctx, f)
		if err != nil {
			return false, err.Error()
		}
		return got.Equal(v.Is), "the running service says " + got.Brief()
	}
	stored, err := l.engine.Stored(ctx, f, l.tools.Patience)
	if err != nil {
		return false, err.Error()
	}
	if !stored.Equal(v.Is) {
		return false, "its store has " + stored.Brief()
	}
	if p, state := l.state(); len(f.Apply) > 0 && !plan.Restarted(p, state.Flags, f) {
		return false, "in file, but that the service started after that was not seen"
	}
	l.record(model.FlagObserved{Flag: f.ID, Value: stored, Effective: true, Inferred: true})
	if len(f.Apply) == 0 {
		return true, "stored; it needs no restart"
	}
	return true, "in file, and the service started after that; running value not checked"
}

// newer reports whether the newest reading of metric id rests on samples after since.
func (l looker) newer(id model.MetricID, since time.Time) bool {
	got, ok := l.engine.Reading(id)
	return ok && !got.Ended && got.At.After(since) && sampledAt(&got).After(since)
}

// sampledAt returns when the oldest sample was taken that the reading rests on.
func sampledAt(got *model.Reading) time.Time {
	if got.SampleAt.IsZero() {
		return got.At
	}
	return got.SampleAt
}

// lookMetric wants model.PassesNeeded readings in a row that hold, each of them
// taken, and resting on samples, after since.
func (l looker) lookMetric(v *model.Verify, since time.Time) func(context.Context) (bool, string) {
	m := l.tools.Rollout.Metric(v.Metric)
	passes, last := 0, since
	return func(context.Context) (bool, string) {
		got, ok := l.engine.Reading(v.Metric)
		if !ok || !got.At.After(last) {
			return false, fmt.Sprintf("%d of %d readings hold; waiting for the next", passes, model.PassesNeeded)
		}
		last = got.At
		holds, why := l.holds(m, v.Target, got, since)
		if !holds {
			passes = 0
			return false, why
		}
		passes++
		return passes >= model.PassesNeeded, fmt.Sprintf("%s, %d of %d readings hold", model.FormatValue(m.Unit, got.Value), passes, model.PassesNeeded)
	}
}

// holds reports whether a reading is fresh and sufficient evidence that the target holds.
func (l looker) holds(m *model.Metric, t *model.Target, got model.Reading, since time.Time) (bool, string) {
	switch {
	case got.Err != nil:
		return false, got.Err.Error()
	case got.Ended:
		return false, "a series behind it has ended"
	case m.Refused != "":
		return false, m.Refused
	case !sampledAt(&got).After(since):
		return false, "its samples are older than the action"
	case m.MinCount > 0 && !got.HasCount:
		return false, fmt.Sprintf("number of events unknown, %.0f needed", m.MinCount)
	case m.MinCount > 0 && !(got.Count >= m.MinCount): // also for NaN
		return false, fmt.Sprintf("only %.0f of %.0f events", got.Count, m.MinCount)
	}
	holds, known := gate.Holds(m.ID, *t, got.Value, l.freshValues)
	return holds && known, fmt.Sprintf("%s, wanted %s", model.FormatValue(m.Unit, got.Value), t.Text)
}

// freshValues looks up what a relation compares with: never old or thin values.
func (l looker) freshValues(self, of model.MetricID) (float64, bool) {
	if of == model.OfBaseline {
		state := l.engine.State()
		b, ok := state.Baselines[self]
		return float64(b.Value), ok
	}
	m := l.tools.Rollout.Metric(of)
	if m == nil {
		return 0, false
	}
	got, have := l.engine.Reading(of)
	return gate.Usable(m, got, have, l.tools.Now())
}

func (l looker) lookProbe(ctx context.Context, v *model.Verify) (bool, string) {
	probe := l.tools.Probes[v.Probe]
	if probe == nil {
		return false, "there is no such probe"
	}
	text, err := l.read(ctx, probe)
	if err != nil {
		return false, err.Error()
	}
	if v.Want != "" && text != v.Want {
		return false, fmt.Sprintf("it answers %q, wanted %q", model.Masked(probe, text), v.Want)
	}
	return true, "it answers as wanted"
}

// lookEvidence sees whether what is newer than the step's mark shows what is wanted.
func (l looker) lookEvidence(ctx context.Context, v *model.Verify, st model.StepState, since time.Time) (bool, string) {
	w := l.tools.Witnesses[v.Witness]
	switch {
	case w == nil:
		return false, "there is no such witness"
	case !st.Marked:
		return false, "what was old before the action could not be told, so nothing counts as new"
	}
	if left := v.After - l.tools.Now().Sub(since); left > 0 {
		return false, "looks in " + model.FormatDuration(left.Round(time.Second))
	}
	timed, done := context.WithTimeout(ctx, l.tools.Patience)
	defer done()
	shown, seen, err := w.Look(timed, st.Mark)
	if err != nil {
		return false, model.Inert(err.Error())
	}
	return shown, model.Inert(seen)
}
