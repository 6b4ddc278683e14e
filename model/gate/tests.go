package gate

import (
	"errors"
	"fmt"
	"math"
	"time"

	"gonogo/model"
	"gonogo/model/evidence"
)

// defaultLimit is the limit of an attempt in a phase that names none.
const defaultLimit = 24 * time.Hour

// Tests are the tests of one metric that counts events, in one attempt. Their
// states are in a model.Counting.
type Tests struct {
	fail, warn   evidence.Detector
	graded       bool // there is an alert: what fails and what warns differ
	goes         evidence.Acceptor
	over, better evidence.Recovery
	target       evidence.Claim
	alpha, beta  float64
}

// band is what a counted metric's target and alert say of its share of bad events:
// shares, or times that of its control. alert is 0 where there is none.
type band struct {
	target, alert float64
	times         bool
}

// Countable says why the events that m counts cannot decide it; nil: they can,
// or it counts none.
func Countable(m *model.Metric) error {
	if !m.Counted {
		return nil
	}
	b, err := bandOf(m)
	if err != nil {
		return err
	}
	_, err = b.tests(0.01, 0.05, defaultLimit)
	return err
}

// bandOf returns the band of a counted metric. The error says what it would need.
func bandOf(m *model.Metric) (band, error) {
	const want = `bad and total need a target that is a share, such as "< 1%" or "> 99%"`
	switch {
	case m.Unit != model.Ratio:
		return band{}, errors.New(want + `, and unit = "ratio"`)
	case m.Target == nil:
		return band{}, errors.New(want)
	}
	var b band
	var err error
	if b.target, b.times, err = allowed(m, m.Target, false); err != nil || m.Alert == nil {
		return b, err
	}
	var times bool
	if b.alert, times, err = allowed(m, m.Alert, true); err != nil {
		return b, err
	}
	switch {
	case times != b.times:
		return b, fmt.Errorf("the target %s and the alert %s must both be shares, or both be relative to the control", m.Target.Text, m.Alert.Text)
	case isMore(m.Target.Op) == isMore(m.Alert.Op):
		return b, fmt.Errorf("the alert must be on the other side than the target: found %s and %s", m.Target.Text, m.Alert.Text)
	case b.alert <= b.target:
		return b, fmt.Errorf("the alert must allow more bad events than the target: found %s and %s", m.Target.Text, m.Alert.Text)
	}
	return b, nil
}

func isMore(op string) bool { return op[0] == '>' }

// allowed returns the share of bad events up to which t holds, or of an alert
// does not, or how many times the control's that is.
func allowed(m *model.Metric, t *model.Target, alert bool) (v float64, times bool, err error) {
	switch {
	case t.Op == "!=" || t.Op == "==" && t.Value != 0:
		return 0, false, fmt.Errorf("%s is no bound of a share: expected something like \"< 1%%\" or \"> 99%%\"", t.Text)
	case t.Of == model.OfControl && t.Plus != 0:
		return 0, false, fmt.Errorf("%s: a distance from a control cannot be counted: expected something like \"<= 120%% of control\", or decide = \"window\"", t.Text)
	case t.Of == model.OfControl && isMore(t.Op) != alert:
		return 0, false, fmt.Errorf("%s: expected at most so many times the control's share of bad events, such as \"<= 120%% of control\"", t.Text)
	case t.Of == model.OfControl:
		return t.Value, true, nil
	case t.Of != "":
		return 0, false, fmt.Errorf("%s: events are counted against a share or a control, not against %s: name that as control, or set decide = \"window\"", t.Text, model.Inert(string(t.Of)))
	}
	v = t.Value
	if isMore(t.Op) != alert { // good events are asked for
		v = 1 - v
	}
	if v < 0 || v >= 1 {
		return 0, false, fmt.Errorf("%s is no share of bad events below 100%%", t.Text)
	}
	return math.Round(v*1e12) / 1e12, false, nil
}

