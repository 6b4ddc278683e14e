// Package words says in plain words what happened and how it ended, for the
// screen, for a terminal without one and for notices alike: one short line each, and the
// summary of a plan; inert, without colour. What a gate's line says is made by gate, which judges.
//
// It is pure functions only, and must import nothing but the standard library and model.
package words

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"gonogo/model"
)

// Describe says what a record's event was, in one inert line. Who and when are
// left to the caller, who has them beside it.
func Describe(r model.Record) string {
	return model.Inert(describe(r.Event))
}

func describe(event model.Event) string {
	switch e := event.(type) {
	case nil:
		return "nothing"
	case model.EngineStarted:
		return fmt.Sprintf("engine %s started as pid %d on %s", e.Version, e.PID, e.Host)
	case model.EngineStopped:
		return because(fmt.Sprintf("engine of pid %d stopped", e.PID), e.Reason)
	case model.ConfigAdopted:
		if e.Previous == "" {
			return "config " + Short(e.Hash) + " taken"
		}
		return "config " + Short(e.Hash) + " taken in place of " + Short(e.Previous)
	case model.IntentTaken:
		return "asked: " + Intent(e.Intent)
	case model.PhaseEntered:
		return entered(e)
	case model.PhaseLeft:
		to := "before the first phase"
		if e.To != "" {
			to = string(e.To)
		}
		return fmt.Sprintf("phase %s rolled back to %s", e.From, to)
	case model.HoldChanged:
		if e.Held {
			return because("held: no phase may be entered", e.Reason)
		}
		return because("hold ended", e.Reason)
	case model.GateChanged:
		return gate(e)
	case model.FlagObserved:
		return observed(e)
	case model.Progress:
		if e.Phase == "" { // it is of targets and alerts only
			return "noted how long targets and alerts have held"
		}
		return fmt.Sprintf("soaked %s in %s", model.FormatDuration(e.Soak), e.Phase)
	case model.ClockJumped:
		return "the clock jumped by " + model.FormatDuration(e.By)
	case model.ReportMade:
		if e.Err != "" {
			return fmt.Sprintf("%s report could not be made: %s", e.Kind, e.Err)
		}
		return fmt.Sprintf("%s report written to %s", e.Kind, e.Path)
	case model.ManualSigned:
		return because(fmt.Sprintf("signed step %d", e.Step+1), e.Note)
	case model.EscalationCalled:
		return because(fmt.Sprintf("telling level %d, %s, of the %s", e.Level, e.Who, e.On), e.What)
	case model.EscalationTold:
		return escalated(e)
	case model.Acknowledged:
		return because("acknowledged the "+string(e.On), e.Note)
	case model.Unaudited:
		return because(fmt.Sprintf("UNAUDITED: %d facts could not be journaled", e.Count), e.Reason)
	}
	return describeGate(event)
}

