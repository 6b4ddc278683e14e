package execute

import (
	"context"
	"time"

	"gonogo/model"
	"gonogo/model/plan"
)

const (
	firstLook = 10 * time.Millisecond  // between the first two looks at something that may take a while
	seenPoll  = 200 * time.Millisecond // between two looks at an action's effect, at most
	seenGrace = 5 * time.Second        // an action that used up its timeout is still looked at for so long
)

// runner runs one action until it is seen to have happened.
type runner struct {
	*site
	marks *marks
	end   func(ended)
}

func (a *runner) run(ctx context.Context, n int) {
	p, _ := a.state()
	step, was, seen := p.Plan.Steps[n], p.Steps[n], a.tools.Seen[p.Plan.Steps[n].Action]
	if was.Tries > 0 { // an engine before this one began it
		if e, ok := a.happened(ctx, n, seen, was.Before, was.Started); ok {
			a.end(e)
			return
		}
		if e, over := plan.CutOff(p, n); over {
			a.end(ended{End: e})
			return
		}
	}
	for try := was.Tries + 1; ; try++ {
		before, err := a.read(ctx, seen)
		if err != nil && before == "" {
			before = was.Before // as it was before the try that was cut off
		}
		a.intend(n, try, before)
		if a.stop(ctx).Why() != "" {
			return
		}
		out := NewOutput(func(line string) { a.engine.Say(n, line) })
		began := a.tools.Now()
		stop := a.marks.watch(ctx)
		err = a.act(ctx, &step, out)
		got := a.look(ctx, n, before, err, step.Timeout-a.tools.Now().Sub(began))
		stop()
		if !plan.RunAgain(&step, got.Outcome, try) || a.stop(ctx).Why() != "" {
			got.output = out.String()
			a.end(got)
			return
		}
	}
}

// happened reads once whether an action had its effect, since it was begun.
func (a *runner) happened(ctx context.Context, n int, seen model.Reader, before string, since time.Time) (ended, bool) {
	now, err := a.read(ctx, seen)
	if seen == nil || err != nil || before == "" || !changed(seen, before, now) || !isNew(seen, now, since) {
		return ended{}, false
	}
	return ended{End: plan.End{Step: n, Outcome: model.StepDone, Detail: seenText(seen, now)}, seen: now}, true
}

// look finds out whether an action that ended with err had its effect, for
// what is left of its timeout. An exit status proves nothing either way.
func (a *runner) look(ctx context.Context, n int, before string, err error, left time.Duration) ended {
	seen := a.tools.Seen[a.plan.Steps[n].Action]
	if seen == nil {
		return ended{End: plan.Unshown(n, err)}
	}
	if before == "" && err == nil {
		return ended{End: plan.End{Step: n, Outcome: model.StepUnseen, Detail: "it ended well; what shows its effect could not be read before, so a change cannot be told"}}
	}
	since, still := a.step(n).Started, nameOf(seen, before)
	timed, done := context.WithTimeout(ctx, max(left, seenGrace))
	defer done()
	a.engine.Say(n, "waiting to see that it happened")
	for wait := firstLook; ; wait = min(2*wait, seenPoll) {
		now, readErr := a.read(timed, seen)
		if readErr == nil && before != "" && changed(seen, before, now) {
			if isNew(seen, now, since) {
				detail := seenText(seen, now)
				if err != nil {
					detail += "; though it said " + err.Error()
				}
				return ended{End: plan.End{Step: n, Outcome: model.StepDone, Detail: detail}, seen: now}
			}
			still = nameOf(seen, now) + ", which is older than this"
		}
		if err != nil && timed.Err() == nil && readErr == nil {
			// It failed and nothing moved: no use in waiting the whole time.
			return ended{End: plan.End{Step: n, Outcome: model.StepFailed, Detail: err.Error()}}
		}
		if !a.pause(timed, wait) {
			return ended{End: plan.NotSeen(n, err, still)}
		}
	}
}

// seenText tells what was read after an action, to people.
func seenText(seen model.Reader, now string) string {
	if s, ok := model.Ability[model.Starter](seen); ok {
		return "new process, " + s.Name(now)
	}
	return "now " + now
}

func nameOf(seen model.Reader, text string) string {
	if s, ok := model.Ability[model.Starter](seen); ok {
		return s.Name(text)
	}
	return text
}

// isNew reports whether what was read stands for something that began after an
// action did, as far as that can be told: a process that was there before is no effect of it.
func isNew(seen model.Reader, now string, since time.Time) bool {
	n, ok := model.Ability[model.Dater](seen)
	return !ok || n.NewSince(now, since)
}

// changed reports whether a seen reader's text shows that something happened.
func changed(r model.Reader, before, now string) bool {
	if c, ok := model.Ability[model.Comparer](r); ok {
		return c.Changed(before, now)
	}
	return now != before
}
