package evidence

import (
	"errors"
	"math"
	"testing"
	"time"
)

const day = 24 * time.Hour

func TestFreshMixtureIsAsInTheDesign(t *testing.T) {
	c := mustShare(t, .01)
	for _, v := range []struct{ x, n, want float64 }{
		{0, 73, .2886376}, {3, 10, 128.1854}, {5, 100, 25.13236}, {8, 200, 63.95822}, {6, 300, 1.539442}, {18, 900, 11.34933},
	} {
		if got := math.Exp(c.LogMixture(Counts{Bad: v.x, Total: v.n})); !near(got, v.want, 1e-6) {
			t.Errorf("E(%v,%v) = %.8g, want %v", v.x, v.n, got, v.want)
		}
	}
}

func TestDetectorIsAsInTheDesign(t *testing.T) {
	shares := mustShare(t, .01)
	one, err := AtMostTimes(1)
	if err != nil {
		t.Fatal(err)
	}
	more, _ := AtMostTimes(1.2)
	bad, ok := Counts{Bad: 3, Total: 100}, Counts{Total: 100}
	few, many := Counts{1, 100, 9, 900}, Counts{8, 100, 12, 900}
	for name, v := range map[string]struct {
		claim Claim
		looks []Counts
		want  []float64
	}{
		"bad from the start": {shares, []Counts{bad, bad, bad}, []float64{1.116731, 3.235365, 9.936096}},
		"bad after good": {
			shares, []Counts{ok, ok, ok, ok, ok, bad, bad, bad, bad},
			[]float64{.1111181, .0512435, .0269820, .0150783, .0087226, .0194256, .0434555, .0992176, .2340233},
		},
		"control":           {one, []Counts{many}, []float64{95.17515}},
		"120% of a control": {more, []Counts{few, few, few, many, many}, []float64{.1980174, .1293870, .0943066, 1.793811, 76.89743}},
	} {
		t.Run(name, func(t *testing.T) {
			d := mustDetect(t, v.claim, .01, day)
			s := d.Begin(0)
			for i, c := range v.looks {
				d.Look(&s, c, time.Duration(i)*time.Minute)
				if got := math.Exp(d.LogR(&s)); !near(got, v.want[i], 6e-6) {
					t.Errorf("look %d: R = %.8g, want %v", i, got, v.want[i])
				}
			}
		})
	}
}

func TestAcceptorIsAsInTheDesign(t *testing.T) {
	for _, v := range []struct {
		p0, p1 float64
		want   int
	}{{.01, .05, 73}, {.05, .10, 56}} {
		a, err := AcceptShare(v.p0, v.p1, .05)
		if err != nil {
			t.Fatal(err)
		}
		var s Accepting
		if need, such := a.ToGo(&s, Traffic{}, 0); need != float64(v.want) || !such {
			t.Errorf("%v/%v: foresees %v events (%v), want %d", v.p0, v.p1, need, such, v.want)
		}
		n := 0
		for !s.Proved {
			a.Look(&s, Counts{Total: 1}, 0)
			n++
		}
		if n != v.want {
			t.Errorf("%v/%v accepts after %d clean events, want %d", v.p0, v.p1, n, v.want)
		}
	}
}

func TestAcceptorAgainstControlIsAsItsFormula(t *testing.T) {
	a, err := AcceptTimes(1.2, 3, .05)
	if err != nil {
		t.Fatal(err)
	}
	var s Accepting
	a.Look(&s, Counts{2, 100, 40, 900}, 0)
	want := 2*math.Log(1.2/3) + 42*math.Log((100*3+900.)/(100*1.2+900))
	if !near(s.Log, want, 1e-12) {
		t.Errorf("log = %v, want %v", s.Log, want)
	}
	if s.Proved != (want >= math.Log(20)) {
		t.Errorf("proved = %v at %v", s.Proved, want)
	}
}

func TestRecoveryIsAsItsFormula(t *testing.T) {
	r, err := NewRecovery(mustShare(t, .05), .05)
	if err != nil {
		t.Fatal(err)
	}
	var s Recovering
	r.Look(&s, Counts{Bad: 10, Total: 20}, time.Minute)
	if s != (Recovering{Since: time.Minute}) {
		t.Errorf("bad events leave %+v", s)
	}
	r.Look(&s, Counts{Bad: 1, Total: 40}, 2*time.Minute)
	want := -math.Ln2 + 39*math.Log(.95/.90)
	if !near(s.S, want, 1e-12) || s.Proved {
		t.Errorf("S = %v, want %v, not proved yet", s.S, want)
	}
	r.Look(&s, Counts{Total: 32}, 3*time.Minute)
	if !s.Proved || s.At != 3*time.Minute || s.Since != time.Minute || s.Counts.Total != 72 {
		t.Errorf("ln 20 reached: %+v", s)
	}
}

func TestOneGoodEventDoesNotEndAFailureOfALargeShare(t *testing.T) {
	for _, q := range []float64{.4, .49, .499999, .5, .6} {
		r, err := NewRecovery(mustShare(t, q), .05)
		if err != nil {
			t.Fatal(err)
		}
		var s Recovering
		r.Look(&s, Counts{Total: 1}, 0)
		if s.Proved || s.S <= 0 {
			t.Errorf("q = %v: one good event leads to %+v", q, s)
		}
	}
}

func TestNoBadEventIsProvedByTheFirst(t *testing.T) {
	d := mustDetect(t, mustShare(t, 0), .01, day)
	s := d.Begin(0)
	d.Look(&s, Counts{Total: 1e9}, 0)
	if s.Proved {
		t.Fatal("good events prove")
	}
	d.Look(&s, Counts{Bad: 1, Total: 1e9}, time.Second)
	if !s.Proved {
		t.Fatal("a bad event does not prove")
	}
	r, err := NewRecovery(d.Claim, .05)
	var v Recovering
	r.Look(&v, Counts{Total: 1e9}, 0)
	if err != nil || v.Proved {
		t.Errorf("good events prove a share of 0: %+v, %v", v, err)
	}
}

func TestClaimsThatCannotBeTested(t *testing.T) {
	for _, q := range []float64{-1, 2. / 3, .9, 1, math.NaN(), math.Inf(1), 1e-300} {
		if _, err := AtMost(q); !errors.Is(err, ErrShare) {
			t.Errorf("AtMost(%v): %v", q, err)
		}
	}
	for _, r := range []float64{-1, 0, math.NaN(), math.Inf(1)} {
		if _, err := AtMostTimes(r); !errors.Is(err, ErrTimes) {
			t.Errorf("AtMostTimes(%v): %v", r, err)
		}
	}
	for _, q := range []float64{1e-11, .05, .1, .34, .5, .66} {
		if c := mustShare(t, q); c.kinds < 1 || ratios[c.kinds-1]*q >= 1 || c.kinds < 5 && ratios[c.kinds]*q < 1 {
			t.Errorf("q = %v looks for %d ratios", q, c.kinds)
		}
	}
	if _, err := NewDetector(mustShare(t, .01), 0, day); err == nil {
		t.Error("alpha 0 is taken")
	}
	if _, err := AcceptShare(.05, .05, .05); err == nil {
		t.Error("good is poor")
	}
	if _, err := AcceptTimes(1, 2, 1); err == nil {
		t.Error("beta 1 is taken")
	}
}
