package model

import (
	"context"
	"time"
)

// Recorded is a Source that remembers: it can say what it would have answered in the past.
type Recorded interface {
	Source
	// Recall gives each what the source would have answered for metric id at over.From,
	// and every over.Every after it, up to over.To, oldest first. At of a reading is that
	// moment. What would have been trouble then is a reading with that as Err. It fails
	// where the past cannot be had at all: the source is down, the metric is not one of
	// its own, its question has no meaning for the past. An error of each ends it, and is returned.
	Recall(ctx context.Context, id MetricID, over Past, each func(Reading) error) error
}

// Past is a stretch of the past, and how often something is asked of it.
type Past struct {
	From, To time.Time     // both included
	Every    time.Duration // > 0
}

// Moments returns how many readings there are of it.
func (p Past) Moments() int {
	if p.Every <= 0 || p.To.Before(p.From) {
		return 0
	}
	return int(p.To.Sub(p.From)/p.Every) + 1
}
