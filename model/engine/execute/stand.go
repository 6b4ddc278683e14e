package execute

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"gonogo/model"
	"gonogo/model/gate"
	"gonogo/model/plan"
)

// stander looks again at what was confirmed once.
type stander struct{ looker }

// standing is what a look again came to.
type standing struct {
	why      string       // it does not stand
	flipped  model.Value  // what the store holds instead; zero: what it shall, or that is not known
	readBack model.FlagID // seen in the running service; "": none was
}

// stands looks once at what step n came to.
func (l *stander) stands(ctx context.Context, n int) (s standing) {
	defer func() {
		if v := recover(); v != nil {
			s.why = fmt.Sprintf("panic: %v", v)
		}
	}()
	var ok bool
	var why string
	switch st := l.plan.Steps[n]; {
	case st.Kind == model.StepRun:
		ok, why = l.action(ctx, n)
	case st.Kind == model.StepSet:
		return l.flagStands(ctx, l.flag(st.Changes[0].Flag), st.Changes[0].To, false)
	case st.Verify.Kind == model.VerifyFlag:
		return l.flagStands(ctx, l.flag(st.Verify.Flag), st.Verify.Is, true)
	default:
		ok, why = l.verify(ctx, n)
	}
	if ok {
		return standing{}
	}
	return standing{why: cmp.Or(why, "it does not stand")}
}

// action reports whether what the action was seen to have led to is still
// there: the same process, alive, or the one that a later action made of it. A
// metric needs no new sample to keep standing.
func (l *stander) action(ctx context.Context, n int) (bool, string) {
	p, _ := l.state()
	id, was := l.plan.Steps[n].Action, p.Steps[n].Seen
	seen := l.tools.Seen[id]
	if seen == nil || was == "" {
		return true, ""
	}
	now, err := l.read(ctx, seen)
	spec := l.tools.Rollout.Action(id)
	switch {
	case err != nil && spec != nil && spec.SeenMetric != "":
		return true, ""
	case err != nil:
		return false, fmt.Sprintf("%s is gone: %s", nameOf(seen, was), err)
	case now != was && !slices.ContainsFunc(p.Steps[n+1:], func(st model.StepState) bool { return st.Seen == now }):
		return false, fmt.Sprintf("%s is gone: now it is %s", nameOf(seen, was), nameOf(seen, now))
	}
	return true, ""
}

// verify looks at one verify again. What an action's exit status told is not run again.
func (l *stander) verify(ctx context.Context, n int) (bool, string) {
	v := l.plan.Steps[n].Verify
	switch v.Kind {
	case model.VerifyMetric:
		m := l.tools.Rollout.Metric(v.Metric)
		got, ok := l.engine.Reading(v.Metric)
		if !ok || got.Err != nil || m == nil {
			return true, ""
		}
		holds, known := gate.Holds(m.ID, *v.Target, got.Value, l.freshValues)
		return holds || !known, fmt.Sprintf("%s by now, wanted %s", model.FormatValue(m.Unit, got.Value), v.Target.Text)
	case model.VerifySource:
		return l.lookEvidence(ctx, v, l.step(n), time.Time{})
	case model.VerifyHTTP:
		return l.lookProbe(ctx, v)
	}
	return true, ""
}

// flagStands looks whether a flag's store has the value still, and the running
// service, where that can be asked; must says that no answer is no.
func (l *stander) flagStands(ctx context.Context, f *model.Flag, is model.Value, must bool) standing {
	stored, err := l.engine.Stored(ctx, f, l.tools.Patience)
	switch {
	case err != nil:
		return standing{why: fmt.Sprintf("%s: %s", f.ID, err)}
	case !stored.Equal(is):
		return standing{why: fmt.Sprintf("%s is stored as %s again: something else writes it", f.ID, stored.Brief()), flipped: stored}
	case !l.reads(f):
		return standing{}
	}
	got, err := l.engine.Running(ctx, f)
	switch {
	case err != nil && (!must || f.EffectiveMetric != ""):
		return standing{}
	case err != nil:
		return standing{why: fmt.Sprintf("%s: %s", f.ID, err)}
	case !got.Equal(is):
		return standing{why: fmt.Sprintf("the running service says %s is %s", f.ID, got.Brief())}
	}
	p, _ := l.state()
	if f.EffectiveMetric == "" || l.newer(f.EffectiveMetric, plan.LastEffect(p)) {
		return standing{readBack: f.ID}
	}
	return standing{}
}
