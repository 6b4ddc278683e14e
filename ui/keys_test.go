package ui

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"gonogo/model"
	"gonogo/ui/keyboard"
	"gonogo/ui/overlay"
)

func TestKeysSubmit(t *testing.T) {
	held := next(someSnapshot(), func(s *model.Snapshot) { s.State.Held, s.State.HeldReason = true, "lunch" })
	signed := next(someSnapshot(), func(s *model.Snapshot) {
		s.State.Checks = map[model.CheckID]model.CheckState{"suite": {By: model.Actor{Name: "bob"}}}
	})
	first := next(someSnapshot(), func(s *model.Snapshot) { s.State.Phase = "" })
	below := next(someSnapshot(), func(s *model.Snapshot) {
		s.State.Below = &model.BelowPhase{Phase: "ten", Text: "tenants 2 → 1, below 10%"}
	})
	changed := next(someSnapshot(), func(s *model.Snapshot) { s.ConfigChanged = "abcdef0123456789" })
	unset := next(someSnapshot(), func(s *model.Snapshot) {
		s.State.Flags = map[model.FlagID]model.FlagState{"real": {Stored: model.Value{Type: model.Unset}}}
	})
	kinds := checkKinds(someSnapshot(), nil)
	lapsed := checkKinds(someSnapshot(), map[model.CheckID]model.CheckState{"suite": {At: bubbleStart().Add(-2 * time.Hour)}, "call": {At: bubbleStart().Add(-2 * time.Hour)}})
	based := onBaseline(someSnapshot(), "errors", "p95")
	for _, c := range []struct {
		name string
		snap *model.Snapshot
		keys []string
		want model.Intent
	}{
		{"! arms the emergency rollback", nil, []string{"!"}, model.Intent{Kind: model.ArmRollback}},
		{"a arms the next phase", nil, []string{"a"}, model.Intent{Kind: model.ArmEnter, Phase: "all"}},
		{"a arms the first phase", first, []string{"a"}, model.Intent{Kind: model.ArmEnter, Phase: "staging"}},
		{"a arms the phase again below which it stands", below, []string{"a"}, model.Intent{Kind: model.ArmEnter, Phase: below.State.Phase}},
		{"b offers the rollbacks", nil, []string{"b", "down", "enter"}, model.Intent{Kind: model.ArmRollback, Rollback: "phase"}},
		{"f, enter toggles a bool", nil, []string{"f", "enter"},
			model.Intent{Kind: model.ArmFlip, Flag: "real", Value: model.BoolValue(false)}},
		{"f, space toggles a bool", nil, []string{"f", "space"},
			model.Intent{Kind: model.ArmFlip, Flag: "real", Value: model.BoolValue(false)}},
		{"a bool that is not known is chosen", unset, []string{"f", "enter", "down", "enter"},
			model.Intent{Kind: model.ArmFlip, Flag: "real", Value: model.BoolValue(true)}},
		{"a list is edited", nil, []string{"f", "down", "enter", ",", "x", "enter"},
			model.Intent{Kind: model.ArmFlip, Flag: "tenants", Value: model.ListValue("acme", "globex", "x")}},
		{"space signs", nil, []string{"space", "space"}, model.Intent{Kind: model.Sign, Check: "suite"}},
		{"space signs what the cursor is on", nil, []string{"space", "j", "space"}, model.Intent{Kind: model.Sign, Check: "leak"}},
		{"space takes a signature back", signed, []string{"space", "space", "tab", "k", "y"}, model.Intent{Kind: model.Unsign, Check: "suite"}},
		{"s signs with a note", nil, []string{"s", "o", "k", "enter"}, model.Intent{Kind: model.Sign, Check: "suite", Reason: "ok"}},
		{"space runs a check that gonogo runs", kinds, []string{"space", "space"}, model.Intent{Kind: model.RunCheck, Check: "suite"}},
		{"space runs it again", lapsed, []string{"space", "space"}, model.Intent{Kind: model.RunCheck, Check: "suite"}},
		{"space asks a probe", kinds, []string{"space", "j", "space"}, model.Intent{Kind: model.RunCheck, Check: "ready"}},
		{"space signs again what lapsed", lapsed, []string{"space", "j", "j", "j", "space"}, model.Intent{Kind: model.Sign, Check: "call"}},
		{"s vouches for a run with a reason", kinds, []string{"s", "enter", "o", "k", "enter"}, model.Intent{Kind: model.Sign, Check: "suite", Reason: "ok"}},
		{"B freezes what the cursor is on", based, []string{"B", "enter"}, model.Intent{Kind: model.Freeze, Metrics: []model.MetricID{"errors"}}},
		{"B freezes all that rest on one", based, []string{"B", "down", "enter"}, model.Intent{Kind: model.Freeze, Metrics: []model.MetricID{"errors", "p95"}}},
		{"B freezes one of them", based, []string{"B", "down", "down", "enter"}, model.Intent{Kind: model.Freeze, Metrics: []model.MetricID{"p95"}}},
		{"B freezes from a chart", nil, []string{"shift+tab", "B", "enter"}, model.Intent{Kind: model.Freeze, Metrics: []model.MetricID{"errors"}}},
		{"the palette freezes", based, []string{":", "b", "a", "s", "e", "l", "i", "n", "e", "enter", "enter"}, model.Intent{Kind: model.Freeze, Metrics: []model.MetricID{"errors"}}},
		{"R reads what the cursor is on", byPeople(someSnapshot(), "errors", "p95"), []string{"R", "0", ".", "3", "%", "enter", "o", "k", "enter"},
			model.Intent{Kind: model.ReadMetric, Metrics: []model.MetricID{"errors"}, Value: model.Value{Type: model.Text, Text: "0.3%"}, Reason: "ok"}},
		{"R reads the only one, without a note", byPeople(someSnapshot(), "p95"), []string{"R", "2", "s", "enter", "enter"},
			model.Intent{Kind: model.ReadMetric, Metrics: []model.MetricID{"p95"}, Value: model.Value{Type: model.Text, Text: "2s"}}},
		{"R asks which, where the cursor is on none of them", byPeople(someSnapshot(), "p95", "success"), []string{"R", "down", "enter", "9", "9", "%", "enter", "enter"},
			model.Intent{Kind: model.ReadMetric, Metrics: []model.MetricID{"success"}, Value: model.Value{Type: model.Text, Text: "99%"}}},
		{"R asks again where the value is none", byPeople(someSnapshot(), "errors"), []string{"R", "x", "enter", "backspace", "1", "%", "enter", "enter"},
			model.Intent{Kind: model.ReadMetric, Metrics: []model.MetricID{"errors"}, Value: model.Value{Type: model.Text, Text: "1%"}}},
		{"the palette reads", byPeople(someSnapshot(), "errors"), []string{":", "r", "e", "a", "d", "enter", "1", "%", "enter", "enter"},
			model.Intent{Kind: model.ReadMetric, Metrics: []model.MetricID{"errors"}, Value: model.Value{Type: model.Text, Text: "1%"}}},
		{"H holds with a reason", nil, []string{"H", "w", "h", "y", "enter"}, model.Intent{Kind: model.HoldOn, Reason: "why"}},
		{"H resumes", held, []string{"H"}, model.Intent{Kind: model.Resume}},
		{"A adopts once confirmed", changed, []string{"A", "down", "enter"},
			model.Intent{Kind: model.Adopt, Reason: "abcdef0123456789"}},
		{"r refreshes", nil, []string{"r"}, model.Intent{Kind: model.Refresh}},
		{"the palette runs a command", nil, []string{":", "r", "e", "f", "r", "enter"}, model.Intent{Kind: model.Refresh}},
		{"the palette arms the emergency rollback", nil, []string{":", "r", "o", "l", "l", "b", "a", "c", "k", "enter"},
			model.Intent{Kind: model.ArmRollback}},
		{"the palette advances to a phase", nil, []string{":", "a", "d", "v", "tab", "a", "l", "tab", "enter"}, model.Intent{Kind: model.ArmEnter, Phase: "all"}},
		{"the palette rolls back by name", nil, []string{":", "b", "a", "c", "k", "space", "p", "h", "a", "s", "e", "enter"}, model.Intent{Kind: model.ArmRollback, Rollback: "phase"}},
		{"the palette signs a check", nil, []string{":", "c", "h", "e", "c", "k", "space", "l", "e", "a", "tab", "enter"}, model.Intent{Kind: model.Sign, Check: "leak"}},
		{"the palette flips a flag", nil, []string{":", "f", "l", "a", "g", "s", "space", "r", "e", "tab", "enter"}, model.Intent{Kind: model.ArmFlip, Flag: "real", Value: model.BoolValue(false)}},
		{"the palette freezes one baseline", based, []string{":", "b", "a", "s", "e", "tab", "p", "9", "tab", "enter"}, model.Intent{Kind: model.Freeze, Metrics: []model.MetricID{"p95"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				snap := c.snap
				if snap == nil {
					snap = someSnapshot()
				}
				d := newDesk(t, snap)
				d.press(c.keys...)
				got := d.one()
				c.want.ID, c.want.Seen = "in-1", snap.Seq
				c.want.By = model.Actor{Name: "ana", Host: "desk", Via: "cockpit"}
				if !got.Value.Equal(c.want.Value) {
					t.Errorf("value %v, want %v", got.Value, c.want.Value)
				}
				got.Value, c.want.Value = model.Value{}, model.Value{}
				if got.ID != c.want.ID || got.By != c.want.By || got.Seen != c.want.Seen || got.Kind != c.want.Kind ||
					got.Phase != c.want.Phase || got.Flag != c.want.Flag || got.Check != c.want.Check ||
					got.Rollback != c.want.Rollback || got.Reason != c.want.Reason || got.Yes ||
					!slices.Equal(got.Metrics, c.want.Metrics) {
					t.Errorf("submitted %+v\nwant %+v", got, c.want)
				}
			})
		})
	}
}

