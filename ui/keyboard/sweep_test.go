package keyboard

import (
	"context"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"pgregory.net/rapid"
)

// replies are what terminals send by themselves: where the cursor is, what
// they are, their colours, that they have the focus, the mouse, their keyboard.
func replies() []string {
	return []string{
		"\x1b[24;80R", "\x1b[?62;1;4c", "\x1b[>41;354;0c", "\x1bP!|7E565445\x1b\\", "\x1bP>|term(1)!\x1b\\",
		"\x1b]11;rgb:aaaa/dddd/bbbb\x1b\\", "\x1b]11;rgb:0a0a/bbbb/dada\a", "\x1bP1+r5463\x1b\\", "\x1b[I", "\x1b[O",
		"\x1b[<0;33;33M", "\x1b[<35;7;9m", "\x1b[?1u", "\x1b[97;1:3u", "\x1b[?2026;2$y", "\x1b[8;40;120t", "\x1b[0n",
		"\x1bP>|WezTerm 20240203-110809\x1b\\", "\x1bP>|tmux 3.4\x1b\\", "\x1bP!|00000000\x1b\\",
		"\x1b[M !!", "\x1b[M  !", "\x1b[M!! ", "\x1b[M \u00a1!", "\x1b[M !\u00a1", "\x1b[M\u00a0!!", "\x1b[M\u00a0\u00a0!",
		"\x1b[M\u00a0!\u00a0", "\x1b[M\u0085!!", "\x1b[M!\u009b!", "\x1b[M\u20ac!!", "\x1b[M!!!", "\x1b[?62;22c", "\x1bP0+r\x1b\\",
	}
}

// heard is one message that a program got, and when.
type heard struct {
	at  time.Time
	msg tea.Msg
}

// listen returns what Bubble Tea makes of the parts of an input that come with
// these pauses after each. It runs in a bubble.
func listen(t testing.TB, parts []string, pauses func(i int) time.Duration) []heard {
	t.Helper()
	in, out := io.Pipe()
	events := make(chan uv.Event)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = uv.NewTerminalReader(in, "xterm-256color").StreamEvents(ctx, events) // it ends with the pipe
	}()
	var got []heard
	collected := make(chan struct{})
	go func() {
		defer close(collected)
		for {
			select {
			case e := <-events:
				got = append(got, heard{time.Now(), translate(e)})
			case <-ended:
				return
			}
		}
	}()
	for i, part := range parts {
		if _, err := io.WriteString(out, part); err != nil {
			t.Fatal(err)
		}
		time.Sleep(pauses(i))
	}
	time.Sleep(2 * time.Second)
	_ = out.Close()
	cancel()
	<-collected
	return got
}

// translate returns the message that Bubble Tea makes of e.
func translate(e uv.Event) tea.Msg {
	switch e := e.(type) {
	case uv.KeyPressEvent:
		return tea.KeyPressMsg(e)
	case uv.KeyReleaseEvent:
		return tea.KeyReleaseMsg(e)
	case uv.MouseClickEvent:
		return tea.MouseClickMsg(e)
	case uv.MouseReleaseEvent:
		return tea.MouseReleaseMsg(e)
	case uv.MouseMotionEvent:
		return tea.MouseMotionMsg(e)
	case uv.MouseWheelEvent:
		return tea.MouseWheelMsg(e)
	case uv.FocusEvent:
		return tea.FocusMsg{}
	case uv.BlurEvent:
		return tea.BlurMsg{}
	case uv.PasteEvent:
		return tea.PasteMsg{Content: e.Content}
	case uv.PasteStartEvent:
		return tea.PasteStartMsg{}
	case uv.PasteEndEvent:
		return tea.PasteEndMsg{}
	}
	return e
}

// counted returns the keys that act and count, as the cockpit asks the guard about them.
func counted(g *Guard, all []heard) []string {
	var out []string
	held, name, due := 0, "", time.Time{}
	ripen := func(now time.Time) {
		if held != 0 && now.Sub(due) >= 0 {
			if g.Ripe(held) {
				out = append(out, name)
			}
			held = 0
		}
	}
	for _, h := range all {
		ripen(h.at)
		switch msg := h.msg.(type) {
		case tea.KeyPressMsg:
			v := g.Press(h.at, effects(msg), Open{})
			if v.Answer == Wait {
				held, name, due = v.Held, msg.String(), h.at.Add(Alone)
			}
			continue
		case tea.KeyReleaseMsg, tea.MouseMotionMsg, tea.MouseReleaseMsg, tea.PasteStartMsg, tea.PasteEndMsg, tea.FocusMsg, tea.BlurMsg,
			tea.MouseClickMsg, tea.MouseWheelMsg:
			g.Heard(h.at, msg, 80, 24)
			continue
		}
		g.Heard(h.at, h.msg, 80, 24)
		g.Beside(h.at)
	}
	ripen(time.Now())
	return out
}

// Whatever a terminal says by itself, byte by byte or torn at any one or two
// places, with any pause that a line makes: no key acts by it.
func TestNoTornReplyActs(t *testing.T) {
	for _, reply := range replies() {
		synctest.Test(t, func(t *testing.T) {
			for _, ms := range []int{1, 60, 110, 150, 300, 500, 900} {
				pause := func(int) time.Duration { return time.Duration(ms) * time.Millisecond }
				for _, parts := range torns(reply) {
					var g Guard
					if got := counted(&g, listen(t, parts, pause)); len(got) != 0 {
						t.Errorf("%q every %d ms: %q counts", parts, ms, got)
					}
				}
			}
		})
	}
}

