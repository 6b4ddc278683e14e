package panel

import (
	"fmt"
	"strings"
	"time"

	"gonogo/model"
	"gonogo/ui/theme"
)

type phasesPanel struct{}

// Phases is the way up: what is done, where the rollout stands and how much of
// its time is served, what is still to come and when it ends.
func Phases() Panel { return phasesPanel{} }

func (phasesPanel) Name() string     { return "phases" }
func (phasesPanel) Min() Size        { return Size{30, 4} }
func (phasesPanel) Rows(p Props) int { return len(p.rollout().Phases) }

func (f phasesPanel) Title(p Props) string { return plain(f.title(p)) }

func (phasesPanel) title(p Props) []span {
	out := []span{{theme.Title, "Phases"}}
	if !p.known() {
		return out
	}
	s, a := &p.Snap.State, p.attempt()
	overridden := a != nil && a.Override != ""
	if s.Held {
		text := because("  HELD by "+s.HeldBy.Name, s.HeldReason)
		if overridden { // both are seen
			text = cutText(text, max((p.Size.W-16)/2, 10))
		}
		out = append(out, span{theme.Hold | theme.Bold, text})
	}
	if overridden {
		out = append(out, span{theme.Warn | theme.Bold, "  OVERRIDE by " + a.By.Name + ": " + a.Override})
	}
	return out
}

func (f phasesPanel) Render(p Props) string {
	c := newCanvas(p.Size, p.Theme)
	outer := rect{0, 0, c.w, c.h}
	in := outer.inner()
	var note []span
	if p.known() {
		note = []span{{theme.Normal, eta(p)}}
	}
	c.frame(outer, p.Focused, f.title(p), note)
	in.x, in.w = in.x+1, max(in.w-2, 0)
	if in.h <= 0 || in.w <= 0 {
		return c.String()
	}
	all := stations(p)
	switch {
	case len(all) == 0:
		c.text(in.x, in.y, in.w, theme.Dim, emptyText(p, "this rollout has no phases"))
	case p.Zoomed && in.h >= 4:
		f.table(c, p, in, all)
	default:
		drawTimeline(c, p, in, all)
	}
	return c.String()
}

// segment is a phase on the timeline: its name, and what is said below it.
type segment struct {
	station
	mark  string // its glyph and a blank
	name  string
	below span
	width int
}

// need is the least width at which both lines and some bar are seen.
func (s *segment) need() int {
	return max(cells(s.mark)+cells(s.name)+4, cells(s.below.text)+3)
}

func drawTimeline(c *canvas, p Props, in rect, all []station) {
	segs := make([]segment, len(all))
	focus := 0
	for i, st := range all {
		segs[i] = segment{station: st, mark: markOf(p, st), name: orID(st.phase.Title, string(st.phase.ID)), below: below(p, st)}
		if st.stage == current {
			focus = i
		}
	}
	if p.Snap.State.Phase == "" && len(segs) > 0 {
		segs[0].below = notStarted(p, all)
	}
	if p.Focused {
		focus = p.cursor(len(segs))
	}
	from, to := fitSegments(segs, focus, in.w)
	x := in.x
	if from > 0 {
		x += c.text(x, in.y, in.w, theme.Dim, fmt.Sprintf("‹%d ", from))
	}
	for i := from; i < to; i++ {
		drawSegment(c, p, segs[i], x, in.y, min(segs[i].width, in.x+in.w-x))
		if p.Focused && i == focus {
			c.add(x, in.y, cells(segs[i].mark)+min(cells(segs[i].name), max(segs[i].width-4, 0)), theme.Reverse)
		}
		x += segs[i].width
	}
	if to < len(segs) {
		c.right(in.x+in.w, in.y, 4, theme.Dim, fmt.Sprintf(" %d›", len(segs)-to))
	}
}

// fitSegments gives widths to as many segments around focus as fit into w
// cells, and returns the first of them and one past the last. What is left over
// makes bars longer, most of it the current phase's.
func fitSegments(segs []segment, focus, w int) (from, to int) {
	from, to = 0, len(segs)
	sum := func() int {
		n := 0
		for i := from; i < to; i++ {
			n += segs[i].need()
		}
		if from > 0 {
			n += 4
		}
		if to < len(segs) {
			n += 4
		}
		return n
	}
	for sum() > w && to-from > 1 {
		if focus-from > to-1-focus {
			from++
		} else {
			to--
		}
	}
	left := max(w-sum(), 0)
	shares := to - from + 2
	for i := from; i < to; i++ {
		segs[i].width = segs[i].need() + left/shares
		if i == focus {
			segs[i].width += left - left/shares*(shares-1) + left/shares
		}
	}
	if to-from == 1 {
		segs[from].width = min(segs[from].width, w)
	}
	return from, to
}

func stageMark(s stage) string {
	switch s {
	case done:
		return "✔ "
	case current:
		return "▶ "
	case rolledBack:
		return "↓ "
	case skipped:
		return "– "
	}
	return "  "
}

