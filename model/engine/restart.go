package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"gonogo/model"
)

const (
	seenPoll  = 200 * time.Millisecond // between two looks, at most
	seenGrace = 5 * time.Second        // an action that used up its timeout is still looked at for so long
	maxRuns   = 2                      // of an idempotent action
)

// apply runs the plan's actions, one after the other: those that make changed
// flags live only where something changed, or where it is not certain.
func (r *run) apply(ctx context.Context, level int) {
	for _, n := range r.todo(model.StepRun, level) {
		if r.over(ctx) != nil {
			return
		}
		if !r.needed(ctx, n) {
			r.end(n, model.StepAlready, "nothing changed, and the running service uses these values", "")
			continue
		}
		r.runStep(ctx, n)
	}
}

// needed reports whether step at must run: it makes a flag live that was
// set, or whose effective value is not certainly the right one, or it belongs to no flag.
// A drill runs it in any case.
func (r *run) needed(ctx context.Context, at int) bool {
	if r.plan.Drill != "" {
		return true
	}
	id, applies := r.plan.Steps[at].Action, false
	for n, step := range r.plan.Steps {
		if step.Kind != model.StepSet || step.Level != r.plan.Steps[at].Level {
			continue
		}
		f := r.flag(step.Changes[0].Flag)
		if !slices.Contains(f.Apply, id) {
			continue
		}
		applies = true
		if r.steps()[n].Outcome != model.StepAlready {
			return true
		}
		effective := r.e.ledger.State().Flags[f.ID].Effective
		if r.e.effective(f) == nil && !r.liveSince(f) {
			return true // what was concluded once is older than its store
		}
		if r.e.effective(f) != nil {
			v, err := r.e.observeEffective(ctx, f)
			if err != nil {
				return true
			}
			effective = v
		}
		if !effective.Equal(step.Changes[0].To) {
			return true
		}
	}
	return !applies
}

// runStep runs one action until it is seen to have happened.
func (r *run) runStep(ctx context.Context, n int) {
	step, was := r.plan.Steps[n], r.steps()[n]
	seen := r.seenReader(step.Action)
	if was.Tries > 0 { // an engine before this one began it
		if now, err := read(ctx, seen); seen != nil && err == nil && was.Before != "" && changed(seen, was.Before, now) && isNew(seen, now, was.Started) {
			r.endSeen(n, happened{model.StepDone, seenText(seen, now), now}, "")
			return
		}
		if !step.Idempotent || was.Tries >= maxRuns {
			r.end(n, model.StepHuman, "gonogo ended while it ran: find out whether it happened, and run it by hand if not", "")
			return
		}
	}
	for try := was.Tries + 1; ; try++ {
		before, err := read(ctx, seen)
		if err != nil && before == "" {
			before = was.Before // as it was before the try that was cut off
		}
		r.intend(n, try, before)
		if r.over(ctx) != nil {
			return
		}
		out := &output{say: func(line string) { r.x.say(n, line) }}
		began := r.e.o.Now()
		stop := r.watchMarks(ctx)
		err = r.do(ctx, step, out)
		got := r.lookSeen(ctx, n, seen, before, err, step.Timeout-r.e.o.Now().Sub(began))
		stop()
		if got.o.OK() || got.o == model.StepUnseen || !step.Idempotent || try >= maxRuns || r.over(ctx) != nil {
			r.endSeen(n, got, out.String())
			return
		}
	}
}

func (r *run) do(ctx context.Context, step model.Step, out *output) error {
	action := r.e.parts.Actions[step.Action]
	if action == nil {
		return fmt.Errorf("action %q is not there", step.Action)
	}
	timed, done := context.WithTimeout(ctx, step.Timeout)
	defer done()
	out.say("running: " + step.Preview)
	return action.Do(timed, nil, out)
}

