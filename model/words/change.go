package words

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"gonogo/model"
)

// Change says what would bring the line of metric m to PASS, in one inert line:
// how many events of what kind, how much time, or what somebody must do. It is
// empty for a line that passes. Nil m is a metric that nothing is known of, or
// no metric.
func Change(m *model.Metric, l *model.Line) string { return model.Inert(change(m, l)) }

func change(m *model.Metric, l *model.Line) string {
	if m == nil {
		m = &model.Metric{}
	}
	switch l.State {
	case model.Pass:
		return ""
	case model.Manual:
		return "a person signs it"
	case model.Unread:
		return readAgain(m, "a person reads it")
	case model.Soaking:
		if l.MoreTime <= 0 {
			return "time: nothing else is missing"
		}
		return "time: " + model.FormatDuration(l.MoreTime.Truncate(time.Second)) + " more, healthy and observed"
	case model.RollingBack:
		return "the rollback ends VERIFIED"
	case model.NotSafe:
		return "a rollback ends VERIFIED"
	case model.Drift:
		return "it is set to " + l.Target + " and in effect again, or the rollout goes back"
	case model.Below:
		return "the phase is entered again: gonogo advance"
	case model.Held:
		if l.MoreTime > 0 {
			return "time: " + model.FormatDuration(l.MoreTime) + " more"
		}
		return "a person resumes: gonogo resume"
	case model.Collecting:
		return collecting(m, l)
	case model.Warn, model.Fail:
		return outside(m, l)
	}
	return unknown(m, l)
}

// readAgain says how a person reads metric m, or what it is computed of.
func readAgain(m *model.Metric, text string) string {
	switch {
	case m.Read == nil && len(m.Inputs) > 0:
		return "usable values of " + List(m.Inputs)
	case m.Read == nil:
		return text
	}
	return text + ": R, or gonogo read " + string(m.ID) + " VALUE"
}

// collecting is what is missing of a line that waits for evidence.
func collecting(m *model.Metric, l *model.Line) string {
	switch {
	case l.Settling > 0:
		return "time: it has settled in " + atLeastSecond(l.Settling)
	case l.More > 0 && l.MoreOf == model.AnyEvents:
		return fewer(m, l)
	case l.More > 0:
		return moreEvents(l) + howLong(l)
	case l.MoreTime > 0:
		return "time: the target holds for " + atLeastSecond(l.MoreTime) + " more"
	case m.MinCount > 0 && !l.HasCount:
		return "a number of events: the metric needs a count"
	case l.Metric == "" && l.Check != "":
		return "gonogo finds it out: it is due"
	case l.Flag != "":
		return "the plan that changes it ends"
	}
	return "more evidence"
}

// fewer is what is missing to a metric's min_count. The events it has leave
// its window again, so that they may never be enough.
func fewer(m *model.Metric, l *model.Line) string {
	text := count64(l.More, "more event")
	if l.MoreTime > 0 {
		return text + within(m) + ", about " + about(l.MoreTime)
	}
	switch {
	case l.Rate <= 0 && m.CountOver <= 0:
		return text + ": how fast they come is not known"
	case l.Rate <= 0:
		return text + within(m) + ": none come at present, so traffic, a longer window or a smaller min_count"
	}
	return text + ": at the present " + perSecond(l.Rate) + " they do not come, so more traffic, a longer window or a smaller min_count"
}

func within(m *model.Metric) string {
	if m.CountOver <= 0 {
		return ""
	}
	return " within its " + strings.ReplaceAll(model.FormatDuration(m.CountOver), " ", "") + " window"
}

// moreEvents says how many events it takes, and of what kind.
func moreEvents(l *model.Line) string {
	switch l.MoreOf {
	case model.CleanEvents:
		return "passes after about " + count64(l.More, "good event")
	case model.SuchEvents:
		return "passes after about " + count64(l.More, "more event") + " as they come now"
	}
	return "passes after about " + count64(l.More, "more event")
}

// howLong says how long the events take that a sequential test waits for.
func howLong(l *model.Line) string {
	switch {
	case l.MoreTime > 0:
		return ", about " + about(l.MoreTime)
	case l.Rate > 0:
		return ", months at the present " + perSecond(l.Rate)
	}
	return ": how fast they come is not known"
}

