package panel

import (
	"gonogo/model"
	"gonogo/ui/theme"
)

// Rung is one way down: what it touches in one line, and why it cannot be
// taken, if it cannot.
type Rung struct {
	Key, Title, Touches string
	Mark                string // what sets it apart
	Off                 string // empty: it can be taken
}

// LadderBox lists ways down; Cursor is the selected one. What they touch stands
// beside their names where there is room, else below.
func LadderBox(p Props, title string, rungs []Rung) Box {
	at := p.cursor(len(rungs))
	w := p.boxW()
	b := box{title: []span{{theme.Title, title}}, keep: -1, minW: min(cells(model.Inert(title))+1, w)}
	keyW, nameW := 0, 0
	for _, r := range rungs {
		keyW, nameW = max(keyW, cells(r.Key)), max(nameW, cells(model.Inert(r.Title)))
	}
	if keyW > 0 {
		keyW += 2
	}
	nameW = min(nameW, 36)
	below := w < 2+keyW+nameW+2+44
	for i, r := range rungs {
		b.body = append(b.body, rungLines(r, i == at, below, keyW, nameW, w)...)
		if i == at {
			b.keep = len(b.body) - 1
		}
	}
	if len(rungs) == 0 {
		b.body = [][]span{{{theme.Dim, "there is no rollback to choose"}}}
	}
	b.foot = [][]span{keyLine(Hint{"enter", "arms it"}, Hint{"esc", "closes"})}
	return b.rows(p)
}

// rungLines draws one way down.
func rungLines(r Rung, here, below bool, keyW, nameW, w int) [][]span {
	mark, style, dim := "  ", theme.Normal, theme.Dim
	if r.Off != "" {
		style = theme.Dim
	}
	if here {
		mark, style = "▸ ", style|theme.Reverse
	}
	head := []span{{theme.Key, mark}}
	if keyW > 0 {
		head = append(head, span{theme.NoGo | theme.Bold, pad(model.Inert(r.Key), keyW)})
	}
	name := cutText(r.Title, nameW)
	head = append(head, span{style, name})
	text := model.Inert(r.Touches)
	if r.Off != "" {
		text = "not now: " + model.Inert(r.Off)
		dim = theme.Hold
	}
	tag := []span(nil)
	if r.Mark != "" {
		tag = []span{{theme.Normal, "  "}, {theme.Notice | theme.Bold, "◂ " + model.Inert(r.Mark)}}
	}
	if below {
		out := [][]span{append(head, tag...)}
		return append(out, rungText(text, dim, 2+keyW+2, w, here)...)
	}
	head = append(head, span{theme.Normal, pad("", nameW-cells(name)+2)})
	at := 2 + keyW + nameW + 2
	touches := rungText(text, dim, at, w-width(tag), here)
	if len(touches) == 0 {
		return [][]span{append(head, tag...)}
	}
	first := append(append(head, touches[0][1:]...), tag...)
	return append([][]span{first}, touches[1:]...)
}

// rungText is what a way down touches, from cell at on: of the selected one all
// of it, of others a line.
func rungText(text string, style theme.Style, at, w int, whole bool) [][]span {
	if text == "" {
		return nil
	}
	room := max(w-at, 8)
	parts := []string{cutText(text, room)}
	if whole {
		parts = wrap(text, room)
	}
	out := make([][]span, len(parts))
	for i, part := range parts {
		out[i] = []span{{theme.Normal, pad("", at)}, {style, part}}
	}
	return out
}

// Pick is a list of which some are taken out.
type Pick struct {
	Title, Count, Warning string
	Rows                  []PickRow
	Filter                string
	Finding               bool // the filter is being typed
}

// PickRow is an item, and whether it goes out.
type PickRow struct {
	Text string
	Out  bool
}

// PickBox says what a pick has; p.Cursor is the selected row. How many are out, and
// what is wrong with that, always shows. Whoever edits the filter puts it into the head.
func PickBox(p Props, k Pick) Box {
	w := p.boxW()
	b := box{title: []span{{theme.Title, k.Title}}, keep: p.cursor(len(k.Rows)), minW: min(56, w)}
	for i, r := range k.Rows {
		mark, boxed, style := "  ", "[ ] ", theme.Normal
		if r.Out {
			boxed, style = "[✖] ", theme.Warn|theme.Bold
		}
		if i == b.keep {
			mark, style = "▸ ", style|theme.Reverse
		}
		name := model.Inert(r.Text)
		if name == "" {
			name = `""`
		}
		line := []span{{theme.Key, mark}, {theme.Normal, boxed}, {style, cutText(name, max(w-12, 8))}}
		if r.Out {
			line = append(line, span{theme.Warn, "  out"})
		}
		b.body = append(b.body, line)
	}
	switch {
	case len(k.Rows) == 0 && k.Filter != "":
		b.body = [][]span{{{theme.Dim, "no match for " + cutText(k.Filter, 40)}}}
	case len(k.Rows) == 0:
		b.body = [][]span{{{theme.Dim, "there is nothing in it"}}}
	}
	if k.Warning != "" {
		b.foot = lines(w, theme.NoGo|theme.Bold, "✖ "+k.Warning)
		b.foot = b.foot[:min(len(b.foot), max(p.Size.H-5, 1))]
	}
	b.foot = append(b.foot, []span{{theme.Strong, k.Count}})
	keys := []Hint{{"space", "out or in"}, {"/", "filters"}, {"enter", "arms it"}, {"esc", "closes"}}
	if k.Finding {
		keys = []Hint{{"enter", "keeps the filter"}, {"esc", "drops it"}}
	}
	b.foot = append(b.foot, keyLine(keys...))
	return b.rows(p)
}
