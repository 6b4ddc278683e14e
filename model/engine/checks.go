package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"gonogo/model"
	"gonogo/model/engine/execute"
)

const (
	checkTick  = time.Second      // how often it is looked which checks are due
	probeAgain = 15 * time.Second // a probe that failed is asked again after this
)

// checks are the checks that run at the moment.
type checks struct {
	mu    sync.Mutex
	run   map[model.CheckID]*liveCheck
	tried map[model.CheckID]time.Time // when each ended last
}

type liveCheck struct {
	since time.Time
	line  string
}

// begin notes that check id runs; it reports whether it did not already.
func (c *checks) begin(id model.CheckID, now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.run == nil {
		c.run, c.tried = map[model.CheckID]*liveCheck{}, map[model.CheckID]time.Time{}
	}
	if c.run[id] != nil {
		return false
	}
	c.run[id] = &liveCheck{since: now}
	return true
}

func (c *checks) end(id model.CheckID, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.run, id)
	c.tried[id] = now
}

func (c *checks) lastTry(id model.CheckID) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.tried[id]
}

func (c *checks) say(id model.CheckID, line string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if r := c.run[id]; r != nil {
		r.line = model.Inert(line)
	}
}

// live returns the checks that run, in the order of their ids.
func (c *checks) live() []model.LiveCheck {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []model.LiveCheck
	for id, r := range c.run {
		out = append(out, model.LiveCheck{Check: id, Since: r.since, Line: r.line})
	}
	slices.SortFunc(out, func(a, b model.LiveCheck) int {
		if a.Check < b.Check {
			return -1
		}
		return 1
	})
	return out
}

// runChecks runs the checks of the phase stood in that are due, until ctx is done.
func (e *Engine) runChecks(ctx context.Context) {
	tick := time.NewTicker(checkTick)
	defer tick.Stop()
	for {
		state := e.ledger.State()
		if a := state.Attempt(); a != nil {
			if phase := e.o.Rollout.Phase(state.Phase); phase != nil {
				for i := range phase.Checks {
					if c := &phase.Checks[i]; e.checkDue(&state, c) {
						e.startCheck(ctx, c, phase.ID, a.N, e.o.Actor, "")
					}
				}
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// checkDue reports whether gonogo should find out about c by itself now. A
// person's signature counts as long as a result.
func (e *Engine) checkDue(s *model.State, c *model.Check) bool {
	if c.Kind == model.CheckMetric || !c.Automatic() || e.o.Transient && c.Kind == model.CheckRun {
		return false
	}
	now := e.o.Now()
	result, known := s.Checks[c.ID]
	switch {
	case !known:
		return now.Sub(e.checks.lastTry(c.ID)) >= probeAgain || e.checks.lastTry(c.ID).IsZero()
	case c.Kind == model.CheckProbe && result.Failed:
		return now.Sub(e.checks.lastTry(c.ID)) >= min(probeAgain, c.Every)
	}
	return !result.Counts(c, now)
}

// unasked counts the probes of the phase stood in that have no result yet.
func (e *Engine) unasked(s *model.State) int {
	phase := e.o.Rollout.Phase(s.Phase)
	if phase == nil {
		return 0
	}
	n := 0
	for i := range phase.Checks {
		if _, known := s.Checks[phase.Checks[i].ID]; phase.Checks[i].Kind == model.CheckProbe && !known {
			n++
		}
	}
	return n
}

// askCheck runs a check because a person wants it now.
func (e *Engine) askCheck(in model.Intent) error {
	state := e.ledger.State()
	phase, a, err := e.attemptOf(&state, in)
	if err != nil {
		return err
	}
	c := checkOf(phase, in.Check)
	if c == nil {
		return noCheck(e.o.Rollout, phase, in.Check)
	}
	if c.Kind != model.CheckRun && c.Kind != model.CheckProbe {
		return refuse("%q is nothing that gonogo can run: sign it", c.Text)
	}
	if !e.startCheck(e.work, c, phase.ID, a.N, in.By, in.ID) {
		return refuse("%q runs already", c.Text)
	}
	return nil
}

// startCheck runs c in a goroutine, unless it runs already. What it may change
// is journaled before it does.
func (e *Engine) startCheck(ctx context.Context, c *model.Check, phase model.PhaseID, attempt int, by model.Actor, cause model.IntentID) bool {
	if !e.checks.begin(c.ID, e.o.Now()) {
		return false
	}
	poke(e.samples)
	e.spawn("check "+string(c.ID), func() {
		defer func() { e.checks.end(c.ID, e.o.Now()); poke(e.facts) }()
		if c.Kind == model.CheckRun {
			if e.ledger.Record(by, cause, model.CheckBegan{Phase: phase, Attempt: attempt, Check: c.ID}) != nil {
				return
			}
		}
		began := e.o.Now()
		out := execute.NewOutput(func(line string) { e.checks.say(c.ID, line); poke(e.samples) })
		detail, err := e.findOut(ctx, c, out)
		if ctx.Err() != nil {
			return // nothing was found out
		}
		ended := model.CheckEnded{
			Phase: phase, Attempt: attempt, Check: c.ID, OK: err == nil, Detail: model.Inert(detail),
			Output: out.String(), Took: e.o.Now().Sub(began).Round(time.Millisecond),
		}
		if err != nil {
			ended.Detail = model.Inert(err.Error())
		}
		if e.tells(c, &ended, cause) {
			_ = e.ledger.Record(by, cause, ended)
		}
		if s := e.ledger.State(); cause != "" && !s.GoesOn(phase, attempt) {
			e.Note(fmt.Sprintf("the result of %q came after its attempt in %s was over: it counts for nothing, run it again", c.Text, phase))
		}
	})
	return true
}

// findOut does what check c needs, within its timeout.
func (e *Engine) findOut(ctx context.Context, c *model.Check, out *execute.Output) (string, error) {
	timed, done := context.WithTimeout(ctx, c.Timeout)
	defer done()
	if c.Kind == model.CheckRun {
		action := e.parts.Actions[c.Action]
		if action == nil {
			return "", fmt.Errorf("action %q is not there", c.Action)
		}
		out.Say("running " + string(c.Action))
		return string(c.Action) + " ended well", action.Do(timed, nil, out)
	}
	probe := e.parts.Probes[c.Probe]
	if probe == nil {
		return "", errors.New("there is no such probe")
	}
	text, err := probe.Read(timed)
	if err != nil {
		return "", err
	}
	text = model.Inert(text)
	_, _ = out.Write([]byte(text))
	shown := text
	if r := []rune(shown); len(r) > 80 {
		shown = string(r[:80]) + "…"
	}
	switch {
	case c.Want == "":
		return "it answers", nil
	case text != c.Want:
		return "", fmt.Errorf("it answers %q, wanted %q", shown, c.Want)
	}
	return "it answers " + shown, nil
}

// tells reports whether a result is worth a record: not that of a probe that
// fails just as it did before, unless a person asked.
func (e *Engine) tells(c *model.Check, ended *model.CheckEnded, cause model.IntentID) bool {
	was, known := e.ledger.State().Checks[c.ID]
	return cause != "" || c.Kind == model.CheckRun || ended.OK || !known || !was.Failed || was.Note != ended.Detail
}
