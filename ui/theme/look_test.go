package theme

import (
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
)

// TestGoAndNoGoDifferForColourBlindEyes: by blue against orange.
func TestGoAndNoGoDifferForColourBlindEyes(t *testing.T) {
	for _, dark := range []bool{true, false} {
		th := Make(Look{Name: ColourBlind}, dark, colorprofile.TrueColor)
		if th.On(Go) == th.On(NoGo) || th.On(Go) == New(dark, colorprofile.TrueColor).On(Go) {
			t.Error("the theme for colour-blind eyes has the usual colours")
		}
	}
}

func TestOwnColours(t *testing.T) {
	for text, want := range map[string]string{"#102030": "\x1b[0;38;2;16;32;48m", "196": "\x1b[0;38;2;255;0;0m"} {
		c, err := ParseColour(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := Make(Look{Colours: map[Style]Colour{Go: c}}, true, colorprofile.TrueColor).On(Go); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	c, _ := ParseColour("#fe0101")
	if got := Make(Look{Colours: map[Style]Colour{Go: c}}, true, colorprofile.ANSI).On(Go); got != "\x1b[0;91m" {
		t.Errorf("of 16 colours: %q", got)
	}
	for _, text := range []string{"", "red", "#12345", "#gggggg", "256", "-1"} {
		if _, err := ParseColour(text); err == nil {
			t.Errorf("%q is taken for a colour", text)
		}
	}
}

// TestPlainIsASCIIAndAsWide: whatever is on the screen.
func TestPlainIsASCIIAndAsWide(t *testing.T) {
	for _, text := range []string{"", "plain", "\x1b[1m✔ GO\x1b[m · …", "⣿⡇⠒⣀⠉⠁", "漢字 é e\u0301 👩\u200d👧 🇩🇪", "╭─┈┼╯▐█▌▄▀", "\xff\xfe"} {
		got := Plain(text)
		if strings.ContainsFunc(got, func(r rune) bool { return r > 0x7e }) {
			t.Errorf("%q becomes %q, which is not ASCII", text, got)
		}
		if ansi.StringWidth(got) != ansi.StringWidth(text) && text != "\xff\xfe" {
			t.Errorf("%q becomes %q: %d cells of %d", text, got, ansi.StringWidth(got), ansi.StringWidth(text))
		}
	}
	if got := Plain("⣿⡇⠒⣀⠉ ✔✖"); got != "||-_\" +x" {
		t.Errorf("got %q", got)
	}
}

// TestStatesDifferInASCII: no state looks like PASS, and no two headlines look alike.
func TestStatesDifferInASCII(t *testing.T) {
	th := New(true, colorprofile.Ascii).InASCII()
	pass, _ := th.State("PASS")
	for _, s := range states() {
		glyph, _ := th.State(s)
		if plain := Plain(glyph); plain == "?" && glyph != "?" || s != "PASS" && plain == Plain(pass) {
			t.Errorf("%s is %s", s, plain)
		}
	}
}
