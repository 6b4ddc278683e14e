package ui

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"gonogo/model"
	"gonogo/ui/panel/paneltest"
)

// richest is a rollout with much of everything.
func richest(c paneltest.Condition) *model.Snapshot {
	s := paneltest.Snapshot(paneltest.Options{Condition: c, Metrics: 9, Points: 40})
	if a := s.State.Attempt(); a != nil {
		a.Override = "a known flake"
	}
	s.Rollout.Phases[0].Title = "Staging with a name that is far too long for any small screen"
	return s
}

// sweep draws m at every size of 1×1 to 120×50, and in steps up to 250×80.
func sweep(m *Model, each func(w, h int, frame string)) {
	at := func(w, h int) {
		m.Update(tea.WindowSizeMsg{Width: w, Height: h})
		each(w, h, m.View().Content)
	}
	for w := 1; w <= 120; w++ {
		for h := 1; h <= 50; h++ {
			at(w, h)
		}
	}
	for w := 121; w <= 250; w += 9 {
		for h := 1; h <= 80; h += 6 {
			at(w, h)
		}
	}
}

// At every size no line is longer than the screen, and from 20×5 on the verdict
// and the emergency key are seen.
func TestEverySizeShowsTheVerdict(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		feed := newFakeFeed()
		m := newModel(t.Context(), feed, feed.mailbox, Options{width: 80, height: 24, Now: fixed(time.Now())})
		m.took(richest(paneltest.NoGo))
		sweep(m, func(w, h int, frame string) {
			if problem := overflows(frame, w, h); problem != "" {
				t.Fatalf("%d×%d: %s", w, h, problem)
			}
			if w < 20 || h < 5 {
				return
			}
			text := ansi.Strip(frame)
			if !strings.Contains(text, "NO-GO") && !strings.Contains(text, "█▀▄ █") {
				t.Fatalf("%d×%d: no verdict\n%s", w, h, text)
			}
			if last := text[strings.LastIndexByte(text, '\n')+1:]; !strings.Contains(last, "!") {
				t.Fatalf("%d×%d: no emergency key\n%s", w, h, text)
			}
		})
	})
}

// The countdown is seen at every size from 20×5 on, with the plan's box open and hidden.
func TestEverySizeShowsTheCountdown(t *testing.T) {
	for name, hidden := range map[string]bool{"open": false, "hidden": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				feed := newFakeFeed()
				m := newModel(t.Context(), feed, feed.mailbox, Options{width: 80, height: 24, Now: fixed(time.Now())})
				m.took(richest(paneltest.GuardArmed))
				if hidden {
					m.plan.Hide()
				}
				sweep(m, func(w, h int, frame string) {
					if problem := overflows(frame, w, h); problem != "" {
						t.Fatalf("%d×%d: %s", w, h, problem)
					}
					if text := ansi.Strip(frame); w >= 20 && h >= 5 && !strings.Contains(text, "38s") {
						t.Fatalf("%d×%d: no countdown\n%s", w, h, text)
					}
				})
			})
		})
	}
}

// A wall fits at every size, says the verdict, and submits nothing whatever is pressed.
func TestTheWallOnlyLooks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		feed := newFakeFeed()
		m := newModel(t.Context(), feed, feed.mailbox, Options{width: 80, height: 24, Wall: true, Now: fixed(time.Now())})
		m.took(richest(paneltest.GuardArmed))
		sweep(m, func(w, h int, frame string) {
			if problem := overflows(frame, w, h); problem != "" {
				t.Fatalf("%d×%d: %s", w, h, problem)
			}
			if text := ansi.Strip(frame); w >= 48 && h >= 14 && (!strings.Contains(text, "guard in 38s") && !strings.Contains(text, "rolls back in 38s")) {
				t.Fatalf("%d×%d: no countdown\n%s", w, h, text)
			}
		})
		for _, k := range []string{"!", "enter", "esc", "a", "space", "?", "b"} {
			time.Sleep(time.Second)
			m.Update(keyPress(k))
		}
		time.Sleep(time.Second)
		if got := feed.intents(); len(got) != 0 {
			t.Errorf("submitted %+v", got)
		}
		time.Sleep(10 * time.Second)
		m.Update(tickMsg{m.clock.chain})
		m.Update(tea.WindowSizeMsg{Width: 18, Height: 14})
		if text := ansi.Strip(m.View().Content); !strings.Contains(text, "STALE") {
			t.Errorf("old news are shown as news:\n%s", text)
		}
	})
}
