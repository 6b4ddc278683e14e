package panel

import (
	"strings"
	"time"

	"gonogo/model"
	"gonogo/model/words"
	"gonogo/ui/theme"
)

type logPanel struct{}

// Log is what happened, newest last. Time served is journaled every minute and
// not shown here.
func Log() Panel { return logPanel{} }

func (logPanel) Name() string         { return "log" }
func (logPanel) Min() Size            { return Size{24, 3} }
func (logPanel) Title(p Props) string { return "Log" }

// LogRows returns the records that the log's rows show.
func LogRows(p Props) []model.Record {
	if p.Snap == nil {
		return nil
	}
	out := make([]model.Record, 0, len(p.Snap.Tail))
	for i := range p.Snap.Tail {
		if r := &p.Snap.Tail[i]; logged(p, r) {
			out = append(out, *r)
		}
	}
	return out
}

func logged(p Props, r *model.Record) bool {
	if _, ok := r.Event.(model.Progress); ok || r.Event == nil {
		return false
	}
	return p.Filter == "" || p.matches(words.Describe(*r), r.By.Name)
}

func (logPanel) Rows(p Props) int {
	n := 0
	if p.Snap != nil {
		for i := range p.Snap.Tail {
			if logged(p, &p.Snap.Tail[i]) {
				n++
			}
		}
	}
	return n
}

func (g logPanel) rowAt(p Props, x, y int) int {
	n := g.Rows(p)
	return rowInList(tail(p, n), n, x, y)
}

// tail makes an unfocused log show its end.
func tail(p Props, n int) Props {
	if !p.Focused {
		p.Offset = n
	}
	return p
}

func (logPanel) Render(p Props) string {
	rows := LogRows(p)
	title := []span{{theme.Title, "Log"}}
	if p.Snap != nil && p.Snap.State.Unaudited > 0 {
		title = append(title, span{theme.NoGo | theme.Bold, "  UNAUDITED"})
	}
	return list(tail(p, len(rows)), len(rows), title, "nothing happened yet", func(c *canvas, x, y, width, row int) {
		r := &rows[row]
		end := x + width
		x += 1 + c.text(x, y, width, theme.Dim, stamp(r.At, p.Now))
		text := words.Describe(*r)
		if r.By.Name != "" && width >= 30 && !strings.HasPrefix(text, r.By.Name+" ") {
			x += 1 + c.text(x, y, min(12, end-x), theme.Dim, r.By.Name)
		}
		c.text(x, y, end-x, logStyle(r.Event), text)
	})
}

func stamp(at, now time.Time) string {
	at, now = at.UTC(), now.UTC()
	if at.YearDay() == now.YearDay() && at.Year() == now.Year() {
		return at.Format("15:04:05")
	}
	return at.Format("02 Jan 15:04")
}

// logStyle gives weight to what someone would look for.
func logStyle(event model.Event) theme.Style {
	switch e := event.(type) {
	case model.PhaseEntered, model.PhaseLeft, model.PlanFired:
		return theme.Strong
	case model.PlanEnded:
		if e.Outcome != model.Verified {
			return theme.Warn | theme.Bold
		}
		return theme.Strong
	case model.GateChanged:
		if e.To == model.NoGo {
			return theme.Strong
		}
	case model.StepEnded:
		if !e.Outcome.OK() {
			return theme.Warn
		}
	case model.GuardTripped:
		return theme.Strong
	case model.CheckEnded:
		if !e.OK {
			return theme.Warn
		}
	case model.Unaudited:
		return theme.NoGo | theme.Bold
	}
	return theme.Normal
}
