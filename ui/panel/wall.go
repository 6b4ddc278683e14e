package panel

import (
	"slices"
	"strconv"
	"time"

	"gonogo/model"
	"gonogo/model/words"
	"gonogo/ui/theme"
)

const (
	wallOld    = 5 * time.Second // what is older than this is no verdict any more
	wallRotate = 8 * time.Second // the numbers change so often while nothing is wrong
	wallShift  = time.Minute     // all shifts by a cell so often, to spare the screen
)

// Wall is the whole screen for people who only pass by: which rollout and where,
// the verdict, why, three numbers or a countdown, the phase, and the age of all that.
func Wall(p Props) string {
	c := newCanvas(p.Size, p.Theme)
	if c.w < 2 || c.h < 1 {
		return c.String()
	}
	left := int(p.Now.Unix()/int64(wallShift/time.Second)) % 2
	in := rect{left, 0, c.w - 1, c.h}
	end := in.x + in.w
	head := joinSpans(2, []span{{theme.Strong, cutText(p.rollout().Title, max(in.w-width(environment(p))-14, 8))}}, environment(p))
	end2 := end - c.rightSpans(in.x, end, 0, nowSpans(p)) - 1
	c.spans(in.x, 0, end2-in.x, head...)

	word, glyph, style := wallVerdict(p)
	scale, pad := wallScale(word, in)
	h := 5*scale + 2*pad
	y := min(1+pad, c.h-1)
	if n := blockWidth(word); pad > 0 || n == 0 || n > in.w-2 || c.theme.ASCII() {
		c.ground(rect{0, y, c.w, min(h, c.h-y)}, style)
	} else { // letters that touch the edge of their ground cannot be read
		style &^= theme.Reverse
	}
	c.bigVerdict(rect{in.x, y, in.w, h}, word, glyph, style, scale)
	y += h + pad
	why := words.Why(p.Snap, p.at())
	c.text(in.x+pad, y, in.w-pad, style&^theme.Reverse, why.In(in.w-pad, cells))
	y += 1 + pad
	foot := c.h - 2
	wallMiddle(c, p, rect{in.x + pad, y, in.w - pad, max(foot-y, 0)})
	if foot > y-1 {
		wallPhase(c, p, rect{in.x, foot, in.w, 1})
	}
	age := "no snapshot yet"
	if p.Snap != nil {
		age = "data " + words.Age(p.Now.Sub(p.Snap.At)) + " old"
		if n := p.Snap.Engine.Viewers; n > 1 {
			age += " · " + strconv.Itoa(n) + " here"
		}
	}
	if c.h > h+2 {
		n := c.text(in.x, c.h-1, in.w, theme.Dim, age)
		for _, text := range words.Escalations(p.Snap, p.Now, false) {
			n += c.text(in.x+n, c.h-1, in.w-n, theme.Warn, " · "+text)
		}
	}
	return c.String()
}

// wallVerdict is the verdict, or STALE where nothing was heard for some time.
func wallVerdict(p Props) (word, glyph string, style theme.Style) {
	h, _ := p.headline()
	word = string(h)
	if p.Snap == nil || p.Now.Sub(p.Snap.At) > wallOld {
		h, word = model.Unknown, "STALE"
	}
	glyph, style = p.theme().Headline(h)
	return word, glyph, style
}

// wallScale returns how many lines high a dot of the verdict is, and how many are blank around it.
func wallScale(word string, in rect) (scale, pad int) {
	scale = 1
	for n := blockWidth(word); n > 0 && 5*(scale+1) <= in.h*2/5 && n*2*(scale+1) <= in.w-4; {
		scale++
	}
	if in.h >= 20 {
		pad = 1
	}
	return scale, pad
}

// bigVerdict draws a word in the middle of r in dots scale lines high, or spaced where it is too long for that.
func (c *canvas) bigVerdict(r rect, word, glyph string, style theme.Style, scale int) {
	rows := blockRows(word)
	wide := 2 * scale
	if n := blockWidth(word); n*wide > r.w-2 {
		wide = 1
		if n > r.w-2 {
			rows = nil
		}
	}
	if rows == nil || c.theme.ASCII() || wide == 1 && scale > 1 {
		text := glyph + " " + word
		c.text(r.x+max((r.w-cells(text))/2, 0), r.y+r.h/2, r.w, style, text)
		return
	}
	c.dots(r.x+(r.w-len(rows[0])*wide)/2, r.y+(r.h-5*scale)/2, pixel{wide, scale}, style, rows)
}

