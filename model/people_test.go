package model

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
)

var readAt = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// fold applies events, a second each, in the name of vp.
func fold(s State, events ...Event) State {
	for _, e := range events {
		s = Apply(s, Record{Seq: s.Seq + 1, At: readAt.Add(time.Duration(s.Seq) * time.Second), By: Actor{Name: "vp", Host: "h"}, Event: e})
	}
	return s
}

var crash = &Metric{ID: "crash", Unit: Ratio, Read: &PeopleRead{From: "Crashlytics", Every: 24 * time.Hour}}

// TestAReadingIsKeptWithWhoAndWhen: also over JSON, and whatever happened in between.
func TestAReadingIsKeptWithWhoAndWhen(t *testing.T) {
	s := fold(State{}, EngineStarted{PID: 1}, MetricRead{Metric: "crash", Value: .002, Unit: Ratio, Note: "android"}, PhaseEntered{Phase: "ten", Attempt: 1},
		MetricRead{Metric: "crash", Value: .003, Unit: Ratio, Note: "both"})
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var back State
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	got := back.Readings["crash"]
	if got.Value != .003 || got.By.Name != "vp" || !got.At.Equal(readAt.Add(3*time.Second)) || got.Seq != 4 || got.Note != "both" {
		t.Errorf("got %+v", got)
	}
	if len(got.Earlier) != 1 || got.Earlier[0].Value != .002 {
		t.Errorf("earlier ones: %+v", got.Earlier)
	}
	r, ok := back.ReadBy(crash)
	if !ok || r.Value != .003 || r.By != "vp" || r.Note != "both" || r.Before != "" || !r.SampleAt.Equal(got.At) || !r.At.Equal(got.At) {
		t.Errorf("judged as %+v, %v", r, ok)
	}
}

// TestAReadingCountsUntilTheNextChange: a phase that is entered is none, a flip or a restart is.
func TestAReadingCountsUntilTheNextChange(t *testing.T) {
	on := func(v bool) Event { return FlagObserved{Flag: "real", Value: BoolValue(v), Effective: true} }
	read := MetricRead{Metric: "crash", Value: .002, Unit: Ratio}
	for _, c := range []struct {
		name   string
		events []Event
		before string
	}{
		{"nothing", []Event{read}, ""},
		{"a change before it", []Event{on(false), on(true), read}, ""},
		{"the phase is entered after it", []Event{read, PhaseEntered{Phase: "ten", Attempt: 1}}, ""},
		{"a flag is flipped after it", []Event{on(false), read, on(true)}, "real is true"},
		{"and read again", []Event{on(false), read, on(true), read}, ""},
		{"a clock that is set", []Event{on(false), on(true), read, ClockJumped{By: -time.Hour}}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := fold(State{}, c.events...)
			if r, ok := s.ReadBy(crash); !ok || r.Before != c.before {
				t.Errorf("got %+v, %v: want before %q", r, ok, c.before)
			}
		})
	}
	jumped := fold(State{}, read, ClockJumped{By: time.Hour})
	if r, _ := jumped.ReadBy(crash); !r.At.Equal(readAt.Add(time.Hour)) {
		t.Errorf("the clock was set, and the reading is of %v", r.At)
	}
}

// TestWhatIsNoReading: of another unit, of a metric that has a source by now, of one that nobody read.
func TestWhatIsNoReading(t *testing.T) {
	s := fold(State{}, MetricRead{Metric: "crash", Value: .002, Unit: Ratio}, MetricRead{Metric: "gone", Value: 1})
	seconds, sourced, other := *crash, *crash, *crash
	seconds.Unit, sourced.Read, other.ID = Seconds, nil, "other"
	for _, m := range []*Metric{&seconds, &sourced, &other} {
		if r, ok := s.ReadBy(m); ok {
			t.Errorf("%+v: got %+v", m, r)
		}
	}
	if s := fold(s, MetricRead{Metric: "crash", Value: 3, Unit: Seconds}); len(s.Readings["crash"].Earlier) > 0 {
		t.Error("a chart would mix units")
	}
}

// TestEarlierReadingsAreBounded: and the state before is left as it was.
func TestEarlierReadingsAreBounded(t *testing.T) {
	s := State{}
	for i := range maxEarlier + 20 {
		was, n := s.Readings["crash"], len(s.Readings["crash"].Earlier)
		s = fold(s, MetricRead{Metric: "crash", Value: Float(i), Unit: Ratio})
		if len(was.Earlier) != n {
			t.Fatal("the state before was changed")
		}
	}
	got := s.Readings["crash"].Earlier
	if len(got) != maxEarlier || got[0].Value != 19 || got[len(got)-1].Value != maxEarlier+18 {
		t.Errorf("%d, from %v", len(got), got[0])
	}
}

