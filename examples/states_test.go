package examples

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"gonogo/internal/testserver"
	"gonogo/model"
	"gonogo/model/config"
	"gonogo/model/gate"
	"gonogo/sources/prometheus"
	"gonogo/sources/sourcetest"
)

// judge returns the gate's line for m whose newest reading is r.
func judge(m *model.Metric, r model.Reading) model.Line {
	line, _ := gate.Judge(m, gate.Input{Reading: r, Have: true, Now: time.Now()})
	return line
}

// stateCase is a metric of a real server and the line that it shall lead to.
type stateCase struct {
	query  string
	set    func(*model.Metric) // may be nil
	want   model.MetricState
	head   model.Headline
	reason string // a part of it
}

// metric returns the case's metric, as a share of which 1% is good and 5% an alert.
func (c stateCase) metric(t *testing.T, id string) config.MetricPart {
	t.Helper()
	m := sourcetest.Metric(id, map[string]any{"query": c.query, "count": "sum(requests)"})
	m.Metric.Unit = model.Ratio
	for text, to := range map[string]**model.Target{"< 1%": &m.Metric.Target, "> 5%": &m.Metric.Alert} {
		target, err := gate.ParseTarget(text, model.Ratio)
		if err != nil {
			t.Fatal(err)
		}
		*to = &target
	}
	if c.set != nil {
		c.set(&m.Metric)
	}
	return m
}

// start runs a source over the server at url for the case's metric.
func (c stateCase) start(t *testing.T, url string) (*sourcetest.Recorder, *model.Metric) {
	t.Helper()
	m := c.metric(t, "m")
	out, _ := sourcetest.Start(t, prometheus.Kind(), sourcetest.Part(t, map[string]any{"url": url}, m))
	return out, &m.Metric
}

// first sees that the very first answer leads to what the case wants.
func (c stateCase) first(t *testing.T, url string) {
	t.Helper()
	out, m := c.start(t, url)
	c.check(t, judge(m, out.First(t, m.ID)))
}

func (c stateCase) check(t *testing.T, line model.Line) {
	t.Helper()
	if line.State != c.want || line.State.Headline() != c.head || !strings.Contains(line.Reason, c.reason) {
		t.Errorf("got  %s, %s: %s\nwant %s, %s: %s", line.State.Headline(), line.State, line.Reason, c.head, c.want, c.reason)
	}
}

// await waits for a reading of m that leads to what the case wants.
func (c stateCase) await(t *testing.T, out *sourcetest.Recorder, m *model.Metric) {
	t.Helper()
	var line model.Line
	came := false
	defer func() {
		if !came {
			t.Logf("last line: %s: %s", line.State, line.Reason)
		}
	}()
	out.Wait(t, m.ID, 30*time.Second, func(r model.Reading) bool {
		line = judge(m, r)
		return line.State == c.want && strings.Contains(line.Reason, c.reason)
	})
	came = true
	c.check(t, line)
}

// serverStates are told from the answers of a server that works. Requests are
// 40 on each of two instances; bad and alarming requests are 3% and 10% of them.
var serverStates = map[string]stateCase{
	"PASS":                   {query: "sum(good) / sum(requests)", want: model.Pass, head: model.GO, reason: "0% is below 1%"},
	"WARN":                   {query: "sum(bad) / sum(requests)", want: model.Warn, head: model.NoGo, reason: "3% is above 1%"},
	"FAIL":                   {query: "sum(alarming) / sum(requests)", want: model.Fail, head: model.NoGo, reason: "10% is above 5%"},
	"COLLECTING":             {query: "sum(good) / sum(requests)", set: func(m *model.Metric) { m.MinCount = 100 }, want: model.Collecting, head: model.Hold, reason: "80 of 100 events, 20 more needed"},
	"NO-TRAFFIC":             {query: "sum(good) / sum(good)", want: model.NoTraffic, head: model.Unknown, reason: "nothing to divide by"},
	"NO-TRAFFIC, +Inf":       {query: "sum(bad) / sum(good)", want: model.NoTraffic, head: model.Unknown, reason: "infinite: the denominator is zero"},
	"NO-TRAFFIC, -Inf":       {query: "-sum(bad) / sum(good)", want: model.NoTraffic, head: model.Unknown, reason: "infinite: the denominator is zero"},
	"NO-DATA":                {query: "sum(requests) > 5000", want: model.NoData, head: model.Unknown, reason: "the query's answer is empty"},
	"NO-SERIES":              {query: "sum(bad) / sum(requets)", want: model.NoSeries, head: model.Unknown, reason: "requets matched nothing in the last 1h: is the name right?"},
	"NO-SERIES, a label":     {query: `sum(bad{instnce="a"}) / sum(requests)`, want: model.NoSeries, head: model.Unknown, reason: `bad{instnce="a"} matched nothing`},
	"AMBIGUOUS":              {query: "bad / requests", want: model.Ambiguous, head: model.Unknown, reason: "2 where one is needed"},
	"zero of a frozen count": {query: "sum(none) / sum(requests)", set: func(m *model.Metric) { m.EmptyZero, m.MinCount = true, 80 }, want: model.NoTraffic, head: model.Unknown, reason: "count does not grow, so a zero proves nothing"},
	"DOWN, HTTP 400":         {query: "sum(first_over_time(requests[1m]))", want: model.Down, head: model.Unknown, reason: `unknown function with name "first_over_time"`},
	"DOWN, HTTP 422":         {query: "sum(bad / on (job) requests)", want: model.Down, head: model.Unknown, reason: "execution: found duplicate series for the match group"},
}

