package ui

import (
	"slices"

	"gonogo/model"
	"gonogo/model/words"
	"gonogo/ui/overlay"
)

// The commands that act on the rollout, or lead there. Each returns what shall
// be open after it, or nil, and what else it wants.

// says is the result of a command that only tells something.
func says(format string, args ...any) (overlay.Overlay, overlay.Want) {
	return nil, overlay.Say(format, args...)
}

// early is the result of a command that needs a snapshot, before there is one.
func early() (overlay.Overlay, overlay.Want) { return nil, overlay.Fail(overlay.NoEngine) }

func submits(in model.Intent) (overlay.Overlay, overlay.Want) { return nil, overlay.Submit(in) }

func emergency(*cockpit) (overlay.Overlay, overlay.Want) {
	return nil, overlay.Want{Emergency: true}
}

// advance arms entering the next phase.
func advance(c *cockpit) (overlay.Overlay, overlay.Want) {
	r, s := c.scene().Rollout()
	if r == nil {
		return early()
	}
	next := r.Upward(&s.State)
	if next == nil {
		return says("%s is the last phase: there is none to advance to", s.State.Phase)
	}
	return submits(model.Intent{Kind: model.ArmEnter, Phase: next.ID})
}

func chooseRollback(c *cockpit) (overlay.Overlay, overlay.Want) { return overlay.WaysDown(c.scene()) }

func goFlags(c *cockpit) (overlay.Overlay, overlay.Want) {
	c.board.focus = panelFlags
	return nil, overlay.Want{}
}

// toggle signs the check under the cursor or asks whether to take its signature
// back, runs one that gonogo finds out, and flips where the cursor is on a flag.
func toggle(c *cockpit) (overlay.Overlay, overlay.Want) {
	r, s := c.scene().Rollout()
	switch {
	case r == nil:
		return early()
	case c.board.focus == panelFlags:
		return flip(c)
	case c.board.focus != panelChecklist:
		c.board.focus = panelChecklist
		return says("space signs the check under the cursor, or runs it")
	}
	check := c.board.check(c.props())
	if check == nil {
		return says("there is no check here")
	}
	switch check.Kind {
	case model.CheckMetric:
		return saysFollows(check)
	case model.CheckDrill:
		return overlay.Rehearse(c.scene(), check.Drill)
	case model.CheckGates:
		return says("%s: run gonogo rehearse --gates in a shell · e explains it", check.Text)
	case model.CheckRun, model.CheckProbe:
		return runCheck(c, s, check)
	}
	if result, signed := s.State.Result(r, check); signed && result.Counts(check, c.now) {
		return overlay.Unsign(c.scene(), check, result), overlay.Want{}
	}
	return submits(model.Intent{Kind: model.Sign, Check: check.ID})
}

func saysFollows(check *model.Check) (overlay.Overlay, overlay.Want) {
	return says("%s follows the metric %s: there is nothing to sign · e explains it", check.Text, check.Metric)
}

// runCheck asks gonogo to find out about a check now.
func runCheck(c *cockpit, s *model.Snapshot, check *model.Check) (overlay.Overlay, overlay.Want) {
	if i := slices.IndexFunc(s.Checks, func(l model.LiveCheck) bool { return l.Check == check.ID }); i >= 0 {
		return says("%s runs already, for %s", check.Text, words.Age(c.now.Sub(s.Checks[i].Since)))
	}
	return submits(model.Intent{Kind: model.RunCheck, Check: check.ID})
}

// signNote signs the check under the cursor with a note.
func signNote(c *cockpit) (overlay.Overlay, overlay.Want) {
	c.board.focus = panelChecklist
	check := c.board.check(c.props())
	switch {
	case check == nil:
		return says("there is no check here to sign")
	case check.Kind == model.CheckMetric:
		return saysFollows(check)
	}
	return overlay.Sign(c.scene(), check), overlay.Want{}
}

// flip asks what the flag under the cursor shall be, and arms that.
func flip(c *cockpit) (overlay.Overlay, overlay.Want) {
	r, s := c.scene().Rollout()
	if r == nil {
		return early()
	}
	f := c.board.flag(c.props())
	switch {
	case c.readOnly:
		return nil, overlay.Fail(overlay.ReadOnly)
	case f == nil:
		return says("there is no flag here")
	}
	return overlay.Flip(f, s.State.Flags[f.ID].Current())
}

// hold stops all ways up, with a reason, or lets go on.
func hold(c *cockpit) (overlay.Overlay, overlay.Want) {
	r, _ := c.scene().Rollout()
	switch {
	case r == nil:
		return early()
	case isHeld(c):
		return submits(model.Intent{Kind: model.Resume})
	}
	return overlay.Hold(), overlay.Want{}
}

func isHeld(c *cockpit) bool {
	s := c.eyes.seen()
	return s != nil && s.State.Held
}

// freezeBaseline asks whose baseline to freeze.
func freezeBaseline(c *cockpit) (overlay.Overlay, overlay.Want) {
	r, s := c.scene().Rollout()
	if r == nil {
		return early()
	}
	l, _ := c.board.line(c.props())
	return overlay.Baselines(r, s, l.Metric)
}

// readMetric asks what a person read of the metric under the cursor, or of another.
func readMetric(c *cockpit) (overlay.Overlay, overlay.Want) {
	r, _ := c.scene().Rollout()
	if r == nil {
		return early()
	}
	l, _ := c.board.line(c.props())
	return overlay.Reads(c.scene(), l.Metric)
}

// silence asks which alerts to silence, or which silence to end.
func silence(c *cockpit) (overlay.Overlay, overlay.Want) { return overlay.Silences(c.scene()) }

// acknowledge takes on what calls for people.
func acknowledge(c *cockpit) (overlay.Overlay, overlay.Want) { return overlay.Acknowledge(c.scene()) }

// adopt asks whether to take the changed config.
func adopt(c *cockpit) (overlay.Overlay, overlay.Want) {
	r, s := c.scene().Rollout()
	switch {
	case r == nil:
		return early()
	case s.ConfigChanged == "":
		return says("the config has not changed")
	}
	return overlay.Adopt(s.ConfigChanged, s.ConfigChanges), overlay.Want{}
}

func refresh(*cockpit) (overlay.Overlay, overlay.Want) {
	return submits(model.Intent{Kind: model.Refresh})
}

func showPlan(c *cockpit) (overlay.Overlay, overlay.Want) {
	if c.scene().Plan() == nil {
		return says("there is no plan: a advances, b rolls back")
	}
	return nil, overlay.Want{ShowPlan: true}
}
