package engine

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"gonogo/model"
	"gonogo/model/gate"
)

// lastLooks is how often what has fallen is looked at when the time is up: one
// answer that was late is no fall.
const lastLooks = 3

// steady looks at everything that was confirmed again, all together, until it has
// stood for the plan's Steady after the last effect; at least once. What does not stand
// then is in doubt.
func (r *run) steady(ctx context.Context) {
	if !r.down || r.over(ctx) != nil || !r.allWell() {
		return
	}
	wait := min(r.lastEffect().Add(r.plan.Steady).Sub(r.e.o.Now()), r.plan.Steady) // whatever the wall clock does
	if end, ok := ctx.Deadline(); ok {
		wait = min(wait, time.Until(end)-verifyPoll) // a look is worth more than the rest of the wait
	}
	until := time.Now().Add(wait)
	again := map[model.FlagID]bool{} // set again, which is done once
	for late := 0; ; {
		left := time.Until(until)
		fallen := r.fallen(ctx)
		r.setAgain(ctx, again)
		if left <= 0 {
			if late++; len(fallen) == 0 || late >= lastLooks {
				r.fall(fallen)
				return
			}
			left = verifyPoll
		}
		if !r.pause(ctx, max(min(left, verifyPoll), time.Millisecond)) {
			r.doubt(fmt.Sprintf("it was not seen to stand for %s", model.FormatDuration(r.plan.Steady)))
			r.fall(fallen)
			return
		}
	}
}

// allWell reports whether every step ended well, or, of an action, unseen: else
// the end is told already.
func (r *run) allWell() bool {
	for i, st := range r.steps() {
		if !st.Outcome.OK() && (r.plan.Steps[i].Kind != model.StepRun || st.Outcome != model.StepUnseen) {
			return false
		}
	}
	return true
}

// lastEffect returns when the last step that changed something had ended.
func (r *run) lastEffect() time.Time {
	var last time.Time
	for i, st := range r.steps() {
		if k := r.plan.Steps[i].Kind; (k == model.StepSet || k == model.StepRun) && st.Outcome != model.StepAlready && st.Outcome != model.StepSpared && st.Ended.After(last) {
			last = st.Ended
		}
	}
	return last
}

func (r *run) doubt(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if text = model.Inert(text); !slices.Contains(r.doubts, text) {
		r.doubts = append(r.doubts, text)
	}
}

// fall ends what no longer stands anew.
func (r *run) fall(fallen map[int]string) {
	for n, why := range fallen {
		if r.plan.Steps[n].Kind == model.StepSet {
			r.doubt(why)
			continue
		}
		r.end(n, model.StepUnseen, why, "")
	}
}

// fallen looks once at everything that was confirmed, and returns what does not
// stand any more, by step. It notes which flags are read back.
func (r *run) fallen(ctx context.Context) map[int]string {
	states := r.steps()
	whys := make([]string, len(states))
	var group sync.WaitGroup
	for n := range r.plan.Steps {
		if !states[n].Outcome.OK() || states[n].Outcome == model.StepSpared {
			continue
		}
		group.Go(func() {
			defer func() {
				if v := recover(); v != nil {
					whys[n] = fmt.Sprintf("panic: %v", v)
				}
			}()
			if ok, why := r.stands(ctx, n); !ok {
				whys[n] = cmp.Or(why, "it does not stand")
			}
		})
	}
	group.Wait()
	out := map[int]string{}
	for n, why := range whys {
		if why != "" {
			out[n] = model.Inert(why)
			r.x.say(n, why)
		}
	}
	return out
}

// stands looks once at what step n came to.
func (r *run) stands(ctx context.Context, n int) (bool, string) {
	switch st := r.plan.Steps[n]; {
	case st.Kind == model.StepRun:
		return r.runStands(ctx, n)
	case st.Kind == model.StepVerify && (st.Verify.Kind != model.VerifyFlag || r.lastFor(n, st.Verify.Flag)):
		return r.verifyStands(ctx, n)
	case st.Kind == model.StepSet && r.lastFor(n, st.Changes[0].Flag):
		return r.flagStands(ctx, r.flag(st.Changes[0].Flag), st.Changes[0].To, false)
	}
	return true, ""
}

// lastFor reports whether no step after n that was not spared sets flag id: what a
// level set before is no longer meant to stand.
func (r *run) lastFor(n int, id model.FlagID) bool {
	states := r.steps()
	for i := n + 1; i < len(r.plan.Steps); i++ {
		st := r.plan.Steps[i]
		if st.Kind == model.StepSet && st.Changes[0].Flag == id && states[i].Outcome != model.StepSpared {
			return false
		}
	}
	return true
}

