package words

import (
	"fmt"
	"slices"
	"strings"
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
	head := fmt.Sprintf("%s for %s", a.On, Age(now.Sub(a.Since)))
	var parts []string
	if !is.At.IsZero() {
		parts = append(parts, head+because(", acknowledged by "+is.By.Name+" "+Age(now.Sub(is.At))+" ago", is.Note))
	} else {
		parts = calls(s, a, &is, now)
		parts[0] = head + ", unacknowledged: " + parts[0]
		if keys {
			parts = append(parts, "K acknowledges")
		}
	}
	if a.What != "" {
		parts = append(parts, a.What)
	}
	return strings.Join(parts, " · ")
}

// calls tells who could not be told, who is next, and who was told; at least one part.
func calls(s *model.Snapshot, a model.Alarm, is *model.Escalated, now time.Time) []string {
	var parts []string
	for _, u := range is.Untold {
		parts = append(parts, untold(s.Rollout, a.On, u, now))
	}
	next, at := s.State.NextLevel(s.Rollout, a)
	switch {
	case next != nil:
		parts = append(parts, Who(s.Rollout, next.Who)+" is told in "+one(max(at.Sub(now), 0)))
	case is.Level > 0:
		parts = append(parts, "nobody is left to tell")
	default:
		parts = append(parts, "nobody is told of it")
	}
	if is.Told > 0 {
		parts = append(parts, fmt.Sprintf("level %d told %s ago", is.Told, Age(now.Sub(is.ToldAt))))
	}
	return parts
}

// untold tells of a level that was not told, as far as is known.
func untold(r *model.Rollout, on model.Condition, u model.Untold, now time.Time) string {
	who := levelWho(r, on, u.Level)
	if u.Err == "" {
		return who + " is being told"
	}
	return because("COULD NOT TELL "+who, u.Err) + ", tries again in " + one(max(u.Again().Sub(now), 0))
}

// levelWho names who is told at a level: "level 1, Team lead (Bo)".
func levelWho(r *model.Rollout, on model.Condition, level int) string {
	for _, l := range r.Escalations {
		if l.Level == level && slices.Contains(l.On, on) {
			return fmt.Sprintf("level %d, %s", level, Who(r, l.Who))
		}
	}
	return fmt.Sprintf("level %d", level)
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
	if e.Over && e.What != "" {
		return "told those who were called: " + e.What
	}
	if e.Over {
		return fmt.Sprintf("told that it is over: %s", e.On)
	}
	if e.Err != "" {
		return because(fmt.Sprintf("COULD NOT TELL level %d, %s, of the %s", e.Level, e.Who, e.On), e.Err)
	}
	return because(fmt.Sprintf("escalated to level %d, %s: %s", e.Level, e.Who, e.On), e.What)
}
