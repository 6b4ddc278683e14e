package sourcetest

import (
	"errors"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"gonogo/model"
	"gonogo/model/config"
)

// Case is what a kind brings to pass the contract. Tables are the keys of the
// source, or of a metric from it.
type Case struct {
	Kind    config.SourceKind
	Source  map[string]any // of a source whose target works
	Metric  map[string]any // of a metric that reads Want from it
	Want    float64
	Empty   map[string]any // of a metric without data; nil: the kind has none
	Slow    map[string]any // of a metric that is never answered; nil: the kind has none
	Hostile map[string]any // of a metric whose error quotes escape sequences from outside
	// HostileSource is where Hostile is asked of; nil: Source.
	HostileSource map[string]any
	Down          map[string]any // of a source whose target is not there; nil: the kind has none
	// DownMetric is asked of Down; nil: Metric.
	DownMetric map[string]any
}

// Run holds a kind to the contract of model.Source and to what the house rules ask.
func Run(t *testing.T, c Case) {
	t.Run("documented", c.documented)
	t.Run("reads", c.reads)
	t.Run("empty", c.empty)
	t.Run("slow delays no other", c.slow)
	t.Run("hostile", c.hostile)
	t.Run("down", c.down)
	t.Run("ends", c.ends)
}

func (c Case) documented(t *testing.T) {
	if c.Kind.Doc == "" {
		t.Error("the kind has no Doc")
	}
	var check func(where string, keys []config.Key)
	check = func(where string, keys []config.Key) {
		for _, k := range keys {
			if k.Help == "" || k.Name == "" || k.Type == "" {
				t.Errorf("%s%s: a key needs name, type and help", where, k.Name)
			}
			check(where+k.Name+".", k.Keys)
		}
	}
	check("", c.Kind.Keys)
	check("metric: ", c.Kind.MetricKeys)
	if c.Kind.Describe != nil {
		if text := c.Kind.Describe(Metric("m", c.Metric)); text == "" || text != model.Inert(text) {
			t.Errorf("Describe returns %q, want inert text", text)
		}
	}
}

func (c Case) reads(t *testing.T) {
	out, _ := Start(t, c.Kind, Part(t, c.Source, Metric("m", c.Metric)))
	first := out.Value(t, "m", c.Want)
	if since := time.Since(first.At); since < 0 || since > time.Minute {
		t.Errorf("the reading's At is %v ago", since)
	}
	if first.SampleAt.After(first.At) {
		t.Errorf("SampleAt %v is after At %v", first.SampleAt, first.At)
	}
	out.Wait(t, "m", 20*time.Second, func(r model.Reading) bool {
		return r.Err == nil && r.Value == c.Want && r.At.After(first.At)
	})
}

func (c Case) empty(t *testing.T) {
	if c.Empty == nil {
		t.Skip("the kind has no empty answers")
	}
	out, _ := Start(t, c.Kind, Part(t, c.Source, Metric("m", c.Empty)))
	r := out.First(t, "m")
	if !errors.Is(r.Err, model.ErrEmpty) && !errors.Is(r.Err, model.ErrNoSeries) {
		t.Errorf("got %+v, want ErrEmpty or ErrNoSeries", r)
	}
}

func (c Case) slow(t *testing.T) {
	if c.Slow == nil {
		t.Skip("the kind has no slow answers")
	}
	slow := Metric("slow", c.Slow)
	slow.Metric.Timeout = time.Second
	out, _ := Start(t, c.Kind, Part(t, c.Source, slow, Metric("m", c.Metric)))
	r := out.First(t, "slow")
	if r.Err == nil || !strings.HasPrefix(r.Err.Error(), "timed out after 1s") {
		t.Errorf("the slow metric reports %+v, want that it timed out", r)
	}
	for _, e := range out.Events() {
		if e.Metric == "m" && !e.Past && e.Reading.Err == nil {
			return
		}
		if e.Metric == "slow" {
			break
		}
	}
	t.Error("the slow metric held up the other one")
}

func (c Case) hostile(t *testing.T) {
	source := c.HostileSource
	if source == nil {
		source = c.Source
	}
	out, _ := Start(t, c.Kind, Part(t, source, Metric("m", c.Hostile)))
	r := out.First(t, "m")
	if r.Err == nil {
		t.Fatalf("got the value %v, want trouble", r.Value)
	}
	text := r.Err.Error()
	if text != model.Inert(text) || !strings.Contains(text, "␛") && !strings.Contains(text, `\x1b`) {
		t.Errorf("error %q, want it inert with the escape shown", text)
	}
	if len(text) > 400 {
		t.Errorf("the error is %d bytes long", len(text))
	}
}

func (c Case) down(t *testing.T) {
	if c.Down == nil {
		t.Skip("the kind has no target that can be down")
	}
	table := c.DownMetric
	if table == nil {
		table = c.Metric
	}
	out, stop := Start(t, c.Kind, Part(t, c.Down, Metric("m", table)))
	out.First(t, "m")
	stop()
	for _, e := range out.Events() {
		switch err := e.Reading.Err; {
		case e.Past:
			t.Errorf("sample %+v from nowhere", e.Sample)
		case err == nil:
			t.Errorf("reading %+v from nowhere", e.Reading)
		case errors.Is(err, model.ErrEmpty), errors.Is(err, model.ErrNoSeries), errors.Is(err, model.ErrAmbiguous), errors.Is(err, model.ErrPartial):
			t.Errorf("error %v, want one that means down", err)
		}
	}
}

func (c Case) ends(t *testing.T) {
	leaks := goleak.IgnoreCurrent()
	metrics := []config.MetricPart{Metric("m", c.Metric)}
	if c.Slow != nil {
		slow := Metric("slow", c.Slow)
		slow.Metric.Timeout = time.Hour
		metrics = append(metrics, slow)
	}
	out, stop := Start(t, c.Kind, Part(t, c.Source, metrics...))
	out.Value(t, "m", c.Want)
	stop()
	n := len(out.Events())
	if err := goneWithin(30*time.Second, leaks); err != nil {
		t.Error(err)
	}
	if more := len(out.Events()) - n; more > 0 {
		t.Errorf("%d events came after Run had returned", more)
	}
}

// goneWithin waits until no goroutine is left beside those that leaks ignores. Connections of a
// busy machine take their time to close.
func goneWithin(d time.Duration, leaks goleak.Option) error {
	for end := time.Now().Add(d); ; {
		err := goleak.Find(leaks)
		if err == nil || time.Now().After(end) {
			return err
		}
	}
}
