// Package exec reads metrics from commands: a number that one prints, or its
// exit status.
//
// A source runs one goroutine a metric, see package poll, and waits for every
// command it started, and for what that left running, which ends with it. A command
// gets no shell, no input, and the environment that package process gives; what it
// prints past 64 KiB is dropped, and its answer is trouble then. No error shows a
// secret that the source was given.
//
// It imports gonogo/model, gonogo/model/config, gonogo/sources/poll,
// gonogo/internal/process only.
package exec

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"gonogo/internal/process"
	"gonogo/model"
	"gonogo/model/config"
	"gonogo/sources/poll"
)

const (
	byStdout = "stdout"
	byStatus = "status"
)

// maxOutput is how much is read of stdout, in bytes.
const maxOutput = 64 << 10

type metricKeys struct {
	Command []string `toml:"command" required:"true" help:"program and arguments; no shell is involved"`
	Value   string   `toml:"value" oneof:"stdout,status" default:"stdout" help:"what the value is: the number printed, or the exit status"`
}

// Kind returns the kind "exec".
func Kind() config.SourceKind {
	return config.SourceKind{
		Doc:        "runs commands that print a number, or whose exit status is one",
		Keys:       config.KeysOf[process.Settings](),
		MetricKeys: config.KeysOf[metricKeys](),
		Lint:       lint,
		Describe:   func(m config.MetricPart) string { return quoted(config.Into[metricKeys](m.Table, "").Command) },
		Build:      build,
	}
}

func lint(m config.MetricPart) []config.Finding {
	argv := config.Into[metricKeys](m.Table, "").Command
	if len(argv) == 0 || argv[0] == "" {
		return []config.Finding{{Key: "command", Message: `names no program: expected something like ["./errors.sh", "5m"]`}}
	}
	if len(argv) == 1 && strings.ContainsAny(argv[0], " |;&<>$") {
		return []config.Finding{{Key: "command", Warning: true,
			Message: "is one word for the program's name, as no shell is involved: give a list of words"}}
	}
	return nil
}

// quoted returns argv for people.
func quoted(argv []string) string {
	words := make([]string, len(argv))
	for i, w := range argv {
		words[i] = model.Inert(w)
		if w == "" || strings.ContainsAny(w, " \t\n'\"\\$|;&<>*?#") {
			words[i] = strconv.Quote(w)
		}
	}
	return model.Inert(strings.Join(words, " "))
}

func build(part config.SourcePart) (model.Source, error) {
	around, err := config.Into[process.Settings](part.Table, part.Dir).Prepare(part.Dir)
	if err != nil {
		return nil, err
	}
	s := &source{metrics: part.Metrics, asked: map[model.MetricID]metricKeys{}, around: around}
	for _, m := range part.Metrics {
		k := config.Into[metricKeys](m.Table, part.Dir)
		if len(k.Command) == 0 || k.Command[0] == "" {
			return nil, fmt.Errorf("metric %q: command: names no program", m.Metric.ID)
		}
		s.asked[m.Metric.ID] = k
	}
	return s, nil
}

type source struct {
	metrics []config.MetricPart
	asked   map[model.MetricID]metricKeys
	around  *process.Surroundings
}

// Run implements model.Source.
func (s *source) Run(ctx context.Context, out model.Emitter) error {
	return poll.Loop{
		Metrics: s.metrics,
		Ask: func(ctx context.Context, m config.MetricPart) (model.Reading, error) {
			v, err := s.value(ctx, s.asked[m.Metric.ID])
			return model.Reading{Value: v}, err
		},
	}.Run(ctx, out)
}

// value runs k's command and returns what it says.
func (s *source) value(ctx context.Context, k metricKeys) (float64, error) {
	spec := s.around.Spec(k.Command, nil)
	out := &process.Limited{Max: maxOutput}
	spec.Out, spec.Err, spec.EndsGroup = out, io.Discard, true
	if k.Value == byStatus {
		spec.Out = nil
	}
	err := process.Run(ctx, spec)
	var ended *process.Ended
	exited := errors.As(err, &ended) && ended.Cause == nil && ended.Status > 0
	switch {
	case ctx.Err() != nil:
		return 0, ctx.Err()
	case errors.Is(err, process.ErrHeldOpen):
		return 0, err
	case k.Value == byStatus && exited:
		return float64(ended.Status), nil
	case k.Value == byStatus && err == nil:
		return 0, nil
	case errors.Is(err, process.ErrTooMuch):
		return 0, fmt.Errorf("it printed more than %d KiB where a number is wanted", maxOutput>>10)
	case err != nil:
		return 0, err
	}
	return s.number(strings.TrimSpace(out.String()))
}

// number reads text, which a command printed.
func (s *source) number(text string) (float64, error) {
	if text == "" {
		return 0, fmt.Errorf("%w: it printed nothing", model.ErrEmpty)
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil && !math.IsInf(v, 0) {
		return 0, fmt.Errorf("it printed %q where a number is wanted", poll.Cut(s.around.Secrets.Mask(text), 60))
	}
	return v, nil
}