// bubbleStart is the time at which the clock of a synctest bubble begins.
func bubbleStart() time.Time { return time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) }

func TestKeysThatSubmitNothing(t *testing.T) {
	kinds := checkKinds(someSnapshot(), nil)
	runs := next(kinds, func(s *model.Snapshot) {
		s.Checks = []model.LiveCheck{{Check: "suite", Since: bubbleStart().Add(-time.Minute)}}
	})
	last := next(someSnapshot(), func(s *model.Snapshot) { s.State.Phase = "all" })
	for _, c := range []struct {
		name string
		snap *model.Snapshot
		keys []string
		says string
	}{
		{"no phase after the last", last, []string{"a"}, "last phase"},
		{"a hold needs a reason", nil, []string{"H", "enter"}, "write why"},
		{"no config to adopt", nil, []string{"A"}, "has not changed"},
		{"adopting is asked first", next(someSnapshot(), func(s *model.Snapshot) { s.ConfigChanged = "abc" }), []string{"A", "enter"}, "config changed"},
		{"a wrong number is said", nil, []string{"f", "down", "down", "enter", "x", "enter"}, "no number"},
		{"no plan to view", nil, []string{"v"}, "there is no plan"},
		{"the first space only goes there", nil, []string{"space"}, "space signs"},
		{"a check that follows a metric", kinds, []string{"space", "j", "j", "space"}, "follows the metric p95"},
		{"nor is it signed with a note", kinds, []string{"space", "j", "j", "s"}, "follows the metric p95"},
		{"a check that runs", runs, []string{"space", "space"}, "runs already, for 60s"},
		{"vouching for a run needs a reason", kinds, []string{"s", "enter"}, "write why you vouch for it"},
		{"enter explains a check", kinds, []string{"space", "enter"}, "Why End-to-end suite"},
		{"a check without a line", kinds, []string{"space", "j", "enter"}, "no verdict yet"},
		{"nothing that people read", nil, []string{"R"}, "no metric of this config is read by people"},
		{"a value is asked for", byPeople(someSnapshot(), "errors"), []string{"R"}, "such as 1% · Crashlytics␛[2J · https://c.example · nobody has read it"},
		{"a value is no value", byPeople(someSnapshot(), "errors"), []string{"R", "x", "enter"}, `"x" is no value: expected something like "1%"`},
		{"a value beyond all", byPeople(someSnapshot(), "errors"), []string{"R", "3", "enter"}, "a ratio is 0 to 1: did you mean 3%?"},
		{"a note is asked for, beside what the value was taken as", byPeople(someSnapshot(), "p95"), []string{"R", ".", "2", "5", "enter"}, "p95 is 250ms"},
		{"which is asked", byPeople(someSnapshot(), "p95", "success"), []string{"R"}, "Which metric did you read?"},
		{"the gate says how many are to be read", byPeople(someSnapshot(), "errors"), nil, "1 to read"},
		{"and what is", byPeople(someSnapshot(), "errors"), nil, "UNREAD nobody"},
		{"no baseline", nil, []string{"tab", "B"}, "no target or alert rests on a baseline"},
		{"a baseline is asked for first", nil, []string{"B"}, "none is frozen yet"},
		{"freeze", nil, []string{"p"}, "frozen"},
		{"copy", nil, []string{"y"}, "copied"},
		{"range", nil, []string{"]"}, "last 1h"},
		{"range to the whole phase", nil, []string{"]", "]", "]", "]", "]"}, "whole phase"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				snap := c.snap
				if snap == nil {
					snap = someSnapshot()
				}
				d := newDesk(t, snap)
				d.press(c.keys...)
				d.none()
				d.sees(c.says)
			})
		})
	}
}

func TestReadOnlySubmitsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, someSnapshot())
		d.m.readOnly = true
		d.press("!", "a", "r")
		d.none()
		d.sees("read-only")
	})
}

// Every key that help lists is in a table that handles it, no key is there
// twice for one holder of the keyboard, and every key of the panels is named.
func TestHelpAndKeysAgree(t *testing.T) {
	km := newCommands()
	shown, seen := "", map[string]bool{}
	for _, c := range km {
		shown += " " + c.key.Help().Key + " " + c.key.Help().Desc
		if c.run == nil || c.effect == nil || len(c.key.Keys()) == 0 {
			t.Errorf("%q does nothing", c.key.Help().Key)
		}
		for _, k := range c.key.Keys() {
			if seen[k] {
				t.Errorf("%q is bound twice", k)
			}
			seen[k] = true
		}
	}
	listed := 0
	for _, g := range km.help() {
		listed += len(g.Keys)
	}
	if own := len(km); listed <= own || !seen["!"] {
		t.Errorf("help lists %d keys, of which %d are those of the panels", listed, own)
	}
	for _, c := range km {
		if c.key.Help().Key == "" && c.key.Help().Desc == "" {
			if !slices.ContainsFunc(c.key.Keys(), func(k string) bool { return strings.Contains(shown, glyph(k)) }) {
				t.Errorf("%v is handled, but help does not name it", c.key.Keys())
			}
		}
	}
}