// tests makes the tests of the band: alpha is the metric's share of the attempt's.
func (b band) tests(alpha, beta float64, limit time.Duration) (*Tests, error) {
	t := &Tests{alpha: alpha, beta: beta, graded: b.alert > 0}
	claim := func(v float64) (evidence.Claim, error) {
		if b.times {
			return evidence.AtMostTimes(v)
		}
		return evidence.AtMost(v)
	}
	target, err := claim(b.target)
	if err != nil {
		return nil, err
	}
	fails := target
	if t.graded {
		if fails, err = claim(b.alert); err != nil {
			return nil, err
		}
	}
	t.target = target
	if t.fail, err = evidence.NewDetector(fails, alpha, limit); err != nil {
		return nil, err
	}
	if t.warn, err = evidence.NewDetector(target, alpha, limit); err != nil {
		return nil, err
	}
	if t.over, err = evidence.NewRecovery(fails, beta); err != nil {
		return nil, err
	}
	if t.better, err = evidence.NewRecovery(target, beta); err != nil {
		return nil, err
	}
	if b.times {
		t.goes, err = evidence.AcceptTimes(b.target, b.alert, beta)
		return t, err
	}
	good := max(b.target, 1e-9) // no number of events proves a share of 0: it is proved to be below the alert's
	if b.target == 0 && !t.graded {
		return nil, errors.New(`a target of 0% can be broken by events, and proved by none: expected an alert beside it, such as "> 0.1%"`)
	}
	t.goes, err = evidence.AcceptShare(good, b.alert, beta)
	return t, err
}

// TestsOf returns the tests of metric m of r in an attempt with a limit (0: 24 h);
// nil for a metric that counts no events. The alpha is the metric's own, or its share of
// the rollout's: those that a guard acts on divide it, any other uses it alone.
func TestsOf(r *model.Rollout, m *model.Metric, limit time.Duration) (*Tests, error) {
	if !m.Counted {
		return nil, nil
	}
	b, err := bandOf(m)
	if err != nil {
		return nil, err
	}
	if limit <= 0 {
		limit = defaultLimit
	}
	return b.tests(alphaOf(r, m), betaOf(r, m), limit)
}

// partsOf returns the parts of metric m, as streak knows them; nil for one that is judged whole.
func partsOf(r *model.Rollout, m *model.Metric, limit time.Duration, streak *model.Streak) (*parts, error) {
	if !m.Counted || m.By == "" {
		return nil, nil
	}
	b, err := bandOf(m)
	if err != nil {
		return nil, err
	}
	if limit <= 0 {
		limit = defaultLimit
	}
	return newParts(b, splitOf(r, m), betaOf(r, m), limit, m.Recent, streak)
}

func betaOf(r *model.Rollout, m *model.Metric) float64 {
	switch {
	case m.Beta > 0:
		return m.Beta
	case r.Evidence.Beta > 0:
		return r.Evidence.Beta
	}
	return 0.05
}

// alphaOf returns the alpha of all of a metric, or of its sum where it has parts.
func alphaOf(r *model.Rollout, m *model.Metric) float64 {
	split := splitOf(r, m)
	if m.By != "" {
		return split.First()
	}
	return split.Whole()
}

// splitOf returns how the alpha of an attempt is divided, as far as it concerns m.
func splitOf(r *model.Rollout, m *model.Metric) evidence.Split {
	if m.Alpha > 0 {
		return evidence.Split{Alpha: m.Alpha}
	}
	split := evidence.Split{Alpha: r.Evidence.Alpha}
	if split.Alpha <= 0 {
		split.Alpha = 0.01
	}
	if r.Guard == nil {
		return split
	}
	guarded := false
	for _, id := range r.Guard.On {
		other := r.Metric(id)
		if other == nil || !other.Counted || other.Alpha > 0 {
			continue
		}
		split.Metrics++
		guarded = guarded || id == m.ID
	}
	if !guarded {
		split.Metrics = 1
	}
	return split
}

// begin returns how far the tests are when an attempt begins.
func (t *Tests) begin() model.Counting { return t.beginAt(0) }

// beginAt is begin for what comes later in an attempt.
func (t *Tests) beginAt(at time.Duration) model.Counting {
	c := model.Counting{Begun: true, At: at, Fail: t.fail.Begin(at)}
	if t.graded {
		c.Warn = t.warn.Begin(at)
	}
	return c
}

// change begins to count anew after a change of the service.
func (t *Tests) change(c *model.Counting, seq uint64) {
	t.fail.Change(&c.Fail, c.At)
	if t.graded {
		t.warn.Change(&c.Warn, c.At)
	}
	c.Go, c.Over, c.Better = evidence.Accepting{Since: c.At}, evidence.Recovering{Since: c.At}, evidence.Recovering{Since: c.At}
	c.Change, c.Recent, c.Doubt = seq, evidence.Counts{}, false
}

