package prometheus

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"gonogo/model"
	"gonogo/sources/sourcetest"
)

func formatMillis(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }

// vector is an answer of values v, with the labels i = 0, 1, …
func vector(labels string, values ...string) string {
	var b strings.Builder
	for i, v := range values {
		if i > 0 {
			b.WriteString(",")
		}
		fmt.Fprintf(&b, `{"metric":{"i":"%d"%s},"value":[%d,%q]}`, i, labels, time.Now().Unix(), v)
	}
	return `{"status":"success","data":{"resultType":"vector","result":[` + b.String() + `]}}`
}

// warned puts more into answer, which is JSON.
func warned(answer, more string) string { return strings.Replace(answer, "{", "{"+more+",", 1) }

// TestInfosAreNoWarnings: what the server merely informs of, also by the older
// way among the warnings, does not spoil its answer.
func TestInfosAreNoWarnings(t *testing.T) {
	for name, more := range map[string]string{
		"infos":     `"infos":["PromQL info: metric might not be a counter"]`,
		"old infos": `"warnings":["PromQL info: metric might not be a counter"]`,
		"none":      `"warnings":[]`,
	} {
		t.Run(name, func(t *testing.T) {
			start(t, fake(t, map[string]http.HandlerFunc{"m": text(200, warned(vector("", "3"), more))}), ask("m", "m", "")).Value(t, "m", 3)
		})
	}
}

// TestWarningBesides: a warning about the age of the data counts as well.
func TestWarningBesides(t *testing.T) {
	out := start(t, fake(t, map[string]http.HandlerFunc{
		"m": text(200, vector("", "3")),
		"label_replace((\nmax(timestamp(m))\n), \"gonogo\", \"0\", \"\", \"\")": text(200, warned(vector(""), `"warnings":["half of it"]`)),
	}), ask("m", "m", ""))
	const want = "age of the data: answered with a warning: half of it"
	if r := out.First(t, "m"); !errors.Is(r.Err, model.ErrPartial) || r.Err.Error() != want {
		t.Errorf("got %+v, want %s", r, want)
	}
}