// torns are the ways to tear a reply at up to two places, and that byte by byte.
func torns(reply string) [][]string {
	out := [][]string{{reply}, strings.Split(reply, "")}
	var single []string
	for i := range len(reply) {
		single = append(single, reply[i:i+1])
	}
	out[1] = single
	for i := 1; i < len(reply); i++ {
		out = append(out, []string{reply[:i], reply[i:]})
		for j := i + 1; j < len(reply); j++ {
			out = append(out, []string{reply[:i], reply[i:j], reply[j:]})
		}
	}
	return out
}

// Nor do replies and mouse reports torn at any places, with pauses that differ,
// one after the other.
func TestNoTornStreamActs(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var parts []string
		for range rapid.IntRange(1, 3).Draw(rt, "replies") {
			reply := rapid.SampledFrom(replies()).Draw(rt, "reply")
			for len(reply) > 0 {
				n := rapid.IntRange(1, len(reply)).Draw(rt, "piece")
				parts = append(parts, reply[:n])
				reply = reply[n:]
			}
		}
		pauses := rapid.SliceOfN(rapid.IntRange(0, 900), len(parts), len(parts)).Draw(rt, "pauses")
		synctest.Test(t, func(t *testing.T) {
			var g Guard
			got := counted(&g, listen(t, parts, func(i int) time.Duration { return time.Duration(pauses[i]) * time.Millisecond }))
			if len(got) != 0 {
				rt.Fatalf("%q counts", got)
			}
		})
	})
}

// A paste that comes as keys acts never, however a line tears it, unless a
// piece of it is a key alone.
func TestNoPasteActs(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.StringMatching(`[a-z !\r:HA]{2,20}`).Draw(rt, "text")
		if strings.Trim(text, text[:1]) == "" {
			return // a key that is held down
		}
		synctest.Test(t, func(t *testing.T) {
			var g Guard
			if got := counted(&g, listen(t, []string{text}, func(int) time.Duration { return 0 })); len(got) != 0 {
				rt.Fatalf("%q counts", got)
			}
		})
	})
}

// pressed is a key that a person presses, after a pause.
type pressed struct {
	after time.Duration
	key   string
}

func presses(rt *rapid.T, label string, keys ...string) []pressed {
	return rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) pressed {
		return pressed{time.Duration(rapid.IntRange(0, 1500).Draw(rt, "after")) * time.Millisecond, rapid.SampledFrom(keys).Draw(rt, "key")}
	}), 0, 30).Draw(rt, label)
}

// A key that is pressed alone counts after Alone, whatever was pressed before: at once
// where no escape came, and else once a torn sequence would have ended.
func TestALonePressAlwaysCounts(t *testing.T) {
	for name, c := range map[string]struct {
		keys []string
		gap  time.Duration
	}{
		"after a person's keys": {[]string{"!", "space", "enter", "a", "b", "down", "x", "[", "M", "é"}, Alone},
		"after escapes":         {[]string{"!", "space", "enter", "esc", "[", "M", "O", "P", "]", "2", "a"}, pauseFor},
	} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				var g Guard
				now := start()
				for _, p := range presses(rt, "before", c.keys...) {
					now = now.Add(p.after)
					g.Press(now, effects(typed(p.key)), Open{})
				}
				now = now.Add(c.gap)
				last := rapid.SampledFrom([]string{"!", "space", "enter"}).Draw(rt, "last")
				if held := g.held; held != Nothing { // the one before counted meanwhile
					g.Ripe(g.n)
				}
				v := g.Press(now, effects(typed(last)), Open{})
				if v.Answer != Wait || !g.Ripe(v.Held) {
					rt.Fatalf("%s: %+v", last, v)
				}
			})
		})
	}
}

// What moves, and the way out of a box, counts at once, whatever came before.
func TestNavigationAlwaysCounts(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var g Guard
		now := start()
		for _, p := range presses(rt, "before", "!", "space", "enter", "esc", "[", "M", "\x1b[", "\xc2", "down", "a", "b") {
			now = now.Add(p.after)
			switch p.key {
			case "\x1b[", "\xc2":
				g.Heard(now, uv.UnknownEvent(p.key), 80, 24)
				g.Beside(now)
			default:
				g.Press(now, effects(typed(p.key)), Open{Dead: Dead})
			}
		}
		now = now.Add(time.Duration(rapid.IntRange(0, 2000).Draw(rt, "after")) * time.Millisecond)
		for _, key := range []string{"down", "esc"} {
			if v := g.Press(now, Key{Press: typed(key)}, Open{Dead: Dead}); v.Answer != Count {
				rt.Fatalf("%s: %+v", key, v)
			}
		}
		if v := g.Press(now.Add(Alone), Key{Press: typed("esc"), Effect: Stops}, Open{}); v.Why == Torn {
			rt.Fatalf("a cancelling esc: %+v", v)
		}
	})
}

// Well-formed mouse and focus reports taint nothing.
func TestWellFormedReportsTaintNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g Guard
		got := counted(&g, listen(t, []string{"\x1b[<0;33;13M", "\x1b[I", "\x1b[<64;1;1M", "!"}, func(int) time.Duration { return 120 * time.Millisecond }))
		if len(got) != 1 || got[0] != "!" {
			t.Errorf("%q counts, want !", got)
		}
	})
}
