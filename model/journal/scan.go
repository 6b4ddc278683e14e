package journal

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"gonogo/model"
)

// Verify reads the journal at path and says how far its records are whole, and
// what the first problem is. The error is about reading only. A journal that
// an engine is writing at the moment may look torn.
func Verify(path string) (Report, error) { return Read(path, nil) }

// Read is Verify, and gives each good record to each, if that is not nil. It
// ends with each's error, if it has one. Nothing on disk is changed.
func Read(path string, each func(model.Record) error) (Report, error) {
	f, err := osDisk{}.open(path, os.O_RDONLY)
	if err != nil {
		return Report{}, opening(path, err)
	}
	defer func() { _ = f.Close() }() // only read
	report, err := scan(f, each)
	if err != nil {
		return report, fmt.Errorf("journal %q: %w", path, err)
	}
	return report, nil
}

// formDetail is said of a record whose sum fits, and that no gonogo wrote.
const formDetail = "gonogo does not write records of this form"

// scan reads records until the first problem or the end.
func scan(in io.Reader, each func(model.Record) error) (Report, error) {
	var report Report
	s := scanner{lines: lines{in: bufio.NewReaderSize(in, 256<<10)}}
	for {
		line, err := s.next()
		if errors.Is(err, io.EOF) {
			return report, nil
		}
		if err != nil {
			return report, err
		}
		s.n++
		if !line.ended {
			report.Torn = line.size
			report.Problem = &Damage{s.n, Torn, fmt.Sprintf("the last %d bytes are an unfinished record", line.size)}
			return report, nil
		}
		r, problem := s.judge(line, report)
		if problem != nil {
			report.Problem = problem
			if problem.Kind == Missing {
				return report, s.lookAhead(&report)
			}
			return report, nil
		}
		if each != nil {
			if err := each(r); err != nil {
				return report, fmt.Errorf("record %d: %w", r.Seq, err)
			}
		}
		report.Records++
		report.Version = s.version
		report.Seq, report.Sum = r.Seq, r.Sum
		report.Bytes += line.size
	}
}

type scanner struct {
	lines
	decoder
	n       int // lines read
	version int // of the journal, from its first line; 0: it names none
}

// judge decodes a whole line and holds it against the record before.
func (s *scanner) judge(l line, before Report) (model.Record, *Damage) {
	if l.long {
		return model.Record{}, &Damage{s.n, Edited, fmt.Sprintf("longer than %d bytes", maxLine)}
	}
	body, sum, ok := checkSum(l.text)
	if !ok {
		return model.Record{}, &Damage{s.n, Edited, "its sum does not fit its content"}
	}
	r, err := s.decode(body)
	r.Sum = sum
	want := before.Seq + 1
	switch {
	case errors.Is(err, errForm):
		return r, &Damage{s.n, Edited, formDetail}
	case r.Seq > want:
		return r, &Damage{s.n, Missing, fmt.Sprintf("record %d where %d belongs", r.Seq, want)}
	case r.Seq < want:
		return r, &Damage{s.n, Reordered, fmt.Sprintf("record %d where %d belongs", r.Seq, want)}
	case r.Prev != before.Sum:
		return r, &Damage{s.n, Edited, fmt.Sprintf("record %d does not follow from the one before it", r.Seq)}
	case want == 1:
		if problem := s.judgeVersion(); problem != nil {
			return r, problem
		}
	}
	if err != nil {
		return r, &Damage{s.n, Unknown, model.Inert(err.Error())}
	}
	return r, nil
}

// judgeVersion takes the journal's version from its first record, which comes
// before all that only a newer gonogo could say of it.
func (s *scanner) judgeVersion() *Damage {
	version, ok := versionOf(s.event)
	switch {
	case !ok:
		return &Damage{s.n, Edited, formDetail}
	case version > Version:
		return &Damage{s.n, Newer, fmt.Sprintf("the journal is of version %d, and this gonogo reads up to version %d: use the newer gonogo", version, Version)}
	}
	s.version = version
	return nil
}

// lookAhead turns Missing into Reordered if the record that is missing comes later.
func (s *scanner) lookAhead(report *Report) error {
	for {
		l, err := s.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if !l.ended || l.long {
			continue
		}
		body, _, ok := checkSum(l.text)
		if !ok {
			continue
		}
		if r, err := s.decode(body); !errors.Is(err, errForm) && r.Seq == report.Seq+1 {
			report.Problem.Kind = Reordered
			report.Problem.Detail += ", which comes later"
			return nil
		}
	}
}

// line is one line of the file.
type line struct {
	text  []byte // without its line break; good until the next is read
	size  int64  // in the file, with its line break
	ended bool   // it has a line break
	long  bool   // longer than maxLine: text holds nothing
}

// lines reads a file line by line, holding one at a time.
type lines struct {
	in  *bufio.Reader
	buf []byte
}

// next returns the next line, or io.EOF when there is none.
func (s *lines) next() (line, error) {
	var l line
	s.buf = s.buf[:0]
	for {
		part, err := s.in.ReadSlice('\n')
		l.size += int64(len(part))
		switch {
		case err == nil && len(s.buf) == 0:
			l.text = part
		case l.long:
		case l.size > maxLine+1:
			l.long = true
		default:
			s.buf = append(s.buf, part...)
			l.text = s.buf
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if errors.Is(err, io.EOF) && l.size == 0 || err != nil && err != io.EOF {
			return line{}, err
		}
		l.ended = err == nil
		l.text = bytes.TrimSuffix(l.text, []byte("\n"))
		if l.long {
			l.text = nil
		}
		return l, nil
	}
}
