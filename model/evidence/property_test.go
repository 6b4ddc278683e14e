package evidence

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// all is every test of one metric, as a keeper would hold them.
type all struct {
	d        Detector
	a        Acceptor
	r        Recovery
	State    State
	Accept   Accepting
	Recover  Recovering
	Recent   Window
	LastWord LastWord
}

func newAll(q, r0, alpha float64, limit time.Duration) (*all, error) {
	c, err := AtMost(q)
	a, _ := AcceptShare(max(q, .01)/2, 0, .05)
	if r0 > 0 {
		c, err = AtMostTimes(r0)
		a, _ = AcceptTimes(r0, 0, .05)
	}
	if err != nil {
		return nil, err
	}
	d, err := NewDetector(c, alpha, limit)
	if err != nil {
		return nil, err
	}
	r, err := NewRecovery(c, .05)
	return &all{d: d, a: a, r: r, State: d.Begin(0), Recent: Window{Span: 15 * time.Minute}, LastWord: NewLastWord(time.Minute)}, err
}

func (v *all) look(c Counts, at time.Duration) {
	v.d.Look(&v.State, c, at)
	v.a.Look(&v.Accept, c, at)
	v.r.Look(&v.Recover, c, at)
	v.Recent.Add(c, at)
	v.LastWord.Add(c, at)
}

// finite says whether every number in it is one: JSON refuses the others.
func (v *all) finite() bool {
	_, err := json.Marshal(v)
	for _, f := range []float64{v.d.LogR(&v.State), v.d.Promise(&v.State), v.d.Claim.LogMixture(v.Recent.Sum), v.d.Claim.LogMixture(v.LastWord.Counts())} {
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return false
		}
	}
	return err == nil
}

func drawAll(t *rapid.T) *all {
	q := rapid.SampledFrom([]float64{0, 1e-11, 1e-4, .01, .05, .1, .3, .49, .5, .6, .666}).Draw(t, "q")
	r0 := rapid.SampledFrom([]float64{0, 0, 1, 1.2, 1e-6, 1e6}).Draw(t, "r0")
	alpha := rapid.SampledFrom([]float64{.01, .5, .0001, 1e-9}).Draw(t, "alpha")
	limit := time.Duration(rapid.IntRange(0, 3000).Draw(t, "limit")) * time.Minute
	v, err := newAll(q, r0, alpha, limit)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func wild(t *rapid.T) Counts {
	f := rapid.OneOf(rapid.Float64(), rapid.Float64Range(0, 1000), rapid.SampledFrom([]float64{0, 1, 1e6, 1e15, 1e300, math.Inf(1), math.NaN(), -1}))
	return Counts{f.Draw(t, "x"), f.Draw(t, "n"), f.Draw(t, "y"), f.Draw(t, "m")}
}

func tame(t *rapid.T, name string) Counts {
	n, m := rapid.IntRange(0, 2000).Draw(t, name+" n"), rapid.IntRange(0, 20000).Draw(t, name+" m")
	x := rapid.IntRange(0, n).Draw(t, name+" x") / rapid.SampledFrom([]int{1, 10, 100, 1000}).Draw(t, name+" by")
	return Counts{float64(x), float64(n), float64(rapid.IntRange(0, m).Draw(t, name+" y") / 50), float64(m)}
}

func TestNeverNotANumber(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawAll(t)
		at := time.Duration(0)
		for range rapid.IntRange(1, 40).Draw(t, "looks") {
			at += time.Duration(rapid.OneOf(rapid.Int64Range(-1e9, 1e12), rapid.Int64Range(0, math.MaxInt64/50)).Draw(t, "dt"))
			if rapid.IntRange(0, 9).Draw(t, "change") == 0 {
				v.d.Change(&v.State, at)
			}
			v.look(wild(t), at)
			if !v.finite() {
				t.Fatalf("%+v", v)
			}
		}
	})
}

