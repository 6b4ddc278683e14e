package engine

import (
	"context"
	"fmt"
	"sync"
	"time"

	"gonogo/model"
	"gonogo/model/gate"
)

const (
	firstLook  = 10 * time.Millisecond  // between the first two looks at something that may take a while
	verifyPoll = 250 * time.Millisecond // between later ones
)

// verify sees, for all checks at once, that what was done had its effect. Only
// evidence newer than the moment it begins counts.
func (r *run) verify(ctx context.Context, level int) {
	since := r.e.o.Now()
	var group sync.WaitGroup
	for _, n := range r.todo(model.StepVerify, level) {
		step := r.plan.Steps[n]
		group.Go(func() {
			defer func() {
				if v := recover(); v != nil {
					r.end(n, model.StepUnsure, fmt.Sprintf("panic: %v", v), "")
				}
			}()
			timed, done := context.WithTimeout(ctx, step.Timeout)
			defer done()
			r.verifyStep(timed, n, since)
		})
	}
	group.Wait()
}

func (r *run) verifyStep(ctx context.Context, n int, since time.Time) {
	v := r.plan.Steps[n].Verify
	if v.Kind == model.VerifyRun {
		r.verifyRun(ctx, n)
		return
	}
	r.intend(n, max(1, r.steps()[n].Tries+1), "")
	var look func(context.Context) (bool, string)
	switch v.Kind {
	case model.VerifyFlag:
		look = func(ctx context.Context) (bool, string) { return r.lookFlag(ctx, v, since) }
	case model.VerifyMetric:
		look = r.lookMetric(v, since)
	case model.VerifySource:
		look = func(ctx context.Context) (bool, string) { return r.lookWitness(ctx, n, since) }
	default:
		look = func(ctx context.Context) (bool, string) { return r.lookProbe(ctx, v) }
	}
	for wait := firstLook; ; wait = min(2*wait, verifyPoll) {
		ok, what := look(ctx)
		if ok {
			r.end(n, model.StepDone, what, "")
			return
		}
		r.x.say(n, what)
		if !r.pause(ctx, wait) {
			if r.isCancelled() {
				what = "cancelled; " + what
			}
			r.end(n, model.StepUnseen, what, "")
			return
		}
	}
}

// lookFlag sees the flag in effect: read back from the running service, or,
// where that cannot be asked, by inference: stored, and a restart seen since.
func (r *run) lookFlag(ctx context.Context, v *model.Verify, since time.Time) (bool, string) {
	f := r.flag(v.Flag)
	if f.EffectiveMetric != "" && !r.e.meters.newer(f.EffectiveMetric, since) {
		return false, fmt.Sprintf("waiting for a reading of %s that is newer than the action", f.EffectiveMetric)
	}
	if r.e.effective(f) != nil {
		got, err := r.e.observeEffective(ctx, f)
		if err != nil {
			return false, err.Error()
		}
		return got.Equal(v.Is), "the running service says " + got.Brief()
	}
	stored, err := r.e.observeStored(ctx, f)
	if err != nil {
		return false, err.Error()
	}
	if !stored.Equal(v.Is) {
		return false, "its store has " + stored.Brief()
	}
	if len(f.Apply) > 0 && !r.restarted(f) {
		return false, "in file, but that the service started after that was not seen"
	}
	r.record(model.FlagObserved{Flag: f.ID, Value: stored, Effective: true, Inferred: true})
	if len(f.Apply) == 0 {
		return true, "stored; it needs no restart"
	}
	return true, "in file, and the service started after that; running value not checked"
}

// restarted reports whether everything that makes the flag live was seen to
// have happened in this plan, after the flag was set, or was not needed because
// the running service uses the value since before.
func (r *run) restarted(f *model.Flag) bool {
	states := r.steps()
	var set time.Time // when the plan had changed it
	for n, step := range r.plan.Steps {
		if step.Kind == model.StepSet && step.Changes[0].Flag == f.ID && states[n].Outcome == model.StepDone && step.Level <= r.levelNow() {
			set = states[n].Ended
		}
	}
	for _, id := range f.Apply {
		seen := false
		for n, step := range r.plan.Steps {
			if step.Kind != model.StepRun || step.Action != id || step.Level > r.levelNow() {
				continue
			}
			switch states[n].Outcome {
			case model.StepDone:
				seen = set.IsZero() || !states[n].Started.Before(set)
			case model.StepAlready:
				seen = set.IsZero()
			default:
				seen = false
			}
		}
		if !seen && !r.liveSince(f) {
			return false
		}
	}
	return true
}

