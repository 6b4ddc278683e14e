package execute

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gonogo/model"
)

// fixed is a store, a running service and a probe that always say the same.
type fixed struct {
	value model.Value
	err   error
}

func (f fixed) Observe(context.Context) (model.Value, error) { return f.value, f.err }
func (f fixed) Set(context.Context, model.Value) error       { return errors.New("nothing is set here") }
func (f fixed) Read(context.Context) (string, error)         { return f.value.Text, f.err }
func (f fixed) Mark(context.Context) (string, error)         { return f.value.Text, f.err }
func (f fixed) Look(context.Context, string) (bool, string, error) {
	return f.value.Text == "shown", "seen: " + f.value.Text, f.err
}

func says(text string) fixed { return fixed{value: model.Value{Type: model.Text, Text: text}} }

// sight is a looker at the plan p of a rollout of one metric and three flags: plain is in effect
// once it is stored, restarts needs a restart, read is read back.
func sight(p model.Plan) (*desk, looker) {
	d := &desk{readings: map[model.MetricID]model.Reading{}, asks: map[model.FlagID]model.Switch{}, runs: map[model.FlagID]func() model.Value{}}
	t := &Tools{
		Rollout: &model.Rollout{
			Metrics: []model.Metric{{ID: "error", Unit: model.Ratio, StaleAfter: time.Minute, Every: time.Second}, {ID: "live", StaleAfter: time.Minute}},
			Flags: []model.Flag{{ID: "plain", Type: model.Bool}, {ID: "restarts", Type: model.Bool, Apply: []model.ActionID{"restart"}},
				{ID: "read", Type: model.Bool, Effective: true}, {ID: "metered", Type: model.Bool, EffectiveMetric: "live"}},
			Actions: []model.ActionSpec{{ID: "restart"}},
		},
		Now: time.Now, Patience: time.Second, Effective: map[model.FlagID]model.Reader{"read": fixed{}},
		Probes: map[string]model.Reader{}, Witnesses: map[string]model.Witness{}, Actions: map[model.ActionID]model.Action{}, Seen: map[model.ActionID]model.Reader{},
	}
	if p.ID == "" {
		p.ID = "p"
	}
	_ = d.Record("", true, model.PlanArmed{Plan: p}, model.PlanFired{Plan: p.ID})
	return d, looker{newSite(p, "p", d, t)}
}

// store has the flag's store, and the running service, say so.
func (d *desk) store(id model.FlagID, stored, live model.Value) {
	d.asks[id] = fixed{value: stored}
	d.runs[id] = func() model.Value { return live }
}

// TestAReadingIsEvidenceOnlyIfItIsFreshAndEnough: it was taken after what it shall show, of samples
// after that, with events enough, from a series that goes on.
func TestAReadingIsEvidenceOnlyIfItIsFreshAndEnough(t *testing.T) {
	since := time.Unix(1000, 0)
	target := &model.Target{Op: "<", Value: 0.01, Text: "< 1%"}
	good := model.Reading{At: since.Add(time.Second), Value: 0.002}
	change := func(f func(*model.Reading)) model.Reading { r := good; f(&r); return r }
	for _, c := range []struct {
		name     string
		got      model.Reading
		minCount float64
		refused  string
		want     bool
		says     string
	}{
		{"good", good, 0, "", true, "0.2%, wanted < 1%"},
		{"above its target", change(func(r *model.Reading) { r.Value = 0.02 }), 0, "", false, "2%, wanted < 1%"},
		{"not a number", change(func(r *model.Reading) { r.Value = math.NaN() }), 0, "", false, "NaN, wanted < 1%"},
		{"an error", change(func(r *model.Reading) { r.Err = model.ErrEmpty }), 0, "", false, "no data"},
		{"of a series that ended", change(func(r *model.Reading) { r.Ended = true }), 0, "", false, "a series behind it has ended"},
		{"of a query that check refuses", good, 0, "it divides by what may be 0", false, "it divides by what may be 0"},
		{"taken before", change(func(r *model.Reading) { r.At = since }), 0, "", false, "its samples are older than the action"},
		{"of samples from before", change(func(r *model.Reading) { r.SampleAt = since.Add(-time.Second) }), 0, "", false, "its samples are older than the action"},
		{"of samples from that very moment", change(func(r *model.Reading) { r.SampleAt = since }), 0, "", false, "its samples are older than the action"},
		{"of an unknown number of events", good, 10, "", false, "number of events unknown, 10 needed"},
		{"of too few events", change(func(r *model.Reading) { r.HasCount, r.Count = true, 9 }), 10, "", false, "only 9 of 10 events"},
		{"of a number of events that is none", change(func(r *model.Reading) { r.HasCount, r.Count = true, math.NaN() }), 10, "", false, "only NaN of 10 events"},
		{"of events enough", change(func(r *model.Reading) { r.HasCount, r.Count = true, 10 }), 10, "", true, "0.2%, wanted < 1%"},
	} {
		_, l := sight(model.Plan{})
		m := model.Metric{ID: "error", Unit: model.Ratio, MinCount: c.minCount, Refused: c.refused}
		if ok, why := l.holds(&m, target, c.got, since); ok != c.want || why != c.says {
			t.Errorf("%s: %t, %q, wanted %t, %q", c.name, ok, why, c.want, c.says)
		}
	}
}

