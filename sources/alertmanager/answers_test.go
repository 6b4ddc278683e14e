package alertmanager

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"gonogo/model"
	"gonogo/model/config"
	"gonogo/sources/sourcetest"
)

// answers is a server that answers as it is told by path below /api/v2; else 200 and ready.
func answers(t *testing.T, by map[string]http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := strings.TrimPrefix(r.URL.Path, "/api/v2/")
		switch do := by[path]; {
		case do != nil:
			do(w, r)
		case path == "status":
			_, _ = io.WriteString(w, `{"cluster":{"status":"ready"},"uptime":"2020-01-01T00:00:00Z"}`)
		default:
			_, _ = io.WriteString(w, `[]`)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func says(status int, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status); _, _ = io.WriteString(w, text) }
}

// TestBadAnswersAreTrouble: what is no good answer of an Alertmanager that is ready is
// trouble with a word on what to do, and never a number.
func TestBadAnswersAreTrouble(t *testing.T) {
	t.Setenv("TEST_TOKEN", "geheim-token")
	elsewhere := httptest.NewServer(says(200, "[]"))
	t.Cleanup(elsewhere.Close)
	tests := map[string]struct {
		path string
		do   http.HandlerFunc
		want string
	}{
		"settling":     {"status", says(200, `{"cluster":{"status":"settling"}}`), "its cluster is settling, so it may not know all alerts and silences yet"},
		"strange":      {"status", says(200, `{"cluster":{"status":"lost"}}`), "its cluster is lost, neither ready nor disabled"},
		"other API":    {"status", says(200, `{"status":"success"}`), "answers without the status of its cluster, so it is no Alertmanager: is url right?"},
		"token":        {"alerts", says(401, "no"), "HTTP 401: set basic_auth or authorization in the source's http table"},
		"html":         {"alerts", says(200, "<html>"), "answered HTML, not Alertmanager: is url right?"},
		"not there":    {"alerts", says(404, "404 page not found"), "HTTP 404, not Alertmanager: is url right?"},
		"bad gateway":  {"alerts", says(502, "<html>"), "HTTP 502, not Alertmanager: is url right?"},
		"broken":       {"alerts", says(500, `"geheim-token is wrong"`), `HTTP 500: "[secret] is wrong"`},
		"silent":       {"alerts", says(503, ""), "HTTP 503"},
		"no list":      {"alerts", says(200, `{"status":"success"}`), "answers no list of alerts: is url right?"},
		"other alerts": {"alerts", says(200, `[{"a":1}]`), "answers an alert without labels or updatedAt: is this Alertmanager 0.20 or newer?"},
		"cut":          {"alerts", says(200, `[{"a":`), `the answer is not JSON: [{"a":`},
		"deep":         {"alerts", says(200, strings.Repeat("[", 1<<20)), "the answer is nested too deep: more than 64 brackets within each other"},
		"large":        {"alerts", says(200, strings.Repeat(" ", 9<<20)), "read: answer larger than 8 MiB"},
		"redirect":     {"alerts", http.RedirectHandler(elsewhere.URL, http.StatusFound).ServeHTTP, "redirected to " + elsewhere.URL + ", which is not followed: give that as the url if it is right"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			source := table(answers(t, map[string]http.HandlerFunc{test.path: test.do}))
			source["http"] = map[string]any{"authorization": map[string]any{"type": "Bearer", "credentials": "env:TEST_TOKEN"}}
			r := run(t, source, sourcetest.Metric("m", map[string]any{"alertname": "A"})).First(t, "m")
			if r.Err == nil || r.Err.Error() != test.want || errors.Is(r.Err, model.ErrEmpty) {
				t.Errorf("got %+v, want %q", r, test.want)
			}
		})
	}
}

// TestAgeIsOnAlertmanagersClock: a machine whose clock is off makes no value older.
func TestAgeIsOnAlertmanagersClock(t *testing.T) {
	url := answers(t, map[string]http.HandlerFunc{"alerts": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", "Thu, 26 Nov 2020 12:00:00 GMT")
		_, _ = io.WriteString(w, `[{"labels":{"alertname":"A"},"updatedAt":"2020-11-26T11:59:00Z"}]`)
	}})
	r := run(t, table(url), sourcetest.Metric("m", map[string]any{"alertname": "A"})).First(t, "m")
	if age := r.At.Sub(r.SampleAt); r.Err != nil || age.String() != "1m0s" {
		t.Errorf("age %v, %+v", age, r)
	}
}

