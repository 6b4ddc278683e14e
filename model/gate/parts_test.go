package gate

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"gonogo/model"
)

// tenants feeds a player with a metric's parts, 15 s after 15 s.
type tenants struct {
	*player
	m     model.Metric
	parts []model.PartCount
}

func byTenant(t testing.TB, n int) *tenants {
	m := countedMetric(t, "< 1%", "> 5%")
	m.By = "tenant"
	return byTenantOf(t, n, m)
}

func byTenantOf(t testing.TB, n int, m model.Metric) *tenants {
	c := &tenants{player: play(t, m), m: m}
	for i := range n {
		c.parts = append(c.parts, model.PartCount{Part: fmt.Sprintf("t%d", i)})
	}
	c.look(func(int) (bad, total float64) { return 0, 0 })
	return c
}

// look adds what each part counted, and judges.
func (c *tenants) look(counts func(i int) (bad, total float64)) model.Line {
	r := model.Reading{Value: .5, Counted: true, Breakdown: &model.Breakdown{Running: 1}}
	for i := range c.parts {
		bad, total := counts(i)
		c.parts[i].Bad, c.parts[i].Total = c.parts[i].Bad+bad, c.parts[i].Total+total
		r.Bad, r.Total = r.Bad+c.parts[i].Bad, r.Total+c.parts[i].Total
	}
	r.Breakdown.Parts = slices.Clone(c.parts)
	c.now = c.now.Add(15 * time.Second)
	c.read("error", r)
	c.k.Judge(&c.state, c.now, 15*time.Second)
	line, _ := c.k.Line("error")
	return line
}

func (c *tenants) looks(n int, counts func(i int) (bad, total float64)) (line model.Line) {
	for range n {
		line = c.look(counts)
	}
	return line
}

func (c *tenants) failing() string { return strings.Join(c.k.FailingParts("error"), " ") }

func healthy(int) (bad, total float64) { return 0, 10 }

// TestOneBadPartOfAHundredIsSeen: half of what one part does fails, which is 0.5% of the
// sum and on target; it fails by name, and it alone.
func TestOneBadPartOfAHundredIsSeen(t *testing.T) {
	c := byTenant(t, 100)
	c.want(c.looks(8, healthy), model.Pass, "confirmed below 5%")
	line := c.looks(8, func(i int) (bad, total float64) {
		if i == 42 {
			return 5, 10
		}
		return 0, 10
	})
	c.want(line, model.Fail, "confirmed above 5% for tenant t42")
	if !strings.Contains(line.Reason, "the other 99: 0%") || line.Part != "t42" || c.failing() != "t42" {
		t.Errorf("part %q, failing %q: %s", line.Part, c.failing(), line.Reason)
	}
	test := line.Test
	if test.By != "tenant" || test.PartsAll != 100 || len(test.Parts) != 6 || test.Parts[0].Part != "t42" || test.Parts[0].State != model.Fail {
		t.Errorf("by %q, %d parts: %+v", test.By, test.PartsAll, test.Parts)
	}
	if confirms, asked := c.k.LastWord("error"); !asked || !confirms {
		t.Error("its newest readings speak against it")
	}
	c.want(c.looks(2, healthy), model.Fail, "t42")
	line = c.looks(60, healthy)
	if line.State == model.Fail || c.failing() != "" {
		t.Errorf("it is well again, and is %s: %s", line.State, line.Reason)
	}
}

// TestAPartIsNotBlamedForAll: where all parts fail, or what is left of them does, no
// part is to be taken out.
func TestAPartIsNotBlamedForAll(t *testing.T) {
	c := byTenant(t, 4)
	c.looks(4, healthy)
	c.want(c.looks(8, func(int) (bad, total float64) { return 5, 10 }), model.Fail, "")
	if got := c.failing(); got != "" {
		t.Errorf("all fail, and %s is named", got)
	}
	c = byTenant(t, 4)
	c.looks(4, healthy)
	line := c.looks(4, func(i int) (bad, total float64) {
		if i == 0 {
			return 10, 10
		}
		return 2, 10
	})
	c.want(line, model.Fail, "")
	if got := c.failing(); got != "" {
		t.Errorf("the rest is at 20%%, and %s is named", got)
	}
}

