package alertmanager

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"gonogo/internal/testserver"
	"gonogo/model"
	"gonogo/model/config"
	"gonogo/sources/sourcetest"
)

// post sends body to path of an Alertmanager's API, and returns its answer.
func post(t *testing.T, url, path, body string) string {
	t.Helper()
	resp, err := http.Post(url+"/api/v2/"+path, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("HTTP %d: %s (%v)", resp.StatusCode, answer, err)
	}
	return string(answer)
}

const (
	watchdog = `{"labels":{"alertname":"Watchdog"}}`
	errorsUp = `{"labels":{"alertname":"HighErrorRate","service":"shop","severity":"page"}}`
)

func table(url string) map[string]any {
	return map[string]any{"url": url, "watchdog": "Watchdog", "resend": "0s"}
}

func run(t *testing.T, source map[string]any, metrics ...config.MetricPart) *sourcetest.Recorder {
	t.Helper()
	out, _ := sourcetest.Start(t, Kind(), sourcetest.Part(t, source, metrics...))
	return out
}

func TestContractWithARealAlertmanager(t *testing.T) {
	am := testserver.StartAlertmanager(t)
	post(t, am.URL, "alerts", "["+watchdog+","+errorsUp+"]")
	unwatched := map[string]any{"url": am.URL, "watchdog": "\x1b[2J", "resend": "0s"}
	sourcetest.Run(t, sourcetest.Case{
		Kind:          Kind(),
		Source:        table(am.URL),
		Metric:        map[string]any{"alertname": "HighErrorRate", "matchers": []any{`service="shop"`, `severity=~"page|critical"`, `team!="x"`}},
		Want:          1,
		Hostile:       map[string]any{"alertname": "None"},
		HostileSource: unwatched,
		Down:          map[string]any{"url": "http://127.0.0.1:1"},
	})
}

// TestNoAlertIsNotZero: where nothing shows that Alertmanager would know of an alert,
// none is no data; where its watchdog fires it is zero.
func TestNoAlertIsNotZero(t *testing.T) {
	am := testserver.StartAlertmanager(t)
	metric := sourcetest.Metric("m", map[string]any{"alertname": "HighErrorRate"})
	missing := run(t, table(am.URL), metric)
	if r := missing.First(t, "m"); !errors.Is(r.Err, model.ErrUnwatched) || !strings.Contains(r.Err.Error(), `the watchdog {alertname="Watchdog"} does not fire`) {
		t.Errorf("without its watchdog: %+v", r)
	}
	post(t, am.URL, "alerts", "["+watchdog+"]")
	if r := missing.Value(t, "m", 0); r.At.Sub(r.SampleAt) > time.Minute || r.Says != "" {
		t.Errorf("with its watchdog: %+v", r)
	}
	if r := run(t, map[string]any{"url": am.URL, "resend": "0s"}, metric).First(t, "m"); !errors.Is(r.Err, model.ErrUnwatched) || !strings.Contains(r.Err.Error(), "set watchdog") {
		t.Errorf("a source without a watchdog: %+v", r)
	}
	young := run(t, map[string]any{"url": am.URL, "watchdog": "Watchdog"}, metric).First(t, "m")
	if !errors.Is(young.Err, model.ErrCollecting) || !strings.Contains(young.Err.Error(), "knows all alerts after 3m") {
		t.Errorf("just started: %+v", young)
	}
	one := sourcetest.Metric("m", map[string]any{"alertname": "Watchdog"})
	one.Metric.Target = &model.Target{Op: "<", Value: 5}
	if r := run(t, map[string]any{"url": am.URL, "watchdog": "Other", "resend": "0s"}, one).First(t, "m"); !errors.Is(r.Err, model.ErrUnwatched) {
		t.Errorf("on target for want of a watchdog: %+v", r)
	}
	one.Metric.Target = &model.Target{Op: "<", Value: 1}
	run(t, map[string]any{"url": am.URL, "watchdog": "Other", "resend": "0s"}, one).Value(t, "m", 1)
}

// TestSilencedFires: a silenced or inhibited alert fires, and it is said who silenced it.
func TestSilencedFires(t *testing.T) {
	am := testserver.StartAlertmanager(t)
	post(t, am.URL, "alerts", "["+watchdog+","+errorsUp+`,{"labels":{"alertname":"Inhibitor"}},{"labels":{"alertname":"Slow","inhibitable":"yes"}}]`)
	until := time.Now().Add(2 * time.Hour).UTC().Truncate(time.Second)
	post(t, am.URL, "silences", `{"matchers":[{"name":"service","value":"shop","isRegex":false}],"startsAt":"2020-01-01T00:00:00Z","endsAt":"`+
		until.Format(time.RFC3339)+`","createdBy":"ann","comment":"deploy\u001b[2J"}`)
	out := run(t, table(am.URL), sourcetest.Metric("m", map[string]any{"alertname": "HighErrorRate"}), sourcetest.Metric("slow", map[string]any{"alertname": "Slow"}))
	want := "1 fires (HighErrorRate), 1 of them silenced until " + until.Format("15:04Z") + " by ann: deploy␛[2J"
	r := out.Wait(t, "m", 20*time.Second, func(r model.Reading) bool { return r.Err != nil || strings.Contains(r.Says, "silenced") })
	if r.Value != 1 || r.Says != want {
		t.Errorf("got %+v, want %q", r, want)
	}
	r = out.Wait(t, "slow", 20*time.Second, func(r model.Reading) bool { return r.Err != nil || strings.Contains(r.Says, "inhibited") })
	if r.Value != 1 || r.Says != "1 fires (Slow), 1 of them inhibited by other alerts" {
		t.Errorf("got %+v", r)
	}
}

