package panel

import (
	"math"
	"strings"
	"testing"
	"time"

	"gonogo/model"
	"gonogo/ui/theme"
)

func chartNow() time.Time { return time.Date(2026, 11, 24, 14, 0, 0, 0, time.UTC) }

// chartOf draws values, 15 s apart and NaN where nothing was scraped, oldest
// first, and returns the lines within the chart's frame.
func chartOf(values []float64, line model.Line, epoch uint64, every time.Duration, mark string) []string {
	m := model.Metric{ID: "m", Title: "M", Every: 15 * time.Second, StaleAfter: time.Hour, Target: &model.Target{Op: "<", Text: line.Target}}
	series := model.Series{Epoch: epoch}
	for i, v := range values {
		if !math.IsNaN(v) {
			series.Points = append(series.Points, model.Point{At: chartNow().Add(-time.Duration(len(values)-1-i) * every), V: v})
		}
	}
	line.Metric = "m"
	s := &model.Snapshot{
		Rollout: &model.Rollout{Metrics: []model.Metric{m}}, Lines: map[model.MetricID]model.Line{"m": line},
		Series: map[model.MetricID]model.Series{"m": series},
	}
	if mark != "" {
		s.State.Marks = []model.Mark{{At: chartNow().Add(-time.Duration(len(values)/2) * every), Text: mark}}
	}
	p := Props{Snap: s, Now: chartNow(), Size: Size{22, 8}, Range: time.Duration(len(values)-1) * every}
	lines := strings.Split(Charts().Render(p), "\n")
	for i := range lines {
		lines[i] = strings.Trim(lines[i], "│")
	}
	return lines[1 : len(lines)-1]
}

// columns returns, for each column of cells, whether anything is drawn in it.
func columns(lines []string) string {
	out := []byte(strings.Repeat(" ", 20))
	for _, line := range lines {
		for x, r := range []rune(line) {
			if r > 0x2800 && r <= 0x28ff {
				out[x] = '#'
			}
		}
	}
	return string(out)
}

