package gate

import (
	"math"
	"slices"
	"time"

	"gonogo/model"
	"gonogo/model/evidence"
)

// events is what a Keeper knows of a counted metric beside its streak. It is not
// journaled but for the sum of recent.
type events struct {
	tests   *Tests
	recent  evidence.Window
	word    evidence.LastWord
	guarded bool          // the guard acts on it, and asks for its last word
	sees    []model.Sight // at the traffic of paced
	paced   float64       // events a second; sees is made anew where they differ by a quarter
	grew    time.Duration // when an event was counted last, since the attempt began
	new     evidence.Counts
	fresh   bool     // a new reading counts
	match   *matcher // of a metric with Asked; nil: it has none
	parts   *parts   // of a metric that is judged by part, too; nil: it is not
	peak    int      // processes that exposed it at most, since the last change

	// Of a metric with a control, until both have answered since the last look.
	pending       evidence.Counts
	mine, theirs  bool
	told          time.Time      // when line.Test was made
	journaled     time.Time      // when its streak was returned last
	journaledLast model.Counting // as it was then
}

// attempt begins to count for an attempt in the phase that s stands in, or goes on
// where streak knows of it.
func (k *Keeper) attempt(it *item, s *model.State) error {
	limit := time.Duration(0)
	if p := k.rollout.JudgedPhase(s.Phase); p != nil {
		limit = p.Limit
	}
	if it.m.Asked != nil {
		c := &it.streak.Counted
		if !c.Begun {
			c.Begun, c.Change = true, s.Changed.Seq
		}
		it.ev = events{match: &matcher{alpha: alphaOf(k.rollout, it.m), beta: betaOf(k.rollout, it.m)}, recent: evidence.Window{Span: it.m.Recent}, grew: c.At}
		return nil
	}
	tests, err := TestsOf(k.rollout, it.m, limit)
	if err != nil || tests == nil {
		return err
	}
	parts, err := partsOf(k.rollout, it.m, limit, &it.streak)
	if err != nil {
		return err
	}
	if parts != nil {
		parts.before = it.ev.parts.soFar()
	}
	if parts != nil && parts.whole != nil {
		tests = parts.whole
	}
	it.ev = events{tests: tests, recent: evidence.Window{Span: it.m.Recent}, word: evidence.NewLastWord(k.countdown()), parts: parts,
		guarded: k.rollout.Guard != nil && slices.Contains(k.rollout.Guard.On, it.m.ID)}
	c := &it.streak.Counted
	if !c.Begun {
		*c = tests.begin()
		c.Change = s.Changed.Seq
		return nil
	}
	it.ev.grew = c.At
	if c.Change == s.Changed.Seq {
		it.ev.recent.Add(c.Recent, c.At)
	}
	return nil
}

// blind reports whether the control of a metric counts nothing any more: it has no usable
// reading, or no event was counted within its window, or all that counted are gone.
func (k *Keeper) blind(it *item) bool {
	i, ok := k.index[it.m.Control]
	if !ok {
		return false
	}
	c := &k.items[i]
	if !c.have || c.ev.tests == nil {
		return false // it has not answered yet
	}
	if why, _ := staleness(c.m, &c.reading, k.now); why != usable || c.reading.Err != nil && !c.reading.Counted {
		return true
	}
	if b := c.reading.Breakdown; b != nil && b.Running == 0 && len(b.Gone) > 0 && k.now.Sub(b.Gone[0].At) > c.m.StaleAfter {
		return true
	}
	return c.streak.Counted.At-c.ev.grew >= quietFor(c.m)
}

// rate returns the events a second of late: those of the last minutes by the time in which
// they were counted, or what is known otherwise where that is short.
func (ev *events) rate(m *model.Metric, counted time.Duration, otherwise float64) float64 {
	over := min(counted, m.Recent)
	if over < 4*m.Every || over <= 0 {
		return otherwise
	}
	return ev.recent.Sum.Total / over.Seconds()
}

// countdown is the guard's, or what stands for it.
func (k *Keeper) countdown() time.Duration {
	if g := k.rollout.Guard; g != nil && g.Countdown > 0 {
		return g.Countdown
	}
	return time.Minute
}

// afresh begins to count anew after a change of the service.
func (ev *events) afresh(at time.Duration) {
	ev.recent, ev.word = evidence.Window{Span: ev.recent.Span}, evidence.LastWord{Window: evidence.Window{Span: ev.word.Window.Span}}
	ev.pending, ev.mine, ev.theirs, ev.grew, ev.peak = evidence.Counts{}, false, false, at, 0
}

