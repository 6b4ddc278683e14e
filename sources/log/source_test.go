package log

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"gonogo/model"
	"gonogo/model/config"
	"gonogo/sources/sourcetest"
)

// metric returns a metric of a source, read every second.
func metric(id string, table map[string]any) config.MetricPart {
	m := sourcetest.Metric(id, table)
	m.Metric.Every = time.Second
	return m
}

// running is a source that runs in a bubble of time.
type running struct {
	folder
	out *sourcetest.Recorder
}

// after lets d pass and returns the newest reading of a metric.
func (r running) after(d time.Duration, id model.MetricID) model.Reading {
	r.t.Helper()
	time.Sleep(d)
	synctest.Wait()
	events := r.out.Events()
	for i := len(events) - 1; i >= 0; i-- {
		if events[i].Metric == id {
			return events[i].Reading
		}
	}
	r.t.Fatal("no reading")
	return model.Reading{}
}

func run(t *testing.T, metrics []config.MetricPart, do func(running)) {
	d := newFolder(t)
	d.add("app.log", "old retrieval, falling back\n")
	synctest.Test(t, func(t *testing.T) {
		part := sourcetest.Part(t, map[string]any{"paths": "*.log"}, metrics...)
		part.Dir = d.dir
		s, err := Kind().Build(part)
		fatal(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		out, ended := sourcetest.NewRecorder(), make(chan error)
		go func() { ended <- s.Run(ctx, out) }()
		time.Sleep(500 * time.Millisecond) // between two looks from now on
		do(running{folder{t, d.dir}, out})
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("Run returned %v", err)
		}
	})
}

func TestShare(t *testing.T) {
	m := metric("m", map[string]any{"match": "falling back", "of": "/retriev(al|e)/", "window": "1m"})
	run(t, []config.MetricPart{m}, func(r running) {
		if got := r.after(0, "m"); !errors.Is(got.Err, model.ErrEmpty) || !strings.Contains(got.Err.Error(), "collecting, 0s of 1m so far") {
			t.Errorf("at first: %+v", got)
		}
		r.after(5*time.Second, "m")
		start := time.Now()
		r.add("app.log", "retrieval\nretrieve\nnothing\nretrieval, falling back\nretrieval\n")
		if got := r.after(54*time.Second, "m"); !errors.Is(got.Err, model.ErrEmpty) {
			t.Errorf("before the window is over: %+v", got)
		}
		got := r.after(3*time.Second, "m")
		if got.Err != nil || got.Value != 0.25 || got.Count != 4 || !got.HasCount {
			t.Errorf("after it: %+v", got)
		}
		if age := got.SampleAt.Sub(start); age < 0 || age > time.Second {
			t.Errorf("the newest line is of %v after the start, want within 1s", age)
		}
		if got := r.after(5*time.Second, "m"); !errors.Is(got.Err, model.ErrEmpty) || !got.HasCount || got.Count != 0 || !strings.Contains(got.Err.Error(), "no line with /retriev(al|e)/ in 1m") {
			t.Errorf("when the lines are older than the window: %+v", got)
		}
		r.add("app.log", "falling back\n")
		if got := r.after(2*time.Second, "m"); !errors.Is(got.Err, model.ErrPartial) {
			t.Errorf("a match, but nothing that it is a share of: %+v", got)
		}
	})
}

func TestNumber(t *testing.T) {
	metrics := []config.MetricPart{
		metric("m", map[string]any{"match": "falling back", "window": "10s"}),
		metric("none", map[string]any{"match": "no such thing", "window": "10s"}),
	}
	run(t, metrics, func(r running) {
		r.after(10*time.Second, "m")
		r.add("app.log", "falling back\nfalling back\nfall\n")
		got := r.after(2*time.Second, "m")
		if got.Err != nil || got.Value != 2 || got.HasCount {
			t.Errorf("got %+v, want 2", got)
		}
		if age := got.At.Sub(got.SampleAt); age < 0 || age > time.Second {
			t.Errorf("the look is %v old", age)
		}
		if want := (model.Lines{"falling back", "falling back"}); got.Lines != want {
			t.Errorf("shows %q, want %q", got.Lines, want)
		}
		r.add("app.log", "1 falling back\n2 falling back\n3 falling back\n4 falling back \x1b[2J\n"+strings.Repeat("x", 300)+" falling back\n")
		got = r.after(2*time.Second, "m")
		if want := "3 falling back|4 falling back ␛[2J|" + strings.Repeat("x", 200) + "…"; got.Value != 7 || !strings.HasSuffix(strings.Join(got.Lines[:], "|"), want) {
			t.Errorf("shows %q, want it to end with %q", got.Lines, want)
		}
		if got := r.after(0, "none"); got.Err != nil || got.Value != 0 {
			t.Errorf("got %+v, want 0", got)
		}
		r.add("app.log", "another line\n")
		if got := r.after(9*time.Second, "m"); got.Err != nil || got.Value != 0 || got.Lines != (model.Lines{}) {
			t.Errorf("a window later: got %+v, want 0 and no lines", got)
		}
		if got := r.after(11*time.Second, "m"); !errors.Is(got.Err, model.ErrEmpty) {
			t.Errorf("a window without any line: got %+v, want no data", got)
		}
		r.add("app.log", "another line\n")
		if got := r.after(2*time.Second, "m"); got.Err != nil || got.Value != 0 {
			t.Errorf("with another line: got %+v, want 0", got)
		}
		r.remove("app.log")
		if got := r.after(2*grace, "none"); !errors.Is(got.Err, model.ErrNoSeries) {
			t.Errorf("without the file: %+v", got)
		}
		r.add("app.log", "falling back\n")
		if got := r.after(2*time.Second, "m"); got.Err != nil || got.Value != 1 {
			t.Errorf("with a new one: %+v", got)
		}
	})
}

