package log

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"time"

	"gonogo/internal/safefile"
	"gonogo/model"
	"gonogo/model/config"
	"gonogo/sources/poll"
)

const (
	perWitness = 64 << 20 // how much one Look reads; the next goes on from there
	maxSeen    = 200      // how much of a line is shown, in bytes
)

func buildWitness(part config.WitnessPart) (model.Witness, error) {
	globs, err := parseGlobs(part.Source.Part)
	if err != nil {
		return nil, err
	}
	match, err := parsePattern(matchOf(part))
	if err != nil {
		return nil, fmt.Errorf("match: %w", err)
	}
	return &witness{globs: globs, match: match}, nil
}

// witness looks for a line that is newer than a mark.
//
// What counts is what was written behind the mark in a file that was there
// then, under whatever name it has now; and what stands in any other file, or
// in one that was truncated or written anew, behind the last lines of a marked
// file if they stand in it: rotation by copying, and trimming a log to its end,
// leave old lines in new files. Of a file that begins like a marked one nothing
// counts before those lines come. So a log whose lines have no time in
// them may not be believed, but no old line is. A find in such a file must
// still stand when it is looked again: a copy may be under way.
type witness struct {
	globs []glob
	match pattern

	mu    sync.Mutex // held while looking
	mark  string     // that the scans are for
	scans map[fileID]*scan
	looks int
}

// Mark implements model.Witness.
func (w *witness) Mark(ctx context.Context) (string, error) {
	var err error
	for range 3 { // a rotation under way ends it early
		if err = ctx.Err(); err != nil {
			break
		}
		var m mark
		if m, err = take(w.globs, time.Now()); err == nil {
			return m.String(), nil
		}
	}
	return "", poll.Inert(err)
}

// Look implements model.Witness.
func (w *witness) Look(ctx context.Context, text string) (bool, string, error) {
	m, err := parseMark(text)
	if err != nil {
		return false, "", err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.mark != text {
		w.mark, w.scans, w.looks = text, map[fileID]*scan{}, 0
	}
	w.looks++
	shown, seen, err := w.look(ctx, m)
	return shown, seen, poll.Inert(err)
}

func (w *witness) look(ctx context.Context, m mark) (bool, string, error) {
	files, err := candidates(w.globs, m.Files)
	if err != nil {
		return false, "", err
	}
	left, doubtful, lines := int64(perWitness), "", 0
	for _, f := range files {
		s, err := w.read(ctx, m, f, &left)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, safefile.ErrIrregular) { // renamed meanwhile
			continue
		} else if err != nil {
			return false, "", err
		}
		switch {
		case s.line == "":
		case s.sure || s.look < w.looks && !s.more && !s.like:
			return true, s.line, nil
		default:
			doubtful = s.line
		}
		lines += s.lines
	}
	switch {
	case doubtful != "":
		return false, "in a new file, to be seen once more: " + doubtful, nil
	case len(files) == 0:
		return false, "", fmt.Errorf("no file matches %s", model.Inert(w.globs[0].written))
	case left <= 0:
		return false, fmt.Sprintf("not in %d new lines, and there are more", lines), nil
	}
	return false, fmt.Sprintf("not in %d new lines", lines), nil
}
