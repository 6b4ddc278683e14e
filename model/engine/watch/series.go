package watch

import (
	"slices"
	"time"

	"gonogo/model"
)

// maxPoints is how many points a chart keeps. When there are more, the older
// half is thinned to every second point, so that a phase of days stays whole.
const maxPoints = 4096

// addPoint returns s with a point behind. Snapshots hold s's earlier lengths:
// what they see is never written again.
func addPoint(s model.Series, at time.Time, v float64) model.Series {
	if n := len(s.Points); n > 0 && !at.After(s.Points[n-1].At) {
		return s
	}
	if len(s.Points) >= maxPoints {
		s = thin(s)
	}
	s.Points = append(s.Points, model.Point{At: at, V: v})
	return s
}

// addPast returns a new series of s and those points of past that s has none at
// the time of.
func addPast(s model.Series, past []model.Point) model.Series {
	points := append(slices.Clone(s.Points), past...)
	slices.SortStableFunc(points, func(a, b model.Point) int { return a.At.Compare(b.At) })
	points = slices.CompactFunc(points, func(a, b model.Point) bool { return a.At.Equal(b.At) })
	s = model.Series{Epoch: s.Epoch + 1, Points: points}
	for len(s.Points) > maxPoints {
		s = thin(s)
	}
	return s
}

func thin(s model.Series) model.Series {
	half := len(s.Points) / 2
	points := make([]model.Point, 0, maxPoints+1)
	for i := 0; i < half; i += 2 {
		points = append(points, s.Points[i])
	}
	points = append(points, s.Points[half:]...)
	return model.Series{Epoch: s.Epoch + 1, Points: points}
}