func glyph(k string) string {
	arrows := map[string]string{"up": "↑", "down": "↓", "left": "←", "right": "→", "pgup": "pgup", "end": "G", "home": "g"}
	if g, ok := arrows[k]; ok {
		return g
	}
	return k
}

// Every command of the panels runs from every panel, and before the first snapshot.
func TestEveryCommandRuns(t *testing.T) {
	km := newCommands()
	for _, focus := range panelOrder() {
		for _, c := range km {
			for _, k := range c.key.Keys() {
				for name, snap := range map[string]*model.Snapshot{"without a snapshot": nil, "with": someSnapshot(),
					"with an empty one": {Rollout: &model.Rollout{}}, "without a rollout": {}} {
					synctest.Test(t, func(t *testing.T) {
						d := newDesk(t, snap)
						d.m.board.focus = focus
						before := d.m.frame()
						d.press(k)
						if name == "with" && k != "r" && d.m.frame() == before && len(d.feed.intents()) == 0 && !d.m.quitting && quiet(k, focus) {
							t.Errorf("%q on %s does nothing to see", k, focus)
						}
					})
				}
			}
		}
	}
}

// frame returns what is on screen without the clock.
func (m *Model) frame() string {
	m.view.dirty = true
	return m.draw()
}

// quiet reports whether a key has something to do on that panel of the fixture.
func quiet(k, focus string) bool {
	switch k {
	case "down", "j", "up", "k", "pgdown", "pgup", "home", "end", "g", "G", "esc", "ctrl+z", "left", "h", "[":
		return false // there may be no row to go to, and nothing to close
	case "f":
		return focus != panelFlags
	}
	return true
}

// An empty palette and Enter closes it, and half a name arms nothing.
func TestPaletteNeverActsUnlessTheNameWasTypedWhole(t *testing.T) {
	for _, c := range newCommands() {
		if !c.changes {
			continue
		}
		for n := range len(c.name) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesk(t, someSnapshot())
				d.press(":")
				for _, r := range c.name[:n] {
					d.press(string(r))
				}
				d.press("enter")
				d.none()
				if n == 0 && d.m.over != nil {
					t.Error("an empty palette stays open")
				}
			})
		}
	}
}

