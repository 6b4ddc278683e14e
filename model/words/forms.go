package words

import (
	"strings"
	"time"

	"gonogo/model"
)

// Forms are three ways to say one thing, for places of different width: a whole
// line, a few words, and one word of at most 12 cells. All are inert, and none
// is meant to be cut: where one does not fit, the next does.
type Forms struct{ Long, Short, Word string }

// In returns the first of the forms that takes at most w cells, as measure counts them; "" where none does.
func (f Forms) In(w int, measure func(string) int) string {
	for _, text := range [...]string{f.Long, f.Short, f.Word} {
		if text != "" && measure(text) <= w {
			return text
		}
	}
	return ""
}

func (f Forms) inert() Forms {
	return Forms{model.Inert(f.Long), model.Inert(f.Short), model.Inert(f.Word)}
}

// Why says why the gate answers as it does at now: its gravest line, that line
// as name, value and target, and its state.
func Why(s *model.Snapshot, now time.Time) Forms {
	switch {
	case s == nil || s.Rollout == nil:
		return Forms{"waiting for the engine", "no engine yet", "no engine"}
	case s.Lost != "":
		return Forms{because("engine lost", s.Lost), "engine lost", "engine lost"}.inert()
	}
	v := s.VerdictAt(now)
	if len(v.Reasons) == 0 {
		if v.Headline == model.GO {
			return Forms{"every line of the gate passes", "all pass", "PASS"}
		}
		return Forms{Word: string(v.Worst)}.inert()
	}
	long := strings.TrimSuffix(v.Reasons[0], ": ")
	line := gravest(&v)
	if line == nil || !strings.HasPrefix(long, line.Title) {
		return Forms{Long: long, Word: wordOf(v.Worst)}.inert()
	}
	return Forms{long, shortLine(line), wordOf(line.State)}.inert()
}

// wordOf is a state in at most 12 cells.
func wordOf(s model.MetricState) string {
	if s == "" || len(s) > 12 {
		return "unknown"
	}
	return string(s)
}

// gravest returns the first line of the worst state, nil where all pass.
func gravest(v *model.Verdict) *model.Line {
	var worst *model.Line
	for i := range v.Lines {
		l := &v.Lines[i]
		if l.State != model.Pass && (worst == nil || l.State.Severity() > worst.State.Severity()) {
			worst = l
		}
	}
	return worst
}

// shortLine is a line's name with its value and target, or its state where there is no value to rely upon.
func shortLine(l *model.Line) string {
	if !l.HasValue || l.State.Headline() == model.Unknown {
		return l.Title + " " + string(l.State)
	}
	text := l.Title + " " + model.FormatValue(l.Unit, float64(l.Value))
	if l.Target != "" {
		text += ", target " + l.Target
	}
	return text
}