// describeGate tells of what verdicts rest on: checks, baselines, readings by people, the guard.
func describeGate(event model.Event) string {
	switch e := event.(type) {
	case model.CheckSigned:
		return because("signed "+string(e.Check), e.Note)
	case model.CheckUnsigned:
		return "took back the signature of " + string(e.Check)
	case model.CheckBegan:
		return "check " + string(e.Check) + " runs"
	case model.CheckEnded:
		if e.OK {
			return because("check "+string(e.Check)+" passed"+after(e.Took), e.Detail)
		}
		return because("check "+string(e.Check)+" FAILED"+after(e.Took), e.Detail)
	case model.BaselineFrozen:
		return because(fmt.Sprintf("baseline of %s frozen at %s, the mean of %s over %s", e.Metric,
			strconv.FormatFloat(float64(e.Value), 'g', 4, 64), count(e.Points, "reading"), model.FormatDuration(e.Window)), e.Why)
	case model.MetricRead:
		return because(string(e.Metric)+" read as "+model.FormatValue(e.Unit, float64(e.Value)), e.Note)
	case model.SilenceChanged:
		return silence(e)
	case model.GatesRehearsed:
		text := "gates rehearsed on " + model.FormatDuration(e.To.Sub(e.From)) + " of history, passed"
		if !e.Passed {
			text = "gates rehearsed on " + model.FormatDuration(e.To.Sub(e.From)) + " of history, NOT passed"
		}
		return because(text, e.Summary)
	case model.GuardTripped:
		text := "guard" + named(e.Guard) + " tripped by " + string(e.Metric)
		switch e.Mode {
		case model.GuardNotify:
			text += ", which it only says"
		case model.GuardBlock:
			text += ", and blocks the way up"
		}
		return because(text, e.Reason)
	case model.GuardCleared:
		if e.Guard != "" {
			return because("guard "+e.Guard+" cleared", e.Now)
		}
		if e.State != "" && e.State != model.Pass {
			return fmt.Sprintf("guard stands down: %s is %s; whether the breach is over is not known", e.Metric, e.State)
		}
		if e.Now == "" {
			return "guard cleared: " + string(e.Metric) + " is not in FAIL any more"
		}
		return "guard cleared: " + e.Now
	}
	return describePlan(event)
}

// after says how long something took, where that is known.
func after(took time.Duration) string {
	if took <= 0 {
		return ""
	}
	return " after " + model.FormatDuration(took)
}

func entered(e model.PhaseEntered) string {
	text := "entered " + string(e.Phase)
	if e.Attempt > 1 {
		text += fmt.Sprintf(", attempt %d", e.Attempt)
	}
	if e.Override != "" {
		text += fmt.Sprintf(", against a gate at %s", e.Headline)
	}
	return because(text, e.Override)
}

func gate(e model.GateChanged) string {
	text := "gate " + string(e.To)
	if e.From != "" {
		text = fmt.Sprintf("gate %s → %s", e.From, e.To)
	}
	if len(e.Reasons) > 0 {
		text += ": " + e.Reasons[0]
		if more := len(e.Reasons) - 1; more > 0 {
			text += fmt.Sprintf(" (+%d)", more)
		}
	} else if len(e.Proofs) > 0 {
		text += ": " + string(e.Proofs[0].Metric) + " " + e.Proofs[0].Says
		if more := len(e.Proofs) - 1; more > 0 {
			text += fmt.Sprintf(" (+%d)", more)
		}
	}
	return text
}

func observed(e model.FlagObserved) string {
	what := "stored"
	switch {
	case e.Effective && e.Inferred:
		what = "in effect (inferred)"
	case e.Effective:
		what = "in effect"
	}
	if e.Err != "" {
		return fmt.Sprintf("flag %s %s: cannot be seen: %s", e.Flag, what, e.Err)
	}
	return fmt.Sprintf("flag %s %s: %s", e.Flag, what, e.Value)
}

// Short returns the first characters of a hash, enough to compare by eye.
func Short(hash string) string {
	if len(hash) > 12 {
		return hash[:12]
	}
	return hash
}

// Age says how old something is in one unit: "4s", "3m", "2h", "5d". What lies ahead is 0s old.
func Age(d time.Duration) string { return string(AppendAge(nil, d)) }

// AppendAge appends to b what Age returns, for whoever draws many of them.
func AppendAge(b []byte, d time.Duration) []byte {
	unit, letter := 24*time.Hour, byte('d')
	switch {
	case d < 2*time.Minute:
		unit, letter = time.Second, 's'
	case d < 2*time.Hour:
		unit, letter = time.Minute, 'm'
	case d < 48*time.Hour:
		unit, letter = time.Hour, 'h'
	}
	return append(strconv.AppendInt(b, int64(max(d, 0)/unit), 10), letter)
}

func because(text, reason string) string {
	if reason = strings.TrimSpace(reason); reason == "" {
		return text
	}
	return text + ": " + reason
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func named(guard string) string {
	if guard == "" {
		return ""
	}
	return " " + guard
}
