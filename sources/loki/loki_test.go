package loki

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"gonogo/model"
	"gonogo/sources/sourcetest"
)

// vector is an answer as Loki gives it, of a series for each value.
func vector(values ...string) string {
	var series []string
	for _, v := range values {
		series = append(series, fmt.Sprintf(`{"metric":{},"value":[1716000000.1,%q]}`, v))
	}
	return `{"status":"success","data":{"resultType":"vector","result":[` + strings.Join(series, ",") + `],"stats":{}}}`
}

// server answers by the query.
func server(t *testing.T, by map[string]http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/loki/api/v1/query" || r.Header.Get("X-Scope-OrgID") != "shop" || len(r.URL.Query().Get("time")) != 19 {
			t.Errorf("asked %s with %v", r.URL, r.Header)
		}
		if do := by[r.URL.Query().Get("query")]; do != nil {
			do(w, r)
		}
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func says(status int, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status); _, _ = io.WriteString(w, text) }
}

func table(url string) map[string]any { return map[string]any{"url": url, "tenant": "shop"} }

func first(t *testing.T, source, metric map[string]any) model.Reading {
	t.Helper()
	out, _ := sourcetest.Start(t, Kind(), sourcetest.Part(t, source, sourcetest.Metric("m", metric)))
	return out.First(t, "m")
}

func TestContract(t *testing.T) {
	sourcetest.Run(t, sourcetest.Case{
		Kind: Kind(),
		Source: table(server(t, map[string]http.HandlerFunc{
			"errors": says(200, vector("7")), "none": says(200, vector()),
			"slow": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
			"bad":  says(400, "parse error at line 1, col 1: \x1b[2J"),
		})),
		Metric:  map[string]any{"query": "errors"},
		Want:    7,
		Empty:   map[string]any{"query": "none"},
		Slow:    map[string]any{"query": "slow"},
		Hostile: map[string]any{"query": "bad"},
		Down:    map[string]any{"url": "http://127.0.0.1:1"},
	})
}

// TestNoLineIsNotZero: an answer without a line is no data; its count says whether lines arrive.
func TestNoLineIsNotZero(t *testing.T) {
	source := table(server(t, map[string]http.HandlerFunc{"none": says(200, vector()), "many": says(200, vector("400")), "scalar": says(200, `{"status":"success","data":{"resultType":"scalar","result":[1716000000.1,"2.5"]}}`)}))
	for _, test := range []struct {
		count   string
		traffic model.Traffic
	}{{"", model.TrafficUnknown}, {"many", model.TrafficFlows}, {"none", model.TrafficNone}} {
		r := first(t, source, map[string]any{"query": "none", "count": test.count})
		if !errors.Is(r.Err, model.ErrEmpty) || r.Traffic != test.traffic || r.HasCount != (test.count != "") {
			t.Errorf("beside %q: %+v", test.count, r)
		}
	}
	if r := first(t, source, map[string]any{"query": "scalar", "count": "many"}); r.Err != nil || r.Value != 2.5 || r.Count != 400 {
		t.Errorf("a value beside its count: %+v", r)
	}
}

// TestBadAnswersAreTrouble: with a word on what to do, and never a number.
func TestBadAnswersAreTrouble(t *testing.T) {
	for name, test := range map[string]struct {
		do   http.HandlerFunc
		want string
	}{
		"several":  {says(200, vector("1", "2")), "2, so sum them or choose one"},
		"lines":    {says(200, `{"status":"success","data":{"resultType":"streams","result":[]}}`), "it answers streams, not one number"},
		"words":    {says(200, vector("many")), "answers no number"},
		"number":   {says(200, `{"status":"success","data":{"resultType":"vector","result":[{"value":[1,2]}]}}`), "answers no number"},
		"query":    {says(400, "parse error at line 1, col 5:\n syntax error"), "HTTP 400: parse error at line 1, col 5: syntax error"},
		"tenant":   {says(401, "no org id\n"), "HTTP 401: no org id: set tenant"},
		"busy":     {says(429, "too many outstanding requests"), "HTTP 429: too many outstanding requests: it is too busy"},
		"away":     {says(404, "404 page not found"), "HTTP 404, not Loki"},
		"html":     {says(502, "<html>"), "HTTP 502"},
		"page":     {says(200, "<html>"), "no answer of Loki"},
		"failed":   {says(200, `{"status":"error"}`), "no answer of Loki"},
		"warnings": {says(200, `{"status":"success","warnings":["a querier is gone"],"data":{"resultType":"vector","result":[{"value":[1,"2"]}]}}`), "a querier is gone"},
		"deep":     {says(200, strings.Repeat("[", 1<<20)), "nested too deep"},
		"large":    {says(200, strings.Repeat(" ", 9<<20)), "larger than 8 MiB"},
	} {
		t.Run(name, func(t *testing.T) {
			r := first(t, table(server(t, map[string]http.HandlerFunc{"q": test.do})), map[string]any{"query": "q"})
			if r.Err == nil || !strings.Contains(r.Err.Error(), test.want) {
				t.Errorf("got %+v, want %q", r, test.want)
			}
		})
	}
}

func TestFactsAndLint(t *testing.T) {
	m := sourcetest.Metric("m", map[string]any{"query": `sum(rate({a="b"}[90s])) / sum(rate({a="b"}[ 5m ]))`, "count": `sum(count_over_time({a="b"}[1h]))`})
	if f := facts(m); f.Window != 5*time.Minute || f.CountWindow != time.Hour || !f.Counts || f.Silent {
		t.Errorf("%+v", f)
	}
	if found := lint(sourcetest.Metric("m", map[string]any{"query": `{app="shop"} |= "error"`})); len(found) != 1 {
		t.Errorf("a query of lines: %v", found)
	}
}
