package ui

import (
	"flag"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gonogo/model"
	"gonogo/ui/keyboard"
)

var everywhere = flag.Bool("everywhere", false, "try torn replies and pastes at every screen, which takes minutes")

// replies are what terminals send by themselves: where the cursor is, what
// they are, their colours, that they have the focus, the mouse, their keyboard.
func replies() []string {
	return []string{
		"\x1b[24;80R", "\x1b[?62;1;4c", "\x1b[>41;354;0c", "\x1bP!|7E565445\x1b\\", "\x1bP>|term(1)!\x1b\\",
		"\x1b]11;rgb:aaaa/dddd/bbbb\x1b\\", "\x1b]11;rgb:0a0a/bbbb/dada\a", "\x1b]4;1;rgb:adad/0000/bdbd\x1b\\",
		"\x1bP1+r5463\x1b\\", "\x1b[I", "\x1b[O", "\x1b[<0;33;33M", "\x1b[<35;7;9m", "\x1b[M !!",
		"\x1b[?1u", "\x1b[97;1:3u", "\x1b[?2026;2$y", "\x1b[8;40;120t", "\x1b[0n", "\x1b[200~a\r!\x1b[201~",
	}
}

// pastes are texts as a terminal without brackets around a paste types them.
func pastes() []string {
	return []string{
		"a\r", "ab\r\n", "b\r", "b\r\r\r", "bjj\r", "bd\r", "!\r", "f\r", "f \r", "fix this, please\r\n", " ok\r", "vv\r", "\r\n\r\n",
		"yes\r", "\rno", "\n\n\n\n", ":adv\r", ":rollback\r", "rollback!\n", "x\r\r", "a a a",
	}
}

// danger reports whether an intent does something, or prepares it.
func danger(in model.Intent) bool { return in.Kind != model.Refresh }

// stages are what may be on screen when input comes that nobody typed.
func stages() map[string]func(*stage, *testing.T) {
	show := func(s *model.Snapshot) func(*stage, *testing.T) {
		return func(st *stage, _ *testing.T) { st.feed.publish(s); time.Sleep(time.Second) }
	}
	typed := func(s *model.Snapshot, keys string) func(*stage, *testing.T) {
		return func(st *stage, t *testing.T) {
			st.feed.publish(s)
			time.Sleep(time.Second)
			for _, k := range keys {
				st.write(t, string(k))
				time.Sleep(time.Second)
			}
		}
	}
	full := listed(ways(someSnapshot()), tenants(15)...)
	return map[string]func(*stage, *testing.T){
		"panels":         show(someSnapshot()),
		"flags":          typed(someSnapshot(), "f"),
		"armed":          func(st *stage, t *testing.T) { show(armed(someSnapshot(), "p1", time.Minute))(st, t) },
		"waits":          func(st *stage, t *testing.T) { show(armed(someSnapshot(), "p1", 0))(st, t) },
		"guard":          func(st *stage, t *testing.T) { show(guarded(someSnapshot(), "g1", time.Minute))(st, t) },
		"runs":           func(st *stage, t *testing.T) { show(running(armed(someSnapshot(), "p1", 0)))(st, t) },
		"ways down":      typed(full, "b"),
		"picker, picked": typed(full, "bj\r j "),
		"drill":          typed(full, "bjjd"),
	}
}

// replay sends text in two parts, split at byte at, with a pause between, and
// returns what was submitted.
func replay(t *testing.T, begin func(*stage, *testing.T), text string, at int, pause time.Duration) (got []model.Intent) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, 80, 24, Options{})
		defer s.close()
		begin(s, t)
		got = s.feed.intents()
		if len(got) != 0 {
			t.Fatalf("submitted %+v before anything came", got)
		}
		for _, part := range []string{text[:at], text[at:]} {
			if part != "" {
				s.write(t, part)
			}
			time.Sleep(pause)
		}
		time.Sleep(time.Second)
		got = s.feed.intents()
	})
	return got
}

// some returns the screens to try an input at: a few of them in turn, so that
// each sees every kind of input; with -everywhere all.
func some(n, few int) []string {
	all := slices.Sorted(maps.Keys(stages()))
	if *everywhere {
		return all
	}
	out := make([]string, few)
	for i := range out {
		out[i] = all[(n*few+i)%len(all)]
	}
	return out
}

// A terminal's reply, torn at any byte by a slow line, arms, fires and vetoes
// nothing. What came alone for long cannot be told from a key: an escape, whose
// veto can be armed again, and the emergency key, which can be vetoed.
func TestTornReplies(t *testing.T) {
	n := 0
	for _, reply := range replies() {
		for at := 1; at < len(reply); at++ {
			for _, pause := range []time.Duration{60 * time.Millisecond, 300 * time.Millisecond} {
				if n++; n%2 != 0 && !*everywhere {
					continue // package keyboard tries them all
				}
				for _, name := range some(n/2, 1) {
					for _, in := range replay(t, stages()[name], reply, at, pause) {
						long := pause > keyboard.Alone
						bang := strings.TrimSuffix(reply[at:], "\x1b\\") == "!" || reply[at:] == "!!"
						switch {
						case long && at == 1 && in.Kind == model.Veto:
						case long && bang && in.Kind == model.ArmRollback:
						case danger(in):
							t.Errorf("%s, %q at %d, %v: submitted %+v", name, reply, at, pause, in)
						}
					}
				}
			}
		}
	}
}

// Nor does a paste, with brackets around it or without.
func TestPastes(t *testing.T) {
	n := 0
	for _, text := range pastes() {
		for at := range len(text) {
			n++
			for _, name := range some(n, 2) {
				for _, in := range replay(t, stages()[name], text, at, 60*time.Millisecond) {
					if danger(in) {
						t.Errorf("%s, %q at %d: submitted %+v", name, text, at, in)
					}
				}
			}
		}
		for _, name := range some(n, 2) {
			if got := replay(t, stages()[name], "\x1b[200~"+text+"\x1b[201~", 0, time.Millisecond); len(got) != 0 {
				t.Errorf("%s, %q in brackets: submitted %+v", name, text, got)
			}
		}
	}
}

// TestNoPasteSwallowsTheEmergencyKey: a terminal is never asked to mark pastes,
// since a mark of the end that is lost would swallow every key after it.
func TestNoPasteSwallowsTheEmergencyKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		if d := newDesk(t, nil); !d.m.View().DisableBracketedPasteMode {
			t.Error("the terminal marks pastes")
		}
	})
}
