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
	few      = 0.1                    // up to this share all tenants are well
)

// One tenant's data do not bear real retrieval, until that was off for it once:
// then they are mended, which the service remembers by a file.
const (
	sickTenant = "tenant_e"
	sickShare  = 0.6 // of its retrievals that fail
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
	sick     int     // the tenant that is not well; -1: none
	share    float64 // of tenants on real retrieval, 0 to 1
	grace    time.Duration
	meters   *meters
	sickAt   func() // called once, when that begins
	up       time.Duration
	severity float64 // 0 well … 1 as bad as it gets

	requests, failures, hard, fallbacks, errors, sickly due
}

func newTraffic(s settings, tenants []string, grace time.Duration, seed uint64, m *meters) *traffic {
	t := &traffic{rng: rand.New(rand.NewPCG(seed, seed)), real: make([]bool, len(tenants)), sick: -1, grace: grace, meters: m, sickAt: func() {}}
	on := 0
	for i, tenant := range tenants {
		if t.real[i] = s.covers(tenant); t.real[i] {
			on++
			if tenant == sickTenant {
				t.sick = i
			}
		}
	}
	t.share = float64(on) / float64(max(1, len(tenants)))
	if t.share <= few || t.share >= tooMany {
		t.sick = -1
	}
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
	sick := t.sick >= 0 && t.up >= t.grace/2
	if sick {
		t.sickAt()
		t.sickAt = func() {}
	}
	t.requests += due(rate * d.Seconds())
	for n := len(t.real); t.requests >= 1 && n > 0; t.requests-- {
		i := t.rng.IntN(n)
		switch {
		case t.real[i]:
			t.realRequest(&t.meters.tenants[i], sick && i == t.sick)
		default:
			t.mockRequest(&t.meters.tenants[i], f)
		}
	}
}

// mockRequest is one of a tenant that has not got the feature.
func (t *traffic) mockRequest(of *tenantMeters, f fault) {
	p := 0.001
	if f == fullFault {
		p += 0.08 * t.severity
	}
	of.mock.Inc()
	t.meters.answer(!t.errors.of(p))
}

// realRequest is one of a tenant that has it. Well: 0.2% fail, 1% fall back to
// mock, 0.6 s on average and 1.2 s at the 95th percentile. Badly: 15%, 12%, 2.2 s and 4.3 s.
// Of those that fail every other one still gets an answer, by falling back.
func (t *traffic) realRequest(of *tenantMeters, sick bool) {
	fail := 0.002 + 0.148*t.severity
	fallback := 0.01 + 0.11*t.severity
	m := t.meters
	of.real.Inc()
	// A lognormal distribution of these two parameters has that mean and percentile.
	m.duration.Observe(math.Exp(-0.635+0.5*t.rng.NormFloat64()) * (1 + 2.6*t.severity))
	if sick && t.sickly.of(sickShare) { // it falls back, so the service still answers
		of.failures.Inc()
		m.fallbacks.Inc()
		m.answer(true)
		return
	}
	if t.failures.of(fail) {
		of.failures.Inc()
		hard := t.hard.of(0.5)
		if !hard {
			m.fallbacks.Inc()
		}
		m.answer(!hard)
		return
	}
	of.successes.Inc()
	if t.fallbacks.of((fallback - fail/2) / (1 - fail)) {
		m.fallbacks.Inc()
	}
	m.answer(true)
}
