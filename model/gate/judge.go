package gate

import (
	"math"
	"time"

	"gonogo/model"
	"gonogo/model/evidence"
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
	Changed  uint64        // Seq of that change

	Tests   *Tests           // of a metric that counts events; nil: none
	New     evidence.Counts  // counted since the last judgement
	Recent  *evidence.Window // counted in the last m.Recent, New among them; nil: none
	Quiet   bool             // no event was counted within its window
	Of      int              // how many tests could speak against it: 1, and one for each part
	Parts   *partsFound      // how its parts stand
	Blind   bool             // its control counts nothing any more
	Gone    gone             // processes that counted and are gone
	Matched *matched         // of a metric with Asked; nil: it has none
	Sees    []model.Sight    // what would be seen at this traffic, for people

	Rate   float64 // events a second, as they come now; 0: not known
	Growth float64 // by how much Reading.Count grows a second; 0 or less: it does not
}

// Judge says what state metric m is in.
//
// The target's streak grows while the target is known to hold, and starts
// anew otherwise. The alert's grows while the alert is known to hold, starts
// anew when it is known not to, and stands still while nothing is known, so that
// a source that fails now and then does not hide an alert. Before the first
// reading both stand still: a restart forgets nothing. While the metric settles,
// a value over old and new data decides nothing and no streak grows. A metric
// that counts events is decided by those alone, counted since the change.
func Judge(m *model.Metric, in Input) (model.Line, model.Streak) {
	f, streak := weigh(m, &in)
	line := model.Line{Metric: m.ID, Title: title(m), Unit: m.Unit}
	complete(&line, m, &in, &f, streak)
	line.Reason = f.words(m, &in)
	if in.Tests != nil {
		line.Test = in.report(&streak)
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
	f, streak := stateOf(m, in)
	f.noticed = noticed(m, &f)
	return f, streak
}

func stateOf(m *model.Metric, in *Input) (finding, model.Streak) {
	var f finding
	f.limit, f.hasLimit = resolved(m, m.Target, in.Values)
	f.alert, f.hasAlert = resolved(m, m.Alert, in.Values)
	streak := model.Streak{Alert: in.Prev.Alert, Counted: in.Prev.Counted, Parts: in.Prev.Parts}
	if in.Tests != nil {
		in.count(&streak, in.Changed)
	}
	v, state, why, age := assess(m, &in.Reading, in.Have, in.Now)
	f.value, f.state, f.cause, f.age = math.Float64bits(v), state, why, age
	if why == noAnswer {
		kept := in.Prev
		kept.Counted = streak.Counted
		return f, kept
	}
	if m.Read != nil && in.Have {
		f.person(in)
	}
	if in.Reading.Err != nil {
		f.errAt = in.Reading.At
	} else {
		f.says = in.Reading.Says
	}
	if in.Reading.HasCount && finite(in.Reading.Count) {
		f.count = in.Reading.Count
	}
	if decidesByEvents(m, in, why) && in.Matched != nil {
		return byMatch(m, in, f, streak)
	}
	if decidesByEvents(m, in, why) {
		return byEvents(m, in, f, streak)
	}
	if why == usable || why == refused || why == fewEvents || why == unknownEvents {
		if in.Settling > 0 {
			return settle(in, f, streak)
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

// settle is the finding while the window still holds data from before a change.
func settle(in *Input, f finding, streak model.Streak) (finding, model.Streak) {
	f.state, f.cause, f.change = model.Collecting, settling, in.Change
	f.age = wholeSeconds(in.Settling)
	streak.Alert = 0
	return f, streak
}

// wholeSeconds is what is left of d, of which no second is over yet that began.
func wholeSeconds(d time.Duration) time.Duration {
	return (d + time.Second - 1).Truncate(time.Second)
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
	line.Warned = ""
	if f.noticed {
		line.Warned = m.Warn.Text
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
	case onTarget, notHeld, provedGood, asAsked:
		line.Held = streak.Target
	case alerting, provedBad:
		line.Held = streak.Alert
	case settling:
		line.Settling = in.Settling
	}
	line.Rate, line.Part = in.Rate, f.part
	line.Missing, line.Lines = "", model.Lines{}
	if line.HasValue {
		line.Missing, line.Lines = in.Reading.Missing, in.Reading.Lines
	}
	line.Thin = f.cause == noValue || f.cause == fewEvents || f.cause == unknownEvents || f.cause == settling || f.cause == undecided || f.cause == undecidedAsked || f.cause == askedUnknown
	need(line, m, in, f, &streak)
}

// report tells how the tests of counted events stand.
func (in *Input) report(streak *model.Streak) *model.Sequential {
	return in.Tests.report(&streak.Counted, in.Recent, in.Sees)
}

// traffic is how events come now.
func (in *Input) traffic() evidence.Traffic {
	t := evidence.Traffic{PerSecond: in.Rate}
	if in.Recent != nil && in.Recent.Sum.Total > 0 && in.Recent.Sum.ControlTotal > 0 {
		t.ControlPerSecond = in.Rate * in.Recent.Sum.ControlTotal / in.Recent.Sum.Total
		t.ControlShare = in.Recent.Sum.ControlBad / in.Recent.Sum.ControlTotal
	}
	return t
}
