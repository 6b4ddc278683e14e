package gate

import (
	"math"
	"strconv"
	"time"

	"gonogo/model"
	"gonogo/model/evidence"
)

// matcher tests whether a variant gets the share of events that is asked for it.
type matcher struct {
	alpha, beta float64
	test        evidence.Mismatch
	made        bool // test is of the share that is asked now
}

// matched is what a judgement found of that.
type matched struct {
	asked float64
	known bool // what is asked is known
	seen  evidence.Matching
	quiet bool // no event was counted within the query's window
}

// askedShare returns the share that m asks for, 0 to 1; false where its flag was not
// observed, or holds no number from 0 to 100.
func askedShare(m *model.Metric, flags map[model.FlagID]model.FlagState) (float64, bool) {
	if m.Asked.Flag == "" {
		return m.Asked.Share, true
	}
	v := flags[m.Asked.Flag].Current()
	percent, err := strconv.ParseFloat(v.Text, 64)
	if v.Type != model.Number || err != nil || !(percent >= 0 && percent <= 100) {
		return 0, false
	}
	return percent / 100, true
}

// matching takes what a metric with Asked counted since the last judgement. It counts anew
// when the service changes, and when another share is asked.
func (k *Keeper) matching(it *item, elapsed time.Duration) *matched {
	ev, c := &it.ev, &it.streak.Counted
	c.At += max(elapsed, 0)
	ev.took(c.At)
	out := &matched{quiet: c.At-ev.grew >= quietFor(it.m)}
	if out.asked, out.known = askedShare(it.m, k.flags); !out.known {
		c.Match = evidence.Matching{}
		return out
	}
	if !ev.match.made || ev.match.test.Asked != out.asked {
		test, err := evidence.NewMismatch(out.asked, ev.match.alpha, ev.match.beta)
		if err != nil {
			return out // it is none of 0 to 1, which askedShare sees to
		}
		ev.match.test, ev.match.made = test, true
	}
	if c.Change != k.change.Seq || c.Asked != out.asked {
		c.Change, c.Asked, c.Match = k.change.Seq, out.asked, evidence.Matching{}
	}
	ev.match.test.Look(&c.Match, ev.new, c.At)
	out.seen = c.Match
	return out
}

// byMatch finishes the finding of a metric with Asked.
func byMatch(m *model.Metric, in *Input, f finding, streak model.Streak) (finding, model.Streak) {
	f.asked = in.Matched.asked
	seen := &in.Matched.seen
	if f.tally.counts = seen.Counts; seen.Off && seen.Since.Total > seen.Counts.Total {
		f.tally.counts = seen.Since
	}
	switch {
	case m.Refused != "":
		f.state, f.cause = model.NoData, refused
	case in.Settling > 0:
		f.state, f.cause, f.change, f.age = model.Collecting, settling, in.Change, wholeSeconds(in.Settling)
	case !in.Matched.known:
		f.state, f.cause = model.Collecting, askedUnknown
	case seen.Off:
		f.state, f.cause = model.Warn, offAsked
	case in.Matched.quiet:
		f.state, f.cause = model.NoTraffic, noEvents
	case !seen.Met:
		f.state, f.cause = model.Collecting, undecidedAsked
	default:
		f.state, f.cause = model.Pass, asAsked
		streak.Target = in.Prev.Target + max(in.Elapsed, 0)
	}
	return f, streak
}

// askedWords says what is asked and what is seen: "10% asked, 14.2% seen of 12000 events".
func (f *finding) askedWords(m *model.Metric) string {
	if f.cause == askedUnknown {
		return "what is asked is not known: " + model.Inert(string(m.Asked.Flag)) + " shows no number from 0 to 100"
	}
	k := f.tally.counts
	if k.Total == 0 {
		return percents(f.asked) + " asked, and no event is counted yet"
	}
	text := percents(f.asked) + " asked, " + percents(k.Share()) + " seen of " + number(k.Total) + " events"
	switch f.cause {
	case offAsked:
		return text + ", confirmed: does everything that splits the requests use the same share?"
	case undecidedAsked:
		return text + ", which prove nothing yet"
	}
	return text
}

// percents writes a share with three digits.
func percents(v float64) string {
	return strconv.FormatFloat(math.Round(v*1e5)/1e3, 'f', -1, 64) + "%"
}
