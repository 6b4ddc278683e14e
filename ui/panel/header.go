package panel

import (
	"strings"

	"gonogo/model"
	"gonogo/ui/theme"
	"gonogo/ui/words"
)

// piece is a part of a line that is left out, the highest drop first, where
// the line is too short; drop 0 is never left out.
type piece struct {
	parts []span
	drop  int
	least int // what the text may be cut to instead; 0: all or nothing
	right bool
}

// Header is the screen's first line: which rollout, where, in which phase, GO
// or not and why, how fresh, who looks, and a clock that shows a frozen screen.
func Header(p Props) string {
	c := newCanvas(p.Size, p.Theme)
	if c.h == 0 || c.w == 0 {
		return c.String()
	}
	h, reason := p.headline()
	glyph, style := c.theme.Headline(h)
	pieces := []piece{
		{parts: []span{{theme.Title, "gonogo"}}, drop: 7},
		{parts: []span{{theme.Strong, cutText(p.rollout().Title, max(8, c.w/4))}}, drop: 2, least: 8},
		{parts: environment(p)},
		{parts: []span{{theme.Strong, cutText(phaseTitle(p), max(10, c.w/5))}}, drop: 1},
		{parts: []span{{style, " " + glyph + " " + string(h) + " "}}},
		{parts: []span{{theme.Normal, reason}}, drop: 4, least: 8},
		{parts: freshness(p), drop: 3, right: true},
		{parts: []span{{theme.Dim, whoLooks(p)}}, drop: 6, right: true, least: 11},
		{parts: nowSpans(p), right: true, drop: 1},
	}
	c.line(0, 0, c.w, pieces)
	return c.String()
}

// line draws pieces into width cells, two blanks between them, those on the
// right at its end.
func (c *canvas) line(x, y, w int, pieces []piece) {
	const gap = 2
	used := func() int {
		n := 1
		for _, pc := range pieces {
			if len(pc.parts) > 0 && width(pc.parts) > 0 {
				n += width(pc.parts) + gap
			}
		}
		return n
	}
	for used()-gap+1 > w {
		worst := -1
		for i, pc := range pieces {
			if pc.drop > 0 && width(pc.parts) > 0 && (worst < 0 || pc.drop > pieces[worst].drop) {
				worst = i
			}
		}
		if worst < 0 {
			break
		}
		over := used() - gap + 1 - w
		if n := width(pieces[worst].parts) - over; pieces[worst].least > 0 && n >= pieces[worst].least {
			pieces[worst].parts = []span{{pieces[worst].parts[0].style, cutText(plain(pieces[worst].parts), n)}}
			break
		}
		pieces[worst].parts = nil
	}
	left, end := x+1, x+w-1
	if w < 3 {
		left, end = x, x+w
	}
	for i := len(pieces) - 1; i >= 0; i-- {
		if n := width(pieces[i].parts); pieces[i].right && n > 0 && end-n > left {
			c.spans(end-n, y, n, pieces[i].parts...)
			end -= n + gap
		}
	}
	for _, pc := range pieces {
		if !pc.right && width(pc.parts) > 0 {
			left += c.spans(left, y, end-left, pc.parts...) + gap
		}
	}
}

// environment is the environment's name as a sign.
func environment(p Props) []span {
	env := p.rollout().Environment
	style := theme.Env
	if env.Critical {
		style = theme.EnvCritical
	}
	name := strings.ToUpper(env.Name)
	if name == "" {
		return nil
	}
	return []span{{style, "▐"}, {style | theme.Reverse, " " + cutText(name, 24) + " "}, {style, "▌"}}
}

// phaseTitle is the title of the phase that the rollout stands in.
func phaseTitle(p Props) string {
	if !p.known() {
		return ""
	}
	id := p.Snap.State.Phase
	if id == "" {
		if len(p.Snap.State.Attempts) > 0 {
			return "rolled back"
		}
		return "not started"
	}
	if phase := p.rollout().Phase(id); phase != nil {
		return orID(phase.Title, string(id))
	}
	return string(id)
}

// freshness tells the age of the oldest sample behind the verdict.
func freshness(p Props) []span {
	age, ok := p.oldest()
	if !ok {
		return nil
	}
	return []span{{theme.Dim, "data " + words.Age(age)}}
}

// whoLooks names the person, and the machine as its identity command does.
func whoLooks(p Props) string {
	who := p.Who
	if p.Snap == nil {
		return who
	}
	if where := p.Snap.Identity; where != "" && !strings.HasSuffix(who, "@"+where) {
		who = strings.TrimSpace(who + " → " + where)
	}
	if who == "" {
		who = p.Snap.Engine.Host
	}
	if p.ReadOnly {
		who += " (read only)"
	}
	return cutText(who, 40)
}

func nowSpans(p Props) []span {
	out := []span{{theme.Strong, p.Now.UTC().Format("15:04:05Z")}}
	if p.Frozen {
		out = append([]span{{theme.Notice | theme.Reverse, " FROZEN "}, {theme.Normal, " "}}, out...)
	}
	return out
}

// Footer is the screen's last line: keys and what they do, as many as fit.
func Footer(p Props, keys []Hint) string {
	c := newCanvas(p.Size, p.Theme)
	x := 1
	for i, k := range keys {
		key, text := model.Inert(k.Key), model.Inert(k.Text)
		n := cells(key) + 1 + cells(text)
		if x+n > c.w-1 && i > 0 {
			break
		}
		style := theme.Key
		if k.Key == "!" {
			style = theme.NoGo | theme.Bold
		}
		x += c.text(x, 0, c.w-x, style, key) + 1
		x += c.text(x, 0, c.w-x, theme.Dim, text) + 3
	}
	return c.String()
}
