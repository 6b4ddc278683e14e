package log

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"time"

	"gonogo/sources/poll"
)

// skew is how far the clocks of this machine and of what keeps its files may be apart.
const skew = time.Minute

// scan is how far one file was read for one mark.
type scan struct {
	at    int64 // of the next byte to read
	split splitter
	sure  bool   // all behind the mark is new
	lines int    // that count so far
	line  string // what was found, ready to be shown; ""
	look  int    // in which it was
	more  bool   // there is more to read

	n      int      // lines since the beginning, of a file that may hold old ones
	recent []uint64 // sums of the last of them
	like   bool     // all of them are the first of a marked file: it may be a copy of that
	copied bool     // it begins like a marked file: what stands before that one's end is old
}

// read reads on in file f, at most *left bytes, and returns what is known of it by now.
func (w *witness) read(ctx context.Context, m mark, f found, left *int64) (*scan, error) {
	file, is, err := open(f.path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // only read
	s := w.scans[is.id]
	if s != nil && is.info.Size() < s.at {
		s = unsure(m) // truncated since the last look
	}
	if s == nil {
		if s, err = begin(m, file, is); err != nil {
			return nil, err
		}
	}
	w.scans[is.id] = s
	buf := make([]byte, chunk)
	for s.more = true; *left > 0; {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		n, err := file.ReadAt(buf[:min(int64(len(buf)), *left)], s.at)
		s.at += int64(n)
		*left -= int64(n)
		s.split.write(buf[:n], func(line []byte) { w.take(s, m, line) })
		if errors.Is(err, io.EOF) {
			s.more = false
			break
		} else if err != nil {
			return nil, err
		}
	}
	return s, nil
}

// begin says where in a file what is new begins.
func begin(m mark, file *os.File, is found) (*scan, error) {
	i := slices.IndexFunc(m.Files, func(o marked) bool { return o.id() == is.id })
	if i < 0 {
		s := unsure(m)
		if is.info.ModTime().Before(m.At.Add(-skew)) { // an old file that was brought here
			s.at, s.sure = is.info.Size(), true
			s.split.skip = !endsLine(file, s.at)
		}
		return s, nil
	}
	o := &m.Files[i]
	if o.Offset == 0 || is.info.Size() < o.Offset {
		return unsure(m), nil
	}
	tail, err := tailOf(file, o.Offset)
	if err != nil {
		return nil, err
	}
	if tail != o.Tail { // written anew, or another file with the number of one that is gone
		return unsure(m), nil
	}
	return &scan{at: o.Offset, sure: true, split: splitter{skip: o.Torn}}, nil
}

// unsure returns the scan of a file that may hold old lines: copies of what
// marked files held. Where one of these had no whole line at its end to be known
// by, its first line is old; nothing at all counts if that one was too long to be looked at.
func unsure(m mark) *scan {
	s := &scan{sure: true}
	for i := range m.Files {
		o := &m.Files[i]
		if o.Offset == 0 {
			continue
		}
		s.sure = false
		if len(o.Last) == 0 {
			s.split.skip = true
			s.copied = s.copied || o.Offset > maxLine
		}
	}
	return s
}

// take looks at one line.
func (w *witness) take(s *scan, m mark, line []byte) {
	if !s.sure && s.isOld(m, line) {
		s.line, s.lines = "", 0
		return
	}
	if s.copied {
		return
	}
	s.lines++
	if s.line == "" && w.match.matches(line) {
		s.line, s.look = poll.Cut(string(line), maxSeen), w.looks
	}
}

// isOld reports whether line, of a file that may hold old ones, is the last that
// a marked file had: all before it is old then. A line that was torn at the mark
// comes next, and is old too.
func (s *scan) isOld(m mark, line []byte) bool {
	s.n++
	if s.recent = append(s.recent, sum(line)); len(s.recent) > ends {
		s.recent = s.recent[1:]
	}
	s.like = false
	for i := range m.Files {
		switch head := m.Files[i].Head; {
		case s.n > len(head) || !slices.Equal(s.recent, head[:s.n]):
		case s.n < len(head):
			s.like = true
		default:
			s.copied, s.line, s.lines = true, "", 0
		}
	}
	for i := range m.Files {
		if o := &m.Files[i]; o.endsWith(s.recent, s.n) {
			s.copied, s.like = false, false
			s.split.skip = o.Torn
			return true
		}
	}
	return false
}

// endsWith reports whether the last of n lines are the last of o: all that it
// kept of them; where there are fewer from the beginning on, those.
func (o *marked) endsWith(recent []uint64, n int) bool {
	switch k := len(o.Last); {
	case k == 0:
		return false
	case n < k:
		return slices.Equal(recent[len(recent)-n:], o.Last[k-n:])
	case o.Whole && n > k:
		return false
	default:
		return slices.Equal(recent[len(recent)-k:], o.Last)
	}
}