// lookSeen finds out whether an action that ended with err had its effect, for
// what is left of its timeout. An exit status proves nothing either way.
func (r *run) lookSeen(ctx context.Context, n int, seen model.Reader, before string, err error, left time.Duration) happened {
	if seen == nil {
		switch {
		case errors.Is(err, context.DeadlineExceeded):
			return happened{o: model.StepUnsure, detail: err.Error()}
		case err != nil:
			return happened{o: model.StepFailed, detail: err.Error()}
		}
		return happened{o: model.StepUnseen, detail: "it ended well; nothing shows that it had an effect"}
	}
	if before == "" && err == nil {
		return happened{o: model.StepUnseen, detail: "it ended well; what shows its effect could not be read before, so a change cannot be told"}
	}
	since, still := r.steps()[n].Started, before
	timed, done := context.WithTimeout(ctx, max(left, seenGrace))
	defer done()
	r.x.say(n, "waiting to see that it happened")
	for wait := firstLook; ; wait = min(2*wait, seenPoll) {
		now, readErr := read(timed, seen)
		if readErr == nil && before != "" && changed(seen, before, now) {
			if isNew(seen, now, since) {
				detail := seenText(seen, now)
				if err != nil {
					detail += "; though it said " + err.Error()
				}
				return happened{model.StepDone, detail, now}
			}
			still = nameOf(seen, now) + ", which is older than this"
		}
		if err != nil && timed.Err() == nil && readErr == nil {
			// It failed and nothing moved: no use in waiting the whole time.
			return happened{o: model.StepFailed, detail: err.Error()}
		}
		if !r.pause(timed, wait) {
			break
		}
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return happened{o: model.StepUnsure, detail: err.Error() + ", and no effect was seen"}
	case err != nil:
		return happened{o: model.StepFailed, detail: err.Error()}
	}
	if still == before {
		still = nameOf(seen, before)
	}
	return happened{o: model.StepFailed, detail: "it ended well, but nothing was seen to happen: still " + still}
}

// happened is what came of an action, and what was read that shows it.
type happened struct {
	o      model.Outcome
	detail string
	seen   string
}

// seenText tells what was read after an action, to people.
func seenText(seen model.Reader, now string) string {
	if s, ok := seen.(model.Starter); ok {
		return "new process, " + s.Name(now)
	}
	return "seen: " + now
}

func nameOf(seen model.Reader, text string) string {
	if s, ok := seen.(model.Starter); ok {
		return s.Name(text)
	}
	return text
}

// isNew reports whether what was read stands for something that began after an
// action did, as far as that can be told: a process that was there before is no effect of it.
func isNew(seen model.Reader, now string, since time.Time) bool {
	n, ok := seen.(interface {
		NewSince(text string, since time.Time) bool
	})
	return !ok || n.NewSince(now, since)
}

func (r *run) seenReader(id model.ActionID) model.Reader {
	if reader := r.e.parts.Seen[id]; reader != nil {
		return reader
	}
	if a := r.e.o.Rollout.Action(id); a != nil && a.SeenMetric != "" {
		return metricReader{r.e, a.SeenMetric}
	}
	return nil
}

// changed reports whether a seen reader's text shows that something happened.
func changed(r model.Reader, before, now string) bool {
	if c, ok := r.(interface{ Changed(before, now string) bool }); ok {
		return c.Changed(before, now)
	}
	return now != before
}

func read(ctx context.Context, r model.Reader) (string, error) {
	if r == nil {
		return "", nil
	}
	timed, done := context.WithTimeout(ctx, observeTimeout)
	defer done()
	text, err := r.Read(timed)
	return model.Inert(text), err
}

// metricReader reads a metric's newest value: a process's start time, say.
type metricReader struct {
	e  *Engine
	id model.MetricID
}

func (m metricReader) Read(context.Context) (string, error) {
	got, ok := m.e.meters.get(m.id)
	if !ok {
		return "", fmt.Errorf("metric %q: no answer yet", m.id)
	}
	if got.Err == nil && got.Ended {
		return "", fmt.Errorf("metric %q: a series behind it has ended: does its target still run?", m.id)
	}
	return strconv.FormatFloat(got.Value, 'f', -1, 64), got.Err
}
