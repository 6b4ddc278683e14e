package evidence

import (
	"math"
	"time"
)

// Spending says how much weight the looks of an attempt may give to a change
// that begins just then. ½ comes due when the attempt begins, the other ½ in
// equal parts at each minute up to the limit. Past the limit ½ more comes due
// in equal parts over each further period as long as the limit. A look takes all
// that came due since the last. The weights taken so far bound the chance of a
// false proof: α times their sum.
type Spending struct {
	Spent float64 `json:"spent"` // taken by looks, 0 or more
	Due   float64 `json:"due"`   // came due, not taken yet
	Left  float64 `json:"left"`  // of this period, comes due up to Until, 0 to 1
	Tick  float64 `json:"tick"`  // the minute of the attempt that was counted last, whole
	Until float64 `json:"until"` // the minute at which this period ends, whole
}

// minutesOf returns a limit in whole minutes, rounded up, 1 or more.
func minutesOf(limit time.Duration) float64 {
	return max(1, math.Ceil(limit.Minutes()))
}

// beginSpending returns the schedule of a test that begins at a time of an
// attempt with a limit of so many minutes: 0, or later for a part that came later.
// What it spreads, it spreads over the minutes that are left.
func beginSpending(at time.Duration, limit float64) Spending {
	tick := float64(max(at, 0) / time.Minute)
	return Spending{Due: 0.5, Left: 0.5, Tick: tick, Until: (math.Floor(tick/limit) + 1) * limit}
}

// reach lets come due what comes due up to a time. Time that goes back changes nothing.
func (s *Spending) reach(at time.Duration, limit float64) {
	tick := float64(at / time.Minute)
	if tick <= s.Tick {
		return
	}
	if tick >= s.Until {
		s.Due += s.Left
		whole := math.Floor((tick - s.Until) / limit)
		s.Due += whole / 2
		s.Tick = s.Until + whole*limit
		s.Until = s.Tick + limit
		s.Left = 0.5
	}
	now := s.Left * (tick - s.Tick) / (s.Until - s.Tick)
	s.Due += now
	s.Left -= now
	s.Tick = tick
}

// take returns the weight that a look gets.
func (s *Spending) take(at time.Duration, limit float64) float64 {
	s.reach(at, limit)
	w := s.Due
	s.Spent += w
	s.Due = 0
	return w
}

// change lets half of what no look took yet come due at once; the rest is
// spread over the minutes left of the period. So a change before the first look
// alters nothing, and neither does a second one before the next. Past the limit the
// period is the current one of the further ones: what a change takes there is
// ahead of the schedule until that period ends, and no longer.
func (s *Spending) change(at time.Duration, limit float64) {
	s.reach(at, limit)
	half := (s.Due + s.Left) / 2
	s.Due, s.Left = half, half
}
