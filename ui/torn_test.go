package ui

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"gonogo/model"
)

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
func danger(in model.Intent) bool {
	switch in.Kind {
	case model.Refresh, model.Resume:
		return false
	}
	return true
}

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

// torn sends text in two parts, split at byte at, with a pause between, and
// returns what was submitted.
func torn(t *testing.T, begin func(*stage, *testing.T), text string, at int, pause time.Duration) (got []model.Intent) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, 120, 40, Options{})
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

// A terminal's reply, torn at any byte by a slow line, arms, fires and vetoes
// nothing. An escape that came alone for long is the one thing that cannot be
// told from the key: what it vetoes can be armed again.
func TestTornReplies(t *testing.T) {
	for name, begin := range stages() {
		for _, pause := range []time.Duration{60 * time.Millisecond, 300 * time.Millisecond} {
			t.Run(fmt.Sprint(name, " ", pause), func(t *testing.T) {
				for _, reply := range replies() {
					for at := 1; at < len(reply); at++ {
						alone := at == 1 && pause > bangAlone
						for _, in := range torn(t, begin, reply, at, pause) {
							if danger(in) && (!alone || in.Kind != model.Veto) {
								t.Errorf("%q at %d: submitted %+v", reply, at, in)
							}
						}
					}
				}
			})
		}
	}
}

// Nor does a paste, with brackets around it or without.
func TestPastes(t *testing.T) {
	for name, begin := range stages() {
		t.Run(name, func(t *testing.T) {
			for _, text := range pastes() {
				for at := range len(text) {
					for _, in := range torn(t, begin, text, at, 60*time.Millisecond) {
						if danger(in) {
							t.Errorf("%q at %d: submitted %+v", text, at, in)
						}
					}
				}
				if got := torn(t, begin, "\x1b[200~"+text+"\x1b[201~", 0, time.Millisecond); len(got) != 0 {
					t.Errorf("%q in brackets: submitted %+v", text, got)
				}
			}
		})
	}
}