// proxyStates are told from answers that something between spoils, see proxy.
var proxyStates = map[string]stateCase{
	"as it is":              {query: "sum(good) / sum(requests) # pass", want: model.Pass, head: model.GO},
	"DOWN, HTTP 500":        {query: "sum(good) # 500", want: model.Down, head: model.Unknown, reason: "HTTP 500: spoiled"},
	"DOWN, cut off":         {query: "sum(good) # cut", want: model.Down, head: model.Unknown, reason: "unexpected EOF"},
	"DOWN, cut off JSON":    {query: "sum(good) # short", want: model.Down, head: model.Unknown, reason: "not Prometheus' JSON"},
	"DOWN, HTML":            {query: "sum(good) # html", want: model.Down, head: model.Unknown, reason: "answered HTML, not Prometheus"},
	"DOWN, warning":         {query: "sum(good) # warn", want: model.Down, head: model.Unknown, reason: "answered with a warning: no answer of store ␛[2J1"},
	"DOWN, warning, empty":  {query: "sum(good) > 1 # warn", want: model.Down, head: model.Unknown, reason: "answered with a warning"},
	"DOWN, warning of age":  {query: "sum(late) # pass", want: model.Down, head: model.Unknown, reason: "age of the data, and count: answered with a warning"},
	"DOWN, no answer":       {query: "sum(good) # hang", set: func(m *model.Metric) { m.Timeout = 500 * time.Millisecond }, want: model.Down, head: model.Unknown, reason: "timed out after 500ms"},
	"PASS, though informed": {query: "sum(good) / sum(requests) # inform", want: model.Pass, head: model.GO},
}

// TestStates takes each state of a metric the whole way, from a real
// Prometheus over the source to the gate's line.
func TestStates(t *testing.T) {
	const metrics = `requests{instance="a"} 40
requests{instance="b"} 40
good 0
bad{instance="a"} 1.2
bad{instance="b"} 1.2
alarming 8
late 0
`
	target := servePage(t, metrics)
	dying := newDying(t)
	service := newPage(t)
	p := testserver.StartPrometheus(t, target, dying.url, service.url)
	front := proxy(t, p.URL)
	passes := serverStates["PASS"]
	out, m := passes.start(t, p.URL)
	passes.await(t, out, m) // from here on the server has data

	t.Run("working", func(t *testing.T) {
		for name, c := range serverStates {
			t.Run(name, func(t *testing.T) { t.Parallel(); c.first(t, p.URL) })
		}
		for name, c := range proxyStates {
			t.Run(name, func(t *testing.T) { t.Parallel(); c.first(t, front) })
		}
		t.Run("STALE", func(t *testing.T) { t.Parallel(); dying.test(t, p.URL) })
		t.Run("counters", func(t *testing.T) { t.Parallel(); testCounters(t, service, p.URL) })
	})

	// What follows harms the server.
	passes.set = func(m *model.Metric) { m.Timeout = 500 * time.Millisecond }
	out, m = passes.start(t, p.URL)
	passes.await(t, out, m)
	signal(t, p.PID, syscall.SIGSTOP)
	stateCase{want: model.Down, head: model.Unknown, reason: "timed out after 500ms"}.await(t, out, m)
	signal(t, p.PID, syscall.SIGCONT)
	p.Stop()
	stateCase{want: model.Down, head: model.Unknown, reason: "connection refused"}.await(t, out, m)
}

func signal(t *testing.T, pid int, s syscall.Signal) {
	t.Helper()
	if err := syscall.Kill(pid, s); err != nil {
		t.Fatal(err)
	}
}
