package ui

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/exp/golden"

	"gonogo/model"
	"gonogo/ui/overlay"
	"gonogo/ui/panel/paneltest"
)

// fixed is the clock of the fixtures: it stands at their moment plus what a
// bubble's own clock has gone on.
func fixed(start time.Time) func() time.Time {
	return func() time.Time { return paneltest.Now().Add(time.Since(start)) }
}

// The whole screen, through the program and a terminal, as a person sees it.
func TestScreens(t *testing.T) {
	for _, c := range []struct {
		name string
		w, h int
		cond paneltest.Condition
		keys string
	}{
		{"soaking-120x40", 120, 40, paneltest.Soaking, ""},
		{"nogo-80x24", 80, 24, paneltest.NoGo, ""},
		{"armed-80x24", 80, 24, paneltest.Armed, ""},
		{"why-120x40", 120, 40, paneltest.NoGo, "e"},
		{"help-120x40", 120, 40, paneltest.Soaking, "?"},
		{"palette-80x24", 80, 24, paneltest.Soaking, ":ro"},
		{"menu-80x24", 80, 24, paneltest.Soaking, "b"},
		{"rehearse-80x24", 80, 24, paneltest.Checked, "bjd"},
		{"incident-120x40", 120, 40, paneltest.OpenStill, ""},
		{"stepped-down-80x24", 80, 24, paneltest.SteppedDown, ""},
		{"drill-armed-80x24", 80, 24, paneltest.DrillArmed, ""},
		{"frozen-filter-120x40", 120, 40, paneltest.NoGo, "p/err\r"},
		{"zoom-80x24", 80, 24, paneltest.Soaking, "fz"},
		{"small-40x10", 40, 10, paneltest.NoGo, ""},
		{"guard-120x40", 120, 40, paneltest.GuardArmed, ""},
		{"guard-80x24", 80, 24, paneltest.GuardArmed, ""},
		{"guard-18x4", 18, 4, paneltest.GuardArmed, ""},
		{"guard-veto-80x24", 80, 24, paneltest.GuardArmed, "\x1bload test"},
		{"guard-vetoed-80x24", 80, 24, paneltest.GuardVetoed, ""},
		{"checks-120x40", 120, 40, paneltest.Checked, " j"},
		{"soaking-40x10", 40, 10, paneltest.Soaking, ""},
		{"soaking-60x60", 60, 60, paneltest.Soaking, ""},
		{"soaking-80x24", 80, 24, paneltest.Soaking, ""},
		{"soaking-200x50", 200, 50, paneltest.Soaking, ""},
		{"soaking-240x67", 240, 67, paneltest.Soaking, ""},
		{"guard-40x10", 40, 10, paneltest.GuardArmed, ""},
		{"guard-120x20", 120, 20, paneltest.GuardArmed, ""},
		{"guard-80x16", 80, 16, paneltest.GuardArmed, ""},
		{"guard-60x60", 60, 60, paneltest.GuardArmed, ""},
		{"guard-200x50", 200, 50, paneltest.GuardArmed, ""},
		{"guard-240x67", 240, 67, paneltest.GuardArmed, ""},
		{"incident-200x50", 200, 50, paneltest.OpenStill, ""},
		{"ascii-guard-120x40", 120, 40, paneltest.GuardArmed, ""},
		{"ascii-guard-80x24", 80, 24, paneltest.GuardArmed, ""},
		{"ascii-soaking-120x40", 120, 40, paneltest.Soaking, ""},
		{"zoom-gate-120x40", 120, 40, paneltest.Evidence, ":zoom gate\r"},
		{"zoom-flags-80x24", 80, 24, paneltest.Drifted, ":zoom flags\r"},
		{"zoom-log-80x24", 80, 24, paneltest.NoGo, ":zoom log\r"},
		{"zoom-checklist-80x24", 80, 24, paneltest.Checked, ":zoom checklist\r"},
		{"wall-48x14", 48, 14, paneltest.NoGo, ""},
		{"wall-80x24", 80, 24, paneltest.NoGo, ""},
		{"wall-120x40", 120, 40, paneltest.NoGo, ""},
		{"wall-240x67", 240, 67, paneltest.NoGo, ""},
		{"wall-guard-48x14", 48, 14, paneltest.GuardArmed, ""},
		{"wall-guard-80x24", 80, 24, paneltest.GuardArmed, ""},
		{"wall-soaking-80x24", 80, 24, paneltest.Soaking, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ascii := strings.HasPrefix(c.name, "ascii")
				s := newStage(t, c.w, c.h, Options{Now: fixed(time.Now()), ASCII: &ascii, Wall: strings.HasPrefix(c.name, "wall")})
				defer s.close()
				s.feed.publish(paneltest.Snapshot(paneltest.Options{Condition: c.cond}))
				time.Sleep(500 * time.Millisecond)
				for _, k := range c.keys {
					if k == '\r' { // what was typed is no paste
						time.Sleep(200 * time.Millisecond)
					}
					s.write(t, string(k))
					time.Sleep(20 * time.Millisecond)
					if k == '\x1b' { // else it begins the sequence of another key
						time.Sleep(100 * time.Millisecond)
					}
				}
				time.Sleep(200 * time.Millisecond)
				lines := strings.Split(s.tty.screen(), "\n")
				for i := range lines {
					lines[i] = strings.TrimRight(lines[i], " ")
				}
				golden.RequireEqual(t, []byte(strings.Join(lines, "\n")+"\n"))
			})
		})
	}
}