// look takes the events counted since the last look, elapsed ago in observed time.
//
// A failure that was proved is over when its recovery is proved. Then counting begins
// anew, also of what speaks for going on.
func (t *Tests) look(c *model.Counting, k evidence.Counts, elapsed time.Duration) {
	c.At += max(elapsed, 0)
	if k.Total > 0 || k.ControlTotal > 0 {
		t.goes.Look(&c.Go, k, c.At)
		t.lookAgainst(c, k)
	}
}

// lookAgainst is look of what would fail and warn only, at c.At.
func (t *Tests) lookAgainst(c *model.Counting, k evidence.Counts) {
	t.against(&t.fail, &t.over, &c.Fail, &c.Over, c, k)
	if t.graded {
		t.against(&t.warn, &t.better, &c.Warn, &c.Better, c, k)
	}
}

func (t *Tests) against(d *evidence.Detector, back *evidence.Recovery, s *evidence.State, over *evidence.Recovering, c *model.Counting, k evidence.Counts) {
	was := s.Proved
	d.Look(s, k, c.At)
	switch {
	case !s.Proved:
	case !was:
		*over = evidence.Recovering{Since: c.At}
		c.Go = evidence.Accepting{Since: c.At}
	default:
		back.Look(over, k, c.At)
		if over.Proved {
			d.Change(s, c.At)
			c.Go = evidence.Accepting{Since: c.At}
		}
	}
}

// swapped reports whether the control of a metric is proved to be worse than it, by twice what
// the metric itself may be: a new version that is so much better is rare.
func (t *Tests) swapped(k evidence.Counts) bool {
	if t.fail.Claim.Times == 0 {
		return false
	}
	c, err := evidence.AtMostTimes(2 * t.fail.Claim.Times)
	turned := evidence.Counts{Bad: k.ControlBad, Total: k.ControlTotal, ControlBad: k.Bad, ControlTotal: k.Total}
	return err == nil && c.LogMixture(turned) >= t.fail.LogBound()
}

// report tells how the tests stand, for people. recent may be nil.
func (t *Tests) report(c *model.Counting, recent *evidence.Window, sees []model.Sight) *model.Sequential {
	out := &model.Sequential{
		Fail: detectorProof(t.fail.Report(&c.Fail)), Go: proof(t.goes.Report(&c.Go)), Doubt: c.Doubt,
		Promise: t.fail.Promise(&c.Fail), Alpha: t.alpha, Beta: t.beta, Sees: sees,
	}
	if recent != nil {
		out.Recent = model.Recent{Counts: recent.Sum, Over: recent.Span}
	}
	if t.graded {
		p := detectorProof(t.warn.Report(&c.Warn))
		out.Warn = &p
	}
	switch {
	case c.Fail.Proved:
		p := proof(t.over.Report(&c.Over))
		out.Over = &p
	case c.Warn.Proved:
		p := proof(t.better.Report(&c.Better))
		out.Over = &p
	}
	return out
}

// sees tells which regressions would be seen at this traffic, in how many events.
func (t *Tests) sees(traffic evidence.Traffic) []model.Sight {
	if traffic.PerSecond <= 0 {
		return nil
	}
	var out []model.Sight
	all, n, _ := t.fail.Sees(traffic, 0)
	for _, s := range all[:n] {
		if finite(s.Events) {
			out = append(out, model.Sight{Ratio: s.Ratio, Events: s.Events, After: s.After})
		}
	}
	return out
}

func proof(r evidence.Report) model.Proof {
	return model.Proof{
		Share: model.Float(r.Share), Times: model.Float(r.Times), Counts: r.Counts, Since: r.Since, Proved: r.Proved, At: r.ProvedAt,
		Log: model.Float(r.Log), Bound: model.Float(r.LogBound),
	}
}

// detectorProof is proof of a detector: once it has proved its claim false, the proof
// rests on the events since its evidence began to rise.
func detectorProof(r evidence.Report) model.Proof {
	p := proof(r)
	if r.Proved {
		p.Counts, p.Since = r.Rising, r.RisingAt
	}
	return p
}
