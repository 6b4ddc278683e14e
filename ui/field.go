package ui

import (
	"slices"
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"

	"gonogo/model"
)

// maxField is how many characters a text field takes; a paste is cut there.
const maxField = 2000

// field is a line of text that is being edited. It is our own and not that of
// bubbles, which starts clipboard programs on ctrl+v.
type field struct {
	text []rune
	at   int // the cursor, in runes, 0 to len(text)
}

func newField(text string) *field {
	r := []rune(text)
	return &field{text: r, at: len(r)}
}

func (f *field) String() string { return string(f.text) }

// insert puts s in at the cursor, made inert: line ends and tabs become blanks.
func (f *field) insert(s string) {
	s = strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ", "\t", " ").Replace(s)
	r := []rune(model.Inert(s))
	r = r[:min(len(r), max(0, maxField-len(f.text)))]
	f.text = slices.Insert(f.text, f.at, r...)
	f.at += len(r)
}

// key edits the text and reports whether the key meant something to it.
func (f *field) key(k tea.KeyPressMsg) bool {
	switch k.String() {
	case "left", "ctrl+b":
		f.at = max(0, f.at-1)
	case "right", "ctrl+f":
		f.at = min(len(f.text), f.at+1)
	case "home", "ctrl+a":
		f.at = 0
	case "end", "ctrl+e":
		f.at = len(f.text)
	case "backspace", "ctrl+h":
		f.cut(f.at-1, f.at)
	case "delete", "ctrl+d":
		f.cut(f.at, f.at+1)
	case "ctrl+u":
		f.cut(0, f.at)
	case "ctrl+k":
		f.cut(f.at, len(f.text))
	case "ctrl+w", "alt+backspace":
		f.cut(f.wordStart(), f.at)
	default:
		if k.Text == "" {
			return false
		}
		f.insert(k.Text)
	}
	return true
}

func (f *field) wordStart() int {
	i := f.at
	for i > 0 && unicode.IsSpace(f.text[i-1]) {
		i--
	}
	for i > 0 && !unicode.IsSpace(f.text[i-1]) {
		i--
	}
	return i
}

// cut drops the runes from i up to j, as far as there are any.
func (f *field) cut(i, j int) {
	i, j = max(0, i), min(j, len(f.text))
	if i >= j {
		return
	}
	f.text = slices.Delete(f.text, i, j)
	if f.at > i {
		f.at = max(i, f.at-(j-i))
	}
}
