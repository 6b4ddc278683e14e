package panel

import (
	"slices"
	"strings"
	"testing"
	"time"

	"gonogo/model"
	"gonogo/ui/theme"
)

// TestTextIsWrappedInert: to lines of at most so many cells, of which none acts on a terminal.
func TestTextIsWrappedInert(t *testing.T) {
	for _, c := range []struct {
		name, text string
		w          int
		want       []string
	}{
		{"short", "abc", 10, []string{"abc"}},
		{"empty", "", 10, []string{""}},
		{"two lines", "a\nb\n\n", 10, []string{"a", "b"}},
		{"windows' lines", "a\r\nb\r\n", 10, []string{"a", "b"}},
		{"a tab", "a\tb", 10, []string{"a    b"}},
		{"words", "one two three", 8, []string{"one two", "three"}},
		{"a long word", "abcdefghij", 4, []string{"abcd", "efgh", "ij"}},
		{"wide", "漢字かな", 4, []string{"漢字", "かな"}},
		{"an escape", "\x1b[2Jx", 10, []string{"␛[2Jx"}},
		{"no room at all", "abc", 0, []string{"abc"}},
	} {
		if got := wrap(c.text, c.w); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, wanted %q", c.name, got, c.want)
		}
	}
}

// TestTimesAreShort: two units at most, a range where there is one, a date only where it is not today.
func TestTimesAreShort(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 30, 0, 0, time.UTC)
	const day = 24 * time.Hour
	for _, c := range []struct{ name, got, want string }{
		{"days", spell(3 * day), "3d"},
		{"days and hours", spell(day + 20*time.Hour), "1d20h"},
		{"a range", span2(3*day, 5*day), "3d–5d"},
		{"no range", span2(3*day, 3*day), "3d"},
		{"a range upside down", span2(3*day, 0), "3d"},
		{"today", clock(now.Add(-10*time.Minute), now), "00:20"},
		{"yesterday, last year", clock(now.Add(-time.Hour), now), "31 Dec 23:30"},
		{"the same day of another year", clock(now.AddDate(-1, 0, 0), now), "1 Jan 00:30"},
		{"in another zone", clock(now.In(time.FixedZone("x", 7200)), now), "00:30"},
		{"a stamp", stamp(now.Add(-10*time.Second), now), "00:29:50"},
		{"an old stamp", stamp(now.Add(-time.Hour), now), "31 Dec 23:30"},
		{"at most, seconds", atMost(44*time.Second + 1), "45s"},
		{"at most, minutes", atMost(12*time.Minute + time.Second), "13m"},
		{"at most, of what is over", atMost(-time.Minute), "0s"},
		{"rows seen", rangeText(3, 9, 20), "4–9 of 20"},
		{"a reason", because("held", "a freeze"), "held: a freeze"},
		{"no reason", because("held", ""), "held"},
		{"a title", orID("Half", "p50"), "Half"},
		{"no title", orID("", "p50"), "p50"},
		{"a gauge that begins", gauge(0, time.Minute, 4), "┄┄┄┄"},
		{"a gauge", gauge(30*time.Second, time.Minute, 4), "━━┄┄"},
		{"a gauge that is over", gauge(time.Hour, time.Minute, 4), "━━━━"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, wanted %q", c.name, c.got, c.want)
		}
	}
}

// TestTheCursorIsAlwaysSeen: in a focused panel, wherever it and the view are said to be; and
// the view never leaves the rows.
func TestTheCursorIsAlwaysSeen(t *testing.T) {
	for n := range 12 {
		for h := range 6 {
			for cursor := -2; cursor < 15; cursor += 3 {
				for offset := -3; offset < 15; offset += 3 {
					for _, focused := range []bool{false, true} {
						p := Props{Cursor: cursor, Offset: offset, Focused: focused}
						from, to := p.window(n, h)
						at := p.cursor(n)
						if from < 0 || to > n || to-from > h || to-from < min(n, h) {
							t.Fatalf("%d rows, %d lines, cursor %d, offset %d: %d to %d", n, h, cursor, offset, from, to)
						}
						if focused && n > 0 && h > 0 && (at < from || at >= to) {
							t.Fatalf("%d rows, %d lines, cursor %d, offset %d: %d to %d without it", n, h, cursor, offset, from, to)
						}
					}
				}
			}
		}
	}
}

