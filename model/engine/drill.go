package engine

import (
	"context"
	"fmt"
	"time"

	"gonogo/model"
)

// look is a dry drill: it observes everything that the rollback would use, and
// changes nothing. Each step is timed like those of a rollback.
func (r *run) look(ctx context.Context) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go func() { // a rollback waits for nothing that a drill looks at
		select {
		case <-r.cancelled:
			stop()
		case <-ctx.Done():
		}
	}()
	began := r.e.o.Now()
	for n := range r.plan.Steps {
		if r.steps()[n].Outcome != "" {
			continue
		}
		if r.over(ctx) != nil {
			return
		}
		r.intend(n, r.steps()[n].Tries+1, "")
		step := r.plan.Steps[n]
		timed, done := context.WithTimeout(ctx, max(observeTimeout, min(step.Timeout, drillStep)))
		detail, err := r.lookAt(timed, step, began)
		done()
		if err != nil {
			r.end(n, model.StepFailed, err.Error(), "")
			continue
		}
		r.end(n, model.StepDone, detail, "")
	}
}

// drillStep is how long a dry drill waits for what one step would use.
const drillStep = 30 * time.Second

// lookAt observes what one step would use.
func (r *run) lookAt(ctx context.Context, step model.Step, began time.Time) (string, error) {
	switch step.Kind {
	case model.StepSet:
		f := r.flag(step.Changes[0].Flag)
		v, err := r.e.observeStored(ctx, f)
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("its store answers: %s; would be %s", v, step.Changes[0].To), r.lookStorable(ctx, f)
	case model.StepRun:
		return r.lookAction(ctx, step.Action)
	case model.StepHold:
		for _, id := range step.Until {
			if what, err := r.lookReading(ctx, id, began); err != nil {
				return what, err
			}
		}
		return "its metrics can be read", nil
	}
	return r.lookVerify(ctx, step.Verify, began)
}

// lookStorable asks a switch that can tell whether it could be set.
func (r *run) lookStorable(ctx context.Context, f *model.Flag) error {
	if c, ok := r.e.parts.Switches[f.ID].(interface{ CheckSet(context.Context) error }); ok {
		return c.CheckSet(ctx)
	}
	return nil
}

// lookAction sees that an action could run, and that what shows its effect can be read.
func (r *run) lookAction(ctx context.Context, id model.ActionID) (string, error) {
	action := r.e.parts.Actions[id]
	if action == nil {
		return "", fmt.Errorf("action %q is not there", id)
	}
	if c, ok := action.(model.Checker); ok {
		if err := c.Check(); err != nil {
			return "", err
		}
	}
	seen := r.seenReader(id)
	if seen == nil {
		return "it could run; nothing would show that it had an effect", nil
	}
	now, err := read(ctx, seen)
	if err != nil {
		return "", fmt.Errorf("what shows its effect cannot be read: %w", err)
	}
	return "it could run; what shows its effect says " + now, nil
}

func (r *run) lookVerify(ctx context.Context, v *model.Verify, began time.Time) (string, error) {
	switch v.Kind {
	case model.VerifyFlag:
		f := r.flag(v.Flag)
		if r.e.effective(f) == nil {
			got, err := r.e.observeStored(ctx, f)
			return fmt.Sprintf("its store has %s; the running service cannot be asked", got), err
		}
		got, err := r.e.observeEffective(ctx, f)
		return fmt.Sprintf("the running service says %s", got), err
	case model.VerifyMetric:
		return r.lookReading(ctx, v.Metric, began)
	case model.VerifyRun:
		return r.lookAction(ctx, v.Action)
	case model.VerifySource:
		w := r.e.parts.Witnesses[v.Witness]
		if w == nil {
			return "", fmt.Errorf("there is no witness %q", v.Witness)
		}
		if _, err := w.Mark(ctx); err != nil {
			return "", err
		}
		return "it can be asked", nil
	}
	_, err := read(ctx, r.e.parts.Probes[v.Probe])
	return "it answers", err
}

// lookReading waits for a reading of the metric that is newer than the drill.
func (r *run) lookReading(ctx context.Context, id model.MetricID, began time.Time) (string, error) {
	m := r.e.o.Rollout.Metric(id)
	for {
		got, ok := r.e.meters.get(id)
		if ok && got.At.After(began) {
			if got.Err != nil {
				return "", fmt.Errorf("%s: %w", id, got.Err)
			}
			return fmt.Sprintf("%s is %s", id, model.FormatValue(m.Unit, got.Value)), nil
		}
		if !r.pause(ctx, verifyPoll) {
			return "", fmt.Errorf("%s: no reading within %s", id, model.FormatDuration(drillStep))
		}
	}
}
