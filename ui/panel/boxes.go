package panel

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"gonogo/model"
	"gonogo/ui/theme"
)

// HelpBox lists keys in groups, two columns of them where there is room.
func HelpBox(p Props, groups []HelpGroup) string {
	b := box{title: []span{{theme.Title, "Keys"}}, keep: -1, foot: [][]span{keyLine(Hint{"esc", "closes"}, Hint{"↑↓", "scroll"})}}
	keyW, textW := 0, 0
	for _, g := range groups {
		for _, k := range g.Keys {
			keyW, textW = max(keyW, cells(k.Key)), max(textW, cells(k.Text))
		}
	}
	cols := 1
	if p.boxW() >= 2*(keyW+2+textW)+3 {
		cols = 2
	}
	for i, g := range groups {
		if i > 0 {
			b.body = append(b.body, nil)
		}
		b.body = append(b.body, []span{{theme.Strong | theme.Underline, g.Title}})
		half := (len(g.Keys) + cols - 1) / cols
		for row := range half {
			var line []span
			for col := range cols {
				at := col*half + row
				if at >= len(g.Keys) {
					break
				}
				k := g.Keys[at]
				line = append(line, span{theme.Key, pad(k.Key, keyW+2)}, span{theme.Normal, k.Text})
				if col+1 < cols {
					line = append(line, span{theme.Normal, pad("", textW-cells(k.Text)+3)})
				}
			}
			b.body = append(b.body, line)
		}
	}
	return b.render(p)
}

// MenuBox lists choices; Cursor is the selected one.
func MenuBox(p Props, title string, items []Hint) string {
	b := box{title: []span{{theme.Title, title}}, keep: p.cursor(len(items)), minW: 30}
	keyW := 0
	for _, it := range items {
		keyW = max(keyW, cells(it.Key))
	}
	for i, it := range items {
		mark, style := "  ", theme.Normal
		if i == b.keep {
			mark, style = "▸ ", theme.Normal|theme.Reverse
		}
		line := []span{{theme.Key, mark}}
		if keyW > 0 {
			line = append(line, span{theme.Key, pad(it.Key, keyW+2)})
		}
		b.body = append(b.body, append(line, span{style, it.Text}))
	}
	b.foot = [][]span{keyLine(Hint{"enter", "chooses"}, Hint{"esc", "closes"})}
	p.Offset = 0
	return b.render(p)
}

// PromptBox asks for a text; cursor is its place in text, in runes. The hint
// stands below.
func PromptBox(p Props, title, text string, cursor int, hint string) string {
	w := p.boxW()
	b := box{title: []span{{theme.Title, title}}, keep: -1, minW: min(60, w)}
	before, at, after := splitAt(text, cursor)
	// What is left of the cursor gives way, so that the cursor is always seen.
	if most := max(w-12, 1); cells(before) > most {
		before = ansi.TruncateLeft(before, cells(before)-most+1, "…")
	}
	b.body = [][]span{{{theme.Key, "› "}, {theme.Normal, before}, {theme.Reverse, at}, {theme.Normal, after}}}
	if hint != "" {
		b.foot = lines(w, theme.Dim, hint)
		b.foot = b.foot[:min(len(b.foot), max(p.Size.H-4, 1))] // the text and the keys go first
	}
	b.foot = append(b.foot, keyLine(Hint{"enter", "takes it"}, Hint{"esc", "closes"}))
	p.Offset = 0
	return b.render(p)
}

// splitAt parts text at the character that the cursor, counted in runes, is in
// or before; at its end that is a blank.
func splitAt(text string, cursor int) (before, at, after string) {
	text = model.Inert(text)
	runes, done := 0, 0
	for rest := text; rest != ""; {
		cluster, _ := ansi.FirstGraphemeCluster(rest, ansi.GraphemeWidth)
		runes += utf8.RuneCountInString(cluster)
		rest = rest[len(cluster):]
		if runes > cursor {
			return text[:done], cluster, rest
		}
		done += len(cluster)
	}
	return text, " ", ""
}

// pad returns s with blanks up to w cells.
func pad(s string, w int) string { return s + strings.Repeat(" ", max(w-cells(s), 0)) }
