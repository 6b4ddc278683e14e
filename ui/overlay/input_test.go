package overlay

import (
	"strings"
	"testing"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"gonogo/model"
)

// press makes the message of a key from its name as key bindings write it.
func press(name string) tea.KeyPressMsg {
	special := map[string]rune{"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "up": tea.KeyUp, "down": tea.KeyDown,
		"left": tea.KeyLeft, "right": tea.KeyRight, "home": tea.KeyHome, "end": tea.KeyEnd, "backspace": tea.KeyBackspace, "delete": tea.KeyDelete}
	if code, ok := special[name]; ok {
		return tea.KeyPressMsg{Code: code}
	}
	if name == "space" {
		return tea.KeyPressMsg{Code: tea.KeySpace, Text: " "}
	}
	if rest, ok := strings.CutPrefix(name, "ctrl+"); ok {
		return tea.KeyPressMsg{Code: []rune(rest)[0], Mod: tea.ModCtrl}
	}
	return tea.KeyPressMsg{Code: []rune(name)[0], Text: name}
}

func TestInput(t *testing.T) {
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
			i := newInput("", c.start)
			for _, k := range c.keys {
				i.key(press(k))
			}
			if i.String() != c.want {
				t.Errorf("text is %q, want %q", i.String(), c.want)
			}
		})
	}
}

// A key never starts a program that reads the clipboard.
func TestInputNeverAsksForTheClipboard(t *testing.T) {
	i := newInput("", "")
	if _, cmd := i.field.Update(press("ctrl+v")); cmd != nil {
		t.Error("ctrl+v starts something")
	}
}

func FuzzInput(f *testing.F) {
	f.Add("start", "paste\x1b[31m", "\x01\x02u")
	f.Add("", strings.Repeat("é", 3000), "wkhd")
	f.Fuzz(func(t *testing.T, start, paste, ctrl string) {
		i := newInput("", start)
		i.insert(paste)
		for _, r := range ctrl {
			i.key(press("ctrl+" + string(r)))
			if r == 'p' {
				i.insert(paste)
			}
		}
		if n := utf8.RuneCountInString(i.String()); n > maxInput {
			t.Fatalf("%d characters", n)
		}
		if s := i.String(); s != model.Inert(s) {
			t.Fatalf("%q is not inert", s)
		}
	})
}

func TestFuzzy(t *testing.T) {
	all := []Command{{Name: "rollback", Does: "emergency rollback"}, {Name: "advance"}, {Name: "hold"}, {Name: "refresh"}, {Name: "quit"}}
	for _, c := range []struct{ text, first string }{
		{"adv", "advance"}, {"ref", "refresh"}, {"hol", "hold"}, {"qt", "quit"}, {"emergency", "rollback"}, {"", "rollback"},
	} {
		got := fuzzy(all, c.text)
		if len(got) == 0 || got[0].Name != c.first {
			t.Errorf("%q finds %v first, want %s", c.text, got, c.first)
		}
	}
	if got := fuzzy(all, "zzz"); len(got) != 0 {
		t.Errorf("zzz finds %v", got)
	}
}
