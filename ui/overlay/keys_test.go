package overlay

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"gonogo/model"
	"gonogo/ui/keyboard"
	"gonogo/ui/panel"
	"gonogo/ui/panel/paneltest"
	"gonogo/ui/theme"
)

// presses are keys that people and terminals send: those that mean something
// somewhere, letters, and some that nobody has.
var presses = []tea.KeyPressMsg{
	{Code: tea.KeyEnter}, {Code: tea.KeyEscape}, {Code: tea.KeyUp}, {Code: tea.KeyDown}, {Code: tea.KeyPgUp}, {Code: tea.KeyPgDown}, {Code: tea.KeyTab},
	{Code: tea.KeyBackspace}, {Code: tea.KeySpace, Text: " "}, {Code: 'y', Text: "y"}, {Code: 'n', Text: "n"}, {Code: '!', Text: "!"}, {Code: 'q', Text: "q"},
	{Code: 'x', Text: "x"}, {Code: 'd', Text: "d"}, {Code: '/', Text: "/"}, {Code: '?', Text: "?"}, {Code: 'a', Text: "a"}, {Code: 'r', Text: "r"}, {Code: 'j', Text: "j"},
	{Code: 'c', Mod: tea.ModCtrl}, {Code: 'z', Mod: tea.ModCtrl}, {Code: 'u', Mod: tea.ModCtrl}, {Code: tea.KeyF5}, {Code: 'é', Text: "é"}, {Code: '\u202e', Text: "\u202e"},
}

// openings are the boxes as they open.
func openings(s Scene) map[string]func() Overlay {
	r, _ := s.Rollout()
	check, flag := &r.Phases[2].Checks[0], &r.Flags[0]
	first := func(o Overlay, _ Want) Overlay { return o }
	return map[string]func() Overlay{
		"sign":   func() Overlay { return Sign(s, check) },
		"unsign": func() Overlay { return Unsign(s, check, model.CheckState{By: model.Actor{Name: "ana"}}) },
		"adopt":  func() Overlay { return Adopt("abc", []string{"gate: other"}) },
		"flip":   func() Overlay { return first(Flip(flag, model.BoolValue(true))) },
		"hold":   Hold,
		"reason": func() Overlay { return Reason(s, model.Intent{Kind: model.ArmEnter}, "the gate says NO-GO") },
		"veto":   func() Overlay { return Veto(s, "p") },
		"find":   func() Overlay { return Find("") },
		"palette": func() Overlay {
			return Palette([]Command{{Name: "hold", Key: "h", Does: "hold the rollout", Changes: true}, {Name: "why", Key: "e", Does: "say why"}})
		},
		"ways": func() Overlay { return first(WaysDown(s)) },
		"pick": func() Overlay { return Pick(s, "partial", "tenants") },
		"quit": func() Overlay { return Quit(s, true) },
		"help": func() Overlay { return Help(Groups()) },
		"read": func() Overlay {
			return readValue(s, &model.Metric{ID: "crash", Title: "x\x1b[2J\u202e", Unit: model.Ratio, Read: &model.PeopleRead{From: "y\x1b[2J", Link: "https://c.example"}})
		},
		"note": func() Overlay { return readNote(&model.Metric{ID: "crash", Read: &model.PeopleRead{}}, "0.3%", "0.3%") },
		"why":  func() Overlay { return Why(s.Seen.Gate.Lines[0]) },
	}
}

func anyScene(rt *rapid.T) Scene {
	condition := rapid.SampledFrom([]paneltest.Condition{
		paneltest.Go, paneltest.NoGo, paneltest.Armed, paneltest.Running, paneltest.Verified, paneltest.Partial, paneltest.GuardArmed, paneltest.Checked, paneltest.Evidence,
	}).Draw(rt, "condition")
	snap := paneltest.Snapshot(paneltest.Options{Condition: condition})
	return Scene{Seen: snap, Live: snap, Now: paneltest.Now(), ReadOnly: rapid.Bool().Draw(rt, "read-only")}
}

// anyOverlay draws a box, and returns what it is called.
func anyOverlay(rt *rapid.T, s Scene) (Overlay, string) {
	all := openings(s)
	name := rapid.SampledFrom(names(all)).Draw(rt, "box")
	if o := all[name](); o != nil {
		return o, name
	}
	return Hold(), "hold" // where that box says at once what it wants
}

