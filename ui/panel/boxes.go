package panel

import (
	"strings"

	"gonogo/ui/theme"
)

// MenuBox lists choices; Cursor is the selected one.
func MenuBox(p Props, title string, items []Hint) Box {
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
	return b.rows(p)
}

// PromptBox is what stands around a text that is asked for, which goes into its
// body: what it is for, and a hint.
func PromptBox(p Props, title, hint string) Box {
	w := p.boxW()
	b := box{title: []span{{theme.Title, title}}, keep: -1, minW: min(60, w)}
	if hint != "" {
		b.foot = lines(w, theme.Dim, hint)
		b.foot = b.foot[:min(len(b.foot), max(p.Size.H-4, 1))] // the text and the keys go first
	}
	b.foot = append(b.foot, keyLine(Hint{"enter", "takes it"}, Hint{"esc", "closes"}))
	return b.rows(p)
}

// pad returns s with blanks up to w cells.
func pad(s string, w int) string { return s + strings.Repeat(" ", max(w-cells(s), 0)) }
