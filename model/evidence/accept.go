package evidence

import (
	"fmt"
	"math"
	"time"
)

// Acceptor proves that a share of bad events is below a poor one: the accept
// side of Wald's sequential test of Good against Poor (1945), or its like against
// a concurrent control (Lindon and Malek 2022). It accepts when
//
//	shares:   (p0/p1)^x · ((1−p0)/(1−p1))^(n−x) ≥ 1/β
//	control:  (r0/r1)^x · ((n·r1+m)/(n·r0+m))^(x+y) ≥ 1/β, multiplied over the looks
//
// While the truth is poor, the chance of ever accepting is at most β. It is
// comparable with ==.
type Acceptor struct {
	Good, Poor float64 // shares, or times the share of the control; 0 < Good < Poor
	Control    bool    // both are times the share of a control
	Beta       float64 // chance to accept what is poor, 0 to 1 exclusive

	perBad, perOk, logBound float64
}

// AcceptShare returns the acceptor of shares below p1, 0 < p0 < p1 < 1; p1 = 0
// stands for 2·p0, at most half way from p0 to 1.
func AcceptShare(p0, p1, beta float64) (Acceptor, error) {
	if p1 == 0 {
		p1 = poorer(p0)
	}
	if !(p0 >= minShare && p0 < p1 && p1 < 1) {
		return Acceptor{}, fmt.Errorf("good and poor shares must be above 0 and below 1, good below poor; found %v and %v", p0, p1)
	}
	a := Acceptor{Good: p0, Poor: p1, perBad: math.Log(p0 / p1), perOk: math.Log1p(-p0) - math.Log1p(-p1)}
	return a.with(beta)
}

// AcceptTimes returns the acceptor of shares below r1 times that of the
// control; r1 = 0 stands for 2·r0.
func AcceptTimes(r0, r1, beta float64) (Acceptor, error) {
	if r1 == 0 {
		r1 = 2 * r0
	}
	if !(r0 >= 1e-6 && r0 < r1 && r1 <= 2e6) {
		return Acceptor{}, fmt.Errorf("%w, good below poor; found %v and %v", ErrTimes, r0, r1)
	}
	a := Acceptor{Good: r0, Poor: r1, Control: true, perBad: math.Log(r0 / r1)}
	return a.with(beta)
}

func (a Acceptor) with(beta float64) (Acceptor, error) {
	if !(beta > 0 && beta < 1) {
		return Acceptor{}, fmt.Errorf("beta must be above 0 and below 1; found %v", beta)
	}
	a.Beta, a.logBound = beta, -math.Log(beta)
	return a, nil
}

// poorer returns twice a share, at most half way from it to 1: where 2·q comes near 1
// a single good event would prove the share to be below it.
func poorer(q float64) float64 { return min(2*q, (1+q)/2) }

// Accepting is what an Acceptor knows so far. The zero value, with Since set, is
// where counting begins: at the attempt's begin and at each change. Times are since
// the attempt began.
type Accepting struct {
	Log    float64       `json:"log"`    // logarithm of what must reach 1/β, -1e300 to 1e300
	Counts Counts        `json:"counts"` // since Since; up to the proof where there is one
	Since  time.Duration `json:"since"`
	Proved bool          `json:"proved"`
	At     time.Duration `json:"at"` // of the proof
}

// Look adds the events counted since the last look. A proof stands until counting
// begins anew.
func (a *Acceptor) Look(s *Accepting, c Counts, at time.Duration) {
	if s.Proved {
		return
	}
	c = c.clean()
	s.Counts = s.Counts.Plus(c).clean()
	s.Log = boundLog(s.Log + a.log(c))
	if c.Total > 0 && s.Log >= a.logBound {
		s.Proved, s.At = true, at
	}
}

func (a *Acceptor) log(c Counts) float64 {
	if !a.Control {
		return c.Bad*a.perBad + (c.Total-c.Bad)*a.perOk
	}
	both, den := c.Bad+c.ControlBad, c.Total*a.Good+c.ControlTotal
	if both == 0 || den == 0 {
		return 0
	}
	return c.Bad*a.perBad + both*math.Log1p(c.Total*(a.Poor-a.Good)/den)
}

// LogBound returns the logarithm at which it accepts, ln(1/β).
func (a *Acceptor) LogBound() float64 { return a.logBound }