// TestPartsStandBesideEachOtherWhereTheyFit: else below each other, in their order.
func TestPartsStandBesideEachOtherWhereTheyFit(t *testing.T) {
	parts := [][]span{{{theme.Normal, "aaaa"}}, {{theme.Normal, "bbbb"}}, {{theme.Normal, "cccc"}}}
	for w, want := range map[int]string{40: "aaaa · bbbb · cccc", 18: "aaaa · bbbb · cccc", 17: "aaaa · bbbb|cccc", 10: "aaaa|bbbb|cccc", 1: "aaaa|bbbb|cccc"} {
		var got []string
		for _, line := range beside(w, slices.Clone(parts)...) {
			got = append(got, plain(line))
		}
		if strings.Join(got, "|") != want {
			t.Errorf("%d cells: %q, wanted %q", w, got, want)
		}
	}
	for w, want := range map[int]string{40: "aaaa  bbbb  cccc", 13: "aaaa  bbbb|> cccc", 3: "aaaa|> bbbb|> cccc"} {
		var got []string
		for _, line := range flow(slices.Clone(parts), w, "> ") {
			got = append(got, plain(line))
		}
		if strings.Join(got, "|") != want {
			t.Errorf("flow, %d cells: %q, wanted %q", w, got, want)
		}
	}
}

// TestAFieldIsANameAndATextBesideIt: wrapped below itself; of no text there is none.
func TestAFieldIsANameAndATextBesideIt(t *testing.T) {
	var got []string
	for _, line := range field(24, "value", theme.Normal, "one two three four") {
		got = append(got, plain(line))
	}
	if want := []string{"value       one two", "            three four"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if field(24, "value", theme.Normal, "") != nil {
		t.Error("a field without a text")
	}
	if got := plain(field(40, "a name that is long", theme.Normal, "x")[0]); got != "a name that is long x" {
		t.Errorf("%q", got)
	}
}

// TestTheFilterLooksIntoWhatIsShown: in any case, without blanks around it.
func TestTheFilterLooksIntoWhatIsShown(t *testing.T) {
	for _, c := range []struct {
		filter string
		want   bool
	}{{"", true}, {"  ", true}, {"ERR", true}, {" rate ", true}, {"id-7", true}, {"latency", false}, {"␛", true}, {"\x1b", false}} {
		if got := (Props{Filter: c.filter}).matches("Error rate\x1b", "id-7"); got != c.want {
			t.Errorf("%q: %t", c.filter, got)
		}
	}
}

// TestWhatIsPlannedIsWorkedOutFromThePhases: what is left of the one stood in, and all of those
// after it; nothing after the last.
func TestWhatIsPlannedIsWorkedOutFromThePhases(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	r := &model.Rollout{Phases: []model.Phase{{ID: "a", Soak: time.Hour}, {ID: "b", Soak: 2 * time.Hour, Limit: 4 * time.Hour}, {ID: "c"}}}
	for _, c := range []struct {
		name  string
		phase model.PhaseID
		soak  time.Duration
		spent time.Duration
		want  string
	}{
		{"not begun", "", 0, 0, "all phases take 3h–5h"},
		{"in the first", "a", 30 * time.Minute, 30 * time.Minute, "ETA 14:30Z–16:30Z"},
		{"in the first, whose soak stood still", "a", 30 * time.Minute, 2 * time.Hour, "ETA 14:30Z–16:30Z"},
		{"in the second", "b", time.Hour, time.Hour, "ETA 13:00Z–15:00Z"},
		{"in the second, and overdue", "b", time.Hour, 9 * time.Hour, "ETA 13:00Z"},
		{"in the last", "c", 0, time.Hour, ""},
	} {
		s := &model.Snapshot{Rollout: r, State: model.State{Phase: c.phase}}
		if c.phase != "" {
			s.State.Attempts = []model.Attempt{{Phase: c.phase, N: 1, Entered: now.Add(-c.spent), Soak: c.soak}}
		}
		if got := eta(Props{Snap: s, Now: now}); got != c.want {
			t.Errorf("%s: %q, wanted %q", c.name, got, c.want)
		}
	}
}
