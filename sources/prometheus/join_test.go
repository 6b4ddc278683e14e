package prometheus

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	prom "github.com/prometheus/common/model"

	"gonogo/internal/testserver"
	"gonogo/model"
	"gonogo/model/config"
	"gonogo/sources/poll"
	"gonogo/sources/query"
	"gonogo/sources/sourcetest"
)

// shapes are expressions of many kinds, over a, b (two series) and c, with name and without.
func shapes() []string {
	leaves := []string{
		"a", "b", "sum(b)", "b{x=\"1\"}", "{__name__=~\"a|c\"}", "nothing", "a > 5", "a > bool 5", "scalar(a)", "1", "time() * 0", "vector(4)",
		"nothing or vector(0)", "absent(nothing)", "absent(a)", "a # a comment", "topk(1, b)", "count_values(\"v\", a)", "a / 0", "-a / 0", "a * NaN",
		"label_replace(b, \"gonogo_part\", \"7\", \"\", \"\")", "label_replace(a, \"gonogo\", \"count\", \"\", \"\")",
		"sum(rate(a[1m]))", "max_over_time(a[1m:1s])", "a offset 1h", "a @ 1", "sum by (x) (b)", "b and ignoring(x) a", "a unless a",
		"label_replace(b, \"x\", \"\", \"\", \"\")", "quantile(2, b)", "histogram_quantile(0.9, a)", "sort_desc(b)",
	}
	var out []string
	for _, l := range leaves {
		for _, text := range []string{l, "(" + l + "\n) + 1", "(" + l + "\n) == (" + l + "\n)"} {
			if _, err := query.Parse(text, ""); err == nil {
				out = append(out, text)
			}
		}
	}
	return out
}

// fixed asks everything of one moment, so that two ways can be compared.
type fixed struct {
	query.Backend
	at time.Time
}

func (f fixed) Instant(ctx context.Context, expr string, _ time.Time) (prom.Value, error) {
	return f.Backend.Instant(ctx, expr, f.at)
}

// TestJoinedAnswersAreTheSame: over many shapes of queries, what is asked joined gives
// the same reading, error and text as what is asked singly.
func TestJoinedAnswersAreTheSame(t *testing.T) {
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "a 3\nb{x=\"1\"} 1\nb{x=\"2\"} 2\nc 0\n")
	}))
	defer target.Close()
	p := testserver.StartPrometheus(t, target.URL)
	start(t, p.URL, ask("a", "a", "")).Wait(t, "a", 30*time.Second, isValue(3))
	var metrics []config.MetricPart
	for i, text := range shapes() {
		m := sourcetest.Metric(fmt.Sprint(i), map[string]any{"query": text, "count": []string{"", "b", "sum(b)", "5"}[i%4]})
		metrics = append(metrics, m)
	}
	built, err := build(sourcetest.Part(t, map[string]any{"url": p.URL}, metrics...))
	if err != nil {
		t.Fatal(err)
	}
	s := built.(*source)
	b := fixed{s.server, time.Now().Truncate(time.Second)}
	j := query.NewJoiner(b, poll.Width)
	for turn := range 2 { // in the second one those in trouble are alone
		round := j.Round(len(metrics))
		single, joined := make([]string, len(metrics)), make([]string, len(metrics))
		text := func(r model.Reading, err error) string {
			return fmt.Sprintf("%v ±%v %v %v missing %q age %v: %v", r.Value, r.Count, r.HasCount, r.Ended, r.Missing, r.At.Sub(r.SampleAt), err)
		}
		var all sync.WaitGroup
		for i, m := range metrics {
			all.Go(func() {
				defer round.Leave()
				q := s.queries[m.Metric.ID]
				joined[i] = text(q.Begin().Ask(t.Context(), round, m.Metric))
				single[i] = text(q.Begin().Ask(t.Context(), b, m.Metric))
			})
		}
		all.Wait()
		for i, text := range shapes() {
			if single[i] != joined[i] {
				t.Errorf("turn %d, %s:\n singly %s\n joined %s", turn, text, single[i], joined[i])
			}
		}
	}
}

// TestManyMetricsKeepUp: 500 metrics at 1 s are asked in a 25th of the questions, one
// broken one troubles no other, and a server that stands still or starts anew is asked on.
func TestManyMetricsKeepUp(t *testing.T) {
	p := testserver.StartPrometheus(t)
	u, _ := url.Parse(p.URL)
	var asked atomic.Int64
	proxy := httputil.NewSingleHostReverseProxy(u)
	proxy.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) }
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/v1/query" {
			asked.Add(1)
		}
		proxy.ServeHTTP(w, r)
	}))
	defer front.Close()
	const n = 500
	var metrics []config.MetricPart
	for i := range n {
		text := fmt.Sprintf("sum(prometheus_build_info * 0 or vector(%d)) * 0 + %d", i, i)
		if i == 77 {
			text = "label_replace(vector(1), \"x\", \"y\", \"z\", \"(\")" // fails when it is evaluated
		}
		m := sourcetest.Metric(fmt.Sprint(i), map[string]any{"query": text, "total": "vector(1)", "bad": "vector(0)"})
		m.Metric.Every = time.Second
		metrics = append(metrics, m)
	}
	out := start(t, front.URL, metrics...)
	seen := 0
	out.Wait(t, "0", 60*time.Second, func(model.Reading) bool { seen++; return seen == 8 })
	questions, answers, of := asked.Load(), 0, map[model.MetricID]int{}
	for _, e := range out.Events() {
		if !e.Past {
			answers++
			of[e.Metric]++
		}
	}
	for i := range n {
		if got := of[model.MetricID(fmt.Sprint(i))]; got < 6 {
			t.Errorf("metric %d has %d answers, and the first 8", i, got)
		}
	}
	t.Logf("%d questions for %d answers", questions, answers)
	if float64(questions) > float64(answers)/25*1.2+200 { // once, a batch asks singly
		t.Errorf("%d questions for %d answers", questions, answers)
	}
	if r := out.First(t, "77"); r.Err == nil {
		t.Errorf("the broken one is not in trouble: %v", r)
	}
	_ = syscall.Kill(p.PID, syscall.SIGSTOP)
	out.Wait(t, "3", 60*time.Second, func(r model.Reading) bool { return errors.Is(r.Err, context.DeadlineExceeded) })
	stood := time.Now()
	_ = syscall.Kill(p.PID, syscall.SIGCONT)
	out.Wait(t, "3", 60*time.Second, func(r model.Reading) bool { return r.At.After(stood) && !errors.Is(r.Err, context.DeadlineExceeded) })
}
