package words

import (
	"fmt"
	"slices"
	"time"

	"gonogo/model"
)

// Next says the one thing to do now, or what is waited for. With keys it names
// the cockpit's keys that do it; without, it is for who only looks. A countdown stands in each of its forms.
func Next(s *model.Snapshot, now time.Time, keys bool) Forms {
	if s == nil || s.Rollout == nil {
		return Forms{"wait for the engine", "wait", "wait"}
	}
	n := next{s: s, now: now, keys: keys}
	return n.say().inert()
}

// next is what the one thing to do depends on.
type next struct {
	s    *model.Snapshot
	now  time.Time
	keys bool
}

// key names a key and what it does, for whoever may press it.
func (n *next) key(text string) string {
	if !n.keys {
		return ""
	}
	return " · " + text
}

func (n *next) say() Forms {
	st := &n.s.State
	if n.s.Lost != "" {
		return Forms{"wait: another gonogo takes over, or start one", "wait for an engine", "wait"}
	}
	if p := st.ActivePlan(); p != nil {
		return n.plan(p)
	}
	v := n.s.VerdictAt(n.now)
	if p := st.RollbackOpen(); p != nil && p.Status != model.Running {
		return Forms{"make safe what is not confirmed" + n.key("v shows it") + n.key("! rolls back again"), "confirm the rollback", "make safe"}
	}
	line := gravest(&v)
	switch {
	case line != nil && line.State == model.Below && st.Below != nil:
		return n.enter(n.s.Rollout.Phase(st.Phase), "again")
	case line == nil && v.Headline == model.GO:
		return n.goOn()
	case line == nil:
		return Forms{"wait for a verdict", "wait", "wait"}
	}
	return n.line(&v, line)
}

// plan is about a plan that is armed or runs.
func (n *next) plan(p *model.PlanState) Forms {
	left := Countdown(p, n.now)
	switch {
	case p.Status == model.Running && len(p.ManualOpen()) > 0 && p.Steps[p.ManualOpen()[0]].Tries > 0:
		title := p.Plan.Steps[p.ManualOpen()[0]].Title
		return Forms{"do it, and sign it: " + title + n.key("s signs it"), "do and sign: " + title, "sign"}
	case p.Status == model.Running:
		done := 0
		for i := range p.Steps {
			if p.Steps[i].Outcome != "" {
				done++
			}
		}
		where := fmt.Sprintf("%d of %d", min(done+1, len(p.Plan.Steps)), len(p.Plan.Steps))
		return Forms{"wait: step " + where + " runs" + n.key("v shows it"), "wait: step " + where, "wait"}
	case p.FireAt.IsZero():
		f := Forms{"confirm " + p.Plan.Title + n.key("enter confirms") + n.key("esc cancels"), "confirm or cancel", "confirm"}
		if !n.keys {
			f = Forms{"a person confirms " + p.Plan.Title, "a person confirms", "confirm"}
		}
		return f
	case p.Plan.Guard:
		return Forms{fmt.Sprintf("guard %q rolls back in %s", p.Plan.Rollback, left) + n.key("esc vetoes") + n.key("enter rolls back now"), "guard in " + left + n.key("esc vetoes"), "in " + left}
	}
	return Forms{p.Plan.Title + " fires in " + left + n.key("esc cancels") + n.key("enter fires now"), "fires in " + left + n.key("esc cancels"), "in " + left}
}

// Countdown is what is left until an armed plan fires, in whole seconds rounded up.
func Countdown(p *model.PlanState, now time.Time) string {
	left := max(p.FireAt.Sub(now), 0)
	return model.FormatDuration((left + time.Second - 1).Truncate(time.Second))
}

// enter is about a phase that may be entered.
func (n *next) enter(ph *model.Phase, how string) Forms {
	if ph == nil {
		return Forms{"nothing: the last phase is served", "nothing left", "done"}
	}
	name := titleOr(ph.Title, string(ph.ID))
	if ph.Optional {
		name += " (optional)"
	}
	ask := ""
	if ph.Owner != "" {
		ask = " · ask " + ph.Owner + " first"
	}
	if how != "" {
		how = " " + how
	}
	if n.keys {
		return Forms{"press a to enter " + name + how + ask, "a enters it" + how, "press a"}
	}
	return Forms{"enter " + name + how + ask, "enter it" + how, "advance"}
}

// goOn is about a gate that says GO.
func (n *next) goOn() Forms { return n.enter(n.s.Rollout.Upward(&n.s.State), "") }

func titleOr(title, id string) string {
	if title == "" {
		return id
	}
	return title
}