// TestARelationComparesWithNothingOld: another metric counts while its reading is fresh, a
// baseline once it is frozen; what is not known makes nothing hold.
func TestARelationComparesWithNothingOld(t *testing.T) {
	now := time.Now()
	got := model.Reading{At: now, Value: 0.002}
	for _, c := range []struct {
		name  string
		of    model.MetricID
		other *model.Reading
		base  bool
		want  bool
	}{
		{"a fresh one", "live", &model.Reading{At: now, Value: 1}, false, true},
		{"an old one", "live", &model.Reading{At: now.Add(-time.Hour), Value: 1}, false, false},
		{"one with an error", "live", &model.Reading{At: now, Err: model.ErrEmpty}, false, false},
		{"one that never answered", "live", nil, false, false},
		{"one that is not there", "gone", nil, false, false},
		{"its baseline", model.OfBaseline, nil, true, true},
		{"its baseline, which is not frozen", model.OfBaseline, nil, false, false},
	} {
		d, l := sight(model.Plan{})
		if c.other != nil {
			d.readings["live"] = *c.other
		}
		if c.base {
			_ = d.Record("", true, model.BaselineFrozen{Metric: "error", Value: 1, Points: 3})
		}
		target := &model.Target{Op: "<", Value: 0.5, Of: c.of, Text: "< half of it"}
		if ok, why := l.holds(&model.Metric{ID: "error"}, target, got, now.Add(-time.Second)); ok != c.want {
			t.Errorf("%s: %t, %q", c.name, ok, why)
		}
	}
}

// TestAMetricVerifiesByReadingsInARow: the same reading counts once, and one that does not hold
// begins the row anew.
func TestAMetricVerifiesByReadingsInARow(t *testing.T) {
	since := time.Unix(1000, 0)
	for _, c := range []struct {
		name   string
		values []float64 // a reading a second; 0: none that is new
		want   int       // looks until it holds; 0: never
	}{
		{"three in a row", []float64{.001, .001, .001}, 3},
		{"the same one looked at again", []float64{.001, 0, 0, .001, 0, .001}, 6},
		{"one in between that does not hold", []float64{.001, .001, .5, .001, .001, .001}, 6},
		{"too few", []float64{.001, .001}, 0},
		{"none", []float64{0, 0, 0, 0}, 0},
	} {
		d, l := sight(model.Plan{})
		look := l.lookMetric(&model.Verify{Metric: "error", Target: &model.Target{Op: "<", Value: .01, Text: "< 1%"}}, since)
		held := 0
		for i, v := range c.values {
			if v > 0 {
				d.readings["error"] = model.Reading{At: since.Add(time.Duration(i+1) * time.Second), Value: v}
			}
			ok, why := look(t.Context())
			if ok && held == 0 {
				held = i + 1
			}
			if v == 0 && !strings.Contains(why, "waiting for the next") {
				t.Errorf("%s, look %d: %q", c.name, i+1, why)
			}
		}
		if held != c.want || model.PassesNeeded != 3 {
			t.Errorf("%s: it holds after %d looks, wanted %d", c.name, held, c.want)
		}
	}
}

// TestAFlagIsInEffectWhenItIsReadBack: else by inference, where nothing can be asked: stored, and
// a restart seen since that.
func TestAFlagIsInEffectWhenItIsReadBack(t *testing.T) {
	on, off := model.BoolValue(true), model.BoolValue(false)
	for _, c := range []struct {
		name         string
		flag         model.FlagID
		stored, live model.Value
		reading      *model.Reading // of the metric that says so
		want         bool
		says         string
		inferred     bool
	}{
		{"read back", "read", on, off, nil, true, "the running service says false", false},
		{"read back as another", "read", off, on, nil, false, "the running service says true", false},
		{"stored, and needs no restart", "plain", off, model.Value{}, nil, true, "stored; it needs no restart", true},
		{"stored as another", "plain", on, model.Value{}, nil, false, "its store has true", false},
		{"stored, and no restart was seen", "restarts", off, model.Value{}, nil, false, "that the service started after that was not seen", false},
		{"of a metric that is not read yet", "metered", off, off, nil, false, "waiting for a reading of live that is newer than the action", false},
		{"of a metric that was read before", "metered", off, off, &model.Reading{At: time.Unix(1, 0)}, false, "waiting for a reading of live", false},
		{"of a metric whose series ended", "metered", off, off, &model.Reading{At: time.Unix(1<<40, 0), Ended: true}, false, "waiting for a reading of live", false},
		{"of a metric that is read since", "metered", off, off, &model.Reading{At: time.Unix(1<<33, 0)}, true, "the running service says false", false},
	} {
		d, l := sight(model.Plan{})
		d.store(c.flag, c.stored, c.live)
		if c.reading != nil {
			d.readings["live"] = *c.reading
		}
		ok, why := l.lookFlag(t.Context(), &model.Verify{Flag: c.flag, Is: off}, time.Unix(1<<32, 0))
		if ok != c.want || !strings.Contains(why, c.says) {
			t.Errorf("%s: %t, %q", c.name, ok, why)
		}
		if got := d.State().Flags[c.flag]; got.Inferred != c.inferred || c.inferred && !got.Effective.Equal(off) {
			t.Errorf("%s: %+v", c.name, got)
		}
		d.group.Wait()
	}
}