// TestNeverZero: where empty means zero, neither a window that is not over nor a log that is not there does.
func TestNeverZero(t *testing.T) {
	m := metric("m", map[string]any{"match": "falling back", "of": "retrieval", "window": "1m"})
	m.Metric.EmptyZero = true
	run(t, []config.MetricPart{m}, func(r running) {
		none := func(when string, got model.Reading) {
			t.Helper()
			if got.Err == nil || errors.Is(got.Err, model.ErrEmpty) && !errors.Is(got.Err, model.ErrCollecting) || errors.Is(got.Err, model.ErrNoSeries) {
				t.Errorf("%s: %+v", when, got)
			}
		}
		none("at first", r.after(0, "m"))
		if got := r.after(2*time.Minute, "m"); !errors.Is(got.Err, model.ErrEmpty) || !got.HasCount {
			t.Errorf("no lines: %+v", got)
		}
		r.remove("app.log")
		none("no file", r.after(2*grace, "m"))
	})
}

// TestBeginsAnew: after lines may have been missed, a whole window is awaited again.
func TestBeginsAnew(t *testing.T) {
	m := metric("m", map[string]any{"match": "falling back", "window": "10s"})
	run(t, []config.MetricPart{m}, func(r running) {
		r.after(9*time.Second, "m")
		r.add("app.log", "a line\n")
		if got := r.after(2*time.Second, "m"); got.Err != nil {
			t.Errorf("got %+v", got)
		}
		for i := range maxFiles {
			r.add(strings.Repeat("x", i/100)+string(rune('a'+i%100/10))+string(rune('a'+i%10))+".log", "")
		}
		if got := r.after(2*time.Second, "m"); got.Err == nil || errors.Is(got.Err, model.ErrEmpty) {
			t.Errorf("too many files: %+v", got)
		}
		r.remove("aa.log")
		if got := r.after(2*time.Second, "m"); !errors.Is(got.Err, model.ErrEmpty) || !strings.Contains(got.Err.Error(), "collecting") {
			t.Errorf("right after: %+v", got)
		}
	})
}

func TestLint(t *testing.T) {
	cases := []struct {
		name  string
		unit  model.Unit
		table map[string]any
		want  string
	}{
		{"good", model.Ratio, map[string]any{"match": "a", "of": "/b+/", "window": "1h"}, ""},
		{"good number", model.Count, map[string]any{"match": "/"}, ""},
		{"ratio of nothing", model.Ratio, map[string]any{"match": "a"}, "unit: it counts lines, which is no ratio: expected `of` beside match, or unit = \"count\""},
		{"empty", model.Count, map[string]any{"match": "//", "window": "0s"}, "match: is empty: expected a text that the lines hold, or a /regular expression/\nwindow: expected more than 0"},
		{"no regular expression", model.Ratio, map[string]any{"match": "/a(/", "of": "a\nb"},
			"match: is no regular expression: missing closing ): `a(`\nof: is empty or more than a line: expected a text that the lines hold, or a /regular expression/"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			m := metric("m", c.table)
			m.Metric.Unit = c.unit
			var got []string
			for _, f := range lint(m) {
				got = append(got, f.Key+": "+f.Message)
			}
			if text := strings.Join(got, "\n"); text != c.want {
				t.Errorf("got  %s\nwant %s", text, c.want)
			}
			if _, err := newTally(m); (err == nil) != (c.want == "" || c.unit == model.Ratio && !m.Table.Has("of")) {
				t.Errorf("but it is built with %v", err)
			}
		})
	}
	if got, want := facts(metric("m", map[string]any{"match": "a", "of": "b"})), (config.Facts{Window: 5 * time.Minute, CountWindow: 5 * time.Minute, Counts: true}); got != want {
		t.Errorf("a share: %+v", got)
	}
	if got, want := facts(metric("m", map[string]any{"match": "a", "window": "1h"})), (config.Facts{Window: time.Hour, Silent: true}); got != want {
		t.Errorf("a number: %+v", got)
	}
	if got, want := describe(metric("m", map[string]any{"match": "a\x07", "of": "b"})), "lines with a␇ of those with b, 5m"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestTallyIsBounded: the memory of a window does not grow with its lines.