// wallMiddle is what takes the numbers' place, and the numbers where nothing does or there is room below.
func wallMiddle(c *canvas, p Props, r rect) {
	if r.h <= 0 || !p.known() {
		return
	}
	if plan := p.Snap.State.ActivePlan(); plan != nil {
		n := wallPlan(c, p, plan, r)
		r.y, r.h = r.y+n+1, r.h-n-1
	} else if long, short := incidentClock(p); long != "" {
		if cells(long) > r.w {
			long = short
		}
		c.text(r.x, r.y, r.w, theme.NoGo|theme.Bold|theme.Reverse, long)
		r.y, r.h = r.y+2, r.h-2
	}
	if r.h < 4 {
		return
	}
	cols := min(max(r.w/24, 1), 3)
	shown := wallLines(p, cols)
	values := make([]string, len(shown))
	for i := range shown {
		values[i] = valueText(&shown[i])
	}
	room := r.w/cols - 1
	size := largest(room-2, r.h-2, values...)
	for i, line := range shown {
		glyph, style := c.theme.State(line.State)
		style = valueColour(&line, style)
		x := r.x + i*(r.w/cols)
		c.number(x, r.y, room, size, style, values[i])
		c.spans(x, r.y+size.rows(), room, span{style, glyph}, span{theme.Normal, " " + line.Title + " "}, span{theme.Dim, line.Target})
	}
}

// wallPlan draws a plan that is armed or runs, and returns how many lines it takes.
func wallPlan(c *canvas, p Props, plan *model.PlanState, r rect) int {
	x, rows := r.x, 3
	if !plan.FireAt.IsZero() && plan.Status == model.Armed {
		left := words.Countdown(plan, p.Now)
		if w := blockWidth(left); w > 0 && r.h >= 3 && w < r.w/2 && !c.theme.ASCII() {
			size := largest(r.w/2, r.h-6, left) // with room for the numbers below
			rows = size.rows()
			x += c.number(x, r.y, r.w/2, size, theme.Warn|theme.Bold, left) + 2
		} else {
			x += c.text(x, r.y, r.w, theme.Warn|theme.Bold|theme.Reverse, " "+left+" ") + 1
		}
	}
	room := r.x + r.w - x
	next := words.Next(p.Snap, p.Now, false)
	c.text(x, r.y, room, theme.Warn|theme.Bold, next.In(room, cells))
	if r.h > 1 {
		text := plan.Plan.Title
		if plan.Plan.From != plan.Plan.Phase {
			text = phaseName(p, plan.Plan.From) + " → " + phaseName(p, plan.Plan.Phase)
		}
		c.text(x, r.y+1, room, theme.Normal, text)
	}
	if r.h > 2 && plan.Plan.Guard && plan.Status == model.Armed {
		c.text(x, r.y+2, room, theme.Dim, "veto: esc at any cockpit")
	}
	return min(rows, r.h)
}

// wallLines are the n metrics that are shown now: those that are wrong first, which
// stops the rotation.
func wallLines(p Props, n int) []model.Line {
	var all, bad []model.Line
	for i := range p.Snap.Gate.Lines {
		if line := p.seen(p.Snap.Gate.Lines[i]); line.Metric != "" {
			all = append(all, line)
			if line.State.Headline() == model.NoGo {
				bad = append(bad, line)
			}
		}
	}
	switch {
	case len(bad) > 0:
		slices.SortStableFunc(bad, func(a, b model.Line) int { return b.State.Severity() - a.State.Severity() })
		for _, line := range all {
			if line.State.Headline() != model.NoGo {
				bad = append(bad, line)
			}
		}
		all = bad
	case len(all) > n:
		pages := (len(all) + n - 1) / n
		all = all[int(p.Now.Unix()/int64(wallRotate/time.Second))%pages*n:]
	}
	return all[:min(n, len(all))]
}

// wallPhase is the way up in a line, and what is left of the soak.
func wallPhase(c *canvas, p Props, r rect) {
	all := stations(p)
	if len(all) == 0 {
		return
	}
	if ph := p.rollout().Phase(currentPhase(p)); ph != nil && ph.Soak > soaked(p) {
		text := spell(ph.Soak-soaked(p)) + " of soak left"
		if r.w > 3*cells(text) {
			r.w -= c.right(r.x+r.w, r.y, r.w, theme.Dim, text) + 2
		}
	}
	drawTimeline(c, p, r, all)
}
