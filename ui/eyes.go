package ui

import "gonogo/model"

// eyes are what a person looks at: the newest snapshot, or one that stands still.
type eyes struct {
	live, shown *model.Snapshot // nil before the first; shown lags behind while frozen
	frozen      bool
	ended       bool // the feed: there will be no newer one
}

// seen returns the snapshot that the person looks at.
func (e *eyes) seen() *model.Snapshot {
	if e.frozen && e.shown != nil {
		return e.shown
	}
	return e.live
}

// take looks at a new snapshot.
func (e *eyes) take(s *model.Snapshot) {
	e.live = s
	if !e.frozen || e.shown == nil {
		e.shown = s
	}
}

// freeze lets the view stand still, or go on.
func (e *eyes) freeze() {
	e.frozen = !e.frozen
	e.shown = e.live
}

// isEngine reports whether this process watches, so that nothing is watched
// once it has ended.
func (e *eyes) isEngine() bool {
	return e.live != nil && !e.live.Attached && !e.ended && e.live.Lost == ""
}

// planMoves reports whether a plan is armed or runs.
func (e *eyes) planMoves() bool { return e.live != nil && e.live.State.ActivePlan() != nil }

// shownAt is when the snapshot was made that is shown.
func (e *eyes) shownAt() string {
	if e.shown == nil {
		return "?"
	}
	return e.shown.At.UTC().Format("15:04:05Z")
}