// TestEveryMatcherIsReadAsAlertmanagerReadsIt: what parseMatcher takes, the server takes.
func TestEveryMatcherIsReadAsAlertmanagerReadsIt(t *testing.T) {
	am := testserver.StartAlertmanager(t)
	post(t, am.URL, "alerts", `[{"labels":{"alertname":"A","path":"a \"b\" \\d, {c}\n"}}]`)
	post(t, am.URL, "alerts", "["+watchdog+"]")
	for text, want := range map[string]float64{
		`path="a \"b\" \\d, {c}\n"`: 1, `path=~"a .b. \\\\d.*\n"`: 1, `path!~"a.*\n"`: 0, ` alertname = A `: 1, `alertname!="A"`: 0, `nothing=""`: 1,
	} {
		t.Run(text, func(t *testing.T) {
			run(t, table(am.URL), sourcetest.Metric("m", map[string]any{"matchers": []any{text, `alertname=~"A"`}})).Value(t, "m", want)
		})
	}
}

// TestASilenceIsOpenedOnce: as Alertmanager has it, with who and why; asked for twice it is
// one; ended it stands no more, and neither does one that is not known.
func TestASilenceIsOpenedOnce(t *testing.T) {
	am := testserver.StartAlertmanager(t)
	post(t, am.URL, "alerts", "["+watchdog+","+errorsUp+"]")
	part := config.SilencePart{ID: "pager", Source: sourcetest.Part(t, table(am.URL)), Table: config.NewTable(map[string]any{"matchers": []any{`service="shop"`, `team!="x"`}})}
	s, err := Kind().BuildSilencer(part)
	if err != nil {
		t.Fatal(err)
	}
	ask := model.SilenceAsk{Until: time.Now().Add(time.Hour), By: "ann", Reason: `deploy "5"`, Mark: "shop/7/1"}
	first, err := s.Open(t.Context(), ask)
	if err != nil || first == "" {
		t.Fatal(first, err)
	}
	if again, err := s.Open(t.Context(), ask); again != first || err != nil {
		t.Errorf("asked again: %s, %v", again, err)
	}
	ask.Mark = "shop/7/12"
	if other, err := s.Open(t.Context(), ask); other == first || err != nil || s.End(t.Context(), "", ask.Mark) != nil {
		t.Errorf("another: %s, %v", other, err)
	}
	stands, until, err := s.Look(t.Context(), first)
	if !stands || err != nil || until.Sub(ask.Until).Abs() > time.Second {
		t.Errorf("stands %v until %v: %v", stands, until, err)
	}
	out := run(t, table(am.URL), sourcetest.Metric("m", map[string]any{"alertname": "HighErrorRate"}))
	r := out.Wait(t, "m", 20*time.Second, func(r model.Reading) bool { return r.Err != nil || strings.Contains(r.Says, "silenced") })
	if r.Value != 1 || !strings.Contains(r.Says, `by ann: deploy "5" (gonogo shop/7/1)`) {
		t.Errorf("the alert: %+v", r)
	}
	for range 2 { // the second time it is over already
		if err := s.End(t.Context(), first, ""); err != nil {
			t.Error(err)
		}
	}
	if stands, _, err := s.Look(t.Context(), first); stands || err != nil {
		t.Errorf("ended, and stands %v: %v", stands, err)
	}
	if stands, _, err := s.Look(t.Context(), "5f0d8a1c-0000-4000-8000-000000000000"); stands || err != nil {
		t.Errorf("never there, and stands %v: %v", stands, err)
	}
	ask.Until, ask.Mark = time.Now().Add(-time.Hour), "shop/8/1"
	if _, err := s.Open(t.Context(), ask); !errors.Is(err, model.ErrRefused) || !strings.Contains(err.Error(), "HTTP 400") {
		t.Errorf("in the past: %v", err)
	}
}

// TestNoSilenceOfEverything: matchers that could mean every alert are refused before anything runs.
func TestNoSilenceOfEverything(t *testing.T) {
	for text, ok := range map[string]bool{
		`service="shop"`: true, `service=~"shop|till"`: true, `service=~".*"`: false, `service=~".+"`: false, `service!="shop"`: false, `service=""`: false, `service!~"shop"`: false,
	} {
		found := lintSilence(config.SilencePart{Table: config.NewTable(map[string]any{"matchers": []any{text}})})
		if (len(found) == 0) != ok {
			t.Errorf("%s: %v", text, found)
		}
	}
	if found := lintSilence(config.SilencePart{Table: config.NewTable(map[string]any{"matchers": []any{`severity=~".*"`, `service="shop"`}})}); len(found) != 0 {
		t.Errorf("one is narrow: %v", found)
	}
}
