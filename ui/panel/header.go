package panel

import (
	"fmt"
	"strings"
	"time"

	"gonogo/model"
	"gonogo/model/words"
	"gonogo/ui/theme"
)

// headerParts are the places of the header's parts, from left to right.
const (
	partName = iota
	partTitle
	partEnv
	partPhase
	partOverride
	partVerdict
	partReason
	partFresh
	partWho
	partRole
	partClock
	headerParts
)

const headerGap = 2 // blanks between parts

// cuts is what gives way, in this order, where the header is too long: a part
// is cut to so many cells, or left out with 0. The environment, the verdict, a guard's countdown and an incident's clock stay.
var cuts = [...]struct{ part, to int }{
	{partName, 0}, {partOverride, 0}, {partReason, 24}, {partWho, 11}, {partWho, 0}, {partReason, 10}, {partTitle, 12}, {partReason, 0},
	{partPhase, 10}, {partFresh, 0}, {partTitle, 0}, {partClock, 0}, {partPhase, 0}, {partRole, 0},
}

// Header is the screen's first lines: which rollout, where, in which phase, GO
// or not and why, what to do now, how fresh, who looks, and a clock that shows a frozen screen. Of
// three lines it has the verdict in block letters; of one it leaves out what to do.
func Header(p Props) string {
	switch {
	case p.Size.H >= 5:
		return tallHeader(p)
	case p.Size.H >= 3 && p.Size.W >= 100:
		return wideHeader(p)
	}
	c := newCanvas(p.Size, p.Theme)
	h, _ := p.headline()
	var reason string
	switch p.Size.H {
	case 1:
		reason = words.Why(p.Snap, p.at()).In(c.w/3, cells)
	case 2:
		secondLine(c, p)
	default:
		saidLines(c, p, 1)
		p.Zoomed = false // they say an override, too
	}
	glyph, style := c.theme.Headline(h)
	parts := [headerParts][]span{
		partName:     {{theme.Title, "gonogo"}},
		partTitle:    {{theme.Strong, cutText(p.rollout().Title, max(12, c.w/4))}},
		partEnv:      environment(p),
		partPhase:    {{theme.Strong, cutText(phaseTitle(p), max(10, c.w/5))}},
		partOverride: override(p),
		partVerdict:  {{style, " " + glyph + " " + string(h) + " "}},
		partReason:   {{theme.Normal, reason}},
		partFresh:    freshness(p),
		partWho:      {{theme.Dim, whoLooks(p)}},
		partRole:     role(p),
		partClock:    nowSpans(p),
	}
	if p.Size.H > 2 { // the lines below say them
		parts[partRole], parts[partFresh] = nil, nil
	}
	guard, short := guardHeader(p)
	if guard == "" {
		guard, short = incidentClock(p)
	}
	if guard != "" {
		parts[partReason] = []span{{theme.Warn | theme.Bold | theme.Reverse, guard}}
	}
	for _, cut := range cuts {
		over := 2 - headerGap - c.w
		for _, part := range parts {
			if n := width(part); n > 0 {
				over += n + headerGap
			}
		}
		if over <= 0 {
			break
		}
		part := parts[cut.part]
		switch n := width(part); {
		case cut.part == partOverride && p.Zoomed:
			// Nothing else on the screen says it.
		case cut.part == partReason && guard != "":
			if n > cut.to {
				part[0].text = short
			}
		case cut.part == partReason && cut.to > 0: // a reason fits whole, or another form of it does
			parts[cut.part] = []span{{theme.Normal, words.Why(p.Snap, p.at()).In(max(cut.to, n-over), cells)}}
		case cut.to == 0:
			parts[cut.part] = nil
		case n > cut.to && len(part) > 0:
			parts[cut.part] = []span{{part[0].style, cutText(part[0].text, max(cut.to, n-over))}}
		}
	}
	drawHeader(c, parts[:partFresh], parts[partFresh:])
	return c.String()
}

// drawHeader draws parts from the left, and others so that they end at the right.
func drawHeader(c *canvas, left, right [][]span) {
	x, end := 1, c.w-1
	if c.w < 3 {
		x, end = 0, c.w
	}
	for i := len(right) - 1; i >= 0; i-- {
		if n := width(right[i]); n > 0 && end-n >= x {
			c.spans(end-n, 0, n, right[i]...)
			end -= n + headerGap
		}
	}
	for _, part := range left {
		if width(part) > 0 {
			x += c.spans(x, 0, end-x, part...) + headerGap
		}
	}
}

// override says that the phase was entered against the gate; the phases panel
// says why.
func override(p Props) []span {
	if a := p.attempt(); a == nil || a.Override == "" {
		return nil
	}
	return []span{{theme.Warn | theme.Bold, "OVERRIDE"}}
}

// environment is the environment's name as a sign.
func environment(p Props) []span {
	env := p.rollout().Environment
	style := theme.Env
	if env.Critical {
		style = theme.EnvCritical // not red: that is for what is wrong
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
	title := string(id)
	if phase := p.rollout().Phase(id); phase != nil {
		title = orID(phase.Title, title)
	}
	if p.Snap.State.Below != nil {
		return "below " + title
	}
	return title
}

// freshness tells the age of the oldest sample behind the verdict.
func freshness(p Props) []span {
	age, ok := p.oldest()
	if !ok {
		return nil
	}
	if age < 2*time.Second { // as fresh as can be: it need not flicker
		age = time.Second
	}
	return []span{{theme.Dim, "data " + words.Age(age)}}
}

// role says whether this screen is the engine's own or a viewer's, and of
// which engine, and that it may only look.
func role(p Props) []span {
	if p.Snap == nil {
		return nil
	}
	var out []span
	if p.ReadOnly {
		out = append(out, span{theme.Notice | theme.Reverse, " READ-ONLY "}, span{theme.Normal, " "})
	}
	switch {
	case !p.Snap.Attached:
		return append(out, span{theme.Strong, "engine: this window"})
	case p.Snap.Engine.PID == 0:
		return append(out, span{theme.Dim, "viewer"})
	case p.Snap.Engine.User != "":
		return append(out, span{theme.Dim, fmt.Sprintf("viewer of %s's engine %d", cutText(p.Snap.Engine.User, 12), p.Snap.Engine.PID)})
	}
	return append(out, span{theme.Dim, fmt.Sprintf("viewer of engine %d", p.Snap.Engine.PID)})
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
	for i, x := range footerAt(p, keys) {
		k := keys[i]
		style := theme.Key
		if k.Key == "!" {
			style = theme.NoGo | theme.Bold
		}
		x += c.text(x, 0, c.w-x, style, model.Inert(k.Key)) + 1
		c.text(x, 0, c.w-x, theme.Dim, model.Inert(k.Text))
	}
	return c.String()
}

// footerAt returns where each key of the footer begins, as many as there is room for.
func footerAt(p Props, keys []Hint) []int {
	var out []int
	x := 1
	for i, k := range keys {
		n := hintW(k)
		if x+n > p.Size.W-1 && i > 0 {
			break
		}
		out = append(out, x)
		x += n + 3
	}
	return out
}

func hintW(k Hint) int { return cells(model.Inert(k.Key)) + 1 + cells(model.Inert(k.Text)) }

// FooterKey returns the key of the footer that is drawn x cells from the left; false: none is.
func FooterKey(p Props, keys []Hint, x int) (Hint, bool) {
	for i, at := range footerAt(p, keys) {
		if x >= at && x < at+hintW(keys[i]) {
			return keys[i], true
		}
	}
	return Hint{}, false
}
