package query

import (
	"strconv"
	"testing"
	"time"

	prom "github.com/prometheus/common/model"
	"pgregory.net/rapid"
)

// instance is a process with two counters, as it really is.
type instance struct {
	name       string
	bad, total float64 // since its start
	seen       float64 // total as last sampled
	seenBad    float64
	hidden     bool // its page cannot be had at present
}

// fleet is a service of several instances, with what really happened.
type fleet struct {
	instances  []*instance
	bad, total float64 // events of all instances ever
	lost       float64 // of them, those that no counter could tell after a restart
	counters   counters
	asked      int
	now        time.Time
}

func (f *fleet) serve(i *instance, events, failures int) {
	i.total += float64(events)
	i.bad += float64(failures)
	f.total += float64(events)
	f.bad += float64(failures)
}

// sample has gonogo ask, and notes what it can know.
func (f *fleet) sample() {
	f.asked++
	f.now = f.now.Add(5 * time.Second)
	answer := tally{asked: f.asked, at: f.now, evaluated: prom.TimeFromUnix(f.now.Unix())}
	for _, i := range f.instances {
		if i.hidden {
			continue
		}
		labels := prom.Metric{"instance": prom.LabelValue(i.name)}
		answer.total = append(answer.total, &prom.Sample{Metric: labels, Value: prom.SampleValue(i.total)})
		if i.bad > 0 { // as a labelled counter: no series before the first
			answer.bad = append(answer.bad, &prom.Sample{Metric: labels, Value: prom.SampleValue(i.bad)})
		}
		i.seen, i.seenBad = i.total, i.bad
	}
	f.counters.take(answer, 5*time.Second)
}

// restart resets i. Where it was not sampled just before, and just after, what
// it served in between is lost.
func (f *fleet) restart(i *instance) {
	f.lost += i.total - i.seen
	i.total, i.bad = 0, 0
}

// TestCountersTellTheTruth: whatever instances serve, restart, come, and hide,
// the counters grow by just what happened, if each restart is sampled before and after.
func TestCountersTellTheTruth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := &fleet{now: time.Unix(1_000_000, 0)}
		first := &instance{name: "0"}
		f.instances = []*instance{first}
		f.serve(first, rapid.IntRange(0, 1000).Draw(t, "before"), 0)
		f.sample()
		base := f.total
		for range rapid.IntRange(0, 60).Draw(t, "steps") {
			i := f.instances[rapid.IntRange(0, len(f.instances)-1).Draw(t, "instance")]
			switch rapid.IntRange(0, 9).Draw(t, "what") {
			case 0:
				i.hidden = false
				f.sample()
				f.restart(i)
				f.sample()
			case 1:
				f.instances = append(f.instances, &instance{name: strconv.Itoa(len(f.instances))})
			case 2:
				i.hidden = i != first && !i.hidden
			case 3, 4:
				f.sample()
			default:
				n := rapid.IntRange(0, 50).Draw(t, "events")
				f.serve(i, n, rapid.IntRange(0, n).Draw(t, "failures"))
			}
		}
		for _, i := range f.instances {
			i.hidden = false
		}
		f.sample()
		if got := f.counters; got.sum.bad != f.bad || got.sum.total != f.total-base || f.lost != 0 {
			t.Fatalf("got %v/%v, want %v/%v", got.sum.bad, got.sum.total, f.bad, f.total-base)
		}
	})
}

// TestCountersLoseLittle: where restarts are not sampled, the counters never
// tell more than happened, and lose no more than what was never sampled and
// what an instance counted before a restart that its growth hides.
func TestCountersLoseLittle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := &fleet{now: time.Unix(1_000_000, 0)}
		f.instances = []*instance{{name: "0"}, {name: "1"}}
		f.sample()
		bad, total := 0.0, 0.0
		for range rapid.IntRange(0, 60).Draw(t, "steps") {
			i := f.instances[rapid.IntRange(0, 1).Draw(t, "instance")]
			switch rapid.IntRange(0, 4).Draw(t, "what") {
			case 0:
				f.restart(i)
				f.lost += i.seen
				i.seen, i.seenBad = 0, 0
			case 1:
				f.sample()
				got := f.counters
				if got.sum.bad-bad > got.sum.total-total {
					t.Fatalf("bad grew by %v, total by %v", got.sum.bad-bad, got.sum.total-total)
				}
				bad, total = got.sum.bad, got.sum.total
			default:
				n := rapid.IntRange(0, 50).Draw(t, "events")
				f.serve(i, n, rapid.IntRange(0, n).Draw(t, "failures"))
			}
		}
		f.sample()
		got := f.counters
		if got.sum.bad > f.bad || got.sum.bad < f.bad-f.lost || got.sum.total < f.total-f.lost {
			t.Fatalf("got %v/%v of %v/%v, with %v lost", got.sum.bad, got.sum.total, f.bad, f.total, f.lost)
		}
	})
}
