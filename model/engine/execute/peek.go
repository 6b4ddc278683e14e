package execute

import (
	"context"
	"fmt"
	"time"

	"gonogo/model"
	"gonogo/model/plan"
)

// peekFor is how long a dry drill waits for what one step would use.
const peekFor = 30 * time.Second

// peeker is a dry drill: it observes everything that the rollback would use, and
// changes nothing. Each step is timed like those of a rollback.
type peeker struct {
	*site
	began time.Time // the drill
	end   func(ended)
}

// peek observes what step n would use. A rollback waits for nothing that a drill looks at.
func (d *peeker) peek(ctx context.Context, n int) {
	ctx, stop := d.untilCancelled(ctx)
	defer stop()
	d.intend(n, d.step(n).Tries+1, "")
	step := d.plan.Steps[n]
	timed, done := context.WithTimeout(ctx, max(d.tools.Patience, min(step.Timeout, peekFor)))
	defer done()
	detail, err := d.lookAt(timed, &step)
	e := plan.End{Step: n, Outcome: model.StepDone, Detail: detail}
	if err != nil {
		e.Outcome, e.Detail = model.StepFailed, err.Error()
	}
	d.end(ended{End: e})
}

// lookAt observes what one step would use.
func (d *peeker) lookAt(ctx context.Context, step *model.Step) (string, error) {
	switch step.Kind {
	case model.StepSet:
		f := d.flag(step.Changes[0].Flag)
		v, err := d.engine.Stored(ctx, f, d.tools.Patience)
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("its store answers: %s; would be %s", v, step.Changes[0].To), nil
	case model.StepRun:
		return d.action(ctx, step.Action)
	case model.StepHold:
		for _, id := range step.Until {
			if what, err := d.reading(ctx, id); err != nil {
				return what, err
			}
		}
		return "its metrics can be read", nil
	}
	return d.verify(ctx, step.Verify)
}

// action sees that an action could run, and that what shows its effect can be read.
func (d *peeker) action(ctx context.Context, id model.ActionID) (string, error) {
	action := d.tools.Actions[id]
	if action == nil {
		return "", fmt.Errorf("action %q is not there", id)
	}
	if c, ok := model.Ability[model.Checker](action); ok {
		if err := c.Check(); err != nil {
			return "", err
		}
	}
	seen := d.tools.Seen[id]
	if seen == nil {
		return "it could run; nothing would show that it had an effect", nil
	}
	now, err := d.read(ctx, seen)
	if err != nil {
		return "", fmt.Errorf("what shows its effect cannot be read: %w", err)
	}
	return "it could run; what shows its effect says " + now, nil
}

func (d *peeker) verify(ctx context.Context, v *model.Verify) (string, error) {
	switch v.Kind {
	case model.VerifyFlag:
		f := d.flag(v.Flag)
		if !d.reads(f) {
			got, err := d.engine.Stored(ctx, f, d.tools.Patience)
			return fmt.Sprintf("its store has %s; the running service cannot be asked", got), err
		}
		got, err := d.engine.Running(ctx, f)
		return fmt.Sprintf("the running service says %s", got), err
	case model.VerifyMetric:
		return d.reading(ctx, v.Metric)
	case model.VerifyRun:
		return d.action(ctx, v.Action)
	case model.VerifyManual:
		return "a person does it, within " + model.FormatDuration(v.Within), nil
	case model.VerifySource:
		w := d.tools.Witnesses[v.Witness]
		if w == nil {
			return "", fmt.Errorf("there is no witness %q", v.Witness)
		}
		if _, err := w.Mark(ctx); err != nil {
			return "", err
		}
		return "it can be asked", nil
	}
	probe := d.tools.Probes[v.Probe]
	if probe == nil {
		return "", fmt.Errorf("there is no probe %q", v.Probe)
	}
	_, err := d.read(ctx, probe)
	return "it answers", err
}

// reading waits for a reading of the metric that is newer than the drill.
func (d *peeker) reading(ctx context.Context, id model.MetricID) (string, error) {
	m := d.tools.Rollout.Metric(id)
	for {
		got, ok := d.engine.Reading(id)
		if ok && got.At.After(d.began) {
			if got.Err != nil {
				return "", fmt.Errorf("%s: %w", id, got.Err)
			}
			return fmt.Sprintf("%s is %s", id, model.FormatValue(m.Unit, got.Value)), nil
		}
		if !d.pause(ctx, plan.Poll) {
			return "", fmt.Errorf("%s: no reading within %s", id, model.FormatDuration(peekFor))
		}
	}
}
