package model

import (
	"fmt"
	"time"
)

// Closed is a time in which nothing goes up: once, from From to To, or each week.
type Closed struct {
	From time.Time `json:"from,omitzero"`
	To   time.Time `json:"to,omitzero"`
	Week *Weekly   `json:"week,omitempty"` // nil: once
	Why  string    `json:"why"`            // inert
}

// Weekly is a time of each week, which may go over its end.
type Weekly struct {
	From, To time.Duration // since Monday 00:00 on the clocks of Zone
	Zone     string        // such as Europe/Berlin; empty: UTC
}

const week = 7 * 24 * time.Hour

// Until returns whether now is closed, and until when.
func (c *Closed) Until(now time.Time) (time.Time, bool) {
	if c.Week == nil {
		return c.To, !now.Before(c.From) && now.Before(c.To)
	}
	zone, err := time.LoadLocation(c.Week.Zone)
	if err != nil { // the config was checked on a machine that knew it
		zone = time.UTC
	}
	local := now.In(zone)
	days := (int(local.Weekday()) + 6) % 7 // since Monday
	clock := time.Duration(days)*24*time.Hour + time.Duration(local.Hour())*time.Hour + time.Duration(local.Minute())*time.Minute + time.Duration(local.Second())*time.Second
	from, to := c.Week.From, c.Week.To
	in := clock >= from && clock < to
	if to <= from { // over the end of the week
		in = clock >= from || clock < to
	}
	if !in {
		return time.Time{}, false
	}
	ahead := (to - clock + week) % week
	end := local.Add(ahead) // but for a change of the clocks on the way there
	y, m, d := local.AddDate(0, 0, int((to/(24*time.Hour)-time.Duration(days)+7)%7)).Date()
	if at := time.Date(y, m, d, int(to/time.Hour)%24, int(to/time.Minute)%60, 0, 0, zone); at.After(local) && at.Sub(end).Abs() <= 2*time.Hour {
		end = at
	}
	return end.UTC(), true
}

// ClosedAt says why nothing goes up at now, and until when; false: it may.
func (r *Rollout) ClosedAt(now time.Time) (until time.Time, why string, closed bool) {
	for i := range r.Closed {
		if to, is := r.Closed[i].Until(now); is && to.After(until) {
			until, why, closed = to, r.Closed[i].Why, true
		}
	}
	return until, why, closed
}

// NotYet says why the next phase may not be entered before a time that is still to come; false:
// it may.
func (s *State) NotYet(r *Rollout, now time.Time) (until time.Time, why string, wait bool) {
	next := r.Upward(s)
	if next == nil || !now.Before(next.NotBefore) {
		return time.Time{}, "", false
	}
	return next.NotBefore, fmt.Sprintf("phase %s is not to be entered before", next.ID), true
}
