package model

import (
	"bytes"
	"io"
	"regexp"
)

// maxMatched is how long a line may be that is matched whole; of a longer one only its head is.
const maxMatched = 64 << 10

// LineMatcher looks for a line that a regular expression (RE2) matches in what is written to it.
// It keeps one line of 64 KiB at most, however much comes.
type LineMatcher struct {
	to      io.Writer // takes everything as well
	want    *regexp.Regexp
	line    []byte
	matched bool
	last    []byte // the last line that was not empty
}

// NewLineMatcher returns a matcher that hands all on to w. Its error is that of the expression.
func NewLineMatcher(w io.Writer, expr string) (*LineMatcher, error) {
	want, err := regexp.Compile(expr)
	return &LineMatcher{to: w, want: want}, err
}

// Write takes more of the text, and hands it on.
func (m *LineMatcher) Write(p []byte) (int, error) {
	rest := p
	for {
		head, tail, whole := bytes.Cut(rest, []byte("\n"))
		m.line = append(m.line, head[:min(len(head), maxMatched-len(m.line))]...)
		if !whole {
			break
		}
		m.end()
		rest = tail
	}
	return m.to.Write(p)
}

// Matched reports whether a line matched so far, the one that is not ended among them.
func (m *LineMatcher) Matched() bool {
	m.end()
	return m.matched
}

// Last returns the last line that held anything.
func (m *LineMatcher) Last() string { return string(m.last) }

func (m *LineMatcher) end() {
	line := bytes.TrimRight(m.line, "\r")
	if len(bytes.TrimSpace(line)) > 0 {
		m.last = append(m.last[:0], line...)
	}
	m.matched = m.matched || m.want.Match(line)
	m.line = m.line[:0]
}