// TestWhatRestsOnPeople: a metric that they read, what is computed of it, and what is held against it.
func TestWhatRestsOnPeople(t *testing.T) {
	r := &Rollout{Metrics: []Metric{
		*crash, {ID: "error", Source: "prom"}, {ID: "twice", Expr: "2 * crash", Inputs: []MetricID{"crash"}}, {ID: "half", Expr: "error / 2", Inputs: []MetricID{"error"}},
		{ID: "beside", Source: "prom", Alert: &Target{Op: ">", Value: 2, Of: "crash"}}, {ID: "wanted", Source: "prom", Target: &Target{Op: "<", Value: 2, Of: "twice"}},
		{ID: "own", Source: "prom", Target: &Target{Op: "<", Value: 2, Of: OfBaseline}},
	}}
	for id, want := range map[MetricID]bool{"crash": true, "error": false, "twice": true, "half": false, "beside": true, "wanted": true, "own": false, "nobody": false} {
		if got := r.ByPeople(id); got != want {
			t.Errorf("%s: %v", id, got)
		}
	}
}

// TestParseAmount: as targets are written, finite, and a ratio never beyond 0 to 100%.
func TestParseAmount(t *testing.T) {
	for _, c := range []struct {
		text string
		unit Unit
		want float64
		err  string
	}{
		{"0.3%", Ratio, .003, ""},
		{" 0.3 % ", Ratio, .003, ""},
		{"0.5", Ratio, .5, ""},
		{"100%", Ratio, 1, ""},
		{"250ms", Seconds, .25, ""},
		{"12", Count, 12, ""},
		{"12", Plain, 12, ""},
		{"-3", Plain, -3, ""},
		{"2KiB", Bytes, 2048, ""},
		{"101%", Ratio, 0, "a ratio is 0% to 100%, so it is never 101%"},
		{"-1%", Ratio, 0, "a ratio is 0% to 100%, so it is never -1%"},
		{"3", Ratio, 0, "a ratio is 0 to 1: did you mean 3%?"},
		{"", Ratio, 0, `"" is no value: expected something like "1%"`},
		{"NaN", Seconds, 0, `"NaN" is no value: expected something like "250ms"`},
		{"Inf", Plain, 0, `"Inf" is no value: expected something like "100"`},
		{"+Inf", Plain, 0, `"+Inf" is no value: expected something like "100"`},
		{"1e999", Plain, 0, "1e999 is no number that can be held"},
		{"1e308d", Seconds, 0, "1e308d is too large"},
		{"1e9223372036854775807KB", Bytes, 0, "1e9223372036854775807 is no number that can be held"},
		{"12\x1b[2J", Count, 0, `unknown unit "␛[2J" in "12␛[2J": expected a plain number`},
		{"0.3% of x", Ratio, 0, `unknown unit "% of x" in "0.3% of x": expected a plain number or one with %`},
		{"5s", Ratio, 0, `5s does not fit unit = "ratio": expected a plain number or one with % (or set unit = "seconds")`},
		{strings.Repeat("1", 60), Plain, 0, `"1111111111111111111111111111111111111111" is no value: expected something like "100"`},
	} {
		t.Run(fmt.Sprintf("%q", c.text), func(t *testing.T) {
			got, err := ParseAmount(c.text, c.unit)
			if err == nil != (c.err == "") || err != nil && err.Error() != c.err || got != c.want {
				t.Errorf("got %v, %v: want %v, %s", got, err, c.want, c.err)
			}
			if math.IsNaN(got) || math.IsInf(got, 0) {
				t.Errorf("%v is no value", got)
			}
		})
	}
}

// TestAReadingIsOldOnTheScreenToo: to the second, whatever the engine says still.
func TestAReadingIsOldOnTheScreenToo(t *testing.T) {
	m := *crash
	m.StaleAfter, m.Every = time.Hour, time.Hour
	s := &Snapshot{Rollout: &Rollout{Metrics: []Metric{m}}}
	line := Line{Metric: "crash", State: Pass, SampleAt: readAt}
	if got := s.LineAt(line, readAt.Add(time.Hour)); got.State != Pass {
		t.Errorf("got %+v", got)
	}
	if got := s.LineAt(line, readAt.Add(time.Hour+time.Second)); got.State != Stale || got.Reason != "nobody has read it since" {
		t.Errorf("got %+v", got)
	}
}
