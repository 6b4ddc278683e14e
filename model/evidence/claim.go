package evidence

import (
	"errors"
	"fmt"
	"math"
)

// Ratios are the regressions that are looked for: so many times what is claimed.
var ratios = [...]float64{1.5, 2, 3, 5, 10}

// Ratios returns the regressions that are looked for, in rising order.
func Ratios() [5]float64 { return ratios }

// Logs holds a natural logarithm for each of the first ratios of a Claim.
type Logs [len(ratios)]float64

// ErrShare and ErrTimes tell what a claim cannot be about.
var (
	ErrShare = errors.New("a share of bad events must be 0 or from 0.000000001% up to, not including, 66.6%: beyond it no regression is left to look for")
	ErrTimes = errors.New("a share relative to a control must be 0.000001 to 1,000,000 times that of the control")
)

const minShare = 1e-11

// Claim is what the events may speak against: that the share of bad events is
// at most Share at every moment, or at most Times times that of a concurrent
// control. Exactly one of both is meant: Times is 0 for a fixed share. It is
// made by AtMost and AtMostTimes and is comparable with ==.
type Claim struct {
	Share, Times float64

	kinds         int // how many of the ratios are looked for, 1 to 5
	perBad, perOk Logs
}

// AtMost returns the claim that at most a share q of the events is bad, 0 ≤ q < 2/3.
// Ratios r with r·q ≥ 1 are not looked for; ErrShare where none is left.
func AtMost(q float64) (Claim, error) {
	c := Claim{Share: q}
	if q == 0 {
		c.kinds = 1
		return c, nil
	}
	if !(q >= minShare) {
		return Claim{}, fmt.Errorf("%w; found %v", ErrShare, q)
	}
	for i, r := range ratios {
		if r*q < 1 {
			c.kinds = i + 1
			c.perBad[i] = math.Log(r)
			c.perOk[i] = math.Log1p(-r*q) - math.Log1p(-q)
		}
	}
	if c.kinds == 0 {
		return Claim{}, fmt.Errorf("%w; found %v", ErrShare, q)
	}
	return c, nil
}

// AtMostTimes returns the claim that the share of bad events is at most r0
// times that of a concurrent control, or ErrTimes.
func AtMostTimes(r0 float64) (Claim, error) {
	if !(r0 >= 1e-6 && r0 <= 1e6) {
		return Claim{}, fmt.Errorf("%w; found %v", ErrTimes, r0)
	}
	c := Claim{Times: r0, kinds: len(ratios)}
	for i, r := range ratios {
		c.perBad[i] = math.Log(r)
	}
	return c, nil
}

// Logs returns ln Λ_r of the counts for each ratio, the evidence against the
// claim. The mean of each Λ_r is ≤ 1 while the claim holds. With x bad of n
// events, and y of m of a control:
//
//	share q:     Λ_r = r^x · ((1−r·q)/(1−q))^(n−x)          (Wald 1945)
//	r0·control:  Λ_r = r^x · ((n·r0+m)/(n·r·r0+m))^(x+y)    (Lindon and Malek 2022)
//
// Where q is 0 any bad event is a proof. Where one side counted no events
// there is nothing to compare, and Λ_r is 1.
func (c *Claim) Logs(k Counts) Logs { return c.logs(k.clean()) }

func (c *Claim) logs(k Counts) (l Logs) {
	switch {
	case c.Times > 0:
		den := k.Total*c.Times + k.ControlTotal
		if den == 0 {
			return l
		}
		n, both := k.Total*c.Times, k.Bad+k.ControlBad
		if both == 0 {
			return l
		}
		for i, r := range ratios {
			l[i] = k.Bad*c.perBad[i] + both*math.Log1p(-n*(r-1)/(n*r+k.ControlTotal))
		}
	case c.Share == 0:
		if k.Bad > 0 {
			l[0] = maxLog
		}
	default:
		ok := k.Total - k.Bad
		for i := range l {
			l[i] = k.Bad*c.perBad[i] + ok*c.perOk[i]
		}
	}
	return l
}

// LogMixture returns ln E of the counts: E is the mean of Λ_r over the ratios,
// the evidence against the claim in these counts alone. ±1e300 at most.
func (c *Claim) LogMixture(k Counts) float64 {
	l := c.Logs(k)
	return boundLog(c.logMean(&l))
}

// logMean returns the logarithm of the mean of what l is the logarithms of.
func (c *Claim) logMean(l *Logs) float64 {
	top := l[0]
	for _, v := range l[1:c.kinds] {
		top = max(top, v)
	}
	sum := 0.0
	for _, v := range l[:c.kinds] {
		sum += math.Exp(v - top)
	}
	return top + math.Log(sum/float64(c.kinds))
}

// logAdd returns ln(e^a + e^b).
func logAdd(a, b float64) float64 {
	if a < b {
		a, b = b, a
	}
	return a + math.Log1p(math.Exp(b-a))
}
