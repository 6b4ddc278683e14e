package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"gonogo/model"
	"gonogo/model/engine/execute"
	"gonogo/model/engine/watch"
)

const (
	checkTick  = time.Second      // how often it is looked which checks are due
	probeAgain = 15 * time.Second // a probe that failed is asked again after this
)

// checks runs what gonogo can find out by itself, and knows which checks run at the moment.
type checks struct {
	rollout *model.Rollout
	actions map[model.ActionID]model.Action
	probes  map[string]model.Reader
	by      model.Actor // of what runs by itself
	idle    bool        // the engine of a command: no action runs by itself
	now     func() time.Time
	records watch.Records
	spawn   func(name string, f func())
	note    func(text string)
	changed func()          // a line of output is there
	ended   func()          // a result is
	work    context.Context // ends when the engine's work does

	mu    sync.Mutex
	run   map[model.CheckID]*liveCheck
	tried map[model.CheckID]time.Time // when each ended last
}

type liveCheck struct {
	since time.Time
	line  string
	then  func() // what was asked for meanwhile; may be nil
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

// end notes that check id has ended, and does what was asked for meanwhile.
func (c *checks) end(id model.CheckID, now time.Time) {
	c.mu.Lock()
	then := c.run[id].then
	delete(c.run, id)
	c.tried[id] = now
	c.mu.Unlock()
	if then != nil {
		then()
	}
}

// afterwards has then done when check id, which runs, has ended. It reports
// whether it could: the check may have ended meanwhile, or another waits for it.
func (c *checks) afterwards(id model.CheckID, then func()) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if r := c.run[id]; r != nil && r.then == nil {
		r.then = then
		return true
	}
	return false
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

// loop runs the checks of the phase stood in that are due, until ctx is done.
func (c *checks) loop(ctx context.Context) {
	tick := time.NewTicker(checkTick)
	defer tick.Stop()
	for {
		state := c.records.State()
		if a := state.Attempt(); a != nil {
			if phase := c.rollout.Phase(state.Phase); phase != nil {
				for i := range phase.Checks {
					if spec := &phase.Checks[i]; c.due(&state, spec) {
						c.start(ctx, spec, phase.ID, a.N, c.by, "")
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

// due reports whether gonogo should find out about spec by itself now. A
// person's signature counts as long as a result.
func (c *checks) due(s *model.State, spec *model.Check) bool {
	if spec.Kind != model.CheckRun && spec.Kind != model.CheckProbe || !spec.Automatic() || c.idle && spec.Kind == model.CheckRun {
		return false
	}
	now := c.now()
	result, known := s.Checks[spec.ID]
	switch {
	case !known: // a try in another phase, which may have a check of this name, is none of this one
		last, a := c.lastTry(spec.ID), s.Attempt()
		return last.IsZero() || now.Sub(last) >= probeAgain || a != nil && last.Before(a.Entered)
	case spec.Kind == model.CheckProbe && result.Failed:
		return now.Sub(c.lastTry(spec.ID)) >= min(probeAgain, spec.Every)
	}
	return !result.Counts(spec, now)
}

// unasked counts the probes of the phase stood in that have no result yet.
func (c *checks) unasked(s *model.State) int {
	phase := c.rollout.Phase(s.Phase)
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

// take runs a check because a person wants it now.
func (c *checks) take(in model.Intent) error {
	state := c.records.State()
	phase, a, err := attemptOf(c.rollout, &state, in)
	if err != nil {
		return err
	}
	spec := checkOf(phase, in.Check)
	if spec == nil {
		return noCheck(c.rollout, phase, in.Check)
	}
	if spec.Kind != model.CheckRun && spec.Kind != model.CheckProbe {
		return refuse("%q is nothing that gonogo can run: sign it", spec.Text)
	}
	start := func() bool { return c.start(c.work, spec, phase.ID, a.N, in.By, in.ID) }
	switch {
	case start():
	case spec.Kind == model.CheckProbe && c.afterwards(spec.ID, func() { start() }): // gonogo asks it by itself just now
	default:
		return refuse("%q runs already", spec.Text)
	}
	return nil
}

// start runs spec in a goroutine, unless it runs already. What it may change
// is journaled before it does.
func (c *checks) start(ctx context.Context, spec *model.Check, phase model.PhaseID, attempt int, by model.Actor, cause model.IntentID) bool {
	if !c.begin(spec.ID, c.now()) {
		return false
	}
	c.changed()
	c.spawn("check "+string(spec.ID), func() {
		defer func() { c.end(spec.ID, c.now()); c.ended() }()
		if spec.Kind == model.CheckRun {
			if c.records.Record(by, cause, model.CheckBegan{Phase: phase, Attempt: attempt, Check: spec.ID}) != nil {
				return
			}
		}
		began := c.now()
		out := execute.NewOutput(func(line string) { c.say(spec.ID, line); c.changed() })
		detail, err := c.findOut(ctx, spec, out)
		if ctx.Err() != nil {
			return // nothing was found out
		}
		ended := model.CheckEnded{
			Phase: phase, Attempt: attempt, Check: spec.ID, OK: err == nil, Detail: model.Inert(detail),
			Output: out.String(), Took: c.now().Sub(began).Round(time.Millisecond),
		}
		if err != nil {
			ended.Detail = model.Inert(err.Error())
		}
		if c.tells(spec, &ended, cause) {
			_ = c.records.Record(by, cause, ended)
		}
		if s := c.records.State(); cause != "" && !s.GoesOn(phase, attempt) {
			c.note(fmt.Sprintf("the result of %q came after its attempt in %s was over: it counts for nothing, run it again", spec.Text, phase))
		}
	})
	return true
}

// findOut does what spec needs, within its timeout.
func (c *checks) findOut(ctx context.Context, spec *model.Check, out *execute.Output) (string, error) {
	timed, done := context.WithTimeout(ctx, spec.Timeout)
	defer done()
	if spec.Kind == model.CheckRun {
		action := c.actions[spec.Action]
		if action == nil {
			return "", fmt.Errorf("action %q is not there", spec.Action)
		}
		out.Say("running " + string(spec.Action))
		if spec.Match == "" {
			return string(spec.Action) + " ended well", action.Do(timed, nil, out)
		}
		return matched(spec, out, func(w io.Writer) error { return action.Do(timed, nil, w) })
	}
	probe := c.probes[spec.Probe]
	if probe == nil {
		return "", errors.New("there is no such probe")
	}
	text, err := probe.Read(timed)
	if err != nil {
		return "", err
	}
	if spec.Match != "" {
		shown := model.Masked(probe, text)
		return matched(spec, out, func(w io.Writer) error { _, err := io.WriteString(w, shown); return err })
	}
	text = model.Inert(text)
	shown := model.Inert(model.Masked(probe, text))
	_, _ = out.Write([]byte(shown))
	if r := []rune(shown); len(r) > 80 {
		shown = string(r[:80]) + "…"
	}
	switch {
	case spec.Want == "":
		return "it answers", nil
	case text != spec.Want:
		return "", fmt.Errorf("it answers %q, wanted %q", shown, spec.Want)
	}
	return "it answers " + shown, nil
}

// tells reports whether a result is worth a record: not that of a probe that
// fails just as it did before, unless a person asked.
func (c *checks) tells(spec *model.Check, ended *model.CheckEnded, cause model.IntentID) bool {
	was, known := c.records.State().Checks[spec.ID]
	return cause != "" || spec.Kind == model.CheckRun || ended.OK || !known || !was.Failed || was.Note != ended.Detail
}

// matched does what prints, and sees that a line of it matches.
func matched(spec *model.Check, out io.Writer, do func(io.Writer) error) (string, error) {
	m, err := model.NewLineMatcher(out, spec.Match)
	if err != nil {
		return "", err
	}
	if err := do(m); err != nil {
		return "", err
	}
	const most = 80
	last := model.Inert(m.Last())
	if r := []rune(last); len(r) > most {
		last = string(r[:most]) + "…"
	}
	switch {
	case m.Matched():
		return "a line matches " + spec.Match, nil
	case last == "":
		return "", fmt.Errorf("no line matches %s: nothing was printed", spec.Match)
	}
	return "", fmt.Errorf("no line matches %s: it printed %s", spec.Match, last)
}
