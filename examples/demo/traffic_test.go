package demo

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// sums is what traffic has counted.
type sums struct{ successes, failures, fallbacks, real, mock, ok, broken, p95, average float64 }

func (m *meters) sums(t *testing.T) sums {
	t.Helper()
	families, err := m.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	s := sums{p95: math.Inf(1)}
	counters := map[string]*float64{
		"vecsec_vector_retrieval_success_total": &s.successes, "vecsec_vector_retrieval_failures_total": &s.failures,
		"vecsec_vector_retrieval_fallback_total": &s.fallbacks,
		"vecsec_vector_retrieval_total/real":     &s.real, "vecsec_vector_retrieval_total/mock": &s.mock,
		"http_requests_total/200": &s.ok, "http_requests_total/500": &s.broken,
	}
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			name := family.GetName()
			for _, label := range metric.GetLabel() {
				if label.GetName() != "tenant" {
					name += "/" + label.GetValue()
				}
			}
			if sum := counters[name]; sum != nil {
				*sum += metric.GetCounter().GetValue()
			}
			if h := metric.GetHistogram(); h != nil {
				for _, b := range h.GetBucket() {
					if float64(b.GetCumulativeCount()) >= 0.95*float64(h.GetSampleCount()) {
						s.p95 = min(s.p95, b.GetUpperBound())
					}
				}
				s.average = h.GetSampleSum() / float64(h.GetSampleCount())
			}
		}
	}
	return s
}

func (s sums) minus(o sums) sums {
	s.successes -= o.successes
	s.failures -= o.failures
	s.fallbacks -= o.fallbacks
	s.real -= o.real
	s.mock -= o.mock
	s.ok -= o.ok
	s.broken -= o.broken
	return s
}

func TestTraffic(t *testing.T) {
	t.Parallel()
	tenants := strings.Fields(tenantsText)
	const grace = 12 * time.Second
	cases := map[string]struct {
		on     settings
		after  time.Duration // how long it ran before it is looked at for 30 s
		fault  fault
		share  float64 // of real retrievals
		bad    bool    // they are
		broken bool    // the service as a whole is
	}{
		"off":                       {settings{}, time.Minute, noFault, 0, false, false},
		"off, a list all the same":  {settings{tenants: tenants}, time.Minute, noFault, 0, false, false},
		"one":                       {settings{real: true, tenants: tenants[:1]}, time.Minute, noFault, 1. / 30, false, false},
		"ten per cent":              {settings{real: true, tenants: tenants[:3]}, time.Minute, noFault, .1, false, false},
		"just under half":           {settings{real: true, tenants: tenants[:14]}, time.Minute, noFault, 14. / 30, false, false},
		"half":                      {settings{real: true, tenants: tenants[:15]}, grace + rampTime, noFault, .5, true, true},
		"everyone":                  {settings{real: true}, grace + rampTime, noFault, 1, true, true},
		"a tenant nobody knows":     {settings{real: true, tenants: []string{"x"}}, time.Minute, noFault, 0, false, false},
		"one, with a fault":         {settings{real: true, tenants: tenants[:3]}, rampTime, realFault, .1, true, false},
		"off, with a fault":         {settings{}, rampTime, realFault, 0, false, false},
		"off, with a fault of all":  {settings{}, rampTime, fullFault, 0, false, true},
		"half, with a fault of all": {settings{real: true, tenants: tenants[:15]}, rampTime, fullFault, .5, true, true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			m := newMeters(strings.Fields(tenantsText))
			tr := newTraffic(c.on, tenants, grace, 1, m)
			tr.sick = -1 // see TestOneTenantIsSick
			flow := func(d time.Duration) {
				for ; d > 0; d -= beat {
					tr.step(beat, c.fault)
				}
			}
			flow(c.after)
			before := m.sums(t)
			flow(30 * time.Second)
			got := m.sums(t).minus(before)

			if n := got.real + got.mock; math.Abs(n-30*rate) > 1 {
				t.Errorf("%v requests, want %v", n, 30*rate)
			}
			if got.successes+got.failures != got.real || got.ok+got.broken != got.real+got.mock {
				t.Errorf("it does not add up: %+v", got)
			}
			if share := got.real / (got.real + got.mock); math.Abs(share-c.share) > .02 {
				t.Errorf("%.3f of the retrievals are real, want %.3f", share, c.share)
			}
			if failing := got.broken/(got.real+got.mock) > .01; failing != c.broken {
				t.Errorf("service errors %+v, want more than 1%%: %v", got, c.broken)
			}
			if c.share == 0 {
				return
			}
			errors, fallbacks := got.failures/got.real, got.fallbacks/got.real
			if c.bad && (errors < .06 || fallbacks < .1) || !c.bad && (errors >= .01 || fallbacks >= .03) {
				t.Errorf("errors %.3f, fallbacks %.3f; bad: %v", errors, fallbacks, c.bad)
			}
			if !c.bad && (got.p95 > 2 || got.average < .5 || got.average > .7) {
				t.Errorf("healthy p95 %v, average %v", got.p95, got.average)
			}
		})
	}
}

