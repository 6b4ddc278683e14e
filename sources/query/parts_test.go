package query

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	prom "github.com/prometheus/common/model"

	"gonogo/model"
)

// told writes a breakdown: "a=1/10 b=2/20, 2 run, gone c".
func told(b *model.Breakdown) string {
	if b == nil {
		return "nothing"
	}
	var out []string
	for _, p := range b.Parts {
		out = append(out, fmt.Sprintf("%s=%v/%v", p.Part, p.Bad, p.Total))
	}
	text := strings.Join(out, " ") + fmt.Sprintf(", %d run", b.Running)
	for _, g := range b.Gone {
		text += ", gone " + g.Name
	}
	return text
}

// TestEachPartIsCountedOnItsOwn: by the values of a label, over resets and first failures.
func TestEachPartIsCountedOnItsOwn(t *testing.T) {
	c := counters{by: "code"}
	now := time.Now()
	for n, s := range []struct{ bad, total, sum, want string }{
		{"", "i1/a=100 i2/a=50 i1/b=10", "0/0", "a=0/0 b=0/0, 2 run"},
		{"i1/b=1", "i1/a=110 i2/a=55 i1/b=11", "1/16", "a=0/15 b=1/1, 2 run"},
		{"i1/b=2", "i1/a=4 i2/a=56 i1/b=3 i1/c=7", "2/31", "a=0/20 b=2/4 c=0/7, 2 run"},
		{"i1/b=2", "i1/a=5 i1/b=4 i1/c=7", "2/33", "a=0/21 b=2/5 c=0/7, 1 run, gone i2"},
		{"i1/b=2", "i1/a=5 i1/b=4 i1/c=7 i2/a=60", "2/37", "a=0/25 b=2/5 c=0/7, 2 run"},
	} {
		now = now.Add(10 * time.Second)
		c.take(tally{asked: n + 1, at: now, bad: series(t, s.bad), total: series(t, s.total)}, 10*time.Second)
		if got := fmt.Sprintf("%v/%v", c.sum.bad, c.sum.total); got != s.sum {
			t.Errorf("step %d: %s in all, wanted %s", n, got, s.sum)
		}
		if got := told(c.breakdown()); got != s.want {
			t.Errorf("step %d: got %s, wanted %s", n, got, s.want)
		}
		if err := c.trouble(); err != nil {
			t.Errorf("step %d: %v", n, err)
		}
	}
}

// TestWhatIsNotGoodIsBad: latency is counted by a bucket and all requests.
func TestWhatIsNotGoodIsBad(t *testing.T) {
	c := counters{good: true, by: "code"}
	now := time.Now()
	for n, s := range []struct{ good, total, want string }{
		{"a/x=90", "a/x=100", "0/0"},
		{"a/x=95", "a/x=110", "5/10"},
		{"a/x=100", "a/x=112", "5/12"}, // sampled a little apart: it makes up for it
		{"a/x=104", "a/x=119", "5/19"},
		{"a/x=2", "a/x=5", "8/24"}, // a restart
	} {
		now = now.Add(10 * time.Second)
		c.take(tally{asked: n + 1, at: now, bad: series(t, s.good), total: series(t, s.total)}, 10*time.Second)
		if got := fmt.Sprintf("%v/%v", c.sum.bad, c.sum.total); got != s.want {
			t.Errorf("step %d: got %s, wanted %s", n, got, s.want)
		}
		if got := c.breakdown().Parts[0]; got.Bad != c.sum.bad || got.Total != c.sum.total {
			t.Errorf("step %d: its only part has %v", n, got)
		}
	}
}

// TestCountersThatCannotBeCountedSayWhy: nothing that is counted wrongly looks like evidence.
func TestCountersThatCannotBeCountedSayWhy(t *testing.T) {
	many := ""
	for i := range maxParts + 1 {
		many += fmt.Sprintf("a/t%d=1 ", i)
	}
	for name, test := range map[string]struct {
		c      counters
		totals []string
		good   string
		is     error
		want   string
	}{
		"a label that is not there":  {c: counters{by: "tenant"}, totals: []string{"a=1"}, is: model.ErrUncountable, want: "no series of total has the label tenant"},
		"too many parts":             {c: counters{by: "code"}, totals: []string{many}, is: model.ErrUncountable, want: "more than 200 values"},
		"a total that shrinks":       {totals: []string{"a=100", "a=90", "a=95", "a=85", "a=99", "a=80"}, is: model.ErrUncountable, want: "give a counter"},
		"a bucket that is not there": {c: counters{good: true}, totals: []string{"a=1", "a=2"}, is: model.ErrUncountable, want: "good matches nothing"},
		"restarts":                   {totals: []string{"a=100", "a=3", "a=100", "a=4", "a=100", "a=0"}},
		"parts":                      {c: counters{by: "code"}, totals: []string{"a/t=1 b=5"}},
	} {
		t.Run(name, func(t *testing.T) {
			now := time.Now()
			for n, total := range test.totals {
				now = now.Add(10 * time.Second)
				test.c.take(tally{asked: n + 1, at: now, bad: series(t, test.good), total: series(t, total)}, 10*time.Second)
			}
			err := test.c.trouble()
			if !errors.Is(err, test.is) || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, wanted %q", err, test.want)
			}
			if len(test.c.parts) > maxParts+1 {
				t.Errorf("%d parts are remembered", len(test.c.parts))
			}
		})
	}
}

// TestNamesOfPartsAreInert: they come from outside, and are shown.
func TestNamesOfPartsAreInert(t *testing.T) {
	c := counters{by: "t"}
	v := prom.Vector{{Metric: prom.Metric{"t": prom.LabelValue("\x1b[31mred" + strings.Repeat("x", 500)), "instance": "i\x07"}, Value: 1}}
	c.take(tally{asked: 1, at: time.Now(), total: v}, time.Second)
	got := c.breakdown().Parts[0].Part
	if strings.ContainsAny(got, "\x1b\x07") || len([]rune(got)) > maxName {
		t.Errorf("got %q", got)
	}
}