// TestManyAreToldShort: a hundred alerts and silences are told in a line, the same at each look.
func TestManyAreToldShort(t *testing.T) {
	asked := 0
	by := map[string]http.HandlerFunc{}
	var items []string
	for i := range 100 {
		items = append(items, fmt.Sprintf(`{"labels":{"alertname":"A%02d"},"updatedAt":"2020-11-26T11:59:00Z","status":{"silencedBy":["s%02d"]}}`, 99-i, i))
		by[fmt.Sprintf("silence/s%02d", i)] = func(w http.ResponseWriter, _ *http.Request) {
			asked++
			_, _ = io.WriteString(w, `{"createdBy":"ann","comment":"deploy","endsAt":"2020-11-26T12:00:00Z"}`)
		}
	}
	by["alerts"] = func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", "Thu, 26 Nov 2020 12:00:00 GMT")
		_, _ = io.WriteString(w, "["+strings.Join(items, ",")+"]")
	}
	metric := sourcetest.Metric("m", map[string]any{"alertname": "A"})
	out, stop := sourcetest.Start(t, Kind(), sourcetest.Part(t, table(answers(t, by)), metric))
	r := out.First(t, "m")
	stop()
	const one = " until 12:00Z by ann: deploy"
	if want := "100 fire (A00, A01, A02 and 97 more), 100 of them silenced" + one + ";" + one + ";" + one + "; and by 97 more"; r.Says != want || asked%told != 0 {
		t.Errorf("%d asked, %q", asked, r.Says)
	}
}

// TestWhatDoesNotParseIsFoundByCheck: a matcher that Alertmanager would not take is an error of the config.
func TestWhatDoesNotParseIsFoundByCheck(t *testing.T) {
	for text, want := range map[string]string{
		`service`:                  `no matcher: expected a label, one of = != =~ !~, and a value, such as service="shop"`,
		`service="shop`:            `the quotes of the value do not end`,
		`service="shop", a="b"`:    `something stands behind the value: expected one matcher each`,
		`service=a,b`:              `a value with quotes, commas or braces in it stands in quotes, such as service="a,b"`,
		`service=~"("`:             "not a regular expression: missing closing ): `^(?:()$`",
		`1service="a"`:             `no matcher: expected a label, one of = != =~ !~, and a value, such as service="shop"`,
		strings.Repeat("a", 2000):  `longer than 1000 bytes`,
		`service=~"page|critical"`: "",
		` service =  shop `:        "",
		`service != "a\"b\\c\n\d"`: "",
	} {
		found := lint(config.MetricPart{Table: config.NewTable(map[string]any{"matchers": []any{text}})})
		switch {
		case want == "" && len(found) > 0, want != "" && (len(found) != 1 || found[0].Key != "matchers" || found[0].Item != 1 || found[0].Message != want || found[0].Warning):
			t.Errorf("%q: %+v", text, found)
		}
	}
	if found := lint(config.MetricPart{Table: config.NewTable(map[string]any{})}); len(found) != 1 || found[0].Key != "alertname" {
		t.Errorf("neither a name nor matchers: %+v", found)
	}
	if found := lintSource(config.Part{Table: config.NewTable(map[string]any{"url": "http://am"})}); len(found) != 1 || !found[0].Warning || found[0].Key != "watchdog" {
		t.Errorf("no watchdog: %+v", found)
	}
}

func FuzzParseMatcher(f *testing.F) {
	f.Add(`service=~"page|critical"`)
	f.Add(`a!="\"\\\n"`)
	f.Fuzz(func(t *testing.T, text string) {
		m, err := parseMatcher(text)
		if err != nil || len(m.String()) > maxMatcher {
			return
		}
		again, err := parseMatcher(m.String())
		if err != nil || again != m {
			t.Errorf("%q is %+v, and written and read again %+v (%v)", text, m, again, err)
		}
	})
}
