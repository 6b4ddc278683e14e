package panel

import (
	"strconv"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"gonogo/model"
)

func rangeText(from, to, n int) string {
	return strconv.Itoa(from+1) + "–" + strconv.Itoa(to) + " of " + strconv.Itoa(n)
}

// wrap breaks s, which may have several lines, into inert lines of at most w cells.
func wrap(s string, w int) []string {
	var out []string
	for line := range strings.SplitSeq(strings.TrimRight(s, "\n"), "\n") {
		line = model.Inert(strings.ReplaceAll(strings.TrimRight(line, "\r"), "\t", "    "))
		if cells(line) <= w || w < 1 {
			out = append(out, line)
			continue
		}
		out = append(out, strings.Split(ansi.Wrap(line, w, ""), "\n")...)
	}
	return out
}

// orID returns title, or id where there is none.
func orID(title, id string) string {
	if title == "" {
		return id
	}
	return title
}

// clock returns a time of day, with its date where it is not today's, in UTC.
func clock(at, now time.Time) string {
	at, now = at.UTC(), now.UTC()
	if at.YearDay() == now.YearDay() && at.Year() == now.Year() {
		return at.Format("15:04")
	}
	return at.Format("2 Jan 15:04")
}

// spell returns d in its two largest units without blanks or a zero: "3d", "1d20h".
func spell(d time.Duration) string {
	text := model.FormatDuration(d)
	if head, tail, two := strings.Cut(text, " "); two {
		return head + tail
	}
	return text
}

// span2 returns a range of durations: "3d–5d", or "3d" where they are the same.
func span2(lo, hi time.Duration) string {
	if hi <= lo {
		return spell(lo)
	}
	return spell(lo) + "–" + spell(hi)
}

// cutText returns s, inert and ended with … where it takes more than w cells.
func cutText(s string, w int) string {
	s = model.Inert(s)
	if cells(s) <= w {
		return s
	}
	return ansi.Truncate(s, max(w, 0), "…")
}

// atMost writes a time that is left in one unit, rounded up: "13m", "45s".
func atMost(d time.Duration) string {
	unit := time.Second
	if d > 2*time.Minute {
		unit = time.Minute
	}
	return model.FormatDuration((max(d, 0) + unit - 1).Truncate(unit))
}

// because joins a text and what is the reason for it, if there is one.
func because(text, reason string) string {
	if reason == "" {
		return text
	}
	return text + ": " + reason
}
