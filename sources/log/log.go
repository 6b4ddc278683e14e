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
// without a line break. No more than 8 MiB are read at a time, of 256 files at
// most; while more has been written than was read there is trouble instead of values.
//
// Nothing is written anywhere, and no line is kept.
package log

import (
	"fmt"
	"time"

	"gonogo/model"
	"gonogo/model/config"
	"gonogo/sources/poll"
)

const defaultWindow = 5 * time.Minute

// Kind returns the kind "log".
func Kind() config.SourceKind {
	return config.SourceKind{
		Doc: "follows log files and counts their lines",
		Keys: []config.Key{
			{Name: "paths", Type: config.Strings, Required: true, Help: "files, such as [\"/var/log/shop/*.log\"]"},
		},
		MetricKeys: []config.Key{
			{Name: "match", Type: config.String, Required: true, Help: "a text that the lines hold, or a /regular expression/"},
			{Name: "of", Type: config.String, Help: "likewise: the value is match's share of these lines; default: the number of lines"},
			{Name: "window", Type: config.Duration, Help: "how far it looks back; default: 5m"},
		},
		Lint:     lint,
		Facts:    facts,
		Describe: describe,
		Build:    build,
		WitnessKeys: []config.Key{
			{Name: "match", Type: config.String, Required: true, Help: "a text that the line holds, or a /regular expression/"},
		},
		LintWitness: func(w config.WitnessPart) []config.Finding { return lintMatch(w.Table, "match") },
		DescribeWitness: func(w config.WitnessPart) string {
			return model.Inert(w.Source.ID) + " says " + poll.Cut(w.Table.String("match"), 120)
		},
		BuildWitness: buildWitness,
	}
}

func window(t config.Table) time.Duration { return t.Duration("window", defaultWindow) }

func lint(m config.MetricPart) []config.Finding {
	found := append(lintMatch(m.Table, "match"), lintMatch(m.Table, "of")...)
	if window(m.Table) <= 0 {
		found = append(found, config.Finding{Key: "window", Message: "expected more than 0"})
	}
	if m.Metric.Unit == model.Ratio && !m.Table.Has("of") {
		found = append(found, config.Finding{Key: "unit", Message: "it counts lines, which is no ratio: expected `of` beside match, or unit = \"count\""})
	}
	return found
}

func lintMatch(t config.Table, key string) []config.Finding {
	if !t.Has(key) {
		return nil
	}
	if _, err := parsePattern(t.String(key)); err != nil {
		return []config.Finding{{Key: key, Message: err.Error()}}
	}
	return nil
}

// facts: a number of lines is 0 where nothing was written at all, a share is unknown then.
func facts(m config.MetricPart) config.Facts {
	f := config.Facts{Window: window(m.Table), Silent: !m.Table.Has("of"), Counts: m.Table.Has("of")}
	if f.Counts {
		f.CountWindow = f.Window
	}
	return f
}

func describe(m config.MetricPart) string {
	text := "lines with " + poll.Cut(m.Table.String("match"), 200)
	if m.Table.Has("of") {
		text += " of those with " + poll.Cut(m.Table.String("of"), 200)
	}
	return text + ", " + model.FormatDuration(window(m.Table))
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
