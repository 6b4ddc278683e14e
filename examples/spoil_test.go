package examples

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"gonogo/model"
	"gonogo/sources/prometheus"
	"gonogo/sources/sourcetest"
)

// page is a /metrics page that a test may change.
type page struct {
	url string

	mu   sync.Mutex
	text string // empty: HTTP 503
}

func newPage(t *testing.T) *page {
	t.Helper()
	p := &page{}
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	p.url = server.URL
	return p
}

func servePage(t *testing.T, text string) (url string) {
	t.Helper()
	p := newPage(t)
	p.set(text)
	return p.url
}

func (p *page) set(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.text = text
}

func (p *page) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.text == "" {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	_, _ = io.WriteString(w, strings.ReplaceAll(p.text, "NOW", fmt.Sprint(time.Now().UnixMilli())))
}

// proxy stands in front of the real server at target. It spoils the answer as
// the comment at the end of the query says, or where late is asked for its age.
func proxy(t *testing.T, target string) (front string) {
	t.Helper()
	u, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	reverse := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(u)
			r.Out.Header.Set("Accept-Encoding", "identity")
		},
		ModifyResponse: spoil,
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		form, _ := url.ParseQuery(string(body)) // what does not parse is for the server to refuse
		query := form.Get("query")
		_, how, _ := strings.Cut(query, "# ")
		if strings.Contains(query, "timestamp(late)") {
			how = "warn"
		}
		if how == "hang" {
			<-r.Context().Done()
			return
		}
		r.Header.Set("Spoil", how)
		reverse.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// spoil changes the answer to a query as its request asks for.
func spoil(resp *http.Response) error {
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	length := len(body)
	switch resp.Request.Header.Get("Spoil") {
	case "500":
		resp.StatusCode, body = http.StatusInternalServerError, []byte("spoiled")
		length = len(body)
	case "cut":
		body = body[:length/2]
	case "short":
		body = body[:length/2]
		length = len(body)
	case "html":
		body = []byte("<html><body>Sign in</body></html>")
		length = len(body)
	case "warn":
		body = bytes.Replace(body, []byte("{"), []byte(`{"warnings":["no answer of store \u001b[2J1"],`), 1)
		length = len(body)
	case "inform":
		body = bytes.Replace(body, []byte("{"), []byte(`{"infos":["PromQL info: x"],"warnings":["PromQL info: y"],`), 1)
		length = len(body)
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	resp.ContentLength = int64(length)
	resp.Header.Set("Content-Length", fmt.Sprint(length))
	return nil
}

// dying is a page whose series end, while the server goes on answering.
type dying struct{ *page }

func newDying(t *testing.T) dying {
	t.Helper()
	d := dying{newPage(t)}
	d.set("stamped 0 NOW\nmortal_total 7\n")
	return d
}

// test lets the series end. One with a time of its own has no end for the
// server, so it is answered for five minutes more; the other one ends at once,
// but a range over it does not.
func (d dying) test(t *testing.T, url string) {
	short := func(m *model.Metric) { m.StaleAfter = 4 * time.Second }
	cases := map[string]stateCase{
		"instant": {query: "sum(stamped)", set: short, want: model.Stale, head: model.Unknown, reason: "stale after 4s"},
		"range":   {query: "sum(rate(mortal_total[5m]))", want: model.Stale, head: model.Unknown, reason: "a series behind it has ended, last sample "},
		"beside":  {query: "sum(rate(mortal_total[5m])) / sum(requests)", want: model.Stale, head: model.Unknown, reason: "a series behind it has ended, last sample "},
	}
	outs, metrics := map[string]*sourcetest.Recorder{}, map[string]*model.Metric{}
	for name, c := range cases {
		outs[name], metrics[name] = c.start(t, url)
		stateCase{want: model.Pass, head: model.GO, reason: "0% is below 1%"}.await(t, outs[name], metrics[name])
	}
	d.set("other 1\n")
	for name, c := range cases {
		c.await(t, outs[name], metrics[name])
		last := outs[name].Events()
		if r := last[len(last)-1].Reading; r.Err != nil || r.Value != 0 {
			t.Errorf("%s: the server does not answer the old value any more: %+v", name, r)
		}
	}
}

// testCounters takes a service through a life with failures, a restart and a
// second instance, and sees that every event is counted once.
func testCounters(t *testing.T, service *page, url string) {
	m := sourcetest.Metric("m", map[string]any{"query": "sum(served_total)", "bad": `served_total{code="500"}`, "total": "served_total"})
	service.set("served_total{pod=\"a\",code=\"200\"} 100\n")
	scraped := stateCase{query: "sum(served_total) == 100", want: model.Fail, head: model.NoGo}
	probe, probed := scraped.start(t, url)
	scraped.await(t, probe, probed)
	out, _ := sourcetest.Start(t, prometheus.Kind(), sourcetest.Part(t, map[string]any{"url": url}, m))
	steps := []struct {
		what, page string
		bad, total float64
	}{
		{"before", "", 0, 0},
		{"the first failure ever", "served_total{pod=\"a\",code=\"200\"} 149\nserved_total{pod=\"a\",code=\"500\"} 2\n", 2, 51},
		{"restarted, without a failure", "served_total{pod=\"a\",code=\"200\"} 5\n", 2, 56},
		{"a failure after the restart", "served_total{pod=\"a\",code=\"200\"} 9\nserved_total{pod=\"a\",code=\"500\"} 2\n", 4, 62},
		{"a second instance", "served_total{pod=\"a\",code=\"200\"} 9\nserved_total{pod=\"a\",code=\"500\"} 2\n" +
			"served_total{pod=\"b\",code=\"200\"} 7\nserved_total{pod=\"b\",code=\"500\"} 3\n", 7, 72},
	}
	for i, s := range steps {
		if i == 2 {
			service.set("") // it is away between its two lives
			out.Wait(t, "m", 30*time.Second, func(r model.Reading) bool { return r.Err != nil })
		}
		if s.page != "" {
			service.set(s.page)
		}
		r := out.Wait(t, "m", 30*time.Second, func(r model.Reading) bool { return r.Counted && (r.Total >= s.total || r.Bad > s.bad) })
		if r.Bad != s.bad || r.Total != s.total {
			t.Fatalf("%s: counted %v bad of %v, want %v of %v", s.what, r.Bad, r.Total, s.bad, s.total)
		}
	}
}