// fake is a server whose queries are answered by path of the query's own text.
func fake(t *testing.T, answers map[string]http.HandlerFunc) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/api/v1/query_range", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"status":"success","data":{"resultType":"matrix","result":[]}}`)
	})
	mux.HandleFunc("/api/v1/query", func(w http.ResponseWriter, r *http.Request) {
		if answer := answers[r.FormValue("query")]; answer != nil {
			answer(w, r)
			return
		}
		_, _ = io.WriteString(w, vector(`,"gonogo":"0"`, formatMillis(time.Now())[:10]))
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

func text(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func TestContract(t *testing.T) {
	url := fake(t, map[string]http.HandlerFunc{
		"a":     text(200, vector("", "3")),
		"empty": text(200, vector("")),
		"slow":  func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"evil":  text(500, "\x1b[2J\x1b]0;owned\a"),
	})
	query := func(text string) map[string]any { return map[string]any{"query": text} }
	sourcetest.Run(t, sourcetest.Case{
		Kind:    Kind(),
		Source:  map[string]any{"url": url},
		Metric:  query("a"),
		Want:    3,
		Empty:   query("empty"),
		Slow:    query("slow"),
		Hostile: query("evil"),
		Down:    map[string]any{"url": "http://127.0.0.1:1"},
	})
}

func TestBadAnswers(t *testing.T) {
	other := httptest.NewServer(text(200, vector("", "1")))
	defer other.Close()
	many := make([]string, 10_001)
	for i := range many {
		many[i] = "1"
	}
	tests := map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"500":           {text(500, "out of cheese"), "query: HTTP 500: out of cheese"},
		"502 html":      {text(502, "<html>"), "query: HTTP 502 with HTML, not Prometheus: is url right?"},
		"401":           {text(401, "who"), "query: HTTP 401: set basic_auth or authorization in the source's http table"},
		"html":          {text(200, "<html>"), "query: answered HTML, not Prometheus: is url right?"},
		"other JSON":    {text(200, `{"ok":true}`), "query: it answers nothing: is url a Prometheus?"},
		"bad query":     {text(400, `{"status":"error","errorType":"bad_data","error":"no such function"}`), "query: bad_data: no such function"},
		"empty body":    {text(200, ""), "query: not Prometheus' JSON: unexpected end of JSON input"},
		"no number":     {text(200, vector("", "seven")), "query: not Prometheus' JSON: model.Vector: unmarshalerDecoder: strconv.ParseFloat: parsing \"seven\": invalid syntax"},
		"string":        {text(200, `{"status":"success","data":{"resultType":"string","result":[1,"x"]}}`), "query: not Prometheus' JSON: unexpected value type \"string\""},
		"many series":   {text(200, vector("", many...)), "query: several series: 10001 in the answer, more than the 10000 that are taken: put sum() around it, or sum by (instance) around a counter"},
		"many bytes":    {text(200, strings.Repeat(" ", 9<<20)), "query: answer larger than 8 MiB"},
		"redirect":      {http.RedirectHandler(other.URL, http.StatusTemporaryRedirect).ServeHTTP, "query: redirected to " + other.URL + ", which is not followed: give that as the url if it is right"},
		"redirect POST": {http.RedirectHandler("/x", http.StatusFound).ServeHTTP, "query: redirected from POST to GET, which is not followed: give the final url"},
		"warning":       {text(200, warned(vector("", "3"), `"warnings":["store a is \u001b[2J away"]`)), "query: answered with a warning: store a is ␛[2J away"},
		"warnings":      {text(200, warned(vector(""), `"warnings":["PromQL info: x","a `+strings.Repeat("x", 300)+`","b"]`)), "query: answered with a warning: a " + strings.Repeat("x", 198) + "… (and 1 more)"},
		"cut off": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, `{"status":`)
		}, "query: unexpected EOF"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out := start(t, fake(t, map[string]http.HandlerFunc{"m": test.answer}), ask("m", "m", ""))
			if r := out.First(t, "m"); r.Err == nil || r.Err.Error() != test.want {
				t.Errorf("got  %v\nwant %s", r.Err, test.want)
			}
		})
	}
}

func TestSpecialValues(t *testing.T) {
	for name, want := range map[string]float64{"NaN": math.NaN(), "+Inf": math.Inf(1), "-Inf": math.Inf(-1), "1e-9": 1e-9} {
		t.Run(name, func(t *testing.T) {
			out := start(t, fake(t, map[string]http.HandlerFunc{"m": text(200, vector("", name))}), ask("m", "m", ""))
			r := out.First(t, "m")
			if r.Err != nil || r.Value != want && !(math.IsNaN(want) && math.IsNaN(r.Value)) {
				t.Errorf("got %+v, want %v", r, want)
			}
		})
	}
}

// TestServerClock: a server whose clock is an hour ahead answers fresh samples all the same.
func TestServerClock(t *testing.T) {
	ahead := time.Now().Add(time.Hour).Unix()
	answer := func(labels string, v int64) http.HandlerFunc {
		return text(200, fmt.Sprintf(`{"status":"success","data":{"resultType":"vector","result":[{"metric":{%s},"value":[%d,"%d"]}]}}`, labels, ahead, v))
	}
	tests := map[string]struct {
		sample int64
		want   time.Duration
	}{
		"fresh":  {ahead - 5, 5 * time.Second},
		"old":    {ahead - 600, 10 * time.Minute},
		"future": {ahead + 5, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			m := ask("m", "m", "")
			out := start(t, fake(t, map[string]http.HandlerFunc{
				"m": answer("", 1),
				"label_replace((\nmax(timestamp(m))\n), \"gonogo\", \"0\", \"\", \"\")": answer(`"gonogo":"0"`, test.sample),
			}), m)
			r := out.First(t, "m")
			if age := r.At.Sub(r.SampleAt); r.Err != nil || age != test.want {
				t.Errorf("age %v (%v), want %v", age, r.Err, test.want)
			}
		})
	}
}

