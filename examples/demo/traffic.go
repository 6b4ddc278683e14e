package demo

import (
	"context"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const (
	rate     = 200.0                  // requests a second, over all tenants
	rampTime = 5 * time.Second        // from well to badly, and back
	maxStep  = time.Second            // what was missed beyond it is dropped
	beat     = 100 * time.Millisecond // how often requests are counted
	tooMany  = 0.5                    // the share of tenants that real retrieval cannot bear
)

// fault is trouble that a test asks for.
type fault string

const (
	noFault   fault = ""
	realFault fault = "real" // real retrieval misbehaves, whoever uses it
	fullFault fault = "all"  // mock retrieval too: turning the feature off does not help
)

// traffic is the made-up use of the service. It is driven by step, with time
// passed in; the same seed and steps give the same requests.
type traffic struct {
	rng      *rand.Rand
	real     []bool  // per tenant: on real retrieval
	share    float64 // of tenants on real retrieval, 0 to 1
	grace    time.Duration
	meters   *meters
	up       time.Duration
	severity float64 // 0 well … 1 as bad as it gets

	requests, failures, hard, fallbacks, errors due
}

func newTraffic(s settings, tenants []string, grace time.Duration, seed uint64, m *meters) *traffic {
	t := &traffic{rng: rand.New(rand.NewPCG(seed, seed)), real: make([]bool, len(tenants)), grace: grace, meters: m}
	on := 0
	for i, tenant := range tenants {
		if t.real[i] = s.covers(tenant); t.real[i] {
			on++
		}
	}
	t.share = float64(on) / float64(max(1, len(tenants)))
	return t
}

// due spreads a share evenly: of n calls with p, n·p are due, give or take one.
// Chance would make a healthy service look ill now and then.
type due float64

func (d *due) of(p float64) bool {
	if *d += due(p); *d < 1 {
		return false
	}
	*d--
	return true
}

// run lets traffic flow until ctx is done.
func (t *traffic) run(ctx context.Context, dir string) error {
	tick := time.NewTicker(beat)
	defer tick.Stop()
	last, checked, f := time.Now(), time.Time{}, noFault
	for {
		select {
		case <-ctx.Done():
			return nil
		case now := <-tick.C:
			if now.Sub(checked) >= time.Second {
				checked, f = now, readFault(dir)
			}
			t.step(min(now.Sub(last), maxStep), f)
			last = now
		}
	}
}

// readFault looks for the fault file: any content is a realFault but "all".
func readFault(dir string) fault {
	text, err := os.ReadFile(filepath.Join(dir, faultName))
	switch {
	case err != nil:
		return noFault
	case strings.TrimSpace(string(text)) == string(fullFault):
		return fullFault
	}
	return realFault
}

// step counts the requests of d.
func (t *traffic) step(d time.Duration, f fault) {
	t.up += d
	change := float64(d) / float64(rampTime)
	if f == noFault && (t.share < tooMany || t.up < t.grace) {
		change = -change
	}
	t.severity = min(1, max(0, t.severity+change))
	t.requests += due(rate * d.Seconds())
	for ; t.requests >= 1; t.requests-- {
		if n := len(t.real); n > 0 && t.real[t.rng.IntN(n)] {
			t.realRequest()
		} else {
			t.mockRequest(f)
		}
	}
}

// mockRequest is one of a tenant that has not got the feature.
func (t *traffic) mockRequest(f fault) {
	p := 0.001
	if f == fullFault {
		p += 0.08 * t.severity
	}
	t.meters.mock.Inc()
	t.meters.answer(!t.errors.of(p))
}

// realRequest is one of a tenant that has it. Well: 0.2% fail, 1% fall back to
// mock, 0.6 s on average and 1.2 s at the 95th percentile. Badly: 15%, 12%, 2.2 s and 4.3 s.
// Of those that fail every other one still gets an answer, by falling back.
func (t *traffic) realRequest() {
	fail := 0.002 + 0.148*t.severity
	fallback := 0.01 + 0.11*t.severity
	m := t.meters
	m.real.Inc()
	// A lognormal distribution of these two parameters has that mean and percentile.
	m.duration.Observe(math.Exp(-0.635+0.5*t.rng.NormFloat64()) * (1 + 2.6*t.severity))
	if t.failures.of(fail) {
		m.failures.Inc()
		hard := t.hard.of(0.5)
		if !hard {
			m.fallbacks.Inc()
		}
		m.answer(!hard)
		return
	}
	m.successes.Inc()
	if t.fallbacks.of((fallback - fail/2) / (1 - fail)) {
		m.fallbacks.Inc()
	}
	m.answer(true)
}
