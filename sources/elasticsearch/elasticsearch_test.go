package elasticsearch

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"gonogo/model"
	"gonogo/model/config"
	"gonogo/sources/sourcetest"
)

// searched is an answer as Elasticsearch 8 and OpenSearch 2 give it: of all documents, so many
// match, and the newest is so old.
func searched(matching, all int, age time.Duration) string {
	newest := "null"
	if all > 0 {
		newest = fmt.Sprintf("%d.0", time.Now().Add(-age).UnixMilli())
	}
	return fmt.Sprintf(`{"took":3,"timed_out":false,"_shards":{"total":2,"successful":2,"skipped":0,"failed":0},"hits":{"total":{"value":%d,"relation":"eq"},"max_score":null,"hits":[]},`+
		`"aggregations":{"matching":{"doc_count":%d},"newest":{"value":%s},"of":{"doc_count":%d,"matching":{"doc_count":%d},"newest":{"value":%s}}}}`, all, matching, newest, all, matching, newest)
}

// server answers a search by the metric's query.
func server(t *testing.T, by map[string]http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var form struct {
			Size int
			All  bool `json:"track_total_hits"`
			Aggs struct {
				Matching struct {
					Filter struct {
						Query struct{ Query string } `json:"query_string"`
					}
				}
			}
			Query struct{ Range map[string]map[string]string }
		}
		if err := json.NewDecoder(r.Body).Decode(&form); err != nil || r.Method != "POST" || r.URL.Path != "/logs-*/_search" || !form.All || form.Query.Range["@timestamp"]["gte"] != "now-300s" || form.Query.Range["@timestamp"]["lte"] != "now" {
			t.Errorf("%s %s: %+v (%v)", r.Method, r.URL, form, err)
		}
		if do := by[form.Aggs.Matching.Filter.Query.Query]; do != nil {
			do(w, r)
		}
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func says(status int, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status); _, _ = io.WriteString(w, text) }
}

func table(url string) map[string]any { return map[string]any{"url": url, "index": "logs-*"} }

func first(t *testing.T, source, metric map[string]any) model.Reading {
	t.Helper()
	out, _ := sourcetest.Start(t, Kind(), sourcetest.Part(t, source, sourcetest.Metric("m", metric)))
	return out.First(t, "m")
}

func TestContract(t *testing.T) {
	sourcetest.Run(t, sourcetest.Case{
		Kind: Kind(),
		Source: table(server(t, map[string]http.HandlerFunc{
			"level:error": func(w http.ResponseWriter, r *http.Request) { says(200, searched(7, 90, time.Second))(w, r) },
			"none":        says(200, searched(0, 0, 0)),
			"slow":        func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body); <-r.Context().Done() },
			"bad":         says(400, `{"error":{"root_cause":[{"type":"x","reason":"\u001b[2J"}]},"status":400}`),
		})),
		Metric:  map[string]any{"query": "level:error"},
		Want:    7,
		Empty:   map[string]any{"query": "none"},
		Slow:    map[string]any{"query": "slow"},
		Hostile: map[string]any{"query": "bad"},
		Down:    map[string]any{"url": "http://127.0.0.1:1", "index": "logs-*"},
	})
}

// TestZeroNeedsOtherDocuments: none that match is zero where others are there, as old as the newest of those.
func TestZeroNeedsOtherDocuments(t *testing.T) {
	source := table(server(t, map[string]http.HandlerFunc{
		"quiet": says(200, searched(0, 40, 90*time.Second)), "share": says(200, searched(3, 60, 0)), "gone": says(200, searched(0, 0, 0)),
	}))
	r := first(t, source, map[string]any{"query": "quiet"})
	if age := r.At.Sub(r.SampleAt); r.Err != nil || r.Value != 0 || r.Count != 40 || age < 85*time.Second || age > 100*time.Second {
		t.Errorf("quiet: age %v, %+v", age, r)
	}
	if r := first(t, source, map[string]any{"query": "share", "of": "service:shop"}); r.Err != nil || r.Value != .05 || r.Count != 60 || !r.HasCount {
		t.Errorf("a share: %+v", r)
	}
	for _, metric := range []map[string]any{{"query": "gone"}, {"query": "gone", "of": "service:shop"}} {
		if r := first(t, source, metric); !errors.Is(r.Err, model.ErrEmpty) || !strings.Contains(r.Err.Error(), "do they still arrive?") {
			t.Errorf("%v: %+v", metric, r)
		}
	}
}

// TestBadAnswersAreTrouble: what is not the whole answer is never a number.
func TestBadAnswersAreTrouble(t *testing.T) {
	t.Setenv("TEST_TOKEN", "geheim-token")
	whole := searched(1, 2, 0)
	for name, test := range map[string]struct {
		do   http.HandlerFunc
		want string
	}{
		"shards":     {says(200, strings.Replace(whole, `"failed":0`, `"failed":1,"failures":[{"reason":{"reason":"all copies are gone"}}]`, 1)), "1 of 2 shards failed: all copies are gone"},
		"timed out":  {says(200, strings.Replace(whole, `"timed_out":false`, `"timed_out":true`, 1)), "it ran out of time"},
		"not all":    {says(200, strings.Replace(whole, `"relation":"eq"`, `"relation":"gte"`, 1)), "it did not count all"},
		"no index":   {says(200, strings.Replace(whole, `"total":2`, `"total":0`, 1)), "no index matches logs-*"},
		"index":      {says(404, `{"error":{"type":"index_not_found_exception","reason":"no such index [x]"},"status":404}`), "there is no index logs-*"},
		"no date":    {says(200, strings.Replace(whole, `"newest":{"value":`, `"newest":{"value":null,"x":`, 1)), "no time in @timestamp"},
		"token":      {says(401, `{"error":"no"}`), "HTTP 401: set basic_auth or authorization in the source's http table"},
		"busy":       {says(429, `{"error":{"reason":"rejected execution"}}`), "HTTP 429: rejected execution: it is too busy"},
		"query":      {says(400, `{"error":{"root_cause":[{"reason":"Failed to parse query [geheim-token\n AND]"}]}}`), "HTTP 400: Failed to parse query [[secret] AND]"},
		"html":       {says(200, "<html>"), "no answer of Elasticsearch: is url right?"},
		"other JSON": {says(200, `{"ok":true}`), "is url right"},
		"deep":       {says(200, strings.Repeat("[", 1<<20)), "nested too deep"},
		"large":      {says(200, strings.Repeat(" ", 9<<20)), "larger than 8 MiB"},
		"words":      {says(200, strings.Replace(whole, `"doc_count":1`, `"doc_count":"1"`, 1)), "answers without numbers"},
	} {
		t.Run(name, func(t *testing.T) {
			source := table(server(t, map[string]http.HandlerFunc{"q": test.do}))
			source["http"] = map[string]any{"authorization": map[string]any{"type": "Bearer", "credentials": "env:TEST_TOKEN"}}
			r := first(t, source, map[string]any{"query": "q"})
			if r.Err == nil || !strings.Contains(r.Err.Error(), test.want) {
				t.Errorf("got %+v, want %q", r, test.want)
			}
		})
	}
}

func TestLint(t *testing.T) {
	if found := lintSource(config.Part{Table: config.NewTable(map[string]any{"index": "a/b"})}); len(found) != 1 {
		t.Errorf("an index with a slash: %v", found)
	}
	if found := lint(sourcetest.Metric("m", map[string]any{"query": "a", "of": " "})); len(found) != 1 {
		t.Errorf("an empty of: %v", found)
	}
}
