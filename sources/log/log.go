// Package log reads metrics from log files: how many lines match, or which
// share of them. As a witness it looks for a line that is newer than a mark.
//
// A source runs one goroutine that follows the files by device and inode, and
// one a metric, see package poll. It begins at the end of the files that are
// there, and from then on reads whole lines: through rotation by renaming and
// by truncating, and from the beginning of files that appear. No value is
// reported before the first window is over: it would stand for less time than
// it says. A line is matched by its first 64 KiB, the rest of it is dropped.
// So are the line that was being written at the beginning, and a last one
// without a line break. No more than 128 MiB are read at a time, of 256 files at
// most; while more has been written than was read there is trouble instead of values.
//
// Nothing is written anywhere. The last five lines that matched are kept in memory, to be shown beside the number.
package log

import (
	"fmt"
	"time"

	"gonogo/model"
	"gonogo/model/config"
	"gonogo/sources/poll"
)

// keys are those of a source of log files.
type keys struct {
	Paths []string `toml:"paths" required:"true" help:"files, such as [\"/var/log/shop/*.log\"]"`
}

// metricKeys are those of a metric that counts lines.
type metricKeys struct {
	Match  string        `toml:"match" required:"true" help:"a text that the lines hold, or a /regular expression/"`
	Of     *string       `toml:"of" help:"likewise: the value is match's share of these lines" otherwise:"the number of lines"`
	Window time.Duration `toml:"window" default:"5m" help:"how far it looks back"`
}

// witnessKeys are those of a verify by a line.
type witnessKeys struct {
	Match string `toml:"match" required:"true" help:"a text that the line holds, or a /regular expression/"`
}

func keysOf(m config.MetricPart) metricKeys { return config.Into[metricKeys](m.Table, "") }

func matchOf(w config.WitnessPart) string { return config.Into[witnessKeys](w.Table, "").Match }

// Kind returns the kind "log".
func Kind() config.SourceKind {
	return config.SourceKind{
		Doc:         "follows log files and counts their lines",
		Keys:        config.KeysOf[keys](),
		MetricKeys:  config.KeysOf[metricKeys](),
		Lint:        lint,
		Facts:       facts,
		Describe:    describe,
		Build:       build,
		WitnessKeys: config.KeysOf[witnessKeys](),
		LintWitness: func(w config.WitnessPart) []config.Finding { return lintMatch("match", matchOf(w)) },
		DescribeWitness: func(w config.WitnessPart) string {
			return model.Inert(w.Source.ID) + " says " + poll.Cut(matchOf(w), 120)
		},
		BuildWitness: buildWitness,
	}
}

func lint(m config.MetricPart) []config.Finding {
	k := keysOf(m)
	found := lintMatch("match", k.Match)
	if k.Of != nil {
		found = append(found, lintMatch("of", *k.Of)...)
	}
	if k.Window <= 0 {
		found = append(found, config.Finding{Key: "window", Message: "expected more than 0"})
	}
	if m.Metric.Unit == model.Ratio && k.Of == nil {
		found = append(found, config.Finding{Key: "unit", Message: "it counts lines, which is no ratio: expected `of` beside match, or unit = \"count\""})
	}
	return found
}

func lintMatch(key, text string) []config.Finding {
	if _, err := parsePattern(text); err != nil {
		return []config.Finding{{Key: key, Message: err.Error()}}
	}
	return nil
}

// facts: a number of lines is 0 where nothing was written at all, a share is unknown then.
func facts(m config.MetricPart) config.Facts {
	k := keysOf(m)
	f := config.Facts{Window: k.Window, Silent: k.Of == nil, Counts: k.Of != nil}
	if f.Counts {
		f.CountWindow = f.Window
	}
	return f
}

func describe(m config.MetricPart) string {
	k := keysOf(m)
	text := "lines with " + poll.Cut(k.Match, 200)
	if k.Of != nil {
		text += " of those with " + poll.Cut(*k.Of, 200)
	}
	return text + ", " + model.FormatDuration(k.Window)
}

func build(part config.SourcePart) (model.Source, error) {
	globs, err := parseGlobs(part.Part)
	if err != nil {
		return nil, err
	}
	s := &source{globs: globs, metrics: part.Metrics, tallies: map[model.MetricID]*tally{}, every: time.Second}
	for _, m := range part.Metrics {
		t, err := newTally(m)
		if err != nil {
			return nil, fmt.Errorf("metric %q: %w", m.Metric.ID, err)
		}
		s.tallies[m.Metric.ID] = t
		s.every = min(s.every, max(m.Metric.Every, 10*time.Millisecond))
	}
	return s, nil
}