func TestTallyIsBounded(t *testing.T) {
	m, err := newTally(metric("m", map[string]any{"match": "x", "of": "x", "window": "10s"}))
	fatal(t, err)
	now := time.Unix(1e9, 0)
	for range 100_000 {
		now = now.Add(time.Millisecond)
		m.add(now, []byte("x"))
	}
	if n := len(m.recent); n > buckets+1 {
		t.Errorf("%d buckets", n)
	}
	r, err := m.reading(now, now, now.Add(-time.Minute))
	if err != nil || r.Value != 1 || r.Count > 10_000 || r.Count < 9_850 {
		t.Errorf("got %+v, %v: want 10s of a line each ms, or a hundredth less", r, err)
	}
}

// TestDullLinesCountAsTheyAre: what is passed over in one piece counts as if each of its lines had been looked at.
func TestDullLinesCountAsTheyAre(t *testing.T) {
	words := []string{"", "\n", "\r\n", "falling back", "falling down", "retrieval", "fall", "ing ", "x", strings.Repeat("y", 300), "id=7 ", "id= "}
	rapid.Check(t, func(rt *rapid.T) {
		text := []byte(strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 0, 60).Draw(rt, "text"), ""))
		match := rapid.SampledFrom([]string{"falling back", "/falling (back|down)/", "/(?i)FALLING/", "/id=[0-9]+ /", "/^x$/", "/y{3}|x/"}).Draw(rt, "match")
		of := rapid.SampledFrom([]string{"retrieval", "/retr.*al/", "x"}).Draw(rt, "of")
		piece := rapid.IntRange(1, 80).Draw(rt, "piece")
		now := time.Unix(1e9, 0)
		count := func(passing bool) (float64, float64, bool) {
			m, err := newTally(metric("m", map[string]any{"match": match, "of": of}))
			if err != nil {
				rt.Fatal(err)
			}
			src := &source{tallies: map[model.MetricID]*tally{"m": m}}
			to := sink{each: func(line []byte) { m.add(now, line) }}
			if passing {
				to.dull = src.dull
			}
			var s splitter
			for rest := text; len(rest) > 0; {
				n := min(piece, len(rest))
				s.read(rest[:n], to)
				rest = rest[n:]
			}
			var a, b float64
			for _, r := range m.recent {
				a, b = a+r.match, b+r.of
			}
			return a, b, m.written.IsZero()
		}
		a, b, none := count(false)
		a2, b2, none2 := count(true)
		if a != a2 || b != b2 || none != none2 {
			rt.Fatalf("%q in pieces of %d: %s of %s: %g of %g, nothing written %v; line by line %g of %g, %v", text, piece, match, of, a2, b2, none2, a, b, none)
		}
	})
}

// BenchmarkDullLines reads lines of which none matches, as most do of a busy log.
func BenchmarkDullLines(b *testing.B) {
	for name, text := range map[string]string{"text": "falling back", "regexp": "/falling (back|down)/"} {
		b.Run(name, func(b *testing.B) {
			m, err := newTally(metric("m", map[string]any{"match": text}))
			fatal(b, err)
			src := &source{tallies: map[model.MetricID]*tally{"m": m}}
			data := []byte(strings.Repeat("2026-01-02T03:04:05Z INFO vecsec.retrieval query took 120 ms for tenant_a, 20 results of real retrieval\n", 2500))
			b.SetBytes(int64(len(data)))
			var s splitter
			now := time.Unix(1e9, 0)
			to := sink{dull: src.dull, each: func(line []byte) { m.add(now, line) }}
			for b.Loop() {
				s.read(data, to)
			}
		})
	}
}

func BenchmarkLines(b *testing.B) {
	for name, text := range map[string]string{"text": "falling back", "regexp": "/falling (back|down)/"} {
		b.Run(name, func(b *testing.B) {
			m, err := newTally(metric("m", map[string]any{"match": text, "of": "retrieval"}))
			fatal(b, err)
			data := []byte(strings.Repeat("2026-01-02T03:04:05Z INFO vecsec.retrieval query took 120 ms for tenant_a, 20 results of real retrieval\n", 1000))
			b.SetBytes(int64(len(data)))
			var s splitter
			now := time.Unix(1e9, 0)
			for b.Loop() {
				s.write(data, func(line []byte) { m.add(now, line) })
			}
		})
	}
}
