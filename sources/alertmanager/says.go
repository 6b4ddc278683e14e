package alertmanager

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"gonogo/sources/poll"
)

// told is how many alerts, and how many silences, are named.
const told = 3

// says tells which alerts fire, and which of them nobody hears of: "2 fire (A, B), 1 of
// them silenced until 14:00Z by ann: deploy". Who silenced is asked; what does not
// answer that is left out.
func (c *client) says(ctx context.Context, firing []alert, now time.Time) string {
	if len(firing) == 0 {
		return ""
	}
	var names, ids []string
	silenced, inhibited := 0, 0
	for _, a := range firing {
		if !slices.Contains(names, a.name) && a.name != "" {
			names = append(names, a.name)
		}
		if len(a.silencedBy) > 0 {
			silenced++
		}
		if a.inhibited {
			inhibited++
		}
		for _, id := range a.silencedBy {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	slices.Sort(names)
	slices.Sort(ids) // so that the words stay the same
	text := strconv.Itoa(len(firing)) + plural(len(firing), " fires", " fire")
	if len(names) > 0 {
		text += " (" + listed(names) + ")"
	}
	if silenced > 0 {
		text += ", " + strconv.Itoa(silenced) + " of them silenced" + c.bySilences(ctx, ids, now)
	}
	if inhibited > 0 {
		text += ", " + strconv.Itoa(inhibited) + " of them inhibited by other alerts"
	}
	return poll.Cut(text, 400)
}

// bySilences says until when, by whom and why the silences stand.
func (c *client) bySilences(ctx context.Context, ids []string, now time.Time) string {
	var texts []string
	for _, id := range ids[:min(len(ids), told)] {
		s, err := c.silence(ctx, id)
		if err != nil {
			continue
		}
		texts = append(texts, " until "+clock(s.until, now)+" by "+poll.Cut(s.by, 60)+": "+poll.Cut(s.comment, 120))
	}
	if len(texts) == 0 {
		return ""
	}
	text := strings.Join(texts, ";")
	if more := len(ids) - len(texts); more > 0 {
		text += fmt.Sprintf("; and by %d more", more)
	}
	return text
}

func listed(names []string) string {
	text := strings.Join(names[:min(len(names), told)], ", ")
	if more := len(names) - told; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// clock writes t in UTC, with its day where it is more than 12 hours off.
func clock(t, now time.Time) string {
	switch {
	case t.IsZero():
		return "an unknown time"
	case t.Sub(now).Abs() > 12*time.Hour:
		return t.UTC().Format("2006-01-02 15:04Z")
	}
	return t.UTC().Format("15:04Z")
}
