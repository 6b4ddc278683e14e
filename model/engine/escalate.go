package engine

import (
	"fmt"
	"slices"
	"time"

	"gonogo/model"
	"gonogo/model/engine/watch"
)

// escalations tells people of what lasts, level by level, until it is over or somebody
// acknowledges it. What was told is in the journal, so a restart neither repeats nor forgets it.
type escalations struct {
	rollout *model.Rollout
	by      model.Actor
	idle    bool // the engine of a command: it tells nobody
	now     func() time.Time
	records watch.Records
	notices *notices
}

// look looks what lasts, and tells who is due to be told.
func (x *escalations) look() {
	if x.idle || len(x.rollout.Escalations) == 0 {
		return
	}
	state, now := x.records.State(), x.now()
	alarms := state.Alarms(x.rollout, now)
	for _, a := range alarms {
		var due *model.Escalation // of several levels at once, as after a time away, all are told
		for next := state.NextLevel(x.rollout, a); next != nil && now.Sub(a.Since) >= next.After; next = state.NextLevel(x.rollout, a) {
			due = next
			x.records.RecordAnyway(x.by, "", model.EscalationTold{On: a.On, Since: a.Since, Level: next.Level, Who: next.Who, What: a.What})
			x.tell(next.Notify, fmt.Sprintf("%s for %s: %s is called", a.On, model.FormatDuration(now.Sub(a.Since).Truncate(time.Second)), next.Who), a.What+
				"\nacknowledge it: gonogo ack, or K in the cockpit")
			state = x.records.State()
			if state.EscalatedFor(a).Told < due.Level {
				return // it could not be noted: telling again and again helps nobody
			}
		}
	}
	x.over(&state, alarms)
}

// over tells those who were told of what does not last any more.
func (x *escalations) over(state *model.State, alarms []model.Alarm) {
	for _, on := range model.Conditions() {
		is, ok := state.Escalated[on]
		if !ok || is.Told == 0 || is.Over || slices.ContainsFunc(alarms, func(a model.Alarm) bool { return a.On == on && a.Since.Equal(is.Since) }) {
			continue
		}
		x.records.RecordAnyway(x.by, "", model.EscalationTold{On: on, Since: is.Since, Level: is.Told, Over: true})
		var to []model.ActionID
		for _, l := range x.rollout.Escalations {
			if l.Level <= is.Told && slices.Contains(l.On, on) {
				to = append(to, l.Notify...)
			}
		}
		slices.Sort(to)
		x.tell(slices.Compact(to), fmt.Sprintf("%s is over", on), fmt.Sprintf("it began at %s", is.Since.UTC().Format("2006-01-02 15:04:05Z")))
	}
}

func (x *escalations) tell(to []model.ActionID, what, text string) {
	title := model.Inert(fmt.Sprintf("%s: %s (%s)", x.rollout.Title, what, x.rollout.Environment.Name))
	x.notices.tell(to, "", title, text)
}

// acknowledge journals that a person has taken on all that lasts.
func (x *escalations) acknowledge(in model.Intent) error {
	state := x.records.State()
	alarms := state.Alarms(x.rollout, x.now())
	var facts []model.Event
	by := ""
	for _, a := range alarms {
		if is := state.EscalatedFor(a); !is.At.IsZero() {
			by = is.By.Name
			continue
		}
		facts = append(facts, model.Acknowledged{On: a.On, Since: a.Since, Note: in.Reason})
	}
	switch {
	case len(alarms) == 0:
		return refuse("nothing calls for anybody: there is no breach, no phase is overdue, and no rollback is open")
	case len(facts) == 0:
		return refuse("it is acknowledged already, by %s", by)
	}
	return x.records.Record(in.By, in.ID, facts...)
}
