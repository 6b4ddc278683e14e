package prometheus

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/api"
	v1 "github.com/prometheus/client_golang/api/prometheus/v1"

	"gonogo/sources/query"
	"gonogo/sources/sourcetest"
)

// canned answers every request alike.
type canned struct {
	status int
	body   string
}

func (c *canned) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: c.status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(c.body)), Request: r}, nil
}

// FuzzAnswer: whatever a server answers is a reading or an error, never a
// panic; and a status that says something went wrong is never a reading.
func FuzzAnswer(f *testing.F) {
	for _, body := range []string{
		"", "<html>", "{}", `{"status":"success"}`, vector("", "3"), vector("", "NaN", "+Inf"), vector(`,"gonogo":"0"`, "1e400"), vector(`,"gonogo":"count"`, "-0"),
		`{"status":"error","errorType":"bad_data","error":"\u001b[2J","data":null}`,
		`{"status":"success","data":{"resultType":"scalar","result":[1,"x"]}}`,
		`{"status":"success","warnings":["a"],"infos":[1],"data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"2"],[3]]}]}}`,
		`{"status":"success","data":{"resultType":"vector","result":[{"metric":{"__name__":"a"},"histogram":[1,{"count":"1","sum":"2","buckets":[[0,"1","2","3"]]}]}]}}`,
	} {
		for _, status := range []uint8{0, 1, 2, 3} {
			f.Add(status, body)
		}
	}
	m, start := ask("a", "sum(a)", "sum(b)"), time.Unix(0, 0)
	built, err := build(sourcetest.Part(f, map[string]any{"url": "http://prometheus.test"}, m))
	if err != nil {
		f.Fatal(err)
	}
	s, server := built.(*source), &canned{}
	c, err := api.NewClient(api.Config{Address: "http://prometheus.test", RoundTripper: server})
	if err != nil {
		f.Fatal(err)
	}
	s.server.api = v1.NewAPI(c)
	f.Fuzz(func(t *testing.T, status uint8, body string) {
		code := []int{200, 400, 422, 503}[status%4]
		*server = canned{code, body}
		_, err := query.Begin(s.queries)["a"].Ask(t.Context(), s.server, m.Metric)
		if err == nil && code != 200 {
			t.Fatalf("status %d with %q is a reading", code, body)
		}
		if _, err := s.server.Range(t.Context(), "a", start, start.Add(time.Minute), 15*time.Second); err == nil && code != 200 {
			t.Fatalf("status %d with %q is a history", code, body)
		}
	})
}
