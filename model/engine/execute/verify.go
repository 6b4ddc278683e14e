package execute

import (
	"context"
	"time"

	"gonogo/model"
	"gonogo/model/plan"
)

// verifier looks at one verify until it holds, or its time is over. Only
// evidence newer than the moment it begins counts.
type verifier struct {
	looker
	end func(ended)
}

func (v *verifier) verify(ctx context.Context, n int) {
	step := v.plan.Steps[n]
	ctx, done := context.WithTimeout(ctx, step.Timeout)
	defer done()
	since := v.tools.Now()
	if step.Verify.Kind == model.VerifyRun {
		v.run(ctx, n)
		return
	}
	v.intend(n, max(1, v.step(n).Tries+1), "")
	look := v.lookAt(n, since)
	for wait := firstLook; ; wait = min(2*wait, plan.Poll) {
		ok, what := look(ctx)
		if ok {
			v.finish(n, model.StepDone, what, "")
			return
		}
		v.engine.Say(n, what)
		if !v.pause(ctx, wait) {
			if v.isCancelled() {
				what = "cancelled; " + what
			}
			v.finish(n, model.StepUnseen, what, "")
			return
		}
	}
}

// lookAt returns what looks once at verify n.
func (v *verifier) lookAt(n int, since time.Time) func(context.Context) (bool, string) {
	is := v.plan.Steps[n].Verify
	switch is.Kind {
	case model.VerifyFlag:
		return func(ctx context.Context) (bool, string) { return v.lookFlag(ctx, is, since) }
	case model.VerifyMetric:
		return v.lookMetric(is, since)
	case model.VerifyManual:
		return func(context.Context) (bool, string) {
			st := v.step(n)
			if text := st.SignedText(); text != "" {
				return true, text
			}
			return false, "a person does it, and signs it: s, or gonogo sign " + string(is.ID)
		}
	case model.VerifySource:
		return func(ctx context.Context) (bool, string) { return v.lookEvidence(ctx, is, v.step(n), since) }
	}
	return func(ctx context.Context) (bool, string) { return v.lookProbe(ctx, is) }
}

// run runs an action that tells by its exit status; it is run once.
func (v *verifier) run(ctx context.Context, n int) {
	step, was := v.plan.Steps[n], v.step(n)
	spec := v.tools.Rollout.Action(step.Verify.Action)
	if was.Tries > 0 && !spec.Idempotent {
		v.finish(n, model.StepHuman, "gonogo ended while it ran, and it is not declared idempotent: run it by hand", "")
		return
	}
	v.intend(n, was.Tries+1, "")
	if v.stop(ctx).Why() != "" {
		return
	}
	out := NewOutput(func(line string) { v.engine.Say(n, line) })
	step.Action, step.Preview = spec.ID, spec.Preview
	if err := v.act(ctx, &step, out); err != nil {
		v.finish(n, model.StepFailed, err.Error(), out.String())
		return
	}
	v.finish(n, model.StepDone, "it ended well", out.String())
}

func (v *verifier) finish(n int, o model.Outcome, detail, output string) {
	v.end(ended{End: plan.End{Step: n, Outcome: o, Detail: detail}, output: output})
}
