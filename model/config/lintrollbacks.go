package config

import (
	"strings"
	"time"

	"gonogo/model"
)

// oldLine ends what is said about evidence that a line from before would give.
const oldLine = ", so one from before would do: ask the running service instead, with { flag = \"…\" } or { http = \"http://…\", json = \"…\", is = … }"

func (c *checker) lintRollback(b *model.Rollback) {
	path := join("rollback", string(b.ID))
	raw := c.written("rollback", string(b.ID), "verify")
	if list, ok := raw.([]any); raw == nil || ok && len(list) == 0 {
		c.warn(path, "nothing would show that it worked: expected verify = [{ flag = \"…\" }, …]")
	}
	c.lintVerify(join(path, "verify"), b)
	c.lintBudget(join(path, "budget"), b)
	c.lintLadder(join(path, "steps"), b)
	c.lintRehearsal(join(path, "rehearse"), b)
}

// lintVerify looks for what shows nothing: what an old line of a log satisfies,
// and what silence does.
func (c *checker) lintVerify(path string, b *model.Rollback) {
	proofs, silent := 0, ""
	for i := range b.Verify {
		v := &b.Verify[i]
		facts := ActionFacts{}
		if v.Kind == model.VerifyRun {
			facts = c.actionFacts(v.Action)
		}
		m := c.cfg.Rollout.Metric(v.Metric)
		switch {
		case facts.OldLines != "":
			c.warn(join(element(path, i), "run"), "%s", facts.OldLines+oldLine)
		case !c.proves(*v):
			silent = v.Title
		default:
			proofs++
		}
		if m != nil && v.Within < m.Window {
			c.warn(join(element(path, i), "within"), "%s is less than the query looks back (%s), so the trouble before the rollback still counts: expected more, or a metric that looks back less",
				model.FormatDuration(v.Within), model.FormatDuration(m.Window))
		}
		if m != nil && v.Within < model.PassesNeeded*m.Every {
			c.warn(join(element(path, i), "within"), "%s is too short for %d readings in a row, one every %s: expected at least %q",
				model.FormatDuration(v.Within), model.PassesNeeded, model.FormatDuration(m.Every), strings.ReplaceAll(model.FormatDuration(model.PassesNeeded*m.Every), " ", ""))
		}
	}
	if silent != "" && proofs == 0 {
		c.warn(path, "silence would satisfy it, a service that is down no less than a sound one (%s): add what only the running service can show, such as { flag = \"…\" } or { http = \"http://…\" }", quote(silent))
	}
}

// silent reports whether the target holds of metric m where nothing at all was measured.
func (c *checker) silent(m *model.Metric, t *model.Target) bool {
	return m != nil && t != nil && m.MinCount == 0 && zeroMeets(t) && (m.EmptyZero || c.metricFacts(m.ID).Silent)
}

// MetByZero reports whether 0 meets a target, if there is one.
func MetByZero(t *model.Target) bool { return t != nil && zeroMeets(t) }

// zeroMeets reports whether 0 meets a target. What a metric is compared with is
// taken to be more than 0.
func zeroMeets(t *model.Target) bool {
	value := t.Value
	if t.Of != "" {
		value = 1
	}
	switch t.Op {
	case "<":
		return 0 < value
	case "<=":
		return 0 <= value
	case ">":
		return 0 > value
	case ">=":
		return 0 >= value
	case "==":
		return value == 0
	}
	return value != 0
}

// lintBudget adds up what the steps of a rollback may take. Flags are set, then
// actions run one after the other, then all is verified at once.
func (c *checker) lintBudget(path string, b *model.Rollback) {
	var most takes
	if len(b.Steps) > 0 {
		most = c.ladderTakes(b)
	} else {
		verify := time.Duration(0)
		for _, v := range b.Verify {
			verify = max(verify, v.Within)
		}
		for _, flags := range c.setBy(b) {
			t := takes{run: c.actionsTake(b.Run, flags), verify: verify}
			if len(flags) > 0 {
				t.set = model.SetTimeout
			}
			if t.sum() > most.sum() {
				most = t
			}
		}
	}
	if b.Budget >= most.sum() {
		return
	}
	var parts []string
	for _, part := range []struct {
		what string
		d    time.Duration
	}{{"to set flags", most.set}, {"to run actions", most.run}, {"to rest", most.rest}, {"to verify", most.verify}} {
		if part.d > 0 {
			parts = append(parts, model.FormatDuration(part.d)+" "+part.what)
		}
	}
	c.warn(path, "%s is less than its steps may take (%s): expected at least %s, or shorter timeouts",
		model.FormatDuration(b.Budget), strings.Join(parts, ", "), asWritten(most.sum()))
}
