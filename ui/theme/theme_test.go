package theme

import (
	"regexp"
	"testing"

	"github.com/charmbracelet/colorprofile"

	"gonogo/model"
)

func states() []model.MetricState {
	return []model.MetricState{model.Pass, model.Manual, model.Unread, model.Soaking, model.Collecting, model.NoTraffic, model.NoData, model.NoSeries, model.Stale,
		model.Ambiguous, model.Down, model.Warn, model.Fail}
}

// colours finds the parameters of SGR that set a foreground or background.
var colours = regexp.MustCompile(`[\[;](3[0-8]|4[0-8]|9[0-7]|10[0-7])[;m]`)

func TestNoColourWithoutColour(t *testing.T) {
	for _, dark := range []bool{true, false} {
		th := New(dark, colorprofile.Ascii)
		for s := range th.on {
			if on := th.On(Style(s)); colours.MatchString(on) {
				t.Errorf("style %d has the colour %q", s, on)
			}
		}
	}
	th := New(true, colorprofile.NoTTY)
	for s := range th.on {
		if th.On(Style(s)) != "" {
			t.Errorf("style %d has a sequence where there is no terminal", s)
		}
	}
}

func TestColourWhereThereIsSome(t *testing.T) {
	want := map[colorprofile.Profile]string{
		colorprofile.ANSI: "\x1b[0;32m", colorprofile.ANSI256: "\x1b[0;38;5;43m", colorprofile.TrueColor: "\x1b[0;38;2;47;199;154m",
	}
	for profile, seq := range want {
		if got := New(true, profile).On(Go); got != seq {
			t.Errorf("%s: GO is %q, want %q", profile, got, seq)
		}
	}
	if New(true, colorprofile.TrueColor).On(Go) == New(false, colorprofile.TrueColor).On(Go) {
		t.Error("GO is the same on dark and on light")
	}
}

// TestStatesDiffer sees that no state rests on its colour, and that only PASS is green.
func TestStatesDiffer(t *testing.T) {
	th := New(true, colorprofile.Ascii)
	pass, green := th.State(model.Pass)
	for _, s := range states() {
		glyph, style := th.State(s)
		if glyph == "" {
			t.Errorf("%s has no glyph", s)
		}
		if s != model.Pass && (glyph == pass || style&roleMask == green&roleMask) {
			t.Errorf("%s looks like PASS", s)
		}
	}
	seen := map[string]model.Headline{}
	for _, h := range []model.Headline{model.GO, model.NoGo, model.Hold, model.Unknown} {
		glyph, _ := th.Headline(h)
		if other, ok := seen[glyph]; ok {
			t.Errorf("%s and %s have the glyph %s", h, other, glyph)
		}
		seen[glyph] = h
	}
	if glyph, _ := th.State("SOMETHING NEW"); glyph == pass {
		t.Error("an unknown state looks like PASS")
	}
}

func TestPaint(t *testing.T) {
	tests := []struct {
		name    string
		profile colorprofile.Profile
		style   Style
		want    string
	}{
		{"no terminal", colorprofile.NoTTY, NoGo | Bold, "text"},
		{"no colour", colorprofile.Ascii, NoGo | Bold | Reverse, "\x1b[0;1;7mtext\x1b[m"},
		{"normal", colorprofile.TrueColor, Normal, "text"},
		{"dim without colour", colorprofile.Ascii, Dim, "\x1b[0;2mtext\x1b[m"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := New(true, tt.profile).Paint(tt.style, "text"); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
