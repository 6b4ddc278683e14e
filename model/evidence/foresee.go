package evidence

import (
	"math"
	"time"
)

// Traffic is how events come: so many a second, and of a control so many a second
// with a share of bad ones, 0 to 1. Without a control both of its numbers are 0.
type Traffic struct{ PerSecond, ControlPerSecond, ControlShare float64 }

// counts returns what comes with each event on average when a share of them is bad.
func (t Traffic) counts(share float64) Counts {
	k := Counts{Bad: share, Total: 1}
	if t.PerSecond > 0 {
		k.ControlTotal = t.ControlPerSecond / t.PerSecond
		k.ControlBad = t.ControlShare * k.ControlTotal
	}
	return k.clean()
}

// ToGo returns about how many more events prove the share to be below the poor
// one when a share of them is bad, as with Wald's expected sample number. such is
// false where events like these never would: then it is how many it takes
// without a bad one (against a control: with as many bad ones there as before).
// It is +Inf where those would not do either, as without a control's events.
func (a *Acceptor) ToGo(s *Accepting, t Traffic, share float64) (events float64, such bool) {
	if s.Proved {
		return 0, true
	}
	far := a.logBound - s.Log
	if drift := a.log(t.counts(share)); drift > 0 {
		return math.Ceil(far / drift), true
	}
	if drift := a.log(t.counts(0)); drift > 0 {
		return math.Ceil(far / drift), false
	}
	return math.Inf(1), false
}

// meanToMedian is how the events until a proof (the median of many runs) are to
// those on the path of the mean, on which no luck helps: measured by simulation
// from 1.5 to 10 times shares of 0.1% to 10%.
const meanToMedian = 0.92

// ToFail returns about how many events prove the claim false, counted from the beginning of an
// attempt, when a share of them is bad: where the mean path of R, with the weights
// of the schedule, reaches 1/α, less a twelfth, which luck gives to every other run.
// It is +Inf where the mean path never gets there. Within 15% of the
// median of simulations; the looks are taken to be frequent.
func (d *Detector) ToFail(t Traffic, share float64) float64 {
	drift := d.Claim.Logs(t.counts(share))
	steepest := drift[0]
	for _, v := range drift[1:d.Claim.kinds] {
		steepest = max(steepest, v)
	}
	if steepest <= 0 || !(t.PerSecond > 0) {
		return math.Inf(1)
	}
	high := (d.logBound + math.Ln2 + math.Log(float64(d.Claim.kinds))) / steepest // ½·e^(high·steepest)/kinds = 1/α
	low := 0.0
	for range 20 { // to a millionth of where it was looked for
		mid := (low + high) / 2
		if d.meanPath(&drift, mid, t.PerSecond*60) < d.logBound {
			low = mid
		} else {
			high = mid
		}
	}
	return max(1/share, math.Ceil(high*meanToMedian))
}

// meanPath returns ln R after n events whose Λ_r all are e^drift, so many of them a
// minute: ½·e^(n·drift) of the beginning, and what each minute's ½/L became.
func (d *Detector) meanPath(drift *Logs, n, perMinute float64) float64 {
	var l Logs
	for i, v := range drift[:d.Claim.kinds] {
		l[i] = n*v - math.Ln2
		if v != 0 && n > 0 { // the sum over minutes as an integral
			minutes := math.Log(math.Abs(math.Expm1(-n*v)/v)) + n*v
			l[i] = logAdd(l[i], minutes-math.Log(2*d.minutes*perMinute))
		}
	}
	return d.Claim.logMean(&l)
}

// Sight is a regression that would be seen: so many times what is claimed, after
// about so many events and so much time from the beginning of an attempt.
type Sight struct {
	Ratio  float64 // one of Ratios
	Events float64
	After  time.Duration
}

// Sees returns how long each regression takes to be seen at this traffic, in
// rising order of ratio, and which is the first that is seen within the soak:
// len(all) where none is. Against a control the regressions are times Claim.Times the control's share.
func (d *Detector) Sees(t Traffic, soak time.Duration) (all [5]Sight, n, first int) {
	base := d.Claim.Share
	if d.Claim.Times > 0 {
		base = d.Claim.Times * t.ControlShare
	}
	first = d.Claim.kinds
	for i, r := range ratios[:d.Claim.kinds] {
		s := Sight{Ratio: r, Events: math.Inf(1), After: math.MaxInt64}
		if share := r * base; share > 0 && share < 1 {
			s.Events = d.ToFail(t, share)
			if secs := s.Events / t.PerSecond; secs < math.MaxInt64/1e9 {
				s.After = time.Duration(secs * 1e9)
			}
		}
		all[i] = s
		if first == d.Claim.kinds && s.After <= soak {
			first = i
		}
	}
	return all, d.Claim.kinds, first
}
