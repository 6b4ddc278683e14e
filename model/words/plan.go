package words

import (
	"fmt"
	"time"

	"gonogo/model"
)

// GoesOn says of a way up that runs while the rollout is held that the hold does not stop
// it; empty: none runs.
func GoesOn(s *model.State) string {
	p := s.ActivePlan()
	if p == nil || p.Status != model.Running || p.Plan.Kind != model.PlanEnter && p.Plan.Kind != model.PlanFlip {
		return ""
	}
	return fmt.Sprintf("%q runs already and goes on; a rollback goes before it", model.Inert(p.Plan.Title))
}

func describePlan(event model.Event) string {
	switch e := event.(type) {
	case model.PlanArmed:
		return armed(e)
	case model.PlanVetoed:
		if !e.Until.IsZero() {
			return because("vetoed: nothing was done, the guard is held back until "+e.Until.UTC().Format("15:04:05Z"), e.Reason)
		}
		return because("cancelled: nothing was done", e.Reason)
	case model.PlanFired:
		return fired(e)
	case model.PlanJoined:
		return "joined the rollback that runs"
	case model.StepIntended:
		if e.Try > 1 {
			return fmt.Sprintf("step %d begins, try %d", e.Step+1, e.Try)
		}
		return fmt.Sprintf("step %d begins", e.Step+1)
	case model.StepEnded:
		return because(fmt.Sprintf("step %d %s", e.Step+1, Outcome(e.Outcome)), e.Detail)
	case model.PlanEnded:
		if e.Outcome == model.Ready {
			return because("drill ended READY, nothing was changed", e.Summary)
		}
		return because("plan ended "+string(e.Outcome), e.Summary)
	}
	return describeIncident(event)
}

// describeIncident tells of what a rollback leaves beside its steps: evidence,
// the end of an incident, who was told.
func describeIncident(event model.Event) string {
	switch e := event.(type) {
	case model.EvidenceMarked:
		what := fmt.Sprintf("evidence of step %d: ", e.Step+1)
		if e.Err != "" {
			return what + "what is old could not be asked: " + e.Err
		}
		return what + "only what comes after now counts"
	case model.Recovered:
		return recovered(e)
	case model.Confirmed:
		return because(confirmed(e.How), e.Reason)
	case model.StillConfirmed:
		return "looked at the last rollback again: still in effect"
	case model.NotConfirmed:
		return because("looked at the last rollback again: not confirmed", e.Reason)
	case model.Notified:
		name := e.Title
		if name == "" {
			name = string(e.Action)
		}
		if e.Err != "" {
			return "could not tell " + name + ": " + e.Err
		}
		return "told: " + name
	}
	return model.EventName(event)
}

func fired(e model.PlanFired) string {
	text := "fired (" + e.How + ")"
	if !e.Breach.IsZero() {
		text = because(text+", the breach began at "+e.Breach.UTC().Format("15:04:05Z"), e.Why)
	}
	return text
}

// Stage names a stage of plan p: on the way up flags are set and services
// restarted, a rollback contains and applies.
func Stage(p *model.Plan, s model.Stage) string {
	up := p.Kind == model.PlanEnter || p.Kind == model.PlanFlip
	switch {
	case s == model.StageContain && up:
		return "set flags"
	case s == model.StageApply && up:
		return "restart"
	case s == model.StageHold:
		return "wait"
	}
	return string(s)
}

// ConfirmedSince says who or what confirmed a rollback after its end.
func ConfirmedSince(p *model.PlanState) string {
	text := "confirmed at " + p.ConfirmedAt.UTC().Format("15:04:05Z")
	if p.Confirmed == model.ByPerson {
		return because(text+" by "+p.ConfirmedBy.Name, p.ConfirmNote)
	}
	return text + ", seen by gonogo"
}

// confirmed says how a rollback that had not ended VERIFIED was confirmed.
func confirmed(how model.ConfirmHow) string {
	switch how {
	case model.ByReadBack:
		return "the last rollback is confirmed: every flag was read back"
	case model.ByVerify:
		return "the last rollback is confirmed: every verify holds"
	}
	return "the last rollback is confirmed by a person"
}

// recovered gives the figures of an incident whose rollback was verified. Whether what failed is well again, the gate says.
func recovered(e model.Recovered) string {
	text := "rolled back: contained " + Took(e.Fired, e.Contained) + ", verified " + Took(e.Fired, e.Verified) + " after it was fired"
	if e.Contained.IsZero() {
		text = "rolled back: verified " + Took(e.Fired, e.Verified) + " after it was fired"
	}
	if !e.Breach.IsZero() {
		text += ", " + Took(e.Breach, e.Verified) + " after the breach"
	}
	return text
}

// Took says how long it was from one moment to another: below ten seconds with a tenth.
func Took(from, to time.Time) string {
	switch d := max(to.Sub(from), 0); {
	case d < 100*time.Millisecond:
		return model.FormatDuration(d)
	case d < 10*time.Second:
		return fmt.Sprintf("%.1fs", d.Seconds())
	default:
		return model.FormatDuration(d.Truncate(time.Second))
	}
}

// Clock writes a time that runs as a clock does: "04:12", "1:04:12".
func Clock(d time.Duration) string {
	s := int64(max(d, 0) / time.Second)
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%02d:%02d", s/60, s%60)
}

func armed(e model.PlanArmed) string {
	text := fmt.Sprintf("armed %q, %s", e.Plan.Title, count(len(e.Plan.Steps), "step"))
	if e.Plan.Guard {
		text = "guard " + text
	}
	if drill := Drill(&e.Plan); drill != "" {
		text = drill + ": " + text
	}
	if !e.FireAt.IsZero() {
		text += ", fires by itself at " + e.FireAt.UTC().Format("15:04:05Z")
	}
	if n := len(e.Plan.Freeze); n > 0 {
		text += ", freezes " + count(n, "baseline")
	}
	if e.Plan.Override {
		text += ", against the gate"
	}
	return because(text, e.Plan.Reason)
}
