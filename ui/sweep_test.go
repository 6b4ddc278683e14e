package ui

import (
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"gonogo/model"
)

// moreReplies are beside those of replies: what terminals say of themselves
// with names that hold letters which are keys here, and mouse reports without numbers.
func moreReplies() []string {
	return []string{
		"\x1bP>|WezTerm 20240203-110809-5046fc22\x1b\\", "\x1bP>|tmux 3.4\x1b\\", "\x1bP>|XTerm(388)\x1b\\", "\x1bP!|00000000\x1b\\",
		"\x1b[M  !", "\x1b[M!! ", "\x1b[M \u00a1!", "\x1b[M !\u00a1", "\x1b[M\u00a0!!", "\x1b[M\u20ac!!", "\x1b[M\u00a0\u00a0!", "\x1b[?62;22c", "\x1b[200~ba !\r\x1b[201~",
		"\x1b]10;rgb:aaaa/bbbb/abab\x1b\\", "\x1bP0+r\x1b\\",
	}
}

func gaps() []time.Duration {
	var out []time.Duration
	for _, ms := range []int{60, 150, 300, 500, 900} {
		out = append(out, time.Duration(ms)*time.Millisecond)
	}
	return out
}

// drip sends the parts one after the other, and returns what was submitted
// beside refreshes, and the veto or cancel of the Esc that a reply begins with.
func drip(t *testing.T, screen string, parts []string, gap time.Duration) (got []model.Intent) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, 80, 24, Options{})
		defer s.close()
		stages()[screen](s, t)
		s.feed.intents()
		for _, part := range parts {
			s.write(t, part)
			time.Sleep(gap)
		}
		time.Sleep(2 * time.Second)
		for _, in := range s.feed.intents() {
			if danger(in) && in.Kind != model.Veto {
				got = append(got, in)
			}
		}
	})
	return got
}

// Whatever a terminal says by itself, byte by byte or torn at one or two
// places, with any pause that a line makes: it arms, fires, signs and enters nothing.
func TestTornRepliesNeverActAtAnyPause(t *testing.T) {
	n := 0
	for _, reply := range append(replies(), moreReplies()...) {
		t.Run(strconv.Quote(reply), func(t *testing.T) {
			for _, gap := range gaps() {
				for _, parts := range cuts(reply, gap) {
					if n++; n%3 != 0 && !*everywhere {
						continue // package keyboard tries them all
					}
					for _, name := range some(n/3, 1) {
						if got := drip(t, name, parts, gap); len(got) != 0 {
							t.Errorf("%s, %q every %v: submitted %+v", name, parts, gap, got)
						}
					}
				}
			}
		})
	}
}

// cuts are the ways to tear a reply that are tried with this pause: byte by
// byte, at one place with some, and at two with -everywhere.
func cuts(reply string, gap time.Duration) [][]string {
	out := [][]string{bytesOf(reply)}
	if gap != 150*time.Millisecond && !*everywhere {
		return out
	}
	for i := 1; i < len(reply); i++ {
		out = append(out, []string{reply[:i], reply[i:]})
		for j := i + 1; j < len(reply) && *everywhere; j++ {
			out = append(out, []string{reply[:i], reply[i:j], reply[j:]})
		}
	}
	return out
}

func bytesOf(s string) []string {
	out := make([]string, len(s))
	for i := range out {
		out[i] = s[i : i+1]
	}
	return out
}
