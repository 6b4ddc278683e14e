package engine

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"gonogo/model"
)

// BenchmarkFireToEffect is the time from firing the emergency rollback to the
// moment that its first effect begins, the write of its flags, journal and all,
// with 500 metrics polling every second and one more source that hangs. An op is
// a whole way up and down; the figures are in ms.
//
//	go test ./model/engine -run '^$' -bench FireToEffect -benchtime 200x
func BenchmarkFireToEffect(b *testing.B) {
	w := newWorld()
	o := options(b, w, b.TempDir())
	herd := herd{w: w}
	for i := range 500 {
		id := model.MetricID(fmt.Sprintf("herd-%d", i))
		herd.ids = append(herd.ids, id)
		o.Rollout.Metrics = append(o.Rollout.Metrics, model.Metric{ID: id, Source: "herd", Target: target("< 2", "<", 2),
			StaleAfter: 5 * time.Second, Every: time.Second, Timeout: time.Second})
	}
	build, release, wrote := o.Build, make(chan struct{}), make(chan time.Time, 100)
	defer close(release)
	o.Build = func() (model.Parts, error) {
		parts, err := build()
		parts.Sources["herd"] = model.BuiltSource{Kind: "fake", Source: herd}
		parts.Sources["hung"] = model.BuiltSource{Kind: "fake", Source: hungSource{release}}
		for id, s := range parts.Switches {
			parts.Switches[id] = stamped{s.(fakeSwitch), wrote}
		}
		return parts, err
	}
	p := board(b, o)
	var took []time.Duration
	for b.Loop() {
		p.enter("ten")
		for len(wrote) > 0 {
			<-wrote
		}
		began := time.Now()
		if err := p.feed.Submit(context.Background(), model.Intent{ID: model.IntentID(fmt.Sprintf("fire-%d", len(took))), Kind: model.ArmRollback, Yes: true, By: model.Actor{Name: "ana", Via: "command"}}); err != nil {
			b.Fatal(err)
		}
		took = append(took, (<-wrote).Sub(began))
		p.until("being back", func(s *model.Snapshot) bool { return s.State.Phase == "" })
	}
	slices.Sort(took)
	at := func(share float64) float64 {
		return took[min(len(took)-1, int(share*float64(len(took))))].Seconds() * 1e3
	}
	b.ReportMetric(at(.5), "p50-ms")
	b.ReportMetric(at(.99), "p99-ms")
	b.ReportMetric(at(1), "max-ms")
}

// herd answers for many metrics, each every second.
type herd struct {
	w   *world
	ids []model.MetricID
}

func (c herd) Run(ctx context.Context, out model.Emitter) error {
	tick := time.NewTicker(time.Second / time.Duration(len(c.ids)))
	defer tick.Stop()
	for _, id := range c.ids {
		now := time.Now()
		out.Reading(id, model.Reading{At: now, SampleAt: now, Value: 1})
	}
	for i := 0; ; i = (i + 1) % len(c.ids) {
		select {
		case now := <-tick.C:
			out.Reading(c.ids[i], model.Reading{At: now, SampleAt: now, Value: 1})
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// stamped tells when it is written.
type stamped struct {
	fakeSwitch
	wrote chan<- time.Time
}

func (s stamped) SetGroup(ctx context.Context, changes []model.SwitchChange) error {
	s.wrote <- time.Now()
	inner := slices.Clone(changes)
	for i := range inner {
		inner[i].Switch = changes[i].Switch.(stamped).fakeSwitch
	}
	return s.fakeSwitch.SetGroup(ctx, inner)
}
