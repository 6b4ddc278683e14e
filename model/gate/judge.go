package gate

import (
	"math"
	"time"

	"gonogo/model"
)

// Input is what a judgement of one metric rests on.
type Input struct {
	Reading model.Reading // the newest
	Have    bool          // whether there is one
	Values  Values        // what relations compare with; nil: nothing
	Prev    model.Streak  // what the last judgement returned
	Now     time.Time
	Elapsed time.Duration // observed since the last judgement; 0 the first time, and after time that nobody watched

	Settling time.Duration // until its window holds nothing from before the last change; 0: it does not
	Change   string        // what that change was
	Test     Test          // of a metric that counts events; nil: none
	Bad      float64       // bad events counted since the last judgement
	Total    float64       // likewise all events
	Rate     float64       // events a second, as they come now; 0: not known
	Growth   float64       // by how much Reading.Count grows a second; 0 or less: it does not
}

// Judge says what state metric m is in.
//
// The target's streak grows while the target is known to hold, and starts
// anew otherwise. The alert's grows while the alert is known to hold, starts
// anew when it is known not to, and stands still while nothing is known, so that
// a source that fails now and then does not hide an alert. Before the first
// reading both stand still: a restart forgets nothing. While the metric settles,
// a value over old and new data decides nothing and no streak grows; events
// counted since the change do count.
func Judge(m *model.Metric, in Input) (model.Line, model.Streak) {
	f, streak := weigh(m, &in)
	line := model.Line{Metric: m.ID, Title: title(m), Unit: m.Unit}
	complete(&line, m, &in, &f, streak)
	line.Reason = f.words(m, &in)
	if in.Test != nil {
		line.Test = in.Test.Report(streak.Evidence)
	}
	return line, streak
}

func title(m *model.Metric) string {
	if m.Title != "" {
		return model.Inert(m.Title)
	}
	return model.Inert(string(m.ID))
}

// weigh finds the metric's state, without words.
func weigh(m *model.Metric, in *Input) (finding, model.Streak) {
	var f finding
	f.limit, f.hasLimit = resolved(m, m.Target, in.Values)
	f.alert, f.hasAlert = resolved(m, m.Alert, in.Values)
	streak := model.Streak{Alert: in.Prev.Alert, Evidence: in.Prev.Evidence}
	if in.Test != nil {
		streak.Evidence = Advance(in.Test, streak.Evidence, in.Bad, in.Total)
		f.evidence = streak.Evidence
	}
	v, state, why, age := assess(m, &in.Reading, in.Have, in.Now)
	f.value, f.state, f.cause, f.age = math.Float64bits(v), state, why, age
	if why == noAnswer {
		return f, in.Prev
	}
	if m.Read != nil && in.Have {
		f.person(in)
	}
	if in.Reading.Err != nil {
		f.errAt = in.Reading.At
	}
	if in.Reading.HasCount && finite(in.Reading.Count) {
		f.count = in.Reading.Count
	}
	if why == usable || why == refused || why == fewEvents || why == unknownEvents {
		if in.Settling > 0 {
			return settle(m, in, f, v, streak)
		}
	}
	if why == refused {
		return adverse(m, in, f, v, streak)
	}
	if why != usable {
		return f, streak
	}
	f, streak = compared(m, in, f, v, streak)
	if m.Read != nil {
		f.held = 0 // who read it, and when, says more
	}
	return f, streak
}

// resolved returns the threshold t as a number, if there is one and it is known.
func resolved(m *model.Metric, t *model.Target, values Values) (float64, bool) {
	if t == nil {
		return 0, false
	}
	return Threshold(m.ID, *t, values)
}

// settle is the finding while the window still holds data from before a
// change. Only events counted after it may decide, and only against.
func settle(m *model.Metric, in *Input, f finding, v float64, streak model.Streak) (finding, model.Streak) {
	if f.cause == usable && f.evidence.Decided == model.Rejected {
		if g, s := compared(m, in, f, v, streak); g.state == model.Fail || g.cause == alerting {
			return g, s
		}
	}
	f.state, f.cause, f.change = model.Collecting, settling, in.Change
	f.age = in.Settling.Truncate(time.Second)
	streak.Alert = 0
	return f, streak
}

// adverse is the finding of a metric that check refuses: what speaks against
// it counts, what would speak for it does not.
func adverse(m *model.Metric, in *Input, f finding, v float64, streak model.Streak) (finding, model.Streak) {
	tried := f
	tried.state, tried.cause = model.Pass, usable
	if g, s := compared(m, in, tried, v, streak); g.state == model.Fail || g.state == model.Warn {
		return g, s
	}
	streak.Alert = 0
	return f, streak
}

// complete fills in the line's numbers, also those of a reading that cannot be
// used: it is shown, not judged.
func complete(line *model.Line, m *model.Metric, in *Input, f *finding, streak model.Streak) {
	line.State, line.Held, line.Settling = f.state, 0, 0
	line.Threshold, line.HasTarget = model.Float(f.limit), f.hasLimit
	line.AlertAt, line.HasAlert = model.Float(f.alert), f.hasAlert
	if m.Target != nil {
		line.Target = m.Target.Text
	}
	if m.Alert != nil {
		line.Alert = m.Alert.Text
	}
	line.Value, line.HasValue, line.SampleAt, line.Count, line.HasCount = 0, false, time.Time{}, 0, false
	if v := math.Float64frombits(f.value); in.Have && (in.Reading.Err == nil || !math.IsNaN(v)) {
		line.Value, line.HasValue = model.Float(v), true
		line.SampleAt = sampledAt(&in.Reading)
		if in.Reading.HasCount && finite(in.Reading.Count) {
			line.Count, line.HasCount = in.Reading.Count, true
		}
	}
	switch f.cause {
	case onTarget, notHeld:
		line.Held = streak.Target
	case alerting:
		line.Held = streak.Alert
	case settling:
		line.Settling = in.Settling
	}
	line.Rate = in.Rate
	line.Missing = ""
	if line.HasValue {
		line.Missing = in.Reading.Missing
	}
	line.Thin = f.cause == noValue || f.cause == fewEvents || f.cause == unknownEvents || f.cause == settling || f.cause == undecided || f.cause == rejectedBefore
	need(line, m, in, f)
}
