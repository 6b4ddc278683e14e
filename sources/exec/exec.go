// Package exec reads metrics from commands: a number that one prints, or its
// exit status.
//
// A source runs one goroutine a metric, see package poll, and waits for every
// command it started. A command gets no shell, no input and no environment but
// the names in passed; what it prints past 64 KiB is dropped, and its answer
// is trouble then.
package exec

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"gonogo/model"
	"gonogo/model/config"
	"gonogo/sources/poll"
)

const (
	byStdout = "stdout"
	byStatus = "status"
)

// Kind returns the kind "exec".
func Kind() config.SourceKind {
	return config.SourceKind{
		Doc: "runs commands that print a number, or whose exit status is one",
		MetricKeys: []config.Key{
			{Name: "command", Type: config.Strings, Required: true, Help: "program and arguments; no shell is involved"},
			{Name: "value", Type: config.String, OneOf: []string{byStdout, byStatus}, Help: "what the value is: the number printed (default stdout), or the exit status"},
		},
		Lint:     lint,
		Describe: func(m config.MetricPart) string { return quoted(m.Table.Strings("command")) },
		Build:    build,
	}
}

func lint(m config.MetricPart) []config.Finding {
	argv := m.Table.Strings("command")
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
	for _, m := range part.Metrics {
		if argv := m.Table.Strings("command"); len(argv) == 0 || argv[0] == "" {
			return nil, fmt.Errorf("metric %q: command: names no program", m.Metric.ID)
		}
	}
	return &source{metrics: part.Metrics, dir: part.Dir}, nil
}

type source struct {
	metrics []config.MetricPart
	dir     string
}

// Run implements model.Source.
func (s *source) Run(ctx context.Context, out model.Emitter) error {
	return poll.Loop{
		Metrics: s.metrics,
		Ask: func(ctx context.Context, m config.MetricPart) (model.Reading, error) {
			v, err := value(ctx, s.dir, m.Table)
			return model.Reading{Value: v}, err
		},
	}.Run(ctx, out)
}

func value(ctx context.Context, dir string, t config.Table) (float64, error) {
	r, err := run(ctx, dir, t.Strings("command"))
	if err != nil {
		return 0, err
	}
	if t.String("value") == byStatus {
		return float64(r.status), nil
	}
	text := strings.TrimSpace(r.stdout.String())
	switch {
	case r.status != 0:
		return 0, errors.New(strings.TrimSuffix(fmt.Sprintf("exit status %d: %s", r.status, poll.Cut(lastLine(r.stderr.String()), 160)), ": "))
	case r.stdout.dropped:
		return 0, fmt.Errorf("it printed more than %d KiB where a number is wanted", maxOutput>>10)
	case text == "":
		return 0, fmt.Errorf("%w: it printed nothing", model.ErrEmpty)
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil && !math.IsInf(v, 0) {
		return 0, fmt.Errorf("it printed %q where a number is wanted", poll.Cut(text, 60))
	}
	return v, nil
}

func lastLine(text string) string {
	text = strings.TrimSpace(text)
	return text[strings.LastIndexByte(text, '\n')+1:]
}
