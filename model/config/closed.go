package config

import (
	"strconv"
	"strings"
	"time"

	"gonogo/model"
)

// closedKeys are those of [[closed]].
type closedKeys struct {
	From string `toml:"from" required:"true" help:"its begin: \"2026-12-20T16:00Z\", or each week \"Fri 16:00\""`
	To   string `toml:"to" required:"true" help:"its end, in the same form"`
	Why  string `toml:"why" required:"true" help:"why nothing goes up then, such as \"year-end freeze\""`
	Zone string `toml:"zone" help:"whose clocks count where it is each week, such as Europe/Berlin" otherwise:"UTC"`
}

// closedReader reads the times in which nothing goes up.
type closedReader struct{ *draft }

const dateLike = "expected a time like \"2026-12-20T16:00Z\" or \"2026-12-20T17:00+01:00\", found %s"

// when reads a time with its zone.
func (r closedReader) when(path, text string) time.Time {
	for _, form := range []string{time.RFC3339, "2006-01-02T15:04Z07:00"} {
		if at, err := time.Parse(form, strings.TrimSpace(text)); err == nil {
			return at.UTC()
		}
	}
	r.fail(path, dateLike, quote(text))
	return time.Time{}
}

func (r closedReader) closed() {
	textReader(r).lists("closed", func(path string, raw any) {
		k, _, ok := read[closedKeys](r.reader, path, raw)
		if !ok {
			return
		}
		before := r.errors()
		c := model.Closed{Why: model.Inert(strings.TrimSpace(k.Why))}
		if isWeekly(k.From) || isWeekly(k.To) {
			c.Week = &model.Weekly{From: r.weekly(join(path, "from"), k.From), To: r.weekly(join(path, "to"), k.To), Zone: k.Zone}
			if _, err := time.LoadLocation(k.Zone); err != nil {
				r.fail(join(path, "zone"), "expected the name of a zone that this machine knows, such as \"Europe/Berlin\", found %s", quote(k.Zone))
			}
			if r.errors() == before && c.Week.From == c.Week.To {
				r.fail(join(path, "to"), "is its begin: nothing would ever go up, or all the time; expected another time")
			}
		} else {
			c.From, c.To = r.when(join(path, "from"), k.From), r.when(join(path, "to"), k.To)
			switch {
			case k.Zone != "":
				r.fail(join(path, "zone"), "is for times of each week: here from and to say theirs, such as +01:00")
			case r.errors() > before:
			case !c.From.Before(c.To):
				r.fail(join(path, "to"), "expected a time after from (%s), found %s", quote(k.From), quote(k.To))
			case time.Now().After(c.To):
				r.warn(path, "is over: remove it, or look at its dates")
			}
		}
		if r.errors() > before {
			return
		}
		for i := range r.cfg.Rollout.Closed {
			if o := &r.cfg.Rollout.Closed[i]; c.Week == nil && o.Week == nil && c.From.Before(o.To) && o.From.Before(c.To) {
				r.fail(path, "overlaps with closed[%d] (%s): expected one from %s to %s", i, quote(o.Why),
					earlier(c.From, o.From).Format(time.RFC3339), later(c.To, o.To).Format(time.RFC3339))
			}
		}
		r.cfg.Rollout.Closed = append(r.cfg.Rollout.Closed, c)
	})
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// isWeekly reports whether a time is one of each week: it begins with a letter.
func isWeekly(text string) bool {
	text = strings.TrimSpace(text)
	return text != "" && (text[0] < '0' || text[0] > '9')
}

// weekly reads a time of each week like "Fri 16:00", as since Monday 00:00.
func (r closedReader) weekly(path, text string) time.Duration {
	const form = "expected a weekday and a time like \"Fri 16:00\", found %s"
	day, clock, _ := strings.Cut(strings.TrimSpace(text), " ")
	n := -1
	for i, name := range []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"} {
		if d := strings.ToLower(day); d == name || d == name[:3] {
			n = i
		}
	}
	hour, minute, ok := strings.Cut(strings.TrimSpace(clock), ":")
	h, err := strconv.Atoi(hour)
	m, err2 := strconv.Atoi(minute)
	if n < 0 || !ok || err != nil || err2 != nil || len(minute) != 2 || h < 0 || h > 23 || m < 0 || m > 59 {
		r.fail(path, form, quote(text))
		return 0
	}
	return time.Duration(n)*24*time.Hour + time.Duration(h)*time.Hour + time.Duration(m)*time.Minute
}