// TestSecrets: credentials reach the server, and nothing else: no other host, no error.
func TestSecrets(t *testing.T) {
	const password, token = "hunter2-geheim", "t0ken+/=&x"
	t.Setenv("TEST_PASSWORD", password)
	t.Setenv("TEST_TOKEN", token)
	leaked := make(chan string, 10)
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { leaked <- fmt.Sprint(r.Header) }))
	defer other.Close()
	echo := func(w http.ResponseWriter, r *http.Request) {
		user, pass, _ := r.BasicAuth()
		all, _ := json.Marshal([]string{r.Header.Get("Authorization"), r.Header.Get("X-Api-Key")})
		w.WriteHeader(500)
		_, _ = fmt.Fprintf(w, "%s:%s %s", user, pass, all)
	}
	url := fake(t, map[string]http.HandlerFunc{
		"echo": echo, "away": http.RedirectHandler(other.URL, http.StatusPermanentRedirect).ServeHTTP,
	})
	tests := map[string]map[string]any{
		"basic auth":    {"url": url, "http": map[string]any{"basic_auth": map[string]any{"username": "me", "password": "env:TEST_PASSWORD"}}},
		"authorization": {"url": url, "http": map[string]any{"authorization": map[string]any{"credentials": "env:TEST_TOKEN"}}},
		"header":        {"url": url, "http": map[string]any{"headers": map[string]any{"X-Api-Key": "env:TEST_TOKEN"}}},
		"in the url":    {"url": strings.Replace(url, "//", "//me:"+password+"@", 1)},
		"dead url":      {"url": "http://me:" + password + "@127.0.0.1:1"},
	}
	for name, table := range tests {
		t.Run(name, func(t *testing.T) {
			out, _ := sourcetest.Start(t, Kind(), sourcetest.Part(t, table, ask("echo", "echo", ""), ask("away", "away", "")))
			for _, id := range []model.MetricID{"echo", "away"} {
				r := out.First(t, id)
				if r.Err == nil {
					t.Fatalf("%s: got a value", id)
				}
				for _, secret := range []string{password, token, "aHVudGVy", "bWU6aHVudGVy", "dDBrZW4"} {
					if strings.Contains(r.Err.Error(), secret) {
						t.Errorf("%s: the error holds %q: %v", id, secret, r.Err)
					}
				}
				if name != "dead url" && id == "echo" && !strings.Contains(r.Err.Error(), "[secret]") {
					t.Errorf("the server did not get the secret: %v", r.Err)
				}
			}
			select {
			case headers := <-leaked:
				t.Errorf("another host was asked, with %s", headers)
			default:
			}
		})
	}
}

func TestHistory(t *testing.T) {
	now := time.Now().Truncate(time.Second)
	mux := http.NewServeMux()
	mux.HandleFunc("/api/v1/query_range", func(w http.ResponseWriter, r *http.Request) {
		at := func(d time.Duration) int64 { return now.Add(-d).Unix() }
		_, _ = fmt.Fprintf(w, `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[%d,"1"],[%d,"2"],[%d,"3"],[%d,"9"]]}]}}`,
			at(120*time.Second), at(114*time.Second), at(60*time.Second), at(-time.Hour))
	})
	mux.HandleFunc("/api/v1/query", text(200, vector("", "4")))
	server := httptest.NewServer(mux)
	defer server.Close()
	out := start(t, server.URL, ask("m", "vector(4)", ""))
	out.Value(t, "m", 4)
	for end := time.Now().Add(10 * time.Second); len(out.Samples("m")) < 5 && time.Now().Before(end); {
		runtime.Gosched() // the past comes after the value
	}
	var got []string
	for _, p := range out.Samples("m") {
		got = append(got, fmt.Sprintf("%v@%v", p.V, now.Sub(p.At)))
	}
	want := "[1@2m0s 2@1m54s NaN@1m48s 3@1m0s NaN@54s]"
	if fmt.Sprint(got) != want {
		t.Errorf("samples %v, want %s", got, want)
	}
}
