package words

import (
	"strings"
	"time"

	"gonogo/model"
)

// place names a and where from.
func place(a model.Actor) string {
	if a.Host == "" {
		return a.Name
	}
	return a.Name + "@" + a.Host
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