// line is about the gravest line of the gate.
func (n *next) line(v *model.Verdict, l *model.Line) Forms {
	switch l.State {
	case model.Fail, model.Warn:
		must := l.Title + " must " + n.mend(l)
		guide := ""
		if all := n.s.Rollout.GuidesFor(l); len(all) > 0 {
			guide = " · guide: " + all[0].Title + n.key("e shows it")
		}
		if l.State == model.Fail {
			return Forms{must + n.key("! rolls back") + guide, must, "see FAIL"}
		}
		return Forms{must + guide, must, "see WARN"}
	case model.Drift:
		return Forms{"set " + l.Title + " again, or enter the phase anew" + n.key("f goes to the flags"), "set the flag again", "set it again"}
	case model.Down:
		return Forms{"get an answer for " + l.Title + ": its source is down", "mend the source", "mend source"}
	case model.Stale:
		return Forms{"get new samples of " + l.Title + ": is it still read?", "get new samples", "get samples"}
	case model.NoTraffic:
		return Forms{"wait for traffic: " + l.Title + " counts none", "wait for traffic", "wait"}
	case model.NoData:
		return Forms{"wait for the first value of " + l.Title, "wait for data", "wait"}
	case model.NoSeries, model.Ambiguous:
		return Forms{"look at the query of " + l.Title + n.key("e shows it"), "mend a query", "mend query"}
	case model.Held:
		if l.MoreTime > 0 {
			what := "it is closed " + l.Reason
			if v.Closed == "" {
				what = l.Reason
			}
			return Forms{"wait " + one(l.MoreTime) + ": " + what, "wait " + one(l.MoreTime), "wait"}
		}
		return Forms{"wait: the rollout is held" + n.key("H resumes it"), "held" + n.key("H resumes"), "held"}
	}
	return n.hold(v)
}

// mend is what the value of a line must do.
func (n *next) mend(l *model.Line) string {
	op, at := "", model.FormatValue(l.Unit, float64(l.Threshold))
	if m := n.s.Rollout.Metric(l.Metric); m != nil && m.Target != nil && l.HasTarget {
		op = m.Target.Op
	}
	switch op {
	case "<":
		return "fall below " + at
	case "<=":
		return "fall to " + at
	case ">":
		return "rise above " + at
	case ">=":
		return "rise to " + at
	case "==":
		return "be " + at
	}
	return "pass"
}

// hold is about a gate that waits for time, for events or for people.
func (n *next) hold(v *model.Verdict) Forms {
	if n.s.State.Phase == "" {
		if open := n.s.State.PlanUnsigned(n.s.Rollout); len(open) > 0 {
			return n.signOff(open)
		}
		if i := slices.IndexFunc(v.Lines, func(l model.Line) bool { return l.Baseline != "" }); i >= 0 {
			return n.baseline(&v.Lines[i])
		}
		return n.enter(n.s.Rollout.NextPhase(""), "")
	}
	sign, read, open := 0, 0, 0
	var soak, collect *model.Line
	var unread string
	for i := range v.Lines {
		switch l := &v.Lines[i]; l.State {
		case model.Manual:
			sign++
		case model.Unread:
			read++
			unread = l.Title
		case model.Soaking:
			soak = l
		case model.Collecting:
			if l.Check != "" {
				open++
			} else if collect == nil {
				collect = l
			}
		}
	}
	var f Forms
	switch {
	case collect != nil && collect.Baseline != "":
		f = n.baseline(collect)
	case collect != nil && collect.MoreTime > 0:
		left := "about " + one(collect.MoreTime)
		f = Forms{"wait " + left + ": " + collect.Title + " collects", "wait " + left, "wait"}
	case collect != nil:
		f = Forms{"wait: " + collect.Title + " collects", "wait: collecting", "wait"}
	case soak != nil:
		f = n.soak(soak)
	case read > 0:
		return Forms{"read " + unread + n.key("R says what you read"), "read " + count(read, "metric"), "read"}
	case open > 0:
		return Forms{"wait for " + count(open, "check"), "wait: checks", "wait"}
	case sign > 0 && n.keys:
		return Forms{"sign " + count(sign, "check") + " (space), then a", "sign " + count(sign, "check") + ", then a", "sign"}
	case sign > 0:
		return Forms{"people sign " + count(sign, "check"), "sign " + count(sign, "check"), "sign"}
	default:
		return Forms{"wait", "wait", "wait"}
	}
	if sign > 0 {
		f.Long += "; meanwhile sign " + count(sign, "check")
	}
	return f
}

// baseline is about one that cannot be frozen yet.
func (n *next) baseline(l *model.Line) Forms {
	if l.MoreTime <= 0 {
		return Forms{"wait for readings of " + string(l.Baseline) + ": " + l.Reason, "wait for readings", "wait"}
	}
	return Forms{"wait " + one(l.MoreTime) + ": a baseline of " + string(l.Baseline) + " needs that long", "wait " + one(l.MoreTime) + ": baseline", "wait"}
}

// signOff is about a plan that is not signed off.
func (n *next) signOff(open []model.Check) Forms {
	if n.keys {
		return Forms{"sign off the plan: " + open[0].Text + " (space), then a", "sign off the plan (space)", "sign"}
	}
	return Forms{"people sign off the plan: " + open[0].Text, "sign off the plan", "sign"}
}

// soak is about the time that a phase must serve still.
func (n *next) soak(l *model.Line) Forms {
	ph := n.s.Rollout.JudgedPhase(n.s.State.Phase)
	if ph == nil || ph.Soak <= l.Held {
		return Forms{"wait: soak", "wait: soak", "wait"}
	}
	left := one(ph.Soak - l.Held)
	if !n.s.Gate.Healthy {
		return Forms{"wait: the soak stands still, " + left + " left", "wait " + left + ": soak", "wait"}
	}
	return Forms{"wait " + left + ": soak", "wait " + left + ": soak", "wait " + left}
}

// one is a duration in its two largest units, rounded up to the second.
func one(d time.Duration) string {
	return model.FormatDuration((d + time.Second - 1).Truncate(time.Second))
}