// TestOneTenantIsSick: only with some tenants on, and only it; the service as a whole is well.
func TestOneTenantIsSick(t *testing.T) {
	t.Parallel()
	tenants := strings.Fields(tenantsText)
	for n, want := range map[int]bool{3: false, 8: true, 15: false} {
		m := newMeters(tenants)
		tr := newTraffic(settings{real: true, tenants: tenants[:n]}, tenants, 12*time.Second, 1, m)
		seen := 0
		tr.sickAt = func() { seen++ }
		for at := beat; at <= 11*time.Second; at += beat {
			tr.step(beat, noFault)
		}
		if (seen == 1) != want {
			t.Errorf("%d tenants: it began %d times", n, seen)
		}
		s := m.sums(t)
		if share := s.failures / s.real; want != (share > .01) || s.broken/(s.ok+s.broken) > .005 {
			t.Errorf("%d tenants: %.3f of the real retrievals failed: %+v", n, share, s)
		}
	}
}

func TestTrafficRampsAfterItsGrace(t *testing.T) {
	t.Parallel()
	m := newMeters(strings.Fields(tenantsText))
	tr := newTraffic(settings{real: true}, strings.Fields(tenantsText), 10*time.Second, 1, m)
	for at := beat; at <= 20*time.Second; at += beat {
		tr.step(beat, noFault)
		switch {
		case at < 10*time.Second && tr.severity > 0:
			t.Fatalf("severity %v at %v, within the grace", tr.severity, at)
		case at >= 15*time.Second && tr.severity < .999:
			t.Fatalf("severity %v at %v, want 1", tr.severity, at)
		}
	}
	before := m.sums(t)
	for range 100 {
		tr.step(beat, noFault)
	}
	if got := m.sums(t).minus(before); got.failures/got.real < .07 || got.fallbacks/got.real < .11 {
		t.Errorf("at its worst: %+v", got)
	}
}

func TestTrafficIsTheSameEveryTime(t *testing.T) {
	t.Parallel()
	var all [2]sums
	for i := range all {
		m := newMeters(strings.Fields(tenantsText))
		tr := newTraffic(settings{real: true}, strings.Fields(tenantsText), time.Second, 7, m)
		for range 200 {
			tr.step(beat, noFault)
		}
		all[i] = m.sums(t)
	}
	if all[0] != all[1] {
		t.Errorf("%+v\n%+v", all[0], all[1])
	}
}

// TestHalfIsTooMuch sees the real service go wrong, and well again without the feature.
func TestHalfIsTooMuch(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "demo")
	if err := Prepare(dir, ownExe(), "127.0.0.1:1"); err != nil {
		t.Fatal(err)
	}
	env := filepath.Join(dir, envName)
	half := strings.Join(strings.Fields(tenantsText)[:15], ",")
	edit(t, env, realKey+"=false", realKey+"=true")
	edit(t, env, tenantsKey+"=", tenantsKey+"="+half)
	d := start(t, Options{Dir: dir, Grace: 50 * time.Millisecond})
	eventually(t, "failures, slow answers and errors", func() bool {
		s := scrape(t, d)
		return s["vecsec_vector_retrieval_failures_total"] > 10 &&
			s[`http_requests_total{code="500"}`] > 5 &&
			s["vecsec_vector_retrieval_duration_seconds_count"]-s[`vecsec_vector_retrieval_duration_seconds_bucket{le="4"}`] > 5
	})
	edit(t, env, realKey+"=true", realKey+"=false")
	if err := restart(t, dir); err != nil {
		t.Fatal(err)
	}
	eventually(t, "mock traffic again", func() bool { return scrape(t, d)[`vecsec_vector_retrieval_total{mode="mock"}`] > 100 })
	if s := scrape(t, d); s["vecsec_vector_retrieval_failures_total"] != 0 || s[`vecsec_vector_retrieval_total{mode="real"}`] != 0 {
		t.Errorf("real retrievals while it is off: %v", s)
	}
	// A test may ask for trouble.
	if err := os.WriteFile(filepath.Join(dir, faultName), []byte("all\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	eventually(t, "errors on demand", func() bool { return scrape(t, d)[`http_requests_total{code="500"}`] > 5 })
}

var (
	ofTenant  = regexp.MustCompile(`,?tenant="[^"]*"`)
	ofTenants = strings.NewReplacer("{}", "")
)

// scrape returns the values of /metrics by series, those of all tenants together.
func scrape(t *testing.T, d *Demo) map[string]float64 {
	t.Helper()
	values := map[string]float64{}
	for lines := bufio.NewScanner(strings.NewReader(get(t, d.URL()+"/metrics"))); lines.Scan(); {
		series, text, _ := strings.Cut(lines.Text(), " ")
		if v, err := strconv.ParseFloat(text, 64); err == nil {
			values[ofTenants.Replace(ofTenant.ReplaceAllString(series, ""))] += v
		}
	}
	if len(values) == 0 {
		t.Fatal(fmt.Errorf("no metrics at %s", d.URL()))
	}
	return values
}
