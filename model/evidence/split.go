package evidence

// Split says how the alpha of an attempt is divided. It is fixed when the
// attempt begins; all of its shares together are at most Alpha, however many
// parts come later.
type Split struct {
	Alpha   float64 // of the attempt, 0 to 1 exclusive
	Metrics int     // counted metrics that a guard has; 0 and 1 use alpha alone
	Parts   int     // parts of the metric that were there when the attempt began
}

// Whole returns the alpha of a metric without parts, that is of all tests of a
// metric together.
func (s Split) Whole() float64 { return s.Alpha / float64(max(s.Metrics, 1)) }

// First returns the alpha of the sum of a metric with parts, and of each part
// that was there when the attempt began: half of the metric's, evenly.
func (s Split) First() float64 { return s.Whole() / 2 / float64(max(s.Parts, 0)+1) }

// Later returns the alpha of the k-th part that came later, k from 1: 1/(k·(k+1))
// of the other half. (These fractions add up to 1.)
func (s Split) Later(k int) float64 {
	f := float64(max(k, 1))
	return s.Whole() / 2 / f / (f + 1)
}
