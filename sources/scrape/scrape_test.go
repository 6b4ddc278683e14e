package scrape

import (
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"gonogo/model"
	"gonogo/model/config"
	"gonogo/sources/sourcetest"
)

// page is a /metrics page that a test may change.
type page struct {
	mu     sync.Mutex
	text   string
	kind   string
	status int
}

func (p *page) set(status int, kind, text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.status, p.kind, p.text = status, kind, text
}

func (p *page) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	w.Header().Set("Content-Type", p.kind)
	w.WriteHeader(p.status)
	_, _ = io.WriteString(w, p.text)
}

const plain = "text/plain; version=0.0.4"

func serve(t *testing.T, text string) (*page, string) {
	t.Helper()
	p := &page{text: text, kind: plain, status: 200}
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	return p, server.URL
}

func table(urls ...any) map[string]any { return map[string]any{"targets": urls, "every": "100ms"} }

func ask(id, query string, more ...string) config.MetricPart {
	values := map[string]any{"query": query}
	for i := 0; i+1 < len(more); i += 2 {
		values[more[i]] = more[i+1]
	}
	return sourcetest.Metric(id, values)
}

func TestValues(t *testing.T) {
	_, url := serve(t, "# HELP a help\n# TYPE a gauge\na 3\nb{x=\"1\"} 1\nb{x=\"2\"} 2 1000\nwith{job=\"own\"} 7\n"+
		"h_bucket{le=\"1\"} 5\nh_bucket{le=\"2\"} 3\nh_bucket{le=\"+Inf\"} 10\n") // not monotonic: the engine informs of that
	tests := map[string]struct {
		query, count string
		want         float64
		wantCount    float64
		wantErr      error
	}{
		"gauge":            {query: "a", want: 3},
		"sum, old stamp":   {query: "sum(b)", want: 3},
		"scalar":           {query: "scalar(a) * 2", want: 6},
		"no selector":      {query: "vector(4)", want: 4},
		"up":               {query: "up", want: 1},
		"job":              {query: `a{job="test"}`, want: 3},
		"own job":          {query: `with{job="test",exported_job="own"}`, want: 7},
		"count":            {query: "a", count: "sum(b)", want: 3, wantCount: 3},
		"count scalar":     {query: "a", count: "scalar(a)", want: 3, wantCount: 3},
		"count of nothing": {query: "a", count: "sum(nothing)", want: 3},
		"comment":          {query: "a # a", count: "a # b", want: 3, wantCount: 3},
		"absent numerator": {query: "(sum(nothing) or vector(0)) / sum(b)", want: 0},
		"no series":        {query: "sum(nothing)", wantErr: model.ErrNoSeries},
		"empty":            {query: "a > 5", wantErr: model.ErrEmpty},
		"ambiguous":        {query: "b", wantErr: model.ErrAmbiguous},
		"ambiguous count":  {query: "a", count: "b", wantErr: model.ErrAmbiguous},
		"NaN":              {query: "(a - 3) / (a - 3)", want: math.NaN()},
		"warning":          {query: "quantile(2, b)", wantErr: model.ErrPartial},
		"warning besides":  {query: "a", count: "quantile(2, b)", wantErr: model.ErrPartial},
		"info":             {query: "histogram_quantile(0.5, h_bucket)", want: 1},
	}
	var metrics []config.MetricPart
	for name, test := range tests {
		metrics = append(metrics, ask(name, test.query, "count", test.count))
	}
	out, _ := sourcetest.Start(t, Kind(), sourcetest.Part(t, table(url), metrics...))
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := out.First(t, model.MetricID(name))
			if !errors.Is(r.Err, test.wantErr) {
				t.Fatalf("error %v, want %v", r.Err, test.wantErr)
			}
			if test.wantErr != nil {
				return
			}
			if r.Value != test.want && !(math.IsNaN(r.Value) && math.IsNaN(test.want)) {
				t.Errorf("value %v, want %v", r.Value, test.want)
			}
			if r.HasCount != (test.count != "") || r.Count != test.wantCount {
				t.Errorf("count %v (%v), want %v", r.Count, r.HasCount, test.wantCount)
			}
			if age := r.At.Sub(r.SampleAt); age < 0 || age > time.Minute {
				t.Errorf("age %v, want a short one", age)
			}
		})
	}
}