func drawSegment(c *canvas, p Props, s segment, x, y, width int) {
	style, bar := theme.Dim, theme.Frame
	switch s.stage {
	case done:
		style, bar = theme.Normal, theme.Go
	case current:
		style, bar = theme.Strong, theme.Hold|theme.Bold
	case rolledBack:
		style = theme.Warn
	}
	end := x + width
	c.text(x+2, y+1, width-3, s.below.style, s.below.text)
	x += c.text(x, y, width, style, s.mark)
	x += c.text(x, y, end-x-1, style, s.name) + 1
	n := end - x - 1
	switch s.stage {
	case done:
		c.fill(x, y, n, bar, '━')
	case current:
		full := served(p, s.phase, n)
		c.fill(x, y, full, bar, '━')
		c.fill(x+full, y, n-full, theme.Frame, '┄')
		if full < n && full >= 0 && n > 0 {
			c.set(x+full, y, bar, '╸')
		}
	default:
		c.fill(x, y, n, bar, '┄')
	}
}

// served returns how many of n cells the soak that is served takes.
func served(p Props, phase *model.Phase, n int) int {
	if phase.Soak <= 0 || n <= 0 {
		return max(n, 0)
	}
	part := float64(soaked(p)) / float64(phase.Soak)
	return int(min(max(part, 0), 1) * float64(n))
}

// below is what stands below a phase's name.
func below(p Props, st station) span {
	switch st.stage {
	case current:
		return currentText(p, st)
	case done:
		return span{theme.Dim, model.FormatDuration(left(st.attempt, p.Now).Sub(st.attempt.Entered))}
	case rolledBack:
		return span{theme.Warn, "rolled back " + clock(st.attempt.Left, p.Now)}
	case skipped:
		return span{theme.Dim, "skipped"}
	}
	if plan := p.Snap.State.ActivePlan(); plan != nil && plan.Plan.Kind == model.PlanEnter && plan.Plan.Phase == st.phase.ID {
		return span{theme.Hold | theme.Bold, "entering …"}
	}
	if st.phase.Soak <= 0 && st.phase.Limit <= 0 {
		return span{}
	}
	return span{theme.Dim, span2(st.phase.Soak, st.phase.Limit)}
}

// left returns when an attempt ended; now for one that goes on.
func left(a *model.Attempt, now time.Time) time.Time {
	if a.Left.IsZero() {
		return now
	}
	return a.Left
}

// currentText tells of the phase the rollout stands in: the time served of its
// minimum and limit, and what is amiss with it.
func currentText(p Props, st station) span {
	if b := p.Snap.State.Below; b != nil {
		text := b.Text
		if !p.ReadOnly {
			text += ": a enters it again"
		}
		return span{theme.Warn | theme.Bold, text}
	}
	var parts []string
	style := theme.Normal
	var elapsed time.Duration
	if st.attempt != nil {
		elapsed = p.Now.Sub(st.attempt.Entered)
	}
	if st.phase.Soak > 0 && soaked(p) >= st.phase.Soak {
		here := "here " + model.FormatDuration(max(elapsed, 0).Truncate(time.Second))
		if st.phase.Limit > 0 {
			here += " of at most " + model.FormatDuration(st.phase.Limit)
		}
		parts = append(parts, "soaked "+model.FormatDuration(st.phase.Soak)+" ✔ ("+here+")")
	} else if st.phase.Soak > 0 {
		parts = append(parts, model.FormatDuration(soaked(p))+" of "+span2(st.phase.Soak, st.phase.Limit))
	} else {
		parts = append(parts, "for "+model.FormatDuration(max(elapsed, 0).Truncate(time.Second)))
	}
	if d, ok := stopped(p); ok {
		style = theme.Warn
		text := "soak stopped"
		if d > 0 {
			text += " " + model.FormatDuration(d.Truncate(time.Second))
		}
		parts = append(parts, text)
	}
	if st.phase.Limit > 0 && elapsed > st.phase.Limit {
		style = theme.Warn
		parts = append(parts, "overdue "+model.FormatDuration(elapsed-st.phase.Limit))
	}
	if rest := st.phase.Watch - elapsed; st.attempt != nil && rest > 0 {
		parts = append(parts, "watch "+model.FormatDuration(rest.Truncate(time.Second))+" more")
	}
	return span{style, strings.Join(parts, " · ")}
}

// notStarted is said below the first phase while none is stood in.
func notStarted(p Props, all []station) span {
	text, again := "not started: a enters ", ": a enters it again"
	if p.ReadOnly {
		text, again = "not started: first comes ", ""
	}
	text += orID(all[0].phase.Title, string(all[0].phase.ID))
	if a := all[0].attempt; a != nil && a.Back {
		return span{theme.Warn, "rolled back " + clock(a.Left, p.Now) + again}
	}
	if last := p.Snap.State.LastDown; last != nil && last.Outcome != "" {
		return span{theme.Warn, fmt.Sprintf("rolled back %s %s%s", clock(last.EndedAt, p.Now), last.Outcome, again)}
	}
	return span{theme.Strong, text}
}

// markOf is the glyph of a phase; of one below which the rollout stands another
// than where it stands in it.
func markOf(p Props, st station) string {
	if st.stage == current && p.Snap.State.Below != nil {
		return stageMark(rolledBack)
	}
	return stageMark(st.stage)
}
