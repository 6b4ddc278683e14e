package gate

import (
	"errors"
	"fmt"
	"math"

	"gonogo/model"
)

// Test is a sequential test of counted events: it may be looked at after each
// of them and keeps its error rates all the same. SPRT is the test against an
// absolute band; one against a concurrent baseline (an e-process over the
// events of both) would be another.
type Test interface {
	// Decide says what the events counted since the test began prove, if anything.
	Decide(e model.Evidence) model.Decision
	// Report tells how far it is. It never returns nil.
	Report(e model.Evidence) *model.Sequential
	// Need returns about how many more events accept the target: as they come
	// now, share of them being bad, or else, where such events never would,
	// without a bad one among them.
	Need(e model.Evidence, share float64) (events float64, of model.EventKind)
}

// SPRT is Wald's sequential probability ratio test of a share of bad events:
// P0, which is good, against P1, which is poor. 0 < P0 < P1 < 1; Alpha and Beta
// are the chances to reject what is good and to accept what is poor, each
// above 0 and below 0.5.
// Source: A. Wald, Sequential Tests of Statistical Hypotheses, 1945; NIST/SEMATECH
// e-Handbook of Statistical Methods, 6.2.3.2.
type SPRT struct{ P0, P1, Alpha, Beta float64 }

// LLR returns the log-likelihood ratio of P1 against P0 after bad of total
// events: x·ln(p1/p0) + (n−x)·ln((1−p1)/(1−p0)).
func (t SPRT) LLR(bad, total float64) float64 {
	return bad*t.perBad() + (total-bad)*t.perGood()
}

func (t SPRT) perBad() float64  { return math.Log(t.P1 / t.P0) }
func (t SPRT) perGood() float64 { return math.Log((1 - t.P1) / (1 - t.P0)) }

// Bounds returns the LLR at or below which the test accepts, ln(β/(1−α)), and
// that at or above which it rejects, ln((1−β)/α).
func (t SPRT) Bounds() (accept, reject float64) {
	return math.Log(t.Beta / (1 - t.Alpha)), math.Log((1 - t.Beta) / t.Alpha)
}

// Decide implements Test.
func (t SPRT) Decide(e model.Evidence) model.Decision {
	accept, reject := t.Bounds()
	switch llr := t.LLR(e.Bad, e.Total); {
	case llr >= reject:
		return model.Rejected
	case llr <= accept:
		return model.Accepted
	}
	return model.Undecided
}

// Report implements Test.
func (t SPRT) Report(e model.Evidence) *model.Sequential {
	accept, reject := t.Bounds()
	return &model.Sequential{
		Evidence: e, Good: model.Float(t.P0), Poor: model.Float(t.P1), LLR: model.Float(t.LLR(e.Bad, e.Total)),
		Accept: model.Float(accept), Reject: model.Float(reject), Alpha: t.Alpha, Beta: t.Beta,
	}
}

// Need implements Test. Each further event moves the LLR by
// share·ln(p1/p0) + (1−share)·ln((1−p1)/(1−p0)) on average.
func (t SPRT) Need(e model.Evidence, share float64) (events float64, of model.EventKind) {
	accept, _ := t.Bounds()
	far := t.LLR(e.Bad, e.Total) - accept
	if drift := share*t.perBad() + (1-share)*t.perGood(); drift < 0 && share > 0 {
		return math.Ceil(far / -drift), model.SuchEvents
	}
	return math.Ceil(far / -t.perGood()), model.CleanEvents
}

// Advance adds newly counted events to e. A decision stands until the next
// one, and the test begins anew after it.
func Advance(t Test, e model.Evidence, bad, total float64) model.Evidence {
	if total <= 0 {
		return e
	}
	e.Bad += min(bad, total)
	e.Total += total
	if d := t.Decide(e); d != model.Undecided {
		return model.Evidence{Decided: d}
	}
	return e
}

// TestOf returns the sequential test of a metric that counts bad and total
// events; nil for any other. Its band is from the target to the alert, both of
// them fixed shares. The error says what it would need.
func TestOf(m *model.Metric) (Test, error) {
	if !m.Counted {
		return nil, nil
	}
	const want = `bad and total need a band to decide between: a target and an alert like "< 1%" and "> 5%", or "> 99%" and "< 95%"`
	if m.Unit != model.Ratio {
		return nil, errors.New(want + `, and unit = "ratio"`)
	}
	if m.Target == nil || m.Alert == nil {
		return nil, errors.New(want)
	}
	if m.Target.Of != "" || m.Alert.Of != "" {
		return nil, errors.New(want + ", neither of them relative")
	}
	p0, p1 := m.Target.Value, m.Alert.Value
	switch up := m.Target.Op[0]; {
	case up == '<' && m.Alert.Op[0] == '>':
	case up == '>' && m.Alert.Op[0] == '<':
		p0, p1 = 1-p0, 1-p1
	default:
		return nil, errors.New(want)
	}
	if p0 <= 0 || p1 <= p0 || p1 >= 1 {
		return nil, fmt.Errorf("%s; found %s and %s", want, m.Target.Text, m.Alert.Text)
	}
	return SPRT{P0: p0, P1: p1, Alpha: m.Alpha, Beta: m.Beta}, nil
}
