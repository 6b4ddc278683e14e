package log

import (
	"fmt"
	"time"

	"gonogo/model"
	"gonogo/model/config"
	"gonogo/sources/poll"
)

// buckets is how many parts a window has: it looks back up to one part less than it says, never more.
const buckets = 100

// tally counts the lines of one metric over its window. It belongs to the
// follower, whose lock guards it.
type tally struct {
	match, of pattern
	share     bool // the value is the share of match in of
	names     [2]string
	window    time.Duration
	recent    []bucket  // oldest first
	written   time.Time // when the last line of any kind was read; zero: none yet
	newest    time.Time
	lines     []string // the last that matched, as they are shown; oldest first
	at        []time.Time
}

type bucket struct {
	since     time.Time // of its first line
	match, of float64
}

func newTally(m config.MetricPart) (*tally, error) {
	k := keysOf(m)
	t := &tally{window: k.Window, share: k.Of != nil, names: [2]string{k.Match}}
	if t.share {
		t.names[1] = *k.Of
	}
	if t.window <= 0 {
		return nil, fmt.Errorf("window: expected more than 0")
	}
	var err error
	if t.match, err = parsePattern(t.names[0]); err != nil {
		return nil, fmt.Errorf("match: %w", err)
	}
	if t.share {
		if t.of, err = parsePattern(t.names[1]); err != nil {
			return nil, fmt.Errorf("of: %w", err)
		}
	}
	return t, nil
}

// add counts a line that was read at now.
func (t *tally) add(now time.Time, line []byte) {
	t.written = now
	match, of := t.match.matches(line), t.share && t.of.matches(line)
	if !match && !of {
		return
	}
	if n := len(t.recent); n == 0 || now.Sub(t.recent[n-1].since) >= t.window/buckets {
		t.forget(now)
		t.recent = append(t.recent, bucket{since: now})
	}
	last := &t.recent[len(t.recent)-1]
	if match {
		last.match++
		t.show(now, line)
	}
	if of {
		last.of++
		t.newest = now
	}
}

// show keeps a line that matched, to be shown beside the number.
func (t *tally) show(now time.Time, line []byte) {
	if len(t.lines) == len(model.Lines{}) {
		t.lines, t.at = append(t.lines[:0], t.lines[1:]...), append(t.at[:0], t.at[1:]...)
	}
	t.lines, t.at = append(t.lines, poll.Cut(string(line), 200)), append(t.at, now)
}

// forget drops what is older than the window.
func (t *tally) forget(now time.Time) {
	old := 0
	for old < len(t.at) && now.Sub(t.at[old]) >= t.window {
		old++
	}
	t.lines, t.at = append(t.lines[:0], t.lines[old:]...), append(t.at[:0], t.at[old:]...)
	n := 0
	for n < len(t.recent) && now.Sub(t.recent[n].since) >= t.window {
		n++
	}
	t.recent = append(t.recent[:0], t.recent[n:]...)
}

// reading returns the value at now. looked is when the files were read last,
// and began when they began to be.
func (t *tally) reading(now, looked, began time.Time) (model.Reading, error) {
	if seen := looked.Sub(began); seen < t.window {
		return model.Reading{}, fmt.Errorf("%w, %s of %s so far", model.ErrCollecting, model.FormatDuration(seen.Truncate(time.Second)), model.FormatDuration(t.window))
	}
	t.forget(now)
	var lines model.Lines
	copy(lines[:], t.lines)
	var match, of float64
	for _, b := range t.recent {
		match, of = match+b.match, of+b.of
	}
	switch {
	case !t.share && match == 0 && (t.written.IsZero() || now.Sub(t.written) >= t.window):
		return model.Reading{}, fmt.Errorf("%w: no line of any kind in %s, so that none matches proves nothing: does the service still write here?", model.ErrEmpty, model.FormatDuration(t.window))
	case !t.share:
		return model.Reading{At: now, SampleAt: looked, Value: match, Lines: lines}, nil
	case of == 0 && match > 0:
		return model.Reading{}, fmt.Errorf("%w: %g lines with %s, but none with %s, of which they should be a share", model.ErrPartial, match, poll.Cut(t.names[0], 60), poll.Cut(t.names[1], 60))
	case of == 0:
		return model.Reading{At: now, HasCount: true, Traffic: model.TrafficNone}, fmt.Errorf("%w: no line with %s in %s", model.ErrEmpty, poll.Cut(t.names[1], 60), model.FormatDuration(t.window))
	}
	return model.Reading{At: now, SampleAt: t.newest, Value: match / of, Count: of, HasCount: true, Lines: lines}, nil
}
