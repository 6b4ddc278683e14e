package panel_test

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"gonogo/ui/panel"
)

// sized is a view of w × h cells with its cursor at row at.
func sized(w, h, at int) panel.Props { return panel.Props{Size: panel.Size{W: w, H: h}, Cursor: at} }

// TestAMenuMarksWhatIsSelected: one line, also where the cursor is out of range, and keeps it in view.
func TestAMenuMarksWhatIsSelected(t *testing.T) {
	items := []panel.Hint{{Key: "1", Text: "one"}, {Key: "two", Text: "the second"}, {Text: "without a key"}}
	for _, c := range []struct {
		name   string
		items  []panel.Hint
		cursor int
		keep   int
	}{
		{"the first", items, 0, 0}, {"the last", items, 2, 2}, {"below the last", items, 9, 2}, {"above the first", items, -4, 0}, {"of none", nil, 3, -1},
	} {
		b := panel.MenuBox(sized(60, 20, c.cursor), "Choose", c.items)
		if b.Keep != c.keep || len(b.Body) != len(c.items) || b.Title != "Choose" || !strings.Contains(strings.Join(b.Foot, ""), "enter chooses · esc closes") {
			t.Errorf("%s: %+v", c.name, b)
		}
		for i, line := range b.Body {
			if strings.HasPrefix(line, "▸ ") != (i == c.keep) {
				t.Errorf("%s: line %d is %q", c.name, i, line)
			}
		}
	}
	b := panel.MenuBox(sized(60, 20, 0), "Choose", items)
	if at := strings.Index(b.Body[0], "one"); at < 0 || len([]rune(b.Body[0][:at])) != len([]rune(b.Body[1][:max(0, strings.Index(b.Body[1], "the second"))])) {
		t.Errorf("the texts do not stand below each other:\n%s", strings.Join(b.Body, "\n"))
	}
}

// TestAPromptKeepsItsKeysWhereThereIsLittleRoom: of a long hint it is the end that gives way.
func TestAPromptKeepsItsKeysWhereThereIsLittleRoom(t *testing.T) {
	long := strings.Repeat("a hint of many words ", 20)
	for _, h := range []int{1, 5, 8, 40} {
		b := panel.PromptBox(sized(40, h, 0), "Why?", long)
		if got := b.Foot[len(b.Foot)-1]; got != "enter takes it · esc closes" || len(b.Foot) > max(h-4, 1)+1 || !strings.HasPrefix(b.Foot[0], "a hint") {
			t.Errorf("%d lines: %q", h, b.Foot)
		}
	}
	if b := panel.PromptBox(sized(40, 20, 0), "Why?", ""); len(b.Foot) != 1 || b.Keep != -1 || len(b.Body) > 0 {
		t.Errorf("without a hint: %+v", b)
	}
}

// TestALadderSaysWhatEachWayDownTouches: beside its name, or below it where there is no room; of
// the selected one all of it; and why one cannot be taken.
func TestALadderSaysWhatEachWayDownTouches(t *testing.T) {
	long := strings.Repeat("tenants to nobody, ", 12) + "and the cache off"
	rungs := []panel.Rung{
		{Key: "!", Title: "Everything off", Touches: "real to false", Mark: "emergency"},
		{Key: "2", Title: "Fewer tenants", Touches: long},
		{Key: "3", Title: "Restart", Off: "a plan is armed"},
		{Key: "4", Title: "Nothing"},
	}
	for _, c := range []struct {
		name      string
		w, cursor int
		want, not []string
	}{
		{"wide", 96, 0, []string{"▸ !  Everything off  real to false  ◂ emergency", "  2  Fewer tenants   tenants to nobody", "…", "not now: a plan is armed"}, []string{"and the cache off"}},
		{"wide, the long one selected", 96, 1, []string{"▸ 2  Fewer tenants", "and the cache off"}, []string{"▸ !"}},
		{"narrow", 50, 0, []string{"▸ !  Everything off  ◂ emergency\n", "\n       real to false\n", "not now: a plan is armed"}, []string{"off  real to false"}},
		{"narrow, one that cannot be taken", 50, 2, []string{"▸ 3  Restart\n", "not now: a plan is armed"}, nil},
		{"one that touches nothing", 96, 3, []string{"▸ 4  Nothing"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := panel.LadderBox(sized(c.w, 40, c.cursor), "Ways down", rungs)
			text := strings.Join(b.Body, "\n")
			says(t, text, c.want, c.not...)
			if b.Keep < 0 || b.Keep >= len(b.Body) {
				t.Errorf("it keeps line %d of %d", b.Keep, len(b.Body))
			}
			for _, line := range b.Body {
				if ansi.StringWidth(line) > c.w {
					t.Errorf("%d cells: %q", ansi.StringWidth(line), line)
				}
			}
		})
	}
	says(t, textOf(panel.LadderBox(sized(60, 20, 0), "Ways down", nil)), []string{"there is no rollback to choose"})
	says(t, textOf(panel.LadderBox(sized(60, 20, 0), "x", []panel.Rung{{Title: "a\x1b[2J", Touches: "b\x1b[2J", Off: "c\x1b[2J", Mark: "d\x1b[2J"}})), []string{"a␛[2J", "c␛[2J", "d␛[2J"}, "\x1b")
}

// TestAPickAlwaysSaysHowManyAreOut: and what is wrong with that, however little room there is.
func TestAPickAlwaysSaysHowManyAreOut(t *testing.T) {
	rows := []panel.PickRow{{Text: "ana"}, {Text: "bob", Out: true}, {Text: ""}, {Text: "eve\x1b[2J"}, {Text: strings.Repeat("long", 30)}}
	for _, c := range []struct {
		name      string
		pick      panel.Pick
		w, h      int
		want, not []string
	}{
		{"rows", panel.Pick{Title: "Out", Count: "1 of 5 goes out", Rows: rows}, 80, 20, []string{"▸ [ ] ana", "[✖] bob  out", `[ ] ""`, "eve␛[2J", "1 of 5 goes out", "space out or in"}, []string{"\x1b", "ana  out"}},
		{"a warning", panel.Pick{Count: "5 of 5 go out", Warning: strings.Repeat("an empty list lets everyone in ", 8), Rows: rows}, 40, 7, []string{"✖ an empty list lets", "5 of 5 go out", "space out or in"}, nil},
		{"no match", panel.Pick{Count: "0 of 5", Filter: "zoe"}, 80, 20, []string{"no match for zoe", "0 of 5"}, []string{"nothing in it"}},
		{"an empty list", panel.Pick{Count: "0 of 0"}, 80, 20, []string{"there is nothing in it"}, []string{"no match"}},
		{"while the filter is typed", panel.Pick{Rows: rows, Filter: "a", Finding: true}, 80, 20, []string{"enter keeps the filter · esc drops it"}, []string{"arms it"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := panel.PickBox(sized(c.w, c.h, 0), c.pick)
			says(t, textOf(b), c.want, c.not...)
			for _, line := range b.Body {
				if ansi.StringWidth(line) > c.w {
					t.Errorf("%d cells: %q", ansi.StringWidth(line), line)
				}
			}
		})
	}
}
