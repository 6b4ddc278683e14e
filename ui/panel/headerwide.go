package panel

import (
	"strconv"

	"gonogo/model"
	"gonogo/model/words"
	"gonogo/ui/theme"
)

// chipRest is how many cells a verdict in block letters leaves to the texts beside it, at least.
const chipRest = 48

// wideHeader is the header in three lines: the verdict for whoever stands far
// away, and beside it what and where, why, and what to do now.
func wideHeader(p Props) string {
	c := newCanvas(p.Size, p.Theme)
	h, _ := p.headline()
	glyph, style := c.theme.Headline(h)
	x := c.verdictChip(string(h), glyph, style, c.w-chipRest) + 2
	end := c.w - 1
	where := joinSpans(2, environment(p), override(p), []span{{theme.Strong, cutText(p.rollout().Title, max(12, c.w/4))}}, phaseSpan(p))
	first := end - c.rightSpans(x, end, 0, nowSpans(p)) - headerGap
	c.spans(x, 0, first-x, where...)

	why := words.Why(p.Snap, p.at())
	clock, short := incidentClock(p)
	rest := joinSpans(2, freshness(p), role(p))
	c.said(x, end, 1, []form{{clock, short, theme.NoGo | theme.Bold | theme.Reverse}}, why, style&^theme.Reverse, nil, rest)
	c.said(x, end, 2, nil, words.Next(p.Snap, p.Now, !p.ReadOnly), theme.Normal, []span{{theme.Key, "NEXT"}, {theme.Normal, " "}}, viewers(p))
	return c.String()
}

// form is a chip in many words and in few.
type form struct {
	long, short string
	style       theme.Style
}

// said draws one line: chips, a head, what is said in the longest form that
// fits, and at the right, where there is room beside a form of some words, rest.
func (c *canvas) said(x, end, y int, chips []form, f words.Forms, style theme.Style, head, rest []span) {
	for _, chip := range chips {
		text := chip.long
		if cells(text)+cells(f.Short)+2 > end-x {
			text = chip.short
		}
		if text != "" {
			x += c.text(x, y, end-x, chip.style, text) + 1
		}
	}
	x += c.spans(x, y, end-x, head...)
	if n := width(rest); n > 0 && min(cells(f.Long), cells(f.Short))+n+headerGap <= end-x {
		if cells(f.Long)+n+headerGap <= end-x || cells(f.Long) > end-x {
			end -= c.rightSpans(x, end, y, rest) + headerGap
		}
	}
	c.text(x, y, end-x, style, f.In(end-x, cells))
}

// rightSpans draws parts so that they end before cell end, if they fit after x, and returns how many cells they take.
func (c *canvas) rightSpans(x, end, y int, parts []span) int {
	n := width(parts)
	if n == 0 || end-n < x {
		return 0
	}
	return c.spans(end-n, y, n, parts...)
}

// joinSpans puts groups one after the other, each with gap blanks before it but the first.
func joinSpans(gap int, groups ...[]span) []span {
	var out []span
	for _, g := range groups {
		if width(g) == 0 {
			continue
		}
		if len(out) > 0 {
			out = append(out, span{theme.Normal, pad("", gap)})
		}
		out = append(out, g...)
	}
	return out
}

// phaseSpan is the phase, and which of how many it is.
func phaseSpan(p Props) []span {
	out := []span{{theme.Normal, phaseTitle(p)}}
	if i := p.rollout().PhaseIndex(currentPhase(p)); i >= 0 {
		out = append(out, span{theme.Dim, " · phase " + strconv.Itoa(i+1) + " of " + strconv.Itoa(len(p.rollout().Phases))})
	}
	return out
}

func currentPhase(p Props) model.PhaseID {
	if p.Snap == nil {
		return ""
	}
	return p.Snap.State.Phase
}

// viewers says who looks here, and how many look.
func viewers(p Props) []span {
	out := []span{{theme.Dim, whoLooks(p)}}
	if p.Snap != nil && p.Snap.Engine.Viewers > 1 {
		out = append(out, span{theme.Dim, " · " + strconv.Itoa(p.Snap.Engine.Viewers) + " here"})
	}
	return out
}

// secondLine is why and what to do now, below a header of one line.
func secondLine(c *canvas, p Props) {
	h, _ := p.headline()
	_, style := c.theme.Headline(h)
	why, next := words.Why(p.Snap, p.at()), words.Next(p.Snap, p.Now, !p.ReadOnly)
	room := c.w - 2
	const head = 3 + 5 // a gap, and NEXT with a blank
	for _, pair := range [][2]string{{why.Long, next.Long}, {why.Long, next.Short}, {why.Short, next.Long}, {why.Short, next.Short}, {why.Word, next.Short}, {why.Word, next.Word}} {
		if n := cells(pair[0]) + cells(pair[1]) + head; pair[0] != "" && n <= room {
			x := 1 + c.text(1, 1, room, style&^theme.Reverse, pair[0]) + 3
			c.spans(x, 1, room, span{theme.Key, "NEXT"}, span{theme.Normal, " " + pair[1]})
			return
		}
	}
	c.text(1, 1, room, style&^theme.Reverse, why.In(room, cells))
}

// tallHeader is the header of a narrow, high screen, in five or six lines: the verdict,
// beside it where, what and which phase; why; and what to do now.
func tallHeader(p Props) string {
	c := newCanvas(p.Size, p.Theme)
	h, _ := p.headline()
	glyph, style := c.theme.Headline(h)
	x := c.verdictChip(string(h), glyph, style, c.w-24) + 2
	end := c.w - 1
	first := end - c.rightSpans(x+width(environment(p))+1, end, 0, nowSpans(p))
	c.spans(x, 0, first-x, environment(p)...)
	c.text(x, 1, end-x, theme.Strong, p.rollout().Title)
	c.spans(x, 2, end-x, phaseSpan(p)...)
	saidLines(c, p, c.h-2)
	return c.String()
}

// saidLines are why and what to do now, a line each.
func saidLines(c *canvas, p Props, y int) {
	h, _ := p.headline()
	_, style := c.theme.Headline(h)
	clock, short := incidentClock(p)
	chips := []form{{clock, short, theme.NoGo | theme.Bold | theme.Reverse}}
	if over := override(p); over != nil {
		chips = append(chips, form{over[0].text, over[0].text, over[0].style})
	}
	c.said(1, c.w-1, y, chips, words.Why(p.Snap, p.at()), style&^theme.Reverse, nil, freshness(p))
	c.said(1, c.w-1, y+1, nil, words.Next(p.Snap, p.Now, !p.ReadOnly), theme.Normal, []span{{theme.Key, "NEXT"}, {theme.Normal, " "}}, role(p))
}