// outside is what brings a value back to its target.
func outside(m *model.Metric, l *model.Line) string {
	if l.Metric == "" && l.Check != "" {
		return "it is found out again, and holds"
	}
	text := "the value comes to " + l.Target
	if l.Target == "" {
		text = "the value leaves " + l.Alert
	}
	if m.Read != nil {
		return readAgain(m, text+", and a person reads it again")
	}
	if l.More > 0 {
		text = moreEvents(l)
		switch {
		case m.CountOver > 0 && l.MoreTime == m.CountOver: // the clock is sooner than the events
			text += ", or " + model.FormatDuration(m.CountOver) + " without a bad one"
		case l.MoreTime > 0:
			text += ", about " + about(l.MoreTime)
		}
	}
	if m.For > 0 {
		text += ", then the target holds for " + model.FormatDuration(m.For)
	}
	return text
}

// unknown is what a line without a usable value waits for.
func unknown(m *model.Metric, l *model.Line) string {
	for _, t := range []struct {
		*model.Target
		resolved bool
	}{{m.Target, l.HasTarget}, {m.Alert, l.HasAlert}} {
		if t.Target == nil || t.resolved || t.Of == "" || !l.HasValue || l.State != model.NoData {
			continue
		}
		if t.Of == model.OfBaseline {
			return "its baseline is frozen: gonogo baseline freeze"
		}
		return "a usable value of " + string(t.Of)
	}
	if m.Read != nil && l.State == model.Stale {
		return readAgain(m, "a person reads it again")
	}
	if m.Expr != "" && len(m.Inputs) > 0 {
		return "usable values of " + List(m.Inputs)
	}
	if l.Flag != "" {
		return "its store and the service can be read"
	}
	if m.SLO != nil && l.State == model.NoData {
		return "history that covers 90% of " + model.FormatDuration(m.SLO.Over) + ": gonogo stays up, and its source answers"
	}
	switch l.State {
	case model.NoTraffic:
		return "traffic: a ratio of nothing is no evidence"
	case model.NoData:
		return "an answer with a value: does the service run, and export one?"
	case model.NoSeries:
		return "the query matches a series: is a name or label mistyped, or the service not scraped?"
	case model.Stale:
		return "a newer sample: is the service still scraped?"
	case model.Ambiguous:
		return "the query returns one series: sum it, or select one"
	case model.Down:
		return "the source answers"
	}
	return "an answer that can be judged"
}

// ChangeCheck says what would bring the line of check c to PASS, as Change does
// for metrics; m is the metric of one that follows a metric.
func ChangeCheck(c *model.Check, m *model.Metric, l *model.Line) string {
	if l.State == model.Pass {
		return ""
	}
	switch c.Kind {
	case model.CheckMetric:
		return Change(m, l)
	case model.CheckRun:
		if c.Every > 0 {
			return model.Inert(string(c.Action) + " ends well: it runs by itself every " + model.FormatDuration(c.Every) + ", or when a person says so")
		}
		return model.Inert("a person runs " + string(c.Action) + ", and it ends well")
	case model.CheckDrill:
		how := "rehearsed"
		if c.Real {
			how = "rehearsed for real"
		}
		return model.Inert(string(c.Drill) + " is " + how + " within its budget: enter offers that, or gonogo rehearse " + string(c.Drill))
	case model.CheckGates:
		return "the gates are rehearsed on " + model.FormatDuration(c.History) + " of history, and pass: gonogo rehearse --gates"
	case model.CheckProbe:
		if c.Want != "" {
			return model.Inert(fmt.Sprintf("its probe answers %q", c.Want))
		}
		return "its probe answers"
	}
	return Change(nil, l)
}

// about writes a time that is not known well in one unit.
func about(d time.Duration) string {
	unit, name := 24*time.Hour, "days"
	switch {
	case d < 90*time.Second:
		return strconv.Itoa(int(max(math.Ceil(d.Seconds()/10)*10, 10))) + " s"
	case d < 90*time.Minute:
		unit, name = time.Minute, "min"
	case d < 36*time.Hour:
		unit, name = time.Hour, "h"
	}
	return strconv.FormatFloat(math.Round(float64(d)/float64(unit)), 'f', 0, 64) + " " + name
}

// atLeastSecond writes a time that is left, never as nothing.
func atLeastSecond(d time.Duration) string {
	return model.FormatDuration((max(d, time.Second) + time.Second - 1).Truncate(time.Second))
}

// count64 writes a number of things, rounded up.
func count64(n float64, what string) string {
	text := strconv.FormatFloat(math.Ceil(n), 'f', 0, 64) + " " + what
	if n > 1 {
		text += "s"
	}
	return text
}

// perSecond writes how often something comes, also where that is seldom.
func perSecond(rate float64) string {
	if rate < 0.01 {
		return strconv.FormatFloat(rate, 'g', 2, 64) + "/s"
	}
	return model.FormatValue(model.PerSec, rate)
}
