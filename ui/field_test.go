package ui

import (
	"strings"
	"testing"
	"unicode/utf8"

	"gonogo/model"
)

func TestField(t *testing.T) {
	for _, c := range []struct {
		name, start string
		keys        []string
		want        string
	}{
		{"typed", "", []string{"a", "b", "space", "c"}, "ab c"},
		{"backspace", "abc", []string{"backspace"}, "ab"},
		{"backspace at the start", "abc", []string{"home", "backspace"}, "abc"},
		{"delete", "abc", []string{"home", "delete"}, "bc"},
		{"delete at the end", "abc", []string{"delete"}, "abc"},
		{"in between", "ac", []string{"left", "b"}, "abc"},
		{"a word", "one two ", []string{"ctrl+w"}, "one "},
		{"to the start", "one two", []string{"left", "ctrl+u"}, "o"},
		{"to the end", "one two", []string{"home", "right", "ctrl+k"}, "o"},
		{"keys without text", "a", []string{"tab", "up"}, "a"},
		{"wide", "日本", []string{"left", "x", "end", "backspace"}, "日x"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newField(c.start)
			for _, k := range c.keys {
				f.key(keyPress(k))
			}
			if f.String() != c.want {
				t.Errorf("text is %q, want %q", f, c.want)
			}
		})
	}
}

func FuzzField(f *testing.F) {
	f.Add("start", "paste\x1b[31m", "\x01\x02u")
	f.Add("", strings.Repeat("é", 3000), "wkhd")
	f.Fuzz(func(t *testing.T, start, paste, ctrl string) {
		fd := newField(start)
		fd.insert(paste)
		for _, r := range ctrl {
			fd.key(keyPress("ctrl+" + string(r)))
			if r == 'p' {
				fd.insert(paste)
			}
			if fd.at < 0 || fd.at > len(fd.text) {
				t.Fatalf("cursor %d of %d", fd.at, len(fd.text))
			}
		}
		if n := utf8.RuneCountInString(start); len(fd.text) > max(n, maxField) {
			t.Fatalf("%d characters", len(fd.text))
		}
		if start == model.Inert(start) && fd.String() != model.Inert(fd.String()) {
			t.Fatalf("%q is not inert", fd)
		}
	})
}
