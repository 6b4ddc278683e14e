package engine

import (
	"fmt"
	"slices"
	"time"

	"gonogo/model"
	"gonogo/model/engine/watch"
)

// escalations tells people of what lasts, level by level, until it is over or somebody
// acknowledges it. What was told is in the journal, so a restart neither repeats nor forgets it; a telling that
// failed, or was cut short, is tried again.
type escalations struct {
	rollout *model.Rollout
	by      model.Actor
	idle    bool // the engine of a command: it tells nobody
	now     func() time.Time
	records watch.Records
	notices *notices
	trying  map[due]int // the tries of each that this engine began
}

// due is one level of one condition.
type due struct {
	on    model.Condition
	since time.Time
	level int
}

// look looks what lasts, and tells who is due to be told.
func (x *escalations) look() {
	if x.idle || len(x.rollout.Escalations) == 0 {
		return
	}
	state, now := x.records.State(), x.now()
	alarms := state.Alarms(x.rollout, now)
	for _, a := range alarms {
		if is := state.EscalatedFor(a); is.At.IsZero() {
			for _, u := range is.Untold {
				x.again(a, u, now)
			}
		}
		// Of several levels whose turn it is, as after a time away, all are told.
		for next, at := state.NextLevel(x.rollout, a); next != nil && !now.Before(at); next, at = state.NextLevel(x.rollout, a) {
			x.call(a, next, 1, now)
			state = x.records.State()
			if state.EscalatedFor(a).Level < next.Level {
				return // it could not be noted: telling again and again helps nobody
			}
		}
	}
	x.over(&state, alarms)
}

// again tells a level that could not be told once more, where that is due. A try that another engine began, and of
// which nothing came, was cut short: whether anybody heard is not known, so it is made again at once.
func (x *escalations) again(a model.Alarm, u model.Untold, now time.Time) {
	ours := x.trying[due{a.On, a.Since, u.Level}] == u.Tries
	if u.Err == "" && ours || u.Err != "" && now.Before(u.Again()) {
		return
	}
	for i := range x.rollout.Escalations {
		if l := &x.rollout.Escalations[i]; l.Level == u.Level && slices.Contains(l.On, a.On) {
			x.call(a, l, u.Tries+1, now)
		}
	}
}

// call tells a level of an alarm, for the n-th time.
func (x *escalations) call(a model.Alarm, l *model.Escalation, n int, now time.Time) {
	x.trying[due{a.On, a.Since, l.Level}] = n
	x.records.RecordAnyway(x.by, "", model.EscalationCalled{On: a.On, Since: a.Since, Level: l.Level, Who: l.Who, What: a.What})
	title := fmt.Sprintf("%s for %s: %s is called", a.On, model.FormatDuration(now.Sub(a.Since).Truncate(time.Second)), l.Who)
	x.notices.tellThen(l.Notify, "", x.title(title), a.What+"\nacknowledge it: gonogo ack, or K in the cockpit", func(failed string) {
		x.records.RecordAnyway(x.by, "", model.EscalationTold{On: a.On, Since: a.Since, Level: l.Level, Who: l.Who, What: a.What, Err: failed})
	})
}

// over tells those who were told of what does not last any more.
func (x *escalations) over(state *model.State, alarms []model.Alarm) {
	for _, on := range model.Conditions() {
		is, ok := state.Escalated[on]
		if !ok || is.Level == 0 || is.Over || slices.ContainsFunc(alarms, func(a model.Alarm) bool { return a.On == on && a.Since.Equal(is.Since) }) {
			continue
		}
		what, why := fmt.Sprintf("%s is over", on), ""
		if on == model.OnBreach && state.Headline == model.NoGo {
			what = "rolled back and confirmed, and the gate still says NO-GO"
			why = what
		}
		x.records.RecordAnyway(x.by, "", model.EscalationTold{On: on, Since: is.Since, Level: is.Level, What: why, Over: true})
		var to []model.ActionID
		for _, l := range x.rollout.Escalations {
			if l.Level <= is.Level && slices.Contains(l.On, on) {
				to = append(to, l.Notify...)
			}
		}
		slices.Sort(to)
		x.notices.tell(slices.Compact(to), "", x.title(what), fmt.Sprintf("it began at %s", is.Since.UTC().Format("2006-01-02 15:04:05Z")))
	}
}

func (x *escalations) title(what string) string {
	return model.Inert(fmt.Sprintf("%s: %s (%s)", x.rollout.Title, what, x.rollout.Environment.Name))
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
