package config

import (
	"strconv"
	"strings"
)

// newIndex reads the places of all keys of a TOML text. It takes any text: what
// is no TOML is skipped, and told by the TOML library.
func newIndex(text string) *index {
	s := &scanner{text: text, line: 1, index: &index{lines: map[string]int{}, order: map[string]int{}, arrays: map[string]int{}}}
	s.document()
	return s.index
}

// scanner goes through a TOML text once, from the front to the back.
type scanner struct {
	text  string
	pos   int
	line  int
	depth int
	*index
}

func (s *scanner) peek() byte {
	if s.pos < len(s.text) {
		return s.text[s.pos]
	}
	return 0
}

func (s *scanner) end() bool { return s.pos >= len(s.text) || s.deep > 0 }

// next passes n bytes and counts their line breaks.
func (s *scanner) next(n int) {
	n = min(n, len(s.text)-s.pos)
	s.line += strings.Count(s.text[s.pos:s.pos+n], "\n")
	s.pos += n
}

func (s *scanner) blanks() {
	for c := s.peek(); c == ' ' || c == '\t'; c = s.peek() {
		s.pos++
	}
}

// space passes blanks, line breaks and comments.
func (s *scanner) space() {
	for !s.end() {
		switch s.peek() {
		case ' ', '\t', '\r', '\n':
			s.next(1)
		case '#':
			s.restOfLine()
		default:
			return
		}
	}
}

// restOfLine passes everything up to the line break.
func (s *scanner) restOfLine() {
	if i := strings.IndexByte(s.text[s.pos:], '\n'); i >= 0 {
		s.pos += i
		return
	}
	s.pos = len(s.text)
}

// document passes the whole text.
func (s *scanner) document() {
	var context []string // the table's key, as written
	path := ""           // and its path
	for s.space(); !s.end(); s.space() {
		if s.peek() == '[' {
			context, path = s.header()
			s.restOfLine()
			continue
		}
		if !s.pair(path, context) {
			s.restOfLine()
		}
	}
}

// header passes [table] or [[array]].
func (s *scanner) header() (context []string, path string) {
	line := s.line
	s.next(1)
	array := s.peek() == '['
	if array {
		s.next(1)
	}
	parts := s.key()
	if len(parts) == 0 {
		return nil, ""
	}
	path = s.markKey("", parts, line)
	if array {
		n := s.arrays[path]
		s.arrays[path] = n + 1
		path = element(path, n)
		s.mark(path, line, true)
	}
	return s.write(nil, parts), path
}

// pair passes key = value, and reports whether that is what stood there.
func (s *scanner) pair(base string, context []string) bool {
	line := s.line
	parts := s.key()
	if len(parts) == 0 || s.peek() != '=' {
		return false
	}
	s.next(1)
	path := s.markKey(base, parts, line)
	full := s.write(context, parts)
	s.blanks()
	s.value(path, full)
	return true
}

// key passes a dotted key and the blanks behind it.
func (s *scanner) key() []string {
	var parts []string
	for {
		if len(parts) == maxDepth {
			s.deep = s.line
			return nil
		}
		s.blanks()
		switch s.peek() {
		case '"', '\'':
			from := s.pos
			s.text1()
			parts = append(parts, unquote(s.text[from:s.pos]))
		default:
			from := s.pos
			for s.pos < len(s.text) && !strings.ContainsRune(" \t\r\n.=[]{}#,\"'", rune(s.text[s.pos])) {
				s.pos++
			}
			if from == s.pos {
				return nil
			}
			parts = append(parts, s.text[from:s.pos])
		}
		s.blanks()
		if s.peek() != '.' {
			return parts
		}
		s.next(1)
	}
}

// value passes a value of the key at path.
func (s *scanner) value(path string, context []string) {
	switch s.peek() {
	case '"', '\'':
		s.string()
	case '[', '{':
		if s.depth++; s.depth > maxDepth {
			s.deep = s.line
			return
		}
		if s.peek() == '[' {
			s.array(path, context)
		} else {
			s.table(path, context)
		}
		s.depth--
	default:
		for s.pos < len(s.text) && !strings.ContainsRune(",]}#\r\n", rune(s.text[s.pos])) {
			s.pos++
		}
	}
}

// array passes [ … ].
func (s *scanner) array(path string, context []string) {
	s.next(1)
	for n := 0; ; {
		s.space()
		if s.end() {
			return
		}
		switch s.peek() {
		case ']':
			s.next(1)
			return
		case ',':
			s.next(1)
		default:
			from, at := s.pos, element(path, n)
			s.mark(at, s.line, true)
			s.value(at, context)
			if n++; s.pos == from {
				s.next(1)
			}
		}
	}
}

// table passes { … }.
func (s *scanner) table(path string, context []string) {
	s.next(1)
	for {
		s.space()
		if s.end() {
			return
		}
		switch s.peek() {
		case '}':
			s.next(1)
			return
		case ',':
			s.next(1)
		default:
			if from := s.pos; !s.pair(path, context) && s.pos == from {
				s.next(1)
			}
		}
	}
}

// string passes a string of any of the four kinds.
func (s *scanner) string() {
	quotes := strings.Repeat(string(s.peek()), 3)
	if !strings.HasPrefix(s.text[s.pos:], quotes) {
		s.text1()
		return
	}
	s.next(3)
	for s.pos < len(s.text) {
		switch {
		case s.peek() == '\\' && quotes[0] == '"':
			s.next(2)
		case strings.HasPrefix(s.text[s.pos:], quotes):
			s.next(3)
			for n := 0; n < 2 && s.peek() == quotes[0]; n++ { // two more belong to the text
				s.next(1)
			}
			return
		default:
			s.next(1)
		}
	}
}

// text1 passes a string on one line.
func (s *scanner) text1() {
	q := s.peek()
	s.next(1)
	for s.pos < len(s.text) {
		switch c := s.peek(); {
		case c == '\n':
			return
		case c == '\\' && q == '"' && s.pos+1 < len(s.text) && s.text[s.pos+1] != '\n':
			s.next(2)
		case c == q:
			s.next(1)
			return
		default:
			s.next(1)
		}
	}
}

// unquote returns the text of a quoted key.
func unquote(quoted string) string {
	if len(quoted) < 2 {
		return quoted
	}
	body := quoted[1 : len(quoted)-1]
	if quoted[0] == '\'' || !strings.Contains(body, `\`) {
		return body
	}
	var b strings.Builder
	for i := 0; i < len(body); i++ {
		if body[i] != '\\' || i+1 == len(body) {
			b.WriteByte(body[i])
			continue
		}
		i++
		switch c := body[i]; c {
		case 'x', 'u', 'U':
			n := map[byte]int{'x': 2, 'u': 4, 'U': 8}[c]
			end := min(i+1+n, len(body))
			r, err := strconv.ParseUint(body[i+1:end], 16, 32)
			if err == nil {
				b.WriteRune(rune(r))
			}
			i = end - 1
		default:
			b.WriteString(plainEscape(c))
		}
	}
	return b.String()
}

// plainEscape returns what \c stands for.
func plainEscape(c byte) string {
	switch c {
	case 'b':
		return "\b"
	case 't':
		return "\t"
	case 'n':
		return "\n"
	case 'f':
		return "\f"
	case 'r':
		return "\r"
	case 'e':
		return "\x1b"
	}
	return string(c)
}