// A storm of sizes leaves the last one well drawn.
func TestResizeStorm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, paneltest.Snapshot(paneltest.Options{Condition: paneltest.NoGo}))
		before := d.screen()
		for i := range 300 {
			w, h := 1+(i*37)%200, 1+(i*13)%60
			d.m.Update(tea.WindowSizeMsg{Width: w, Height: h})
			if problem := overflows(d.m.View().Content, w, h); problem != "" {
				t.Fatalf("%d×%d: %s", w, h, problem)
			}
		}
		d.m.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
		if after := d.screen(); after != before {
			t.Errorf("the screen is\n%s\nbefore the storm it was\n%s", after, before)
		}
	})
}

// What no message changed is not drawn again.
func TestFrameIsCached(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, someSnapshot())
		d.m.View()
		if n := testing.AllocsPerRun(10, func() { d.m.View() }); n != 0 {
			t.Errorf("a frame without news allocates %v times", n)
		}
		d.m.Update(tea.MouseMotionMsg{})
		if d.m.view.dirty {
			t.Error("a mouse that only moves draws a frame")
		}
	})
}

func TestMouse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, someSnapshot())
		r := d.m.board.places(d.m.props())[panelFlags]
		d.send(tea.MouseClickMsg{X: r.X + 3, Y: r.Y + 2, Button: tea.MouseLeft})
		if d.m.board.focus != panelFlags || d.m.board.cursor(d.m.props(), panelFlags) != 1 {
			t.Errorf("a click on the second flag is on %s, row %d", d.m.board.focus, d.m.board.cursor(d.m.props(), d.m.board.focus))
		}
		d.none()
		d.send(tea.MouseWheelMsg{X: r.X + 3, Y: r.Y + 2, Button: tea.MouseWheelDown})
		if f := d.m.board.flag(d.m.props()); f == nil || f.ID != "ratio" {
			t.Errorf("the wheel went to %+v", f)
		}
	})
}

func TestFilterMovesCursorAlong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, someSnapshot())
		d.press("f", "G", "/", "t", "e", "n", "enter")
		if f := d.m.board.flag(d.m.props()); f == nil || f.ID != "tenants" {
			t.Errorf("the cursor is on %+v", f)
		}
		d.sees("find: ten")
		d.press("/", "x", "esc")
		if d.m.board.filter != "ten" {
			t.Errorf("esc leaves the filter %q", d.m.board.filter)
		}
		d.press("esc")
		if d.m.board.filter != "" {
			t.Errorf("esc leaves the filter %q", d.m.board.filter)
		}
	})
}

func TestFrozenView(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, someSnapshot())
		d.press("p")
		d.snap(next(d.m.eyes.live, func(s *model.Snapshot) { s.Gate.Headline, s.State.Phase = model.GO, "all" }))
		d.sees("NO-GO")
		d.press("a")
		if got := d.one(); got.Phase != "all" || got.Seen != d.m.eyes.live.Seq-1 {
			t.Errorf("submitted %+v, want what the frozen view shows", got)
		}
		d.press("!")
		if got := d.one(); got.Seen != d.m.eyes.live.Seq {
			t.Errorf("the emergency rests on record %d", got.Seen)
		}
		d.press("esc", "p")
		if d.m.eyes.seen() != d.m.eyes.live {
			t.Error("still frozen")
		}
	})
}

func BenchmarkView(b *testing.B) {
	for _, cached := range []bool{false, true} {
		b.Run(fmt.Sprintf("200x50/30metrics/cached=%v", cached), func(b *testing.B) {
			feed := newFakeFeed()
			start := time.Now()
			m := newModel(b.Context(), feed, feed.mailbox, Options{width: 200, height: 50, Now: fixed(start)})
			m.took(paneltest.Snapshot(paneltest.Options{Condition: paneltest.NoGo, Metrics: 30, Points: 600}))
			m.View()
			b.ReportAllocs()
			for b.Loop() {
				m.view.dirty = !cached
				m.View()
			}
		})
	}
}

// BenchmarkViewUnderHelp draws a frame with all keys over it, the largest box there is.
func BenchmarkViewUnderHelp(b *testing.B) {
	feed := newFakeFeed()
	m := newModel(b.Context(), feed, feed.mailbox, Options{width: 200, height: 50, Now: fixed(time.Now())})
	m.took(paneltest.Snapshot(paneltest.Options{Condition: paneltest.NoGo, Metrics: 30, Points: 600}))
	m.do(overlay.Want{Help: true})
	b.ReportAllocs()
	for b.Loop() {
		m.view.dirty = true
		m.View()
	}
}