// TestCounters: the first failure, a page that cannot be had, and a restart
// are counted as they are.
func TestCounters(t *testing.T) {
	p, url := serve(t, "ok_total 100\n")
	out, _ := sourcetest.Start(t, Kind(), sourcetest.Part(t, table(url),
		ask("m", "ok_total", "bad", "failed_total", "total", `{__name__=~"ok_total|failed_total"}`)))
	count := func(value, bad, total float64) {
		t.Helper()
		r := out.Value(t, "m", value)
		if !r.Counted || r.Bad != bad || r.Total != total {
			t.Errorf("at %v: counted %v bad of %v, want %v of %v", value, r.Bad, r.Total, bad, total)
		}
	}
	count(100, 0, 0)
	p.set(200, plain, "ok_total 110\nfailed_total 2\n")
	count(110, 2, 12)
	p.set(503, plain, "")
	out.Wait(t, "m", 20*time.Second, func(r model.Reading) bool { return r.Err != nil })
	p.set(200, plain, "ok_total 5\n")
	count(5, 2, 17)
	p.set(200, plain, "ok_total 6\nfailed_total 3\n")
	count(6, 5, 21)
}

// TestSeriesThatVanishedIsStale: what rests on a series that is gone has ended,
// whatever its window still holds.
func TestSeriesThatVanishedIsStale(t *testing.T) {
	p, url := serve(t, "a_total 1\nb 1\n")
	out, _ := sourcetest.Start(t, Kind(), sourcetest.Part(t, table(url), ask("m", "sum(sum_over_time(a_total[5m])) > 0")))
	r := out.First(t, "m")
	if r.Err != nil || r.At.Sub(r.SampleAt) > time.Minute {
		t.Fatalf("reading %+v, want a fresh one", r)
	}
	p.set(200, plain, "b 1\n")
	out.Wait(t, "m", 20*time.Second, func(r model.Reading) bool {
		return r.Err == nil && r.Ended && r.At.Sub(r.SampleAt) > 0
	})
}

func TestTargetDown(t *testing.T) {
	tests := map[string]struct {
		spoil func(*page)
		want  string
	}{
		"500":         {func(p *page) { p.set(500, plain, "no") }, "HTTP 500"},
		"html":        {func(p *page) { p.set(200, "text/html", "<html>") }, "answered HTML"},
		"html, plain": {func(p *page) { p.set(200, plain, "<html>") }, "not metrics"},
		"protobuf":    {func(p *page) { p.set(200, "application/json", "{}") }, "not metrics"},
		"cut off":     {func(p *page) { p.set(200, plain, "a 1\nb{x=\"") }, "not metrics"},
		"too many": {func(p *page) {
			var b strings.Builder
			for i := range 10_001 {
				fmt.Fprintf(&b, "a{i=\"%d\"} 1\n", i)
			}
			p.set(200, plain, b.String())
		}, "more than 10000 series"},
		"too large": {func(p *page) { p.set(200, plain, "# "+strings.Repeat("x", 9<<20)+"\n") }, "larger than 8 MiB"},
		"hostile":   {func(p *page) { p.set(200, plain, "\x1b]0;x\a 1\n") }, "not metrics"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, url := serve(t, "a 1\n")
			slower := table(url)
			slower["every"] = "500ms" // which is the timeout too, and the large page takes its time
			out, _ := sourcetest.Start(t, Kind(), sourcetest.Part(t, slower, ask("m", "a"), ask("up", "up")))
			out.Value(t, "m", 1)
			test.spoil(p)
			r := out.Wait(t, "m", 20*time.Second, func(r model.Reading) bool {
				return r.Err != nil && strings.Contains(r.Err.Error(), test.want)
			})
			if text := r.Err.Error(); text != model.Inert(text) {
				t.Errorf("error %q is not inert", text)
			}
			out.Value(t, "up", 0)
			p.set(200, plain, "a 2\n")
			out.Value(t, "m", 2)
		})
	}
}

func TestHistoryOutlivesRestart(t *testing.T) {
	_, url := serve(t, "a 1\n")
	part := sourcetest.Part(t, table(url), ask("m", "a"))
	out, stop := sourcetest.Start(t, Kind(), part)
	out.Value(t, "m", 1)
	stop()
	out, stop = sourcetest.Start(t, Kind(), part)
	out.Value(t, "m", 1)
	stop()
	info, err := os.Stat(part.StateDir + "/tsdb-test")
	if err != nil {
		t.Fatal(err)
	}
	if perm := info.Mode().Perm(); perm != 0o700 {
		t.Errorf("history has mode %o, want 700", perm)
	}
}
