package config

import (
	"strings"
	"time"

	"gonogo/model"
)

// oldLine ends what is said about evidence that a line from before would give.
const oldLine = ", so one from before would do: ask the running service instead, with { flag = \"…\" } or { http = \"http://…\", json = \"…\", is = … }"

func lintRollback(in *finished, b *model.Rollback) findings {
	var out findings
	path := join("rollback", string(b.ID))
	raw := in.written("rollback", string(b.ID), "verify")
	if list, ok := raw.([]any); raw == nil || ok && len(list) == 0 {
		out.warn(path, "nothing would show that it worked: expected verify = [{ flag = \"…\" }, …]")
	}
	out = append(out, lintVerify(in, join(path, "verify"), b)...)
	out = append(out, lintBudget(in, join(path, "budget"), b)...)
	out = append(out, lintLadder(in, join(path, "levels"), b)...)
	out = append(out, lintRehearsal(in, join(path, "rehearse"), b)...)
	return out
}

// lintVerify looks for what shows nothing: what an old line of a log satisfies,
// and what silence does.
func lintVerify(in *finished, path string, b *model.Rollback) findings {
	var out findings
	proofs, silent := 0, ""
	for i := range b.Verify {
		v := &b.Verify[i]
		facts := ActionFacts{}
		if v.Kind == model.VerifyRun {
			facts = in.actionFacts(v.Action)
		}
		m := in.metric(v.Metric)
		switch {
		case facts.OldLines != "":
			out.warn(join(element(path, i), "run"), "%s", facts.OldLines+oldLine)
		case !in.proves(*v):
			silent = v.Title
		default:
			proofs++
		}
		if m != nil && v.Within < m.Window {
			out.warn(join(element(path, i), "within"), "%s is less than the query looks back (%s), so the trouble before the rollback still counts: expected more, or a metric that looks back less",
				model.FormatDuration(v.Within), model.FormatDuration(m.Window))
		}
		if m != nil && v.Within < model.PassesNeeded*m.Every {
			out.warn(join(element(path, i), "within"), "%s is too short for %d readings in a row, one every %s: expected at least %q",
				model.FormatDuration(v.Within), model.PassesNeeded, model.FormatDuration(m.Every), strings.ReplaceAll(model.FormatDuration(model.PassesNeeded*m.Every), " ", ""))
		}
	}
	if silent != "" && proofs == 0 {
		out.warn(path, "silence would satisfy it, a service that is down no less than a sound one (%s): add what only the running service can show, such as { flag = \"…\" } or { http = \"http://…\" }", quote(silent))
	}
	return out
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
func lintBudget(in *finished, path string, b *model.Rollback) findings {
	var out findings
	var most takes
	if len(b.Levels) > 0 {
		most = ladderTakes(in, b)
	} else {
		verify := time.Duration(0)
		for _, v := range b.Verify {
			verify = max(verify, v.Within)
		}
		for _, flags := range in.setBy(b) {
			t := takes{run: actionsTake(in, b.Run, flags), verify: verify}
			if len(flags) > 0 {
				t.set = model.SetTimeout
			}
			if t.sum() > most.sum() {
				most = t
			}
		}
	}
	if b.Budget >= most.sum() {
		return out
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
	out.warn(path, "%s is less than its steps may take (%s): expected at least %s, or shorter timeouts",
		model.FormatDuration(b.Budget), strings.Join(parts, ", "), asWritten(most.sum()))
	return out
}
