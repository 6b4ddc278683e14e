package model

import (
	"testing"
	"time"
	_ "time/tzdata"
)

// TestAClosedTimeEndsWhenItSays: once or each week, over the end of a week and over a change of
// the clocks; the latest of several counts.
func TestAClosedTimeEndsWhenItSays(t *testing.T) {
	at := func(text string) time.Time {
		v, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	clock := func(day, hour int) time.Duration { return time.Duration(day*24+hour) * time.Hour }
	weekend := Closed{Week: &Weekly{From: clock(4, 16), To: clock(0, 8)}, Why: "weekend"}
	berlin := Closed{Week: &Weekly{From: clock(4, 16), To: clock(0, 8), Zone: "Europe/Berlin"}, Why: "weekend"}
	lunch := Closed{Week: &Weekly{From: clock(2, 12), To: clock(2, 13)}, Why: "lunch"}
	once := Closed{From: at("2026-12-20T16:00:00Z"), To: at("2027-01-04T08:00:00Z"), Why: "freeze"}
	for _, c := range []struct {
		of   []Closed
		now  string
		want string // empty: open
	}{
		{[]Closed{weekend}, "2026-11-27T15:59:59Z", ""}, // a Friday
		{[]Closed{weekend}, "2026-11-27T16:00:00Z", "2026-11-30T08:00:00Z"},
		{[]Closed{weekend}, "2026-11-29T23:00:00Z", "2026-11-30T08:00:00Z"},
		{[]Closed{weekend}, "2026-11-30T07:59:59Z", "2026-11-30T08:00:00Z"},
		{[]Closed{weekend}, "2026-11-30T08:00:00Z", ""},
		{[]Closed{berlin}, "2026-11-27T15:00:00Z", "2026-11-30T07:00:00Z"},
		{[]Closed{berlin}, "2026-10-24T12:00:00Z", "2026-10-26T07:00:00Z"}, // the clocks went back on the 25th
		{[]Closed{berlin}, "2026-03-28T12:00:00Z", "2026-03-30T06:00:00Z"}, // and forward on the 29th
		{[]Closed{lunch}, "2026-11-25T12:30:00Z", "2026-11-25T13:00:00Z"},
		{[]Closed{lunch}, "2026-11-26T12:30:00Z", ""},
		{[]Closed{once}, "2026-12-20T15:59:59Z", ""},
		{[]Closed{weekend, once}, "2026-12-26T12:00:00Z", "2027-01-04T08:00:00Z"},
	} {
		r := Rollout{Closed: c.of}
		until, _, closed := r.ClosedAt(at(c.now))
		switch {
		case c.want == "" && closed:
			t.Errorf("%s is closed until %s", c.now, until)
		case c.want != "" && (!closed || !until.Equal(at(c.want))):
			t.Errorf("%s: closed %v until %s, wanted %s", c.now, closed, until, c.want)
		}
	}
}
