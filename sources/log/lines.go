package log

import "bytes"

// maxLine is how much of a line is looked at, in bytes.
const maxLine = 64 << 10

// splitter cuts what it is given into lines. The zero value begins at the
// beginning of a line.
type splitter struct {
	part []byte // of a line that has no end yet, maxLine at most
	skip bool   // the line that it is in began before what counts
}

// write calls line for every line that ends within data, without its line
// break, and cut to maxLine bytes. line must not keep what it is given.
func (s *splitter) write(data []byte, line func([]byte)) {
	for len(data) > 0 {
		i := bytes.IndexByte(data, '\n')
		if i < 0 {
			if !s.skip {
				s.part = append(s.part, data[:min(len(data), maxLine-len(s.part))]...)
			}
			return
		}
		switch {
		case s.skip:
			s.skip = false
		case len(s.part) == 0:
			line(trim(data[:min(i, maxLine)]))
		default:
			line(trim(append(s.part, data[:min(i, maxLine-len(s.part))]...)))
		}
		s.part = s.part[:0]
		data = data[i+1:]
	}
	if cap(s.part) > 4096 && len(s.part) == 0 {
		s.part = nil // one long line does not keep its memory
	}
}

// trim returns line without a carriage return at its end.
func trim(line []byte) []byte { return bytes.TrimSuffix(line, []byte("\r")) }
