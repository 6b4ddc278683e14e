package evidence

import (
	"fmt"
	"math"
	"time"
)

// Detector proves that a Claim is false, now or since some moment of an
// attempt, by a weighted Shiryaev–Roberts sum for each ratio,
//
//	R_r ← (R_r + w)·Λ_r,  R = mean of R_r,  proved at R ≥ 1/α,
//
// w the weight that Spending gives to the look. (An e-detector: Shin, Ramdas,
// Rinaldo 2023.) The mean of R is at most the sum of the weights while the claim
// holds, so the chance of ever proving what is not so in an attempt is at most α up
// to the limit, whenever and however often one looks. Past the limit it is at most
// α·(½ + t/2L) after t with the limit L: see Promise. It is comparable with ==.
type Detector struct {
	Claim Claim
	Alpha float64       // chance of a false proof, 0 to 1 exclusive
	Limit time.Duration // of the attempt, in whole minutes, 1 or more

	minutes  float64
	logBound float64 // ln(1/α)
}

// NewDetector returns a detector against a claim with an alpha above 0 and
// below 1, for an attempt with a limit, which is rounded up to whole minutes.
func NewDetector(c Claim, alpha float64, limit time.Duration) (Detector, error) {
	if !(alpha > 0 && alpha < 1) {
		return Detector{}, fmt.Errorf("alpha must be above 0 and below 1; found %v", alpha)
	}
	m := minutesOf(limit)
	return Detector{Claim: c, Alpha: alpha, Limit: time.Duration(m) * time.Minute, minutes: m, logBound: -math.Log(alpha)}, nil
}

// State is what a Detector knows so far of a metric or a part of one. It is made by
// Begin. All times are since the attempt began.
type State struct {
	LogR     Logs          `json:"log_r"`     // ln R_r, -1e300 to 1e300; 0 and without meaning before Looked
	Looked   bool          `json:"looked"`    // a look was taken since the beginning or the last change
	Proved   bool          `json:"proved"`    // the claim was proved false, and no change since
	ProvedAt time.Duration `json:"proved_at"` // when
	Since    time.Duration `json:"since"`     // when counting began: the attempt's begin or the last change
	Counts   Counts        `json:"counts"`    // since then; up to the proof where there is one
	Rising   Counts        `json:"rising"`    // since RisingAt; up to the proof
	RisingAt time.Duration `json:"rising_at"` // the last look after which no R_r was 1 or more, or Since
	Spending Spending      `json:"spending"`
}

// Begin returns the state of a test that begins at a time of the attempt: 0, or
// later for a part that comes later.
func (d *Detector) Begin(at time.Duration) State {
	at = max(at, 0)
	return State{Since: at, RisingAt: at, Spending: beginSpending(at, d.minutes)}
}

// Look adds the events counted since the last look. A look proves the claim
// false only if it brought a bad event: weight alone never does. A proof stands
// until Change.
func (d *Detector) Look(s *State, c Counts, at time.Duration) {
	c = c.clean()
	w := s.Spending.take(at, d.minutes)
	l := d.Claim.logs(c)
	if w > 0 {
		s.weigh(math.Log(w), d.Claim.kinds)
	}
	if !s.Looked {
		return
	}
	top := -maxLog
	for i := range l[:d.Claim.kinds] {
		s.LogR[i] = boundLog(s.LogR[i] + l[i])
		top = max(top, s.LogR[i])
	}
	if s.Proved {
		return
	}
	s.Counts = s.Counts.Plus(c).clean()
	if top < 0 {
		s.Rising, s.RisingAt = Counts{}, at
	} else {
		s.Rising = s.Rising.Plus(c).clean()
	}
	if c.Bad > 0 && top >= d.logBound && d.LogR(s) >= d.logBound {
		s.Proved, s.ProvedAt = true, at
	}
}

// weigh adds a weight with logarithm w to each R_r.
func (s *State) weigh(w float64, kinds int) {
	if !s.Looked {
		s.Looked = true
		for i := range s.LogR[:kinds] {
			s.LogR[i] = w
		}
		return
	}
	for i := range s.LogR[:kinds] {
		s.LogR[i] = logAdd(s.LogR[i], w)
	}
}

// Change begins anew after a change of what is counted (a flip, a restart, a
// recovery that was proved): R and a proof are dropped, and half of the weight
// that no look took yet comes due at once (see Spending).
func (d *Detector) Change(s *State, at time.Duration) {
	at = max(at, s.Since)
	p := s.Spending
	p.change(at, d.minutes)
	*s = State{Since: at, RisingAt: at, Spending: p}
}

// LogR returns ln R, -1e300 to 1e300; -1e300 before the first look.
func (d *Detector) LogR(s *State) float64 {
	if !s.Looked {
		return -maxLog
	}
	return boundLog(d.Claim.logMean(&s.LogR))
}

// LogBound returns the ln R at which the claim is proved false, ln(1/α).
func (d *Detector) LogBound() float64 { return d.logBound }

// Promise returns what the chance of a false proof is at most, in the whole attempt up to
// now: α up to the limit, past it α·(½ + t/2L), and up to α/2 more where a
// change past the limit took weight early. It may exceed 1: then it says nothing.
func (d *Detector) Promise(s *State) float64 {
	return d.Alpha * max(1, s.Spending.Spent+s.Spending.Due)
}
