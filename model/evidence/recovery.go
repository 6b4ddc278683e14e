package evidence

import (
	"math"
	"time"
)

// Recovery proves that a failure that was said is over: a CUSUM (Page 1954) of
// the share q that was failed against twice of it,
//
//	S ← max(0, S + x·ln(q/2q) + (n−x)·ln((1−q)/(1−2q))), over at S ≥ ln(1/β).
//
// Where 2·q is more than half way from q to 1 (q above 1/3) that half way stands for it,
// or one good event would end a failure. Against a control it is r0 against 2·r0 by the
// acceptor's formula. No number of good events proves a share of 0: where q is 0
// only a change ends a failure. It is comparable with ==.
type Recovery struct {
	accept Acceptor
	never  bool
}

// NewRecovery returns the recovery from a failure of the claim.
func NewRecovery(c Claim, beta float64) (Recovery, error) {
	var a Acceptor
	var err error
	switch {
	case c.Times > 0:
		a, err = AcceptTimes(c.Times, 0, beta)
	case c.Share == 0:
		return Recovery{never: true, accept: Acceptor{logBound: -math.Log(beta)}}, nil
	default:
		a, err = AcceptShare(c.Share, 0, beta)
	}
	return Recovery{accept: a}, err
}

// Recovering is what a Recovery knows so far; the zero value, with Since set, begins
// where the failure was said.
type Recovering struct {
	S      float64       `json:"s"`      // 0 to 1e300
	Counts Counts        `json:"counts"` // since S was last 0
	Since  time.Duration `json:"since"`  // when that was
	Proved bool          `json:"proved"`
	At     time.Duration `json:"at"` // of the proof
}

// Look adds the events counted since the last look. A proof stands until it
// begins anew.
func (r *Recovery) Look(s *Recovering, c Counts, at time.Duration) {
	if s.Proved || r.never {
		return
	}
	c = c.clean()
	s.S = boundLog(s.S + r.accept.log(c))
	s.Counts = s.Counts.Plus(c).clean()
	if s.S <= 0 {
		*s = Recovering{Since: at}
		return
	}
	if s.S >= r.accept.logBound {
		s.Proved, s.At = true, at
	}
}

// LogBound returns the S at which the failure is over, ln(1/β).
func (r *Recovery) LogBound() float64 { return r.accept.logBound }
