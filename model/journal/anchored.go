package journal

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"strconv"

	"gonogo/model"
)

// ReadAnchored is Read, and compares each record with what the anchor says of
// it, so that it finds as well what leaves the chain whole: records made anew
// (Rewritten), and records gone from the end (Truncated). A journal ahead of its
// anchor is valid, even while an engine writes both. A journal that
// is not there has no records. With anchor "" it is Read.
func ReadAnchored(path, anchor string, each func(model.Record) error) (Report, error) {
	if anchor == "" {
		return readOrNone(path, each)
	}
	a, err := openAnchor(osDisk{}, anchor) // before the journal: what is written meanwhile is not read
	if err != nil {
		return Report{}, err
	}
	defer a.close()
	report, err := readOrNone(path, func(r model.Record) error {
		a.see(r)
		if each == nil {
			return nil
		}
		return each(r)
	})
	if err != nil {
		return report, err
	}
	a.end(&report)
	return report, a.err
}

// Against compares records with an anchor while somebody else reads them. It
// must be made before the first of them is read. Close it.
type Against struct{ reader *anchorReader }

// OpenAgainst reads the anchor at path; one that is not there is no error, see End.
func OpenAgainst(path string) (*Against, error) {
	a, err := openAnchor(osDisk{}, path)
	if err != nil {
		return nil, err
	}
	return &Against{a}, nil
}

// See compares the next record.
func (a *Against) See(r model.Record) { a.reader.see(r) }

// End returns what the anchor knows better than the journal that report is
// about, nil for nothing: Rewritten or Truncated is proof that another journal was acknowledged,
// AnchorDamaged says only that this anchor cannot tell. The error is about reading the anchor.
func (a *Against) End(report Report) (*Damage, error) {
	report.Problem = nil
	a.reader.end(&report)
	return report.Problem, a.reader.err
}

// Close lets go of the anchor.
func (a *Against) Close() { a.reader.close() }

func readOrNone(path string, each func(model.Record) error) (Report, error) {
	report, err := Read(path, each)
	if errors.Is(err, fs.ErrNotExist) {
		return Report{}, nil
	}
	return report, err
}

// anchorLine is a line of an anchor, as far as a crash left it.
type anchorLine struct {
	n    int // from 1
	seq  uint64
	sum  model.Hash
	at   string
	torn bool // at is not all of it
}

// anchorReader goes along an anchor while the journal is read.
type anchorReader struct {
	path  string
	f     file // nil: there is none
	in    *bufio.Reader
	n     int         // lines read
	next  *anchorLine // the first that was not compared yet; nil: none is left
	same  int         // lines that agree
	last  uint64      // record of the last of them
	found *Damage
	err   error // of reading
}

// openAnchor reads what is in the anchor now, and nothing that comes later.
func openAnchor(d disk, path string) (*anchorReader, error) {
	a := &anchorReader{path: path}
	f, err := d.open(path, os.O_RDONLY)
	if errors.Is(err, fs.ErrNotExist) {
		return a, nil
	}
	if err != nil {
		return nil, unreadable(path, err)
	}
	if err := plain(f); err != nil {
		return nil, errors.Join(unreadable(path, err), f.Close())
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(unreadable(path, err), f.Close())
	}
	a.f, a.in = f, bufio.NewReaderSize(io.LimitReader(f, info.Size()), 4096)
	a.advance()
	return a, nil
}

func unreadable(path string, err error) error {
	return fmt.Errorf("anchor %s cannot be read: %w", path, bare(err))
}

func (a *anchorReader) close() {
	if a.f != nil {
		_ = a.f.Close() // only read
	}
}

// complain notes the first problem.
func (a *anchorReader) complain(line int, kind Kind, format string, args ...any) {
	if a.found == nil {
		a.found = &Damage{line, kind, model.Inert(fmt.Sprintf(format, args...))}
	}
	a.next = nil
}

// anchorForm is what a line is, or how it begins where a crash tore it.
var anchorForm = regexp.MustCompile(`^([1-9][0-9]{0,19})(?: ([0-9a-f]{0,64})(?: ([0-9TZ:-]{0,20}))?)?$`)

// advance reads the next line that says anything. What is left of one that a
// crash tore is passed over, wherever it stands: the engine after it went on below.
func (a *anchorReader) advance() {
	a.next = nil
	for {
		text, err := a.in.ReadSlice('\n')
		if errors.Is(err, io.EOF) && len(text) == 0 {
			return
		}
		a.n++
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
			a.err = unreadable(a.path, err)
			return
		}
		ended := err == nil
		text = bytes.TrimSuffix(text, []byte("\n"))
		part := anchorForm.FindSubmatch(bytes.TrimRight(text, "\x00")) // zeros: blocks that never reached the disk
		zeros := len(text) > 0 && len(bytes.Trim(text, "\x00")) == 0
		switch {
		case zeros:
			continue
		case part == nil:
			a.complain(0, AnchorDamaged, "line %d of %s is none that gonogo wrote", a.n, a.path)
			return
		case len(part[2]) < sumLen:
			continue
		}
		seq, err := strconv.ParseUint(string(part[1]), 10, 64)
		if err != nil {
			a.complain(0, AnchorDamaged, "line %d of %s is none that gonogo wrote", a.n, a.path)
			return
		}
		at := string(part[3])
		a.next = &anchorLine{a.n, seq, model.Hash(part[2]), at, !ended || len(at) < len("2006-01-02T15:04:05Z")}
		return
	}
}

// see compares a record with the lines about it.
func (a *anchorReader) see(r model.Record) {
	for l := a.next; l != nil && l.seq <= r.Seq; l = a.next {
		at := anchorTime(r)
		switch {
		case l.seq < r.Seq:
			a.complain(0, AnchorDamaged, "line %d of %s goes back to record %d", l.n, a.path, l.seq)
			return
		case l.sum != r.Sum:
			after := "from the first one on"
			if a.last > 0 {
				after = fmt.Sprintf("behind record %d", a.last)
			}
			a.complain(int(r.Seq), Rewritten, "record %d is not the one that line %d of the anchor %s knows: the chain was made anew %s", r.Seq, l.n, a.path, after)
			return
		case l.at != at && (!l.torn || l.at != at[:min(len(l.at), len(at))]):
			a.complain(0, AnchorDamaged, "line %d of %s has another time than record %d", l.n, a.path, r.Seq)
			return
		}
		a.same++
		a.last = r.Seq
		a.advance()
	}
}

// end adds to the report what the anchor knows better. A problem of the chain's own
// stays, since what the anchor says of records before it would have come first; but a torn end is no
// crash's where the anchor knows the record.
func (a *anchorReader) end(report *Report) {
	report.Anchored, report.AnchorSeq = a.same, a.last
	switch l := a.next; {
	case l != nil && l.seq <= report.Seq:
		a.complain(0, AnchorDamaged, "line %d of %s goes back to record %d", l.n, a.path, l.seq)
	case l != nil:
		a.complain(report.Records+1, Truncated, "the journal ends behind record %d, line %d of the anchor %s knows record %d", report.Seq, l.n, a.path, l.seq)
	case a.f == nil && report.Records > 0:
		a.complain(0, AnchorDamaged, "%s is gone (or no record was made since it was configured): truncation cannot be seen", a.path)
	case a.same == 0 && report.Records > 0 && a.err == nil:
		a.complain(0, AnchorDamaged, "%s has no line that could be compared: truncation cannot be seen", a.path)
	}
	if d := a.found; d != nil && (report.Problem == nil || report.Problem.Kind == Torn || d.Kind == Rewritten) {
		report.Problem = d
	}
}