// TestAPartThatFailsTheSumIsStillNamed: one of three brings the whole above its alert.
func TestAPartThatFailsTheSumIsStillNamed(t *testing.T) {
	c := byTenant(t, 3)
	c.looks(8, func(int) (bad, total float64) { return 0, 40 })
	line := c.looks(6, func(i int) (bad, total float64) {
		if i == 2 {
			return 20, 40
		}
		return 0, 40
	})
	if c.want(line, model.Fail, "for tenant t2"); c.failing() != "t2" {
		t.Errorf("failing %q", c.failing())
	}
}

// TestPartsAreKept: over a restart of gonogo no part's evidence is forgotten, and over a
// change of the service each counts anew and spends no alpha twice.
func TestPartsAreKept(t *testing.T) {
	bad := func(i int) (bad, total float64) {
		if i == 7 {
			return 1, 10
		}
		return 0, 10
	}
	whole, cut := byTenant(t, 20), byTenant(t, 20)
	whole.looks(3, bad)
	cut.looks(3, bad)
	state := model.State{Streaks: cut.k.Streaks(true)}
	text, err := json.Marshal(&state)
	if err != nil {
		t.Fatal(err)
	}
	if state = (model.State{}); json.Unmarshal(text, &state) != nil {
		t.Fatal("what was kept cannot be read")
	}
	again := byTenantOf(t, 0, cut.m)
	again.now, again.state = cut.now, state
	for _, p := range cut.parts { // the source counts anew
		again.parts = append(again.parts, model.PartCount{Part: p.Part})
	}
	again.k.Restore(&state)
	for n := range 60 {
		if n > 0 {
			whole.look(bad)
		}
		again.look(map[bool]func(int) (float64, float64){true: func(int) (float64, float64) { return 0, 0 }, false: bad}[n == 0])
		w, _ := whole.k.Line("error")
		a, _ := again.k.Line("error")
		if w.State != a.State || w.Part != a.Part {
			t.Fatalf("look %d: %s %s, and after a restart %s %s", n, w.State, w.Part, a.State, a.Part)
		}
	}
	if line, _ := again.k.Line("error"); line.State != model.Fail || line.Part != "t7" {
		t.Errorf("%s: %s", line.State, line.Reason)
	}
	again.state.Changed = model.ServiceChange{Seq: 9, At: again.now, What: "a restart"}
	if line := again.look(bad); line.State == model.Fail || again.failing() != "" {
		t.Errorf("after a change %s: %s", line.State, line.Reason)
	}
	kept := again.k.Streaks(true)["error"].Parts
	if kept.First != 20 || len(kept.Parts) != 20 || kept.Parts[7].Counting.Fail.Spending.Spent+kept.Parts[7].Counting.Fail.Spending.Due < .5 {
		t.Errorf("what its attempt spent is forgotten: %+v", kept.Parts[7].Counting.Fail.Spending)
	}
}

// TestHealthyPartsSeldomFail: of 12 flights of six hours with 50 parts at 0.9% against
// 1%, none fails, by a share of one in a hundred each.
func TestHealthyPartsSeldomFail(t *testing.T) {
	const flights = 12
	failed := 0
	for f := range flights {
		m := countedMetric(t, "< 1%", "")
		m.By = "tenant"
		c := byTenantOf(t, 50, m)
		random := rand.New(rand.NewPCG(1, uint64(f)))
		for range 6 * 60 * 4 {
			line := c.look(func(int) (bad, total float64) {
				for range 5 {
					if random.Float64() < .009 {
						bad++
					}
				}
				return bad, 5
			})
			if line.State == model.Fail {
				failed++
				break
			}
		}
	}
	if failed > 1 {
		t.Errorf("%d of %d healthy flights failed", failed, flights)
	}
}

