package execute

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gonogo/model"
	"gonogo/model/plan"
)

const restPoll = time.Second

// rester waits after a level of a rollback, and sees whether it was enough: at
// the end each metric of Until must have held, on fresh and sufficient evidence, three
// readings in a row.
type rester struct {
	looker
	end func(ended)
}

// rest waits until hold n is over, counted from its first begin, also where an
// engine before this one began it.
func (r *rester) rest(ctx context.Context, n int) {
	step := r.plan.Steps[n]
	r.intend(n, max(1, r.step(n).Tries), "")
	if r.stop(ctx).Why() != "" {
		return
	}
	began := r.step(n).Started
	if began.IsZero() {
		began = r.tools.Now()
	}
	streaks, grace := r.streaks(&step, began)
	enough := r.tools.Now().Add(grace) // gonogo may have been away for most of the hold
	for {
		left := step.Timeout - r.tools.Now().Sub(began)
		good, what := r.look(streaks)
		if left <= 0 && (good || looked(streaks) || r.tools.Now().After(enough)) {
			r.end(ended{End: plan.Rested(&r.plan, n, good, what)})
			return
		}
		r.engine.Say(n, fmt.Sprintf("%s left · %s", model.FormatDuration(max(0, left.Round(time.Second))), what))
		if !r.pause(ctx, min(max(left, restPoll/20), restPoll, step.Timeout/10+time.Millisecond)) {
			if why := r.stop(ctx).Why(); why != "" {
				what = why + "; " + what
			}
			r.end(ended{End: plan.End{Step: n, Outcome: model.StepUnseen, Detail: what}})
			return
		}
	}
}

// streaks returns one streak for each metric that the hold asks for, and how
// long readings enough for all of them take.
func (r *rester) streaks(step *model.Step, began time.Time) (all []streak, grace time.Duration) {
	all = make([]streak, len(step.Until))
	for i, id := range step.Until {
		m := r.tools.Rollout.Metric(id)
		if m == nil {
			m = &model.Metric{ID: id} // the config has it no more: it never holds
		}
		all[i] = streak{metric: m, since: began.Add(m.Settle), last: began}
		grace = max(grace, time.Duration(model.PassesNeeded)*m.Every+m.Timeout)
	}
	return all, grace
}

// streak counts the readings in a row of one metric that hold.
type streak struct {
	metric *model.Metric
	since  time.Time // older samples say nothing
	last   time.Time // of the last reading that was looked at
	passes int
	looks  int
	what   string
}

// looked reports whether each has had enough readings to hold, had they been good.
func looked(all []streak) bool {
	for _, s := range all {
		if s.looks < model.PassesNeeded {
			return false
		}
	}
	return true
}

// look takes each metric's newest reading and reports whether all have held long enough.
func (r *rester) look(all []streak) (bool, string) {
	good, texts := true, make([]string, len(all))
	for i := range all {
		s := &all[i]
		got, ok := r.engine.Reading(s.metric.ID)
		switch {
		case !ok || !got.At.After(s.last):
		case s.metric.Target == nil:
			s.what = "it has no target"
		default:
			s.last = got.At
			s.looks++
			holds, what := r.holds(s.metric, s.metric.Target, got, s.since)
			s.what = what
			if holds {
				s.passes++
			} else {
				s.passes = 0
			}
		}
		if s.what == "" {
			s.what = "no reading yet"
		}
		good = good && s.passes >= model.PassesNeeded
		texts[i] = fmt.Sprintf("%s %s (%d of %d)", s.metric.ID, s.what, min(s.passes, model.PassesNeeded), model.PassesNeeded)
	}
	return good, strings.Join(texts, "; ")
}
