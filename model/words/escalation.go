package words

import (
	"fmt"
	"time"

	"gonogo/model"
)

// Escalations tells of what lasts at now and calls for people, and who is told next, each in one
// inert line; none where the config has nobody to tell. With keys it names the cockpit's.
func Escalations(s *model.Snapshot, now time.Time, keys bool) []string {
	if s == nil || s.Rollout == nil || len(s.Rollout.Escalations) == 0 {
		return nil
	}
	var out []string
	for _, a := range s.State.Alarms(s.Rollout, now) {
		out = append(out, model.Inert(escalation(s, a, now, keys)))
	}
	return out
}

func escalation(s *model.Snapshot, a model.Alarm, now time.Time, keys bool) string {
	is := s.State.EscalatedFor(a)
	text := fmt.Sprintf("%s for %s", a.On, Age(now.Sub(a.Since)))
	next := s.State.NextLevel(s.Rollout, a)
	switch {
	case !is.At.IsZero():
		text += because(", acknowledged by "+is.By.Name+" "+Age(now.Sub(is.At))+" ago", is.Note)
	case next != nil:
		text += ", unacknowledged: " + Who(s.Rollout, next.Who) + " is told in " + one(max(next.After-now.Sub(a.Since), 0))
	case is.Told > 0:
		text += ", unacknowledged, nobody is left to tell"
	default:
		text += ": nobody is told of it"
	}
	if is.Told > 0 && is.At.IsZero() {
		text += fmt.Sprintf(" · level %d told %s ago", is.Told, Age(now.Sub(is.ToldAt)))
	}
	if keys && is.At.IsZero() {
		text += " · K acknowledges"
	}
	if a.What != "" {
		text += " · " + a.What
	}
	return text
}

// Who names a contact by name and role: "Team lead (Bo)".
func Who(r *model.Rollout, who string) string {
	for _, c := range r.Contacts {
		switch {
		case c.Role == who:
			return who + " (" + c.Name + ")"
		case c.Name == who && c.Role != "":
			return who + " (" + c.Role + ")"
		}
	}
	return who
}

func escalated(e model.EscalationTold) string {
	if e.Over {
		return fmt.Sprintf("told that it is over: %s", e.On)
	}
	return because(fmt.Sprintf("escalated to level %d, %s: %s", e.Level, e.Who, e.On), e.What)
}
