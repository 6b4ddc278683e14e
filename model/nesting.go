package model

import (
	"errors"
	"fmt"
	"io"
)

const (
	// MaxJSONDepth is how deep JSON from outside may be nested. Its readers recurse,
	// and a stack that is used up ends the process: nothing deeper reaches them.
	MaxJSONDepth = 64
	// MaxTextDepth is how deep the brackets of an expression or query may be nested.
	MaxTextDepth = 100
)

// ErrDeep is the error of what is nested too deep to be read.
var ErrDeep = errors.New("nested too deep")

// Shallow returns ErrDeep for JSON that is nested deeper than MaxJSONDepth. It
// does not recurse, and takes any bytes: what is no JSON is its reader's to say.
func Shallow(json []byte) error {
	d := nesting{quotes: `"`, most: MaxJSONDepth}
	return d.pass(json)
}

// ShallowText returns ErrDeep for an expression whose brackets, outside quotes
// and comments to the line's end that begin with #, are nested deeper than MaxTextDepth.
func ShallowText(text string) error {
	d := nesting{quotes: "\"'`", comment: '#', most: MaxTextDepth}
	return d.pass([]byte(text))
}

// ShallowReader returns a reader of the JSON that r reads, which ends with
// ErrDeep before it passes on what is nested deeper than MaxJSONDepth.
func ShallowReader(r io.Reader) io.Reader {
	return &shallowReader{r: r, depth: nesting{quotes: `"`, most: MaxJSONDepth}}
}

type shallowReader struct {
	r     io.Reader
	depth nesting
	err   error
}

// Read implements io.Reader.
func (s *shallowReader) Read(p []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	n, err := s.r.Read(p)
	if s.err = s.depth.pass(p[:n]); s.err != nil {
		return 0, s.err
	}
	return n, err
}

// nesting counts brackets that are open, piece by piece.
type nesting struct {
	quotes  string // what texts are quoted by
	comment byte   // what begins a comment; 0: nothing does
	most    int

	open    int
	quote   byte // of the text that pass is in; 0: none
	escaped bool
	remark  bool // it is in a comment
}

func (d *nesting) pass(b []byte) error {
	for _, c := range b {
		switch {
		case d.remark:
			d.remark = c != '\n'
		case d.quote != 0:
			d.within(c)
		case c == '(' || c == '[' || c == '{':
			if d.open++; d.open > d.most {
				return fmt.Errorf("%w: more than %d brackets within each other", ErrDeep, d.most)
			}
		case c == ')' || c == ']' || c == '}':
			d.open = max(0, d.open-1)
		case d.comment != 0 && c == d.comment:
			d.remark = true
		default:
			d.begin(c)
		}
	}
	return nil
}

// begin sees whether c begins a text.
func (d *nesting) begin(c byte) {
	for i := range len(d.quotes) {
		if d.quotes[i] == c {
			d.quote = c
		}
	}
}

// within passes a byte of a text in quotes; nothing escapes in backquotes.
func (d *nesting) within(c byte) {
	switch {
	case d.escaped:
		d.escaped = false
	case c == '\\' && d.quote != '`':
		d.escaped = true
	case c == d.quote:
		d.quote = 0
	}
}
