package log

import "bytes"

// maxLine is how much of a line is looked at, in bytes.
const maxLine = 64 << 10

// sink is what is done with the lines of files.
type sink struct {
	each func(line []byte)      // with each line; it must not keep what it is given
	dull func(data []byte) bool // whether none of the whole lines in data is of any interest; nil: each is
}

// splitter cuts what it is given into lines. The zero value begins at the
// beginning of a line.
type splitter struct {
	part []byte // of a line that has no end yet, maxLine at most
	skip bool   // the line that it is in began before what counts
}

// read is write, but for lines that are of no interest: of those between the first and the last it tells once, by an
// empty one.
func (s *splitter) read(data []byte, to sink) {
	first, last := bytes.IndexByte(data, '\n'), bytes.LastIndexByte(data, '\n')
	if to.dull == nil || last <= first || !to.dull(data[first+1:last+1]) {
		s.write(data, to.each)
		return
	}
	s.write(data[:first+1], to.each)
	to.each(nil)
	s.write(data[last+1:], to.each)
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
