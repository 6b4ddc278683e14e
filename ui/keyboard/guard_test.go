package keyboard

import (
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
)

// typed makes a key press from its name as key bindings write it.
func typed(name string) tea.KeyPressMsg {
	switch name {
	case "enter":
		return tea.KeyPressMsg{Code: tea.KeyEnter}
	case "esc":
		return tea.KeyPressMsg{Code: tea.KeyEscape}
	case "space":
		return tea.KeyPressMsg{Code: tea.KeySpace, Text: " "}
	case "down":
		return tea.KeyPressMsg{Code: tea.KeyDown}
	}
	return tea.KeyPressMsg{Code: []rune(name)[0], Text: name}
}

// effects is how much a key does on the panels.
func effects(k tea.KeyPressMsg) Key {
	key := Key{Press: k, Emergency: k.String() == "!"}
	switch k.String() {
	case "!", "a", "space", "H", "enter":
		key.Effect = Acts
	case "b", "s", "B", "A", "r", ":", "/", "q", "ctrl+z", "x", "c", "d", "y":
		key.Effect = Leads
	}
	return key
}

func start() time.Time { return time.Date(2026, 11, 25, 3, 0, 0, 0, time.UTC) }

func TestVerdicts(t *testing.T) {
	type step struct {
		after  time.Duration
		key    string
		effect Effect
		open   Open
		want   Answer
		why    Why
		lost   Loss
	}
	const second = time.Second
	for _, c := range []struct {
		name  string
		steps []step
	}{
		{"a key that acts waits", []step{{second, "a", Acts, Open{}, Wait, Sound, Nothing}}},
		{"one that leads counts", []step{{second, "b", Leads, Open{}, Count, Sound, Nothing}}},
		{"pressed twice in a hurry it is one wish", []step{{second, "a", Acts, Open{}, Wait, Sound, Nothing}, {50 * time.Millisecond, "a", Acts, Open{}, Spoiled, Again, Nothing}}},
		{"faster than a hand it is none", []step{{second, "a", Acts, Open{}, Wait, Sound, Nothing}, {5 * time.Millisecond, "a", Acts, Open{}, Spoiled, Beside, Plain}}},
		{"the emergency at any speed", []step{{second, "!", Acts, Open{}, Wait, Sound, Nothing}, {time.Millisecond, "!", Acts, Open{}, Spoiled, Again, Nothing}}},
		{"another key just before", []step{{second, "x", Moves, Open{}, Count, Sound, Nothing}, {99 * time.Millisecond, "a", Acts, Open{}, Spoiled, Beside, Nothing}}},
		{"another key long before", []step{{second, "x", Moves, Open{}, Count, Sound, Nothing}, {100 * time.Millisecond, "a", Acts, Open{}, Wait, Sound, Nothing}}},
		{"a key that moves just after counts, and spoils it", []step{{second, "!", Acts, Open{}, Wait, Sound, Nothing}, {50 * time.Millisecond, "down", Moves, Open{}, Count, Sound, Emergency}}},
		{"one that leads does neither", []step{{second, "a", Acts, Open{}, Wait, Sound, Nothing}, {50 * time.Millisecond, "b", Leads, Open{}, Spoiled, Beside, Plain}}},
		{"a box that is not drawn yet", []step{{second, "enter", Acts, Open{Dead: Dead}, Spoiled, Early, Nothing}}},
		{"a box that was just drawn", []step{{second, "enter", Acts, Open{Dead: Dead, Since: start().Add(second - Dead + 1)}, Spoiled, Early, Nothing}}},
		{"a box that was there", []step{{second, "enter", Acts, Open{Dead: Dead, Since: start().Add(second - Dead)}, Wait, Sound, Nothing}}},
		{"the emergency knows no dead time", []step{{second, "!", Acts, Open{Dead: Dead}, Wait, Sound, Nothing}}},
		{"nor does the way out", []step{{second, "esc", Moves, Open{Dead: Dead}, Count, Sound, Nothing}}},
		{"but a cancelling esc does", []step{{second, "esc", Stops, Open{Dead: Dead}, Spoiled, Early, Nothing}}},
		{"enter after a text", []step{{second, "k", Moves, Open{}, Count, Sound, Nothing}, {AfterText, "enter", Acts, Open{Pause: AfterText}, Wait, Sound, Nothing}}},
		{"enter of a paste", []step{{second, "k", Moves, Open{}, Count, Sound, Nothing}, {time.Millisecond, "enter", Acts, Open{Pause: AfterText}, Spoiled, Beside, Nothing}}},
		{"a piece of a reply", []step{{second, "esc", Moves, Open{}, Count, Sound, Nothing}, {150 * time.Millisecond, "[", Moves, Open{}, Count, Sound, Nothing},
			{150 * time.Millisecond, "!", Acts, Open{}, Spoiled, Torn, Nothing}, {time.Second, "!", Acts, Open{}, Wait, Sound, Nothing}}},
		{"esc cancels beside a piece of a reply", []step{{second, "esc", Moves, Open{}, Count, Sound, Nothing}, {150 * time.Millisecond, "[", Moves, Open{}, Count, Sound, Nothing},
			{150 * time.Millisecond, "esc", Stops, Open{}, Wait, Sound, Nothing}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var g Guard
			now := start()
			for i, s := range c.steps {
				now = now.Add(s.after)
				v := g.Press(now, Key{Press: typed(s.key), Effect: s.effect, Emergency: s.key == "!"}, s.open)
				if v.Answer != s.want || v.Why != s.why || v.Lost != s.lost {
					t.Errorf("key %d, %s: %+v, want answer %d, why %d, lost %d", i, s.key, v, s.want, s.why, s.lost)
				}
			}
		})
	}
}

// A key that waits counts once, and not after it was dropped or spoiled.
func TestRipeCountsOnce(t *testing.T) {
	var g Guard
	v := g.Press(start(), effects(typed("!")), Open{})
	if !g.Ripe(v.Held) || g.Ripe(v.Held) {
		t.Error("it does not count exactly once")
	}
	v = g.Press(start().Add(time.Second), effects(typed("!")), Open{})
	g.Drop()
	if g.Ripe(v.Held) {
		t.Error("it counts though it was dropped")
	}
	v = g.Press(start().Add(2*time.Second), effects(typed("!")), Open{})
	if lost := g.Beside(start().Add(2*time.Second + 50*time.Millisecond)); lost != Emergency || g.Ripe(v.Held) {
		t.Errorf("beside other input: lost %d, and it counts", lost)
	}
}