// runStands reports whether what the action was seen to have led to is still
// there: the same process, alive, or the one that a later action made of it. A
// metric needs no new sample to keep standing.
func (r *run) runStands(ctx context.Context, n int) (bool, string) {
	states := r.steps()
	seen, was := r.seenReader(r.plan.Steps[n].Action), states[n].Seen
	if seen == nil || was == "" {
		return true, ""
	}
	now, err := read(ctx, seen)
	_, metric := seen.(metricReader)
	switch {
	case err != nil && metric:
		return true, ""
	case err != nil:
		return false, fmt.Sprintf("%s is gone: %s", nameOf(seen, was), err)
	case now != was && !slices.ContainsFunc(states[n+1:], func(st model.StepState) bool { return st.Seen == now }):
		return false, fmt.Sprintf("%s is gone: now it is %s", nameOf(seen, was), nameOf(seen, now))
	}
	return true, ""
}

// verifyStands looks at one verify again. What an action's exit status told is not run again.
func (r *run) verifyStands(ctx context.Context, n int) (bool, string) {
	v := r.plan.Steps[n].Verify
	switch v.Kind {
	case model.VerifyFlag:
		return r.flagStands(ctx, r.flag(v.Flag), v.Is, true)
	case model.VerifyMetric:
		m := r.e.o.Rollout.Metric(v.Metric)
		got, ok := r.e.meters.get(v.Metric)
		if !ok || got.Err != nil || m == nil {
			return true, ""
		}
		holds, known := gate.Holds(m.ID, *v.Target, got.Value, r.freshValues)
		return holds || !known, fmt.Sprintf("%s by now, wanted %s", model.FormatValue(m.Unit, got.Value), v.Target.Text)
	case model.VerifySource:
		return r.lookWitness(ctx, n, time.Time{})
	case model.VerifyHTTP:
		return r.lookProbe(ctx, v)
	}
	return true, ""
}

// flagStands reports whether a flag's store has the value still, and the running
// service, where that can be asked. What is read back is noted; must says that no answer is no.
func (r *run) flagStands(ctx context.Context, f *model.Flag, is model.Value, must bool) (bool, string) {
	stored, err := r.e.observeStored(ctx, f)
	switch {
	case err != nil:
		return false, fmt.Sprintf("%s: %s", f.ID, err)
	case !stored.Equal(is):
		return false, fmt.Sprintf("%s is stored as %s again: something else writes it", f.ID, stored.Brief())
	case r.e.effective(f) == nil:
		return true, ""
	}
	got, err := r.e.observeEffective(ctx, f)
	switch {
	case err != nil && (!must || f.EffectiveMetric != ""):
		return true, ""
	case err != nil:
		return false, fmt.Sprintf("%s: %s", f.ID, err)
	case !got.Equal(is):
		return false, fmt.Sprintf("the running service says %s is %s", f.ID, got.Brief())
	}
	if f.EffectiveMetric == "" || r.e.meters.newer(f.EffectiveMetric, r.lastEffect()) {
		r.mu.Lock()
		if r.readBack == nil {
			r.readBack = map[model.FlagID]bool{}
		}
		r.readBack[f.ID] = true
		r.mu.Unlock()
	}
	return true, ""
}

// setAgain sets flags that flipped back in their stores once more, each once. The
// end is not VERIFIED then: something else writes them.
func (r *run) setAgain(ctx context.Context, again map[model.FlagID]bool) {
	states := r.steps()
	for n, st := range r.plan.Steps {
		if st.Kind != model.StepSet || states[n].Outcome != model.StepDone && states[n].Outcome != model.StepAlready || !r.lastFor(n, st.Changes[0].Flag) {
			continue
		}
		c := st.Changes[0]
		f := r.flag(c.Flag)
		v, err := r.e.observeStored(ctx, f)
		if err != nil || v.Equal(c.To) || again[c.Flag] || r.mustWait(ctx, n, nil) != "" || r.over(ctx) != nil {
			continue
		}
		again[c.Flag] = true
		r.doubt(fmt.Sprintf("something else set %s to %s after gonogo had set it to %s: find what writes it", c.Flag, v.Brief(), c.To.Brief()))
		r.intend(n, states[n].Tries+1, "")
		detail := "set again"
		if err := r.set(ctx, []int{n}); err != nil {
			detail = "not set again: " + err.Error()
			r.doubt(fmt.Sprintf("%s could not be set again: %s", c.Flag, err))
		}
		r.end(n, model.StepDone, detail, "")
	}
}