// Two looks with no minute between them are as one. (Against a control where
// both sides are split alike.)
func TestALookMayBeSplit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawAll(t)
		one, two := v.d.Begin(0), v.d.Begin(0)
		for i := range rapid.IntRange(1, 30).Draw(t, "looks") {
			at := time.Duration(i) * 20 * time.Second
			a, b := tame(t, "a"), tame(t, "b")
			if v.d.Claim.Times > 0 {
				b.Total, b.ControlTotal = a.Total, a.ControlTotal
				b.Bad, b.ControlBad = min(b.Bad, b.Total), min(b.ControlBad, b.ControlTotal)
			}
			v.d.Look(&one, a.Plus(b), at)
			v.d.Look(&two, a, at)
			v.d.Look(&two, b, at)
			if x, y := v.d.LogR(&one), v.d.LogR(&two); math.Abs(x-y) > 1e-9*max(1, math.Abs(x)) {
				t.Fatalf("ln R %v and %v after %+v and %+v", x, y, a, b)
			}
		}
	})
}

func TestARestartFromTheJournalChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawAll(t)
		w := *v
		at := time.Duration(0)
		for range rapid.IntRange(1, 20).Draw(t, "looks") {
			at += time.Duration(rapid.Int64Range(0, 1e12).Draw(t, "dt"))
			c := wild(t)
			v.look(c, at)
			w.look(c, at)
			text, err := json.Marshal(&w)
			if err != nil {
				t.Fatal(err)
			}
			read := all{d: w.d, a: w.a, r: w.r}
			if err := json.Unmarshal(text, &read); err != nil {
				t.Fatal(err)
			}
			if w = read; w != *v {
				t.Fatalf("%+v\nbecame %+v", v, w)
			}
		}
	})
}

func TestNoProofWithoutABadEvent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawAll(t)
		at := time.Duration(0)
		for range rapid.IntRange(1, 40).Draw(t, "looks") {
			at += time.Duration(rapid.Int64Range(0, 1e15).Draw(t, "dt"))
			c := tame(t, "look")
			c.Bad = 0
			v.look(c, at)
			if v.State.Proved || v.Recent.Doubts(&v.d.Claim, 1, false) || v.LastWord.Confirms(&v.d.Claim, 1) {
				t.Fatalf("proved by good events: %+v", v)
			}
		}
	})
}

// One more bad event among as many never makes R smaller, nor takes a proof
// away, nor lets the acceptor accept.
func TestMoreBadEventsNeverLookBetter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawAll(t)
		w := *v
		for i := range rapid.IntRange(1, 30).Draw(t, "looks") {
			c := tame(t, "look")
			v.look(c, time.Duration(i)*20*time.Second)
			c.Bad = min(c.Bad+float64(rapid.IntRange(0, 3).Draw(t, "more")), c.Total)
			w.look(c, time.Duration(i)*20*time.Second)
			x, y := v.d.LogR(&v.State), w.d.LogR(&w.State)
			if y < x-1e-9*max(1, math.Abs(x)) || v.State.Proved && !w.State.Proved {
				t.Fatalf("ln R fell from %v to %v", x, y)
			}
			if w.Accept.Log > v.Accept.Log+1e-9*max(1, math.Abs(v.Accept.Log)) && !v.Accept.Proved {
				t.Fatalf("the acceptor rose from %v to %v", v.Accept.Log, w.Accept.Log)
			}
			if w.Recover.Proved && !v.Recover.Proved {
				t.Fatal("recovered by bad events")
			}
		}
	})
}

func FuzzLooks(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20}, .01, 0.0, .01, uint16(1440))
	f.Add(make([]byte, 200), 0.0, 1.2, .001, uint16(0))
	f.Fuzz(func(t *testing.T, looks []byte, q, r0, alpha float64, limit uint16) {
		v, err := newAll(q, r0, alpha, time.Duration(limit)*time.Minute)
		if err != nil {
			return
		}
		bad, at := false, time.Duration(0)
		for ; len(looks) >= 20; looks = looks[20:] {
			var u [5]uint32
			for i := range u {
				u[i] = binary.LittleEndian.Uint32(looks[4*i:])
			}
			at += time.Duration(u[4]) * time.Millisecond
			c := Counts{float64(u[0] % 1000), float64(math.Float32frombits(u[1])), float64(u[2]), float64(math.Float32frombits(u[3]))}
			if u[4]%50 == 0 {
				v.d.Change(&v.State, at)
				bad = false
			}
			v.look(c, at)
			bad = bad || c.Bad > 0
			if !v.finite() || v.State.Proved && !bad {
				t.Fatalf("%+v", v)
			}
		}
	})
}