// liveSince reports whether what the flag's store holds was in effect before this plan.
func (r *run) liveSince(f *model.Flag) bool {
	s := r.e.ledger.State().Flags[f.ID]
	return !s.Pending && s.Effective.Equal(s.Stored) && !s.StoredAt.After(s.EffectiveAt)
}

// lookMetric wants model.PassesNeeded readings in a row that hold, each of them
// taken, and resting on samples, after since.
func (r *run) lookMetric(v *model.Verify, since time.Time) func(context.Context) (bool, string) {
	m := r.e.o.Rollout.Metric(v.Metric)
	passes, last := 0, since
	return func(context.Context) (bool, string) {
		got, ok := r.e.meters.get(v.Metric)
		if !ok || !got.At.After(last) {
			return false, fmt.Sprintf("%d of %d readings hold; waiting for the next", passes, model.PassesNeeded)
		}
		last = got.At
		holds, why := r.holds(m, v.Target, got, since)
		if !holds {
			passes = 0
			return false, why
		}
		passes++
		return passes >= model.PassesNeeded, fmt.Sprintf("%s, %d of %d readings hold", model.FormatValue(m.Unit, got.Value), passes, model.PassesNeeded)
	}
}

func (r *run) holds(m *model.Metric, t *model.Target, got model.Reading, since time.Time) (bool, string) {
	at := got.SampleAt
	if at.IsZero() {
		at = got.At
	}
	switch {
	case got.Err != nil:
		return false, got.Err.Error()
	case got.Ended:
		return false, "a series behind it has ended"
	case m.Refused != "":
		return false, m.Refused
	case !at.After(since):
		return false, "its samples are older than the action"
	case m.MinCount > 0 && !got.HasCount:
		return false, fmt.Sprintf("number of events unknown, %.0f needed", m.MinCount)
	case m.MinCount > 0 && !(got.Count >= m.MinCount): // also for NaN
		return false, fmt.Sprintf("only %.0f of %.0f events", got.Count, m.MinCount)
	}
	holds, known := gate.Holds(m.ID, *t, got.Value, r.freshValues)
	return holds && known, fmt.Sprintf("%s, wanted %s", model.FormatValue(m.Unit, got.Value), t.Text)
}

// freshValues looks up what a relation compares with: never old or thin values.
func (r *run) freshValues(self, of model.MetricID) (float64, bool) {
	if of == model.OfBaseline {
		b, ok := r.e.ledger.State().Baselines[self]
		return float64(b.Value), ok
	}
	m := r.e.o.Rollout.Metric(of)
	if m == nil {
		return 0, false
	}
	got, have := r.e.meters.get(of)
	return gate.Usable(m, got, have, r.e.o.Now())
}

func (r *run) lookProbe(ctx context.Context, v *model.Verify) (bool, string) {
	probe := r.e.parts.Probes[v.Probe]
	if probe == nil {
		return false, "there is no such probe"
	}
	text, err := read(ctx, probe)
	if err != nil {
		return false, err.Error()
	}
	if v.Want != "" && text != v.Want {
		return false, fmt.Sprintf("it answers %q, wanted %q", text, v.Want)
	}
	return true, "it answers as wanted"
}

// verifyRun runs an action that tells by its exit status; it is run once.
func (r *run) verifyRun(ctx context.Context, n int) {
	step, was := r.plan.Steps[n], r.steps()[n]
	spec := r.e.o.Rollout.Action(step.Verify.Action)
	if was.Tries > 0 && !spec.Idempotent {
		r.end(n, model.StepHuman, "gonogo ended while it ran, and it is not declared idempotent: run it by hand", "")
		return
	}
	r.intend(n, was.Tries+1, "")
	if r.over(ctx) != nil {
		return
	}
	out := &output{say: func(line string) { r.x.say(n, line) }}
	step.Action, step.Preview = spec.ID, spec.Preview
	if err := r.do(ctx, step, out); err != nil {
		r.end(n, model.StepFailed, err.Error(), out.String())
		return
	}
	r.end(n, model.StepDone, "it ended well", out.String())
}