func TestGapsStayGaps(t *testing.T) {
	nan := math.NaN()
	run := func(n int, v float64) []float64 {
		out := make([]float64, n)
		for i := range out {
			out[i] = v
		}
		return out
	}
	join := func(parts ...[]float64) (out []float64) {
		for _, p := range parts {
			out = append(out, p...)
		}
		return out
	}
	tests := []struct {
		name   string
		values []float64
		epoch  uint64
		every  time.Duration
		want   string
	}{
		{"whole", run(40, 1), 0, 15 * time.Second, "####################"},
		{"two missing are joined", join(run(18, 1), run(2, nan), run(20, 1)), 0, 15 * time.Second, "####################"},
		{"ten missing are a gap", join(run(15, 1), run(10, nan), run(15, 1)), 0, 15 * time.Second, "########    ########"},
		{"the end is not made up", join(run(20, 1), run(20, nan)), 0, 15 * time.Second, "##########          "},
		{"infinite is a gap", join(run(15, 1), run(10, math.Inf(1)), run(15, 1)), 0, 15 * time.Second, "########    ########"},
		{"sparse points stay points", run(5, 1), 0, 10 * time.Minute, "#   #    #    #    #"},
		{"a thinned-out series is joined", run(20, 1), 3, 40 * time.Second, "####################"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := columns(chartOf(tt.values, model.Line{}, tt.epoch, tt.every, "")); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

// TestAChartStandsStill until the time of a dot is over: then it moves by that dot.
func TestAChartStandsStill(t *testing.T) {
	var points []model.Point
	for i := range 120 {
		points = append(points, model.Point{At: chartNow().Add(time.Duration(i-119) * time.Second), V: float64(i*7919%13) + 1})
	}
	draw := func(now time.Time) string {
		s := &model.Snapshot{
			Rollout: &model.Rollout{Metrics: []model.Metric{{ID: "m", Title: "m", Every: time.Second}}},
			Lines:   map[model.MetricID]model.Line{"m": {Metric: "m", State: model.Pass, HasValue: true, SampleAt: now}},
			Series:  map[model.MetricID]model.Series{"m": {Points: points}},
		}
		lines := strings.Split(Charts().Render(Props{Snap: s, Now: now, Size: Size{32, 8}, Range: 10 * time.Minute}), "\n")
		return strings.Join(lines[1:len(lines)-1], "\n")
	}
	changes, was := 0, draw(chartNow())
	for i := range 30 {
		if is := draw(chartNow().Add(time.Duration(i+1) * time.Second)); is != was {
			changes, was = changes+1, is
		}
	}
	if changes > 4 { // a dot of ten minutes over some 30 cells lasts 10 s
		t.Errorf("in 30 s the chart changed %d times", changes)
	}
}

func TestChartLines(t *testing.T) {
	line := model.Line{Target: "< 5", Threshold: 5, HasTarget: true, Alert: "> 9", AlertAt: 9, HasAlert: true}
	lines := chartOf([]float64{1, 2, 3, 4, 3, 2, 1, 2, 3, 4}, line, 0, 15*time.Second, "⚑ real")
	text := strings.Join(lines, "\n")
	target, alert := -1, -1
	for y, l := range lines {
		if strings.Contains(l, "┈") {
			target = y
		}
		if strings.Contains(l, "╌") {
			alert = y
		}
	}
	if alert < 0 || target <= alert {
		t.Errorf("the alert line is at %d, the target line at %d: want both, the alert above\n%s", alert, target, text)
	}
	if target >= 0 && !strings.Contains(lines[target], "5") {
		t.Errorf("the target line has no label\n%s", text)
	}
	if !strings.Contains(lines[len(lines)-1], "⚑ real") {
		t.Errorf("the mark is not below the chart\n%s", text)
	}
}

// TestRisingLineRises sees that larger values are drawn higher.
func TestRisingLineRises(t *testing.T) {
	values := make([]float64, 40)
	for i := range values {
		values[i] = float64(i)
	}
	lines := chartOf(values, model.Line{}, 0, 15*time.Second, "")
	if first, last := columns(lines[:1]), columns(lines[len(lines)-1:]); strings.Index(first, "#") <= strings.LastIndex(last, "#") {
		t.Errorf("the uppermost line has %q, the lowest %q", first, last)
	}
}

func TestExtremeValues(t *testing.T) {
	huge := math.MaxFloat64
	for _, values := range [][]float64{{-huge, huge}, {huge, huge}, {5e-324, 0}, {0}, {math.NaN()}, {math.Inf(1), math.Inf(-1)}, {-1, -1}} {
		lines := chartOf(values, model.Line{Threshold: model.Float(math.Inf(1)), HasTarget: true, AlertAt: model.Float(math.NaN()), HasAlert: true}, 0, 15*time.Second, "")
		if len(lines) != 6 {
			t.Errorf("%v: %d lines", values, len(lines))
		}
	}
}

func TestGridShowsAsManyAsFit(t *testing.T) {
	tests := []struct {
		name    string
		size    Size
		n       int
		cursor  int
		visible int
	}{
		{"three side by side", Size{120, 12}, 3, 0, 3},
		{"thirty on a large screen", Size{200, 34}, 30, 0, 30},
		{"more than fit", Size{80, 6}, 6, 0, 3},
		{"the cursor is seen", Size{80, 6}, 6, 5, 3},
		{"far too small", Size{5, 2}, 6, 3, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g := gridOf(Props{Size: tt.size, Cursor: tt.cursor, Focused: true}, tt.n)
			visible := 0
			for i := range tt.n {
				r := g.place(tt.size, i)
				if r.h == 0 {
					continue
				}
				visible++
				if r.x+r.w > tt.size.W || r.y+r.h > tt.size.H {
					t.Errorf("chart %d is outside: %+v", i, r)
				}
			}
			if visible != tt.visible || g.place(tt.size, tt.cursor).h == 0 {
				t.Errorf("%d charts are visible, want %d with the one at the cursor", visible, tt.visible)
			}
		})
	}
}

func TestCanvasCutsAndKeepsWidth(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"fits", "abc", "abc   "},
		{"too long", "abcdefgh", "abcde…"},
		{"wide and too long", "漢字かな", "漢字… "},
		{"escape sequence", "\x1b[2J", "␛[2J  "},
		{"lone mark", "\u0301a", "⍰a    "},
		{"half a flag", "\U0001f1e9", "⍰     "},
		{"combining", "e\u0301x", "e\u0301x    "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := newCanvas(Size{6, 1}, nil)
			c.text(0, 0, 6, theme.Normal, tt.text)
			if got := c.String(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestCanvasOverwritesHalfOfAWideCharacter(t *testing.T) {
	c := newCanvas(Size{4, 1}, nil)
	c.text(0, 0, 4, theme.Normal, "漢字")
	c.set(1, 0, theme.Normal, 'x')
	c.set(2, 0, theme.Normal, 'y')
	if got := c.String(); got != " xy " {
		t.Errorf("got %q", got)
	}
}
