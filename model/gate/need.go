package gate

import (
	"math"
	"time"

	"gonogo/model"
)

// need fills in what would change the line's state: how many more events, of
// what kind, and how long they or the clock take at the present rate.
func need(line *model.Line, m *model.Metric, in *Input, f *finding, streak *model.Streak) {
	line.More, line.MoreOf, line.MoreTime = 0, "", 0
	switch f.cause {
	case settling:
		line.MoreTime = in.Settling
	case notHeld:
		line.MoreTime = m.For - line.Held
	case fewEvents:
		line.More, line.MoreOf = math.Ceil(m.MinCount-f.count), model.AnyEvents
		line.MoreTime = lasts(line.More, in.Growth)
		if in.Tests != nil {
			line.MoreTime = lasts(line.More, in.Rate)
		}
	case undecided:
		line.More, line.MoreOf = f.tally.more, model.SuchEvents
		if f.tally.clean {
			line.MoreOf = model.CleanEvents
		}
		line.MoreTime = lasts(line.More, in.Rate)
	case offTarget, alerting:
		line.More = dilution(m, f)
		if line.More > 0 {
			line.MoreOf = model.CleanEvents
			line.MoreTime = lasts(line.More, in.Rate)
			if m.CountOver > 0 && (line.MoreTime <= 0 || line.MoreTime > m.CountOver) {
				line.MoreTime = m.CountOver // by then the window has forgotten the bad ones
			}
		}
	}
	if !finite(line.More) {
		line.More, line.MoreOf, line.MoreTime = 0, "", 0
	}
}

// lasts returns how long that many events take at rate a second; 0: not known.
func lasts(events, rate float64) time.Duration {
	if rate <= 0 || events/rate > 100*24*3600 {
		return 0
	}
	return time.Duration(events / rate * float64(time.Second)).Round(time.Second)
}

// dilution returns how many events without a bad one among them bring the share
// of bad ones to the target: of n events bad = v·n are bad, and n' with
// bad/n' = target are needed, so n' − n more. 0 where that cannot be told.
func dilution(m *model.Metric, f *finding) float64 {
	v := math.Float64frombits(f.value)
	if m.Unit != model.Ratio || !f.hasLimit || f.count <= 0 {
		return 0
	}
	bad, allowed := v, f.limit
	if m.Target.Op[0] == '>' {
		bad, allowed = 1-v, 1-f.limit
	}
	if allowed <= 0 || allowed >= 1 || bad <= allowed || bad > 1 {
		return 0
	}
	return math.Ceil(f.count * (bad/allowed - 1))
}
