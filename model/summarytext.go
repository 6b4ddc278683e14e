package model

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// at names a and where from.
func (a Actor) at() string {
	if a.Host == "" {
		return a.Name
	}
	return a.Name + "@" + a.Host
}

// String returns a change for a person to read, from what to what, inert. Of
// long lists it tells how many, and which go or come.
func (c Change) String() string { return Inert(string(c.Flag) + ": " + c.text()) }

func (c Change) text() string {
	if c.From.Type != List || c.To.Type != List || max(len(c.From.Items), len(c.To.Items)) <= summaryItems {
		return shortValue(c.From) + " → " + shortValue(c.To)
	}
	text := fmt.Sprintf("%d → %d", len(c.From.Items), len(c.To.Items))
	for _, d := range []struct {
		name string
		a, b []string
	}{{"out", c.From.Items, c.To.Items}, {"in", c.To.Items, c.From.Items}} {
		var gone []string
		for _, item := range d.a {
			if !slices.Contains(d.b, item) {
				gone = append(gone, item)
			}
		}
		if len(gone) > 0 && len(d.b) > 0 {
			text += ", " + d.name + ": " + someOf(gone)
		}
	}
	return text
}

// shortValue is a value that is no longer than a chat bears.
func shortValue(v Value) string {
	if v.Type == List && len(v.Items) > summaryItems {
		return fmt.Sprintf("%d (%s)", len(v.Items), someOf(v.Items))
	}
	return cutLine(v.String())
}

func someOf(items []string) string {
	if len(items) <= summaryItems {
		return strings.Join(items, ", ")
	}
	return strings.Join(items[:summaryItems], ", ") + fmt.Sprintf(" and %d more", len(items)-summaryItems)
}

// cutLine returns the first line of s, not too long.
func cutLine(s string) string {
	s = strings.TrimSpace(s)
	if head, _, more := strings.Cut(s, "\n"); more {
		s = head + " …"
	}
	if r := []rune(s); len(r) > summaryCells {
		s = string(r[:summaryCells-1]) + "…"
	}
	return s
}

func stamp(at time.Time) string { return at.UTC().Format("2006-01-02 15:04:05Z") }

func tookText(d time.Duration) string {
	switch d = max(d, 0); {
	case d < 100*time.Millisecond:
		return FormatDuration(d)
	case d < 10*time.Second:
		return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + "s"
	}
	return FormatDuration(d.Truncate(time.Second))
}

// InWords says how a step ended; a plan's outcome is its own word.
func (o Outcome) InWords() string {
	switch o {
	case StepDone, StepEnough:
		return "done"
	case StepAlready:
		return "unchanged"
	case StepFailed:
		return "FAILED"
	case StepUnsure:
		return "UNKNOWN: it may have happened"
	case StepUnseen:
		return "not confirmed"
	case StepSkipped:
		return "skipped"
	case StepSpared:
		return "not needed"
	case StepHuman:
		return "NEEDS-HUMAN: it must not run twice"
	}
	return Inert(string(o))
}

// Meaning says in a few words what a plan's outcome means.
func (o Outcome) Meaning() string {
	switch o {
	case Verified:
		return "done and confirmed"
	case Inferred:
		return "done, and the service was restarted; a running value was not checked"
	case Ready:
		return "everything that the rollback would use was seen; nothing was changed"
	case Unverified:
		return "done, but not confirmed"
	case Partial:
		return "some of it was not done"
	case Failed:
		return "nothing of it could be done"
	case Cancelled:
		return "ended by a person, or by a rollback"
	case Fenced:
		return "another engine took over meanwhile"
	case Refused:
		return "a precondition did not hold"
	case NeedsHuman:
		return "gonogo cannot find out by itself: look, then decide"
	}
	return ""
}