// countAll takes what each metric counted since the last judgement.
func (k *Keeper) countAll() {
	for i := range k.items {
		it := &k.items[i]
		ev := &it.ev
		var c evidence.Counts
		var how taken
		c.Bad, c.Total, how = it.count.take(&it.reading, it.have, k.change.At)
		ev.new, ev.fresh = c, how != notTaken
		if ev.parts != nil {
			ev.parts.take(it.reading.Breakdown, how, it.streak.Counted.At, k.change.Seq)
			if ev.parts.known && ev.tests != ev.parts.whole {
				ev.tests = ev.parts.whole // it is known now by how many alpha is divided
			}
		}
	}
	for i := range k.items {
		it := &k.items[i]
		if it.m.Control == "" || it.ev.tests == nil {
			continue
		}
		at, ok := k.index[it.m.Control]
		if !ok {
			continue
		}
		it.ev.pair(&k.items[at].ev)
	}
}

// pair adds what the control counted, and holds both back until both have answered.
func (ev *events) pair(control *events) {
	ev.pending = ev.pending.Plus(evidence.Counts{Bad: ev.new.Bad, Total: ev.new.Total, ControlBad: control.new.Bad, ControlTotal: control.new.Total})
	ev.mine, ev.theirs = ev.mine || ev.fresh, ev.theirs || control.fresh
	ev.new, ev.fresh = evidence.Counts{}, false
	if ev.mine && ev.theirs {
		ev.new, ev.fresh = ev.pending, true
		ev.pending, ev.mine, ev.theirs = evidence.Counts{}, false, false
	}
	if ev.parts != nil {
		ev.parts.pair(ev.fresh, ev.new)
	}
}

// took notes what is looked at now.
func (ev *events) took(at time.Duration) {
	ev.recent.Add(ev.new, at)
	if ev.fresh && ev.guarded {
		ev.word.Add(ev.new, at)
	}
	if ev.new.Total > 0 {
		ev.grew = at
	}
}

// foresee keeps what would be seen at this traffic, which takes a while to find out.
func (ev *events) foresee(t evidence.Traffic) []model.Sight {
	if math.Abs(t.PerSecond-ev.paced) > ev.paced/4 {
		ev.sees, ev.paced = ev.tests.sees(t), t.PerSecond
	}
	return ev.sees
}

// LastWord reports whether the newest readings of a guarded metric still speak against
// what its FAIL was about: those of half the guard's countdown, two at least. asked is
// false for a metric that counts no events, whose window is all that is known.
func (k *Keeper) LastWord(id model.MetricID) (confirms, asked bool) {
	i, ok := k.index[id]
	if !ok || k.items[i].ev.tests == nil {
		return false, false
	}
	it := &k.items[i]
	if it.ev.parts != nil && it.ev.parts.confirm() {
		return true, true
	}
	return it.ev.word.Confirms(&it.ev.tests.fail.Claim, it.ev.count()), true
}

// FailingParts returns the parts of a metric that fail, by name, where its others
// together do not; nil otherwise, so also for a metric that is judged whole.
func (k *Keeper) FailingParts(id model.MetricID) []string {
	i, ok := k.index[id]
	if !ok || k.items[i].ev.parts == nil {
		return nil
	}
	ev := &k.items[i].ev
	return ev.parts.failing(ev.recent.Sum)
}

// count returns how many tests could speak against the metric: of the sum, and of each part.
func (ev *events) count() int {
	if ev.parts == nil {
		return 1
	}
	return 1 + len(ev.parts.list)
}

// counters returns how many metrics count events.
func (k *Keeper) counters() int {
	n := 0
	for i := range k.items {
		if k.items[i].ev.tests != nil {
			n += k.items[i].ev.count()
		}
	}
	return n
}

// tellEvery is how old the numbers of a test may be that nothing turns on.
const tellEvery = 5 * time.Second

// evidenceEvery is how often the evidence of up to so many metrics is journaled: it is
// a kilobyte each.
const evidenceEvery = 25

// due reports whether what was counted is to be journaled: at once where something
// was proved or is over, else each minute for every 25 counted metrics.
func (k *Keeper) due(it *item) bool {
	if it.ev.tests == nil && it.ev.match == nil {
		return false
	}
	is, was := &it.streak.Counted, &it.ev.journaledLast
	f, w, g := is.Proved()
	of, ow, og := was.Proved()
	if f != of || w != ow || g != og || is.Change != was.Change || is.Match.Off != was.Match.Off || is.Match.Met != was.Match.Met {
		return true
	}
	every := time.Minute * time.Duration(1+k.counters()/evidenceEvery)
	return *is != *was && k.now.Sub(it.ev.journaled) >= every
}
