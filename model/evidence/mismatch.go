package evidence

import (
	"fmt"
	"math"
	"time"
)

// tolerated is by which part of the smaller side a share may be off what was asked:
// 10% asked is met by 9% to 11%.
const tolerated = 0.1

// sides is how many alternatives are looked for on each side.
const sides = 12

// Mismatch proves that the share of events that get a variant is not the one that was
// asked, by more than is tolerated, and on the other hand that it is about that. It is
// fixed while what is asked is, and comparable with ==.
//
// Off is proved where on one side, of a bound q and x of n events beyond it,
//
//	E = mean over p of (p/q)^x · ((1−p)/(1−q))^(n−x) ≥ 2/α,  p = q + (1−q)/2^j, j = 1 … 12
//
// (A multinomial mixture after Lindon and Malek 2022, on each side of a range instead of
// at a point.) Its mean is at most 1 while the share is within the range, so the chance of
// ever proving a mismatch that is not there is at most α, however often one looks. Met is
// proved by Wald's accept side on both sides: the share is below 1.5 times what is asked
// (half way to all of it at most), and above two thirds of it.
type Mismatch struct {
	Asked float64 // 0 to 1
	Alpha float64 // chance of a false proof, 0 to 1 exclusive

	more, less bound1
	below      Acceptor // that the share is not much more than asked,
	above      Acceptor // or much less; of the events that do not get the variant
	logBound   float64
}

// bound1 is one side: more than a share of the events.
type bound1 struct {
	share      float64
	perIn, out [sides]float64 // what an event within, and one beside, add to each logarithm
}

func newBound(share float64) bound1 {
	b := bound1{share: share}
	for j := range b.perIn {
		p := share + (1-share)/math.Pow(2, float64(j+1))
		b.perIn[j], b.out[j] = math.Log(p/share), math.Log1p(-p)-math.Log1p(-share)
	}
	return b
}

// log returns ln E of x within of n.
func (b *bound1) log(x, n float64) float64 {
	switch {
	case b.share <= 0 && x > 0:
		return maxLog // none was asked
	case b.share <= 0 || b.share >= 1:
		return 0
	}
	top, l := math.Inf(-1), [sides]float64{}
	for j := range l {
		l[j] = x*b.perIn[j] + (n-x)*b.out[j]
		top = max(top, l[j])
	}
	sum := 0.0
	for _, v := range l {
		sum += math.Exp(v - top)
	}
	return boundLog(top + math.Log(sum/sides))
}

// NewMismatch returns the test of a share that is asked, 0 to 1.
func NewMismatch(asked, alpha, beta float64) (Mismatch, error) {
	if !(asked >= 0 && asked <= 1) {
		return Mismatch{}, fmt.Errorf("a share must be 0%% to 100%%; found %v", asked)
	}
	if !(alpha > 0 && alpha < 1) {
		return Mismatch{}, fmt.Errorf("alpha must be above 0 and below 1; found %v", alpha)
	}
	off := tolerated * min(asked, 1-asked)
	m := Mismatch{Asked: asked, Alpha: alpha, more: newBound(asked + off), less: newBound(1 - asked + off), logBound: math.Log(2 / alpha)}
	var err error
	if m.below, err = notMuchMore(asked, beta); err != nil {
		return Mismatch{}, err
	}
	m.above, err = notMuchLess(asked, beta)
	return m, err
}

// little stands for a share of nothing: that is proved to be below a hundredth.
const little = 1e-9

func notMuchMore(asked, beta float64) (Acceptor, error) {
	if asked < 0.005 {
		return AcceptShare(max(asked, little), 0.01, beta)
	}
	if asked > 1-little {
		return Acceptor{}, nil
	}
	return AcceptShare(asked, min(1.5*asked, (1+asked)/2), beta)
}

func notMuchLess(asked, beta float64) (Acceptor, error) {
	if asked < 0.005 {
		return Acceptor{}, nil
	}
	return AcceptShare(max(1-asked, little), max(1-asked/1.5, 0.01), beta)
}

// Matching is what a Mismatch knows so far. The zero value is where counting begins: at
// the attempt's begin, and whenever what is asked or the service changed. Bad of its
// counts are the events that got the variant.
type Matching struct {
	Counts Counts        `json:"counts"`       // since it began
	Off    bool          `json:"off"`          // a mismatch is proved, and not seen to be over
	Met    bool          `json:"met"`          // it is proved to be about what was asked
	At     time.Duration `json:"at,omitempty"` // when one of these was, in the attempt
	Since  Counts        `json:"since"`        // since a mismatch was proved: they may show that it is over
}

// Look adds the events counted since the last look.
func (m *Mismatch) Look(s *Matching, c Counts, at time.Duration) {
	c = c.clean()
	if c.Total == 0 {
		return
	}
	s.Counts = s.Counts.Plus(c).clean()
	switch {
	case s.Off:
		s.Since = s.Since.Plus(c).clean()
		if m.met(s.Since) && m.Log(s.Since) < m.logBound {
			*s = Matching{Counts: s.Since, Met: true, At: at}
		}
	case m.Log(s.Counts) >= m.logBound:
		s.Off, s.Met, s.At, s.Since = true, false, at, Counts{}
	case !s.Met && m.met(s.Counts):
		s.Met, s.At = true, at
	}
}

// Log returns ln E of the side that the counts speak more for.
func (m *Mismatch) Log(c Counts) float64 {
	return max(m.more.log(c.Bad, c.Total), m.less.log(c.Total-c.Bad, c.Total))
}

func (m *Mismatch) met(c Counts) bool {
	lower := Counts{Bad: c.Total - c.Bad, Total: c.Total}
	return (m.below.Poor == 0 || m.below.log(c) >= m.below.logBound) && (m.above.Poor == 0 || m.above.log(lower) >= m.above.logBound)
}
