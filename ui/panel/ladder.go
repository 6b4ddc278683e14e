package panel

import (
	"strconv"

	"github.com/charmbracelet/x/ansi"

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
func LadderBox(p Props, title string, rungs []Rung) string {
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
	below := w < 2+keyW+nameW+2+24
	for i, r := range rungs {
		b.body = append(b.body, rungLines(r, i == at, below, keyW, nameW, w)...)
		if i == at {
			b.keep = len(b.body) - 1
		}
	}
	if len(rungs) == 0 {
		b.body = [][]span{{{theme.Dim, "there is no way down to choose"}}}
	}
	b.foot = [][]span{keyLine(Hint{"enter", "arms it"}, Hint{"esc", "closes"})}
	p.Offset = 0
	return b.render(p)
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
		if text != "" {
			indent := pad("", 2+keyW+2)
			out = append(out, []span{{theme.Normal, indent}, {dim, cutText(text, max(w-cells(indent), 1))}})
		}
		return out
	}
	head = append(head, span{theme.Normal, pad("", nameW-cells(name)+2)})
	room := max(w-2-keyW-nameW-2-width(tag), 1)
	return [][]span{append(append(head, span{dim, cutText(text, room)}), tag...)}
}

// Pick is a list of which some are taken out.
type Pick struct {
	Title, Count, Warning string
	Rows                  []PickRow
	Filter                string
	Finding               bool // the filter is being typed
	Cursor                int  // its place in the filter, in runes
}

// PickRow is an item, and whether it goes out.
type PickRow struct {
	Text string
	Out  bool
}

// PickBox draws a pick; p.Cursor is the selected row. How many are out, and
// what is wrong with that, always shows.
func PickBox(p Props, k Pick) string {
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
		b.body = [][]span{{{theme.Dim, "nothing here holds " + cutText(k.Filter, 40)}}}
	case len(k.Rows) == 0:
		b.body = [][]span{{{theme.Dim, "there is nothing in it"}}}
	}
	if k.Finding || k.Filter != "" {
		before, at, after := splitAt(k.Filter, k.Cursor)
		if most := max(w-12, 1); cells(before) > most {
			before = ansi.TruncateLeft(before, cells(before)-most+1, "…")
		}
		line := []span{{theme.Key, "/ "}, {theme.Normal, before}}
		if k.Finding {
			line = append(line, span{theme.Reverse, at})
		} else {
			line = append(line, span{theme.Normal, at})
		}
		b.head = [][]span{append(line, span{theme.Normal, after}, span{theme.Dim, "  " + strconv.Itoa(len(k.Rows)) + " shown"})}
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
	p.Offset = 0
	return b.render(p)
}