// TestAProbeAnswersAsWanted: inert, and with what it said instead.
func TestAProbeAnswersAsWanted(t *testing.T) {
	for _, c := range []struct {
		name, want string
		probe      model.Reader
		ok         bool
		says       string
	}{
		{"as wanted", "ready", says("ready"), true, "it answers as wanted"},
		{"anything", "", says("whatever"), true, "it answers as wanted"},
		{"another", "ready", says("draining\x1b[2J"), false, `it answers "draining␛[2J", wanted "ready"`},
		{"not at all", "ready", fixed{err: errors.New("refused")}, false, "refused"},
		{"no probe", "ready", nil, false, "there is no such probe"},
	} {
		_, l := sight(model.Plan{})
		if c.probe != nil {
			l.tools.Probes["x"] = c.probe
		}
		if ok, why := l.lookProbe(t.Context(), &model.Verify{Probe: "x", Want: c.want}); ok != c.ok || why != c.says {
			t.Errorf("%s: %t, %q", c.name, ok, why)
		}
	}
}

// TestEvidenceCountsOnlyFromItsMarkOn: not before its time, and never where it is not known what is old.
func TestEvidenceCountsOnlyFromItsMarkOn(t *testing.T) {
	for _, c := range []struct {
		name   string
		w      model.Witness
		marked bool
		after  time.Duration
		want   bool
		says   string
	}{
		{"shown", says("shown"), true, 0, true, "seen: shown"},
		{"not shown", says("nothing\x1b[2J"), true, 0, false, "seen: nothing␛[2J"},
		{"not marked", says("shown"), false, 0, false, "what was old before the action could not be told, so nothing counts as new"},
		{"too early", says("shown"), true, time.Minute, false, "looks in 1m"},
		{"an error", fixed{err: errors.New("refused\x1b[2J")}, true, 0, false, "refused␛[2J"},
		{"no witness", nil, true, 0, false, "there is no such witness"},
	} {
		synctest.Test(t, func(t *testing.T) {
			_, l := sight(model.Plan{})
			if c.w != nil {
				l.tools.Witnesses["w"] = c.w
			}
			ok, why := l.lookEvidence(t.Context(), &model.Verify{Witness: "w", After: c.after}, model.StepState{Marked: c.marked, Mark: "m"}, time.Now())
			if ok != c.want || why != c.says {
				t.Errorf("%s: %t, %q", c.name, ok, why)
			}
		})
	}
}

// TestOutputKeepsItsHeadAndItsTail: inert, in bounds, and says each last line as it comes.
func TestOutputKeepsItsHeadAndItsTail(t *testing.T) {
	var said []string
	o := NewOutput(func(line string) { said = append(said, line) })
	for i := range 3000 {
		if n, err := fmt.Fprintf(o, "line %04d\r\n", i); n != 11 || err != nil {
			t.Fatal(n, err)
		}
	}
	o.Say("a line of gonogo's")
	_, _ = o.Write([]byte("\n\r\n"))
	_, _ = o.Write([]byte(strings.Repeat("x", 500) + "\x1b[2J"))
	text := o.String()
	if len(text) > 2*outputKept+100 || !strings.HasPrefix(text, "line 0000\nline 0001\n") || !strings.Contains(text, "\n…\n") || !strings.HasSuffix(text, "x␛[2J") {
		t.Errorf("%d bytes: %.60q … %q", len(text), text, text[max(0, len(text)-60):])
	}
	if strings.Contains(text, "\r") || strings.Contains(text, "gonogo's") {
		t.Errorf("it keeps what it should not: %q", text)
	}
	if len(said) != 3002 || said[2999] != "line 2999" || said[3000] != "a line of gonogo's" || len(said[3001]) != 200 {
		t.Errorf("said %d lines, the last %q", len(said), said[len(said)-1])
	}
	for _, c := range []struct{ text, want string }{{"", ""}, {"one\n", "one"}, {"a\nb\n\n", "a\nb"}} {
		o := NewOutput(func(string) {})
		_, _ = o.Write([]byte(c.text))
		if got := o.String(); got != c.want {
			t.Errorf("%q is kept as %q", c.text, got)
		}
	}
}