// Half of what stands behind a command acts no more than half its name, nor does what is not there.
func TestPaletteNeverActsOnHalfAnArgument(t *testing.T) {
	for _, typed := range []string{"advance ", "advance al", "advance none", "back ph", "check le", "flags re", "back  "} {
		synctest.Test(t, func(t *testing.T) {
			d := newDesk(t, someSnapshot())
			d.press(":")
			for _, r := range typed {
				if r == ' ' {
					d.press("space")
					continue
				}
				d.press(string(r))
			}
			d.press("enter")
			d.none()
		})
	}
}

// The palette shows what may stand behind a command, explains one line and zooms one panel.
func TestPaletteShowsWhatStandsBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, someSnapshot())
		d.press(":", "b", "a", "c", "k")
		d.sees("back ROLLBACK")
		d.press("space")
		d.sees("back phase")
		d.press("esc", ":", "z", "o", "o", "m", "space", "l", "o", "g", "enter")
		if !d.m.board.zoomed || d.m.board.focus != panelLog {
			t.Errorf("zoomed %v, %s", d.m.board.zoomed, d.m.board.focus)
		}
		d.press("esc", ":", "w", "h", "y", "space", "p", "9", "5", "enter")
		d.sees("p95")
		if d.m.over == nil {
			t.Error("nothing is explained")
		}
	})
}

// A second space asks, and esc keeps the signature.
func TestSpaceNeverTakesASignatureBackUnasked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, next(someSnapshot(), func(s *model.Snapshot) {
			s.State.Checks = map[model.CheckID]model.CheckState{"suite": {By: model.Actor{Name: "bob"}}}
		}))
		d.press("space", "space", "space")
		d.none()
		d.sees("Take back the signature of End-to-end suite, by bob?")
		d.press("esc")
		d.none()
	})
}

// The veto prompt goes once the rollback has run.
func TestVetoPromptNeverStaysOverAPlanThatEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, guarded(someSnapshot(), "g1", time.Minute))
		d.wait(keyboard.Dead)
		d.press("esc", "w")
		d.snap(over(d.m.eyes.live, model.Verified))
		d.sees("too late: the rollback has run")
		d.press("x", "c", "y")
		d.none()
		d.wait(overlay.StaleFor)
		if d.m.over != nil {
			t.Error("the message stays")
		}
	})
}

// An ignored `!` does not keep the next one away, and a person's own Esc or a
// focus report ignores none.
func TestEmergencyKeyCountsASecondAfterATornReply(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, someSnapshot())
		d.press("esc")
		d.send(keyPress("["))
		d.press("!")
		d.none()
		d.sees("press ! again")
		d.press("!", "!", "!", "!", "!")
		d.one()
		d = newDesk(t, someSnapshot())
		d.press("esc")
		d.send(tea.FocusMsg{})
		d.press("!")
		d.one()
	})
}

// The footer is pressed by the mouse as its keys are: also in a box, and where it counts only after a dead time.
func TestFooterIsPressedByTheMouse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, someSnapshot())
		click := func(text string) {
			t.Helper()
			lines := strings.Split(d.screen(), "\n")
			last := lines[len(lines)-1]
			at := strings.Index(last, text)
			if at < 0 {
				t.Fatalf("the footer is %q", last)
			}
			time.Sleep(200 * time.Millisecond)
			d.send(tea.MouseClickMsg{Button: tea.MouseLeft, X: utf8.RuneCountInString(last[:at]), Y: len(lines) - 1})
		}
		click("b back")
		d.sees("Roll back:")
		click("leave it")
		if d.m.over != nil {
			t.Error("the box is open still")
		}
		d.none()
		click("! rollback")
		if in := d.one(); in.Kind != model.ArmRollback || in.Rollback != "" {
			t.Errorf("submitted %+v", in)
		}
		d.send(tea.MouseClickMsg{Button: tea.MouseRight, X: 2, Y: 39})
		d.send(tea.MouseClickMsg{Button: tea.MouseLeft, X: 119, Y: 39})
		d.none()
	})
}