func names(all map[string]func() Overlay) []string {
	out := make([]string, 0, len(all))
	for _, name := range []string{"sign", "unsign", "adopt", "flip", "hold", "reason", "veto", "find", "palette", "ways", "pick", "quit", "help", "why"} {
		if all[name] != nil {
			out = append(out, name)
		}
	}
	return out
}

// TestOnlyKeysThatSayTheyActDo: whatever is pressed in whatever box, what changes the
// rollout, or may, comes of a key that says so; the keyboard's guard rests on that. A
// view that is read-only submits nothing at all.
func TestOnlyKeysThatSayTheyActDo(t *testing.T) {
	acted := 0
	rapid.Check(t, func(rt *rapid.T) {
		s := anyScene(rt)
		o, name := anyOverlay(rt, s)
		for o != nil {
			if rapid.IntRange(0, 19).Draw(rt, "end") == 0 {
				return
			}
			k := rapid.SampledFrom(presses).Draw(rt, "key")
			effect := EffectOf(o, k)
			next, want := o.Update(k, s)
			if want.Acts() {
				acted++
				if effect != keyboard.Acts && effect != keyboard.Stops {
					rt.Fatalf("%s: %q wants %+v, and only moves or leads (%d)", name, k.String(), want, effect)
				}
				if in := want.Intent; in != nil && in.Kind == "" {
					rt.Fatalf("%s: %q wants an intent of no kind", name, k.String())
				}
			}
			if want.Say != model.Inert(want.Say) {
				rt.Fatalf("%s: %q says %q", name, k.String(), want.Say)
			}
			o = next
		}
	})
	if acted < 3 {
		t.Errorf("%d keys acted: the boxes are not reached any more", acted)
	}
}

// TestNoKeyMakesABoxOverflow: whatever was pressed, the box is no larger than its
// place, and nothing in it moves the cursor.
func TestNoKeyMakesABoxOverflow(t *testing.T) {
	th := theme.New(true, colorprofile.Ascii)
	rapid.Check(t, func(rt *rapid.T) {
		s := anyScene(rt)
		o, name := anyOverlay(rt, s)
		for range rapid.IntRange(0, 12).Draw(rt, "keys") {
			if rapid.IntRange(0, 4).Draw(rt, "paste") == 0 {
				o.Paste("a\x1b[2Jb\n"+strings.Repeat("long ", 20), s)
			}
			o.Move(rapid.IntRange(-30, 30).Draw(rt, "by"), s)
			next, _ := o.Update(rapid.SampledFrom(presses).Draw(rt, "key"), s)
			if next == nil {
				return
			}
			o = next
		}
		size := panel.Size{W: rapid.IntRange(1, 130).Draw(rt, "w"), H: rapid.IntRange(1, 50).Draw(rt, "h")}
		p := props(s.Seen, th)
		p.Size = size
		text := o.View(s, p)
		lines := strings.Split(text, "\n")
		if text != "" && len(lines) > size.H {
			rt.Fatalf("%s: %d lines in %d rows", name, len(lines), size.H)
		}
		for _, line := range lines {
			if ansi.StringWidth(line) > size.W {
				rt.Fatalf("%s: %q in %d cells", name, line, size.W)
			}
			if strings.Contains(ansi.Strip(line), "\x1b") {
				rt.Fatalf("%s: %q", name, line)
			}
		}
	})
}

// TestEscAlwaysLeaves: from any box, after any keys, some Esc lead out, and none of
// them asks for more than was armed already to be stopped.
func TestEscAlwaysLeaves(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := anyScene(rt)
		o, name := anyOverlay(rt, s)
		for range rapid.IntRange(0, 6).Draw(rt, "keys") {
			next, _ := o.Update(rapid.SampledFrom(presses).Draw(rt, "key"), s)
			if next == nil {
				return
			}
			o = next
		}
		for i := 0; o != nil; i++ {
			if i > 6 {
				rt.Fatalf("%s: seven Esc do not lead out of %T", name, o)
			}
			var want Want
			if o, want = o.Update(tea.KeyPressMsg{Code: tea.KeyEscape}, s); want.Intent != nil && want.Intent.Kind != model.Veto && want.Intent.Kind != model.Cancel {
				rt.Fatalf("%s: Esc wants %+v", name, *want.Intent)
			}
		}
	})
}