// TestPartsThatComeLaterAreJudged: with less and less alpha, so that a label that grows does no harm.
func TestPartsThatComeLaterAreJudged(t *testing.T) {
	c := byTenant(t, 2)
	c.looks(4, healthy)
	for i := range maxParts + 10 {
		c.parts = append(c.parts, model.PartCount{Part: fmt.Sprintf("later%d", i)})
	}
	c.looks(4, healthy)
	line := c.looks(12, func(i int) (bad, total float64) {
		if i == 5 {
			return 10, 10
		}
		return 0, 10
	})
	if c.want(line, model.Fail, "later3"); line.Test.PartsAll != maxParts {
		t.Errorf("%d parts", line.Test.PartsAll)
	}
}

// TestHalfAFleetGoneHoldsTheGate: processes that counted and are gone are named, once
// their samples are old, unless others came in their place or that is meant.
func TestHalfAFleetGoneHoldsTheGate(t *testing.T) {
	for name, test := range map[string]struct {
		running int
		gone    []string
		ignore  bool
		state   model.MetricState
		want    string
	}{
		"all there":       {running: 4, state: model.Pass},
		"half gone":       {running: 2, gone: []string{"i3", "i1"}, state: model.Stale, want: "2 of 4 processes that counted are gone: i3, i1"},
		"replaced":        {running: 4, gone: []string{"i3", "i1"}, state: model.Pass},
		"one replaced":    {running: 3, gone: []string{"i3", "i1"}, state: model.Stale, want: "1 of 4 processes that counted are gone: i3"},
		"meant":           {running: 2, gone: []string{"i3", "i1"}, ignore: true, state: model.Pass},
		"never counted":   {running: 2, state: model.Pass},
		"more than three": {running: 0, gone: []string{"a", "b", "c", "d"}, state: model.Stale, want: "gone: a, b, c …"},
	} {
		t.Run(name, func(t *testing.T) {
			m := countedMetric(t, "< 1%", "> 5%")
			m.GoneOK = test.ignore
			c := play(t, m)
			total := 0.0
			look := func(n int, b model.Breakdown) (line model.Line) {
				for range n {
					c.now = c.now.Add(15 * time.Second)
					total += 40
					c.read("error", model.Reading{Value: .001, Total: total, Counted: true, Breakdown: &b})
					c.k.Judge(&c.state, c.now, 15*time.Second)
				}
				line, _ = c.k.Line("error")
				return line
			}
			c.want(look(8, model.Breakdown{Running: 4}), model.Pass, "")
			b := model.Breakdown{Running: test.running}
			for _, g := range test.gone {
				b.Gone = append(b.Gone, model.Gone{Name: g, At: c.now})
			}
			c.want(look(1, b), model.Pass, "")
			c.want(look(1+int(m.StaleAfter/(15*time.Second)), b), test.state, test.want)
		})
	}
}

// TestAnAttemptCountsNothingOfTheOneBefore: what a part had of bad events before its phase was
// entered is no evidence in it, and what comes with the first reading after it is.
func TestAnAttemptCountsNothingOfTheOneBefore(t *testing.T) {
	c := byTenant(t, 3)
	bad := func(i int) (bad, total float64) {
		if i == 1 {
			return 30, 40
		}
		return 0, 40
	}
	c.want(c.looks(6, bad), model.Fail, "for tenant t1")
	c.state.Phase = "next"
	c.k.Begin(&c.state)
	line := c.look(func(int) (bad, total float64) { return 0, 40 })
	if line.State == model.Fail || c.failing() != "" {
		t.Errorf("%s: %s", line.State, line.Reason)
	}
	c.k.Begin(&c.state)
	if c.want(c.look(bad), model.Fail, "for tenant t1"); c.failing() != "t1" {
		t.Errorf("failing %q", c.failing())
	}
}
