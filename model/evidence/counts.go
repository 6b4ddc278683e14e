package evidence

import "math"

// maxCount bounds what one look may bring, maxLog what a logarithm may reach.
// Both are far beyond anything real and keep every sum finite.
const (
	maxCount = 1e15
	maxLog   = 1e300
)

// Counts are the events of one look, or the sum of several: Bad of Total and,
// where there is a concurrent control, ControlBad of its ControlTotal in the
// same time. Each is 0 or more.
type Counts struct {
	Bad          float64 `json:"bad,omitempty"`
	Total        float64 `json:"total,omitempty"`
	ControlBad   float64 `json:"control_bad,omitempty"`
	ControlTotal float64 `json:"control_total,omitempty"`
}

// Plus returns the sum of both.
func (c Counts) Plus(d Counts) Counts {
	return Counts{c.Bad + d.Bad, c.Total + d.Total, c.ControlBad + d.ControlBad, c.ControlTotal + d.ControlTotal}
}

// Share returns the share of bad events, 0 to 1; 0 where there are none.
func (c Counts) Share() float64 {
	if c.Total <= 0 {
		return 0
	}
	return c.Bad / c.Total
}

// clean returns c with every count from 0 to maxCount and totals no smaller
// than their bad events. What is not a number counts nothing.
func (c Counts) clean() Counts {
	if c.Bad >= 0 && c.Bad <= c.Total && c.Total <= maxCount &&
		c.ControlBad >= 0 && c.ControlBad <= c.ControlTotal && c.ControlTotal <= maxCount {
		return c
	}
	c.Bad, c.ControlBad = bound(c.Bad), bound(c.ControlBad)
	c.Total = max(bound(c.Total), c.Bad)
	c.ControlTotal = max(bound(c.ControlTotal), c.ControlBad)
	return c
}

func bound(v float64) float64 {
	if !(v > 0) { // NaN too
		return 0
	}
	return min(v, maxCount)
}

func boundLog(v float64) float64 {
	if v > maxLog {
		return maxLog
	}
	if v < -maxLog {
		return -maxLog
	}
	return v
}

// whole says whether all counts are whole numbers, which add up without loss.
func (c Counts) whole() bool {
	return c.Bad == math.Trunc(c.Bad) && c.Total == math.Trunc(c.Total) &&
		c.ControlBad == math.Trunc(c.ControlBad) && c.ControlTotal == math.Trunc(c.ControlTotal)
}

// minus returns c without d.
func (c Counts) minus(d Counts) Counts {
	return Counts{c.Bad - d.Bad, c.Total - d.Total, c.ControlBad - d.ControlBad, c.ControlTotal - d.ControlTotal}
}
