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
func (phasesPanel) Min() Size        { return Size{30, 1} }
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
	in := rect{1, 0, max(c.w-2, 0), c.h}
	all := stations(p)
	switch {
	case in.h <= 0 || in.w <= 0:
	case len(all) == 0:
		c.text(in.x, in.y, in.w, theme.Dim, emptyText(p, "this rollout has no phases"))
	case p.Zoomed && in.h >= 4:
		c.heading(p.Focused, f.title(p), []span{{theme.Normal, eta(p)}})
		f.table(c, p, rect{0, 1, c.w, c.h - 1}, all)
	default:
		drawTimeline(c, p, in, all)
		if in.h >= 2 {
			f.standing(c, p, rect{in.x, in.y + 1, in.w, 1}, all)
		}
	}
	return c.String()
}

// standing is the line below the phases: how it stands in the current one, what
// keeps it there, and when the rest is over.
func (f phasesPanel) standing(c *canvas, p Props, in rect, all []station) {
	now := span{}
	for _, st := range all {
		if st.stage == current {
			now = currentText(p, st)
		}
	}
	if plan := p.Snap.State.ActivePlan(); plan != nil && plan.Plan.Kind == model.PlanEnter && plan.Status == model.Running {
		now = span{theme.Hold | theme.Bold, "entering " + phaseName(p, plan.Plan.Phase) + " …"}
	} else if p.Snap.State.Phase == "" {
		now = notStarted(p, all)
	}
	end := in.x + in.w
	if text := eta(p); cells(text)+cells(now.text)+2 <= in.w || cells(text) < in.w/3 {
		end -= c.right(end, in.y, in.w, theme.Dim, text) + 2
	}
	stands := f.title(p)[1:]
	x := in.x
	room := end - x
	if len(stands) > 0 { // both are seen
		room = max(room-min(width(stands), room/2), min(cells(now.text), room/2))
	}
	x += c.text(x, in.y, room, now.style, now.text)
	for i, part := range stands {
		n := (end - x) / (len(stands) - i)
		x += c.text(x, in.y, n, part.style, part.text)
	}
}

// segment is a phase on the timeline.
type segment struct {
	station
	mark  string // its glyph and a blank
	name  string
	width int
}

func drawTimeline(c *canvas, p Props, in rect, all []station) {
	segs := make([]segment, len(all))
	focus := 0
	for i, st := range all {
		segs[i] = segment{station: st, mark: markOf(p, st), name: orID(st.phase.Title, string(st.phase.ID))}
		if st.stage == current {
			focus = i
		}
	}
	at := focus
	if p.Focused {
		focus = p.cursor(len(segs))
	}
	from, to := fitSegments(segs, focus, at, in.w)
	x := in.x
	if from > 0 {
		x += c.text(x, in.y, in.w, theme.Dim, fmt.Sprintf("‹%d ", from))
	}
	for i := from; i < to; i++ {
		drawSegment(c, p, segs[i], x, in.y, min(segs[i].width, in.x+in.w-x))
		if p.Focused && i == focus {
			c.add(x, in.y, min(cells(segs[i].mark)+cells(segs[i].name), segs[i].width-1), theme.Reverse)
		}
		x += segs[i].width
	}
	if to < len(segs) {
		c.right(in.x+in.w, in.y, 4, theme.Dim, fmt.Sprintf(" %d›", len(segs)-to))
	}
}

// fitSegments gives widths to all segments, in w cells: names shorten before
// one is left out, the current phase's last. Where not even letters fit, it returns the
// first and one past the last of those around focus. What is left over makes bars longer, most of it the current phase's.
func fitSegments(segs []segment, focus, at, w int) (from, to int) {
	const bar, letter = 3, 1
	longest := 0
	for i := range segs {
		segs[i].name = model.Inert(segs[i].name)
		longest = max(longest, cells(segs[i].name))
	}
	need := func(i, most, least int) int {
		if i == at {
			most = max(most, least)
		}
		return cells(segs[i].mark) + min(cells(segs[i].name), most) + bar
	}
	sum := func(from, to, most, least int) int {
		n := 0
		for i := from; i < to; i++ {
			n += need(i, most, least)
		}
		return n
	}
	from, to = 0, len(segs)
	most, least := longest, longest
	for sum(from, to, most, least) > w && most > letter {
		most--
	}
	for sum(from, to, most, least) > w && least > letter {
		least--
	}
	for sum(from, to, most, least)+8 > w && to-from > 1 && sum(0, len(segs), most, least) > w {
		if focus-from > to-1-focus {
			from++
		} else {
			to--
		}
	}
	left := max(w-sum(from, to, most, least), 0)
	if to-from < len(segs) {
		left = max(left-8, 0)
	}
	share := left / (to - from + 2)
	for i := from; i < to; i++ {
		segs[i].width = need(i, most, least) + share
		if i == at || to-from == 1 {
			segs[i].width += left - share*(to-from)
		}
		if i == at {
			segs[i].name = cutText(segs[i].name, max(most, least))
		} else {
			segs[i].name = cutText(segs[i].name, most)
		}
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
