package dotenv

import (
	"bytes"
	"errors"
	"strings"
)

// File is a parsed .env file. It is never changed: Edit makes new bytes.
type File struct {
	raw     []byte
	entries []entry
	newline string // the first one of the file; "\n" where it has none
}

// entry is one assignment.
type entry struct {
	key        string
	line       int // from 1
	start, end int // of the value in raw, quotes included
	quote      byte
	value      string
	rest       bool  // something that is no blank follows on the line: a comment
	err        error // the value cannot be relied upon, and why
}

// Reasons why a value cannot be relied upon.
var (
	errUnclosed = errors.New("the quote is not closed on this line: close it")
	errAfter    = errors.New("there is text after the closing quote: put all of it into the quotes")
	errVariable = errors.New("it refers to a variable, which gonogo does not look up: write the value itself, or '…' around it")
)

// Parse reads a .env file. It never fails: lines that are no assignment are passed over.
func Parse(raw []byte) File {
	f := File{raw: raw, newline: "\n"}
	if i := bytes.IndexAny(raw, "\r\n"); i >= 0 {
		f.newline = string(raw[i : i+breakLen(raw, i)])
	}
	p := parser{raw: raw, line: 1}
	if bytes.HasPrefix(raw, []byte("\xef\xbb\xbf")) {
		p.pos = 3
	}
	for p.pos < len(raw) {
		if e, ok := p.assignment(); ok {
			f.entries = append(f.entries, e)
		}
		p.endLine()
	}
	return f
}

// Get returns key's value and its line, from 1; line 0 if there is no such
// key. The last assignment counts. The error says why the value is not certain.
func (f File) Get(key string) (value string, line int, err error) {
	e := f.last(key)
	if e == nil {
		return "", 0, nil
	}
	return e.value, e.line, e.err
}

// Duplicates returns the lines of all of key's assignments but the last, which
// have no effect: a person may think that they have.
func (f File) Duplicates(key string) []int {
	var lines []int
	for _, e := range f.entries {
		if e.key == key {
			lines = append(lines, e.line)
		}
	}
	return lines[:max(0, len(lines)-1)]
}

func (f File) last(key string) *entry {
	for i := len(f.entries) - 1; i >= 0; i-- {
		if f.entries[i].key == key {
			return &f.entries[i]
		}
	}
	return nil
}

type parser struct {
	raw  []byte
	pos  int
	line int
}

// endLine goes to the beginning of the next line.
func (p *parser) endLine() {
	for p.pos < len(p.raw) {
		if n := breakLen(p.raw, p.pos); n > 0 {
			p.pos += n
			p.line++
			return
		}
		p.pos++
	}
}

// breakLen returns the length of the line break at i, or 0.
func breakLen(raw []byte, i int) int {
	switch {
	case raw[i] == '\n':
		return 1
	case raw[i] == '\r' && i+1 < len(raw) && raw[i+1] == '\n':
		return 2
	case raw[i] == '\r':
		return 1
	}
	return 0
}

func (p *parser) blanks() (any bool) {
	from := p.pos
	for p.pos < len(p.raw) && isBlank(p.raw[p.pos]) {
		p.pos++
	}
	return p.pos > from
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

func isKeyByte(c byte, first bool) bool {
	switch {
	case c == '_', c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z':
		return true
	case c == '.', c == '-', c >= '0' && c <= '9':
		return !first
	}
	return false
}

func (p *parser) word() string {
	from := p.pos
	for p.pos < len(p.raw) && isKeyByte(p.raw[p.pos], p.pos == from) {
		p.pos++
	}
	return string(p.raw[from:p.pos])
}

// assignment reads `[export] KEY = value`, and leaves p on the line on which it ends.
func (p *parser) assignment() (entry, bool) {
	p.blanks()
	key := p.word()
	blank := p.blanks()
	if key == "export" && blank && p.pos < len(p.raw) && p.raw[p.pos] != '=' {
		key = p.word()
		p.blanks()
	}
	if key == "" || p.pos >= len(p.raw) || p.raw[p.pos] != '=' {
		return entry{}, false
	}
	p.pos++
	e := entry{key: key, line: p.line}
	after := p.pos
	p.blanks()
	if p.pos < len(p.raw) && (p.raw[p.pos] == '"' || p.raw[p.pos] == '\'') && p.quoted(&e) {
		return e, true
	}
	p.unquoted(&e, after)
	return e, true
}

// unquoted reads up to the end of the line or to a comment, which begins with
// a # after a blank. after is where the = ended.
func (p *parser) unquoted(e *entry, after int) {
	begin := p.pos
	end := begin
	for end < len(p.raw) && breakLen(p.raw, end) == 0 {
		if p.raw[end] == '#' && end > after && isBlank(p.raw[end-1]) {
			e.rest = true
			break
		}
		end++
	}
	p.pos = end
	for end > begin && isBlank(p.raw[end-1]) {
		end--
	}
	if end == begin { // a value put here goes right behind the =
		begin, end = after, after
	}
	e.start, e.end = begin, end
	e.value = string(p.raw[begin:end])
	switch {
	case e.value != "" && (e.value[0] == '"' || e.value[0] == '\''):
		e.err = errUnclosed
	case refers(e.value):
		e.err = errVariable
	}
}

// quoted reads a value in quotes, which may go over several lines. It reports
// false, having done nothing, if the quote is never closed.
func (p *parser) quoted(e *entry) bool {
	quote, begin, lines := p.raw[p.pos], p.pos, 0
	i := begin + 1
	for i < len(p.raw) && p.raw[i] != quote {
		if n := breakLen(p.raw, i); n > 0 {
			i, lines = i+n, lines+1
			continue
		}
		if p.raw[i] == '\\' && quote == '"' && i+1 < len(p.raw) && breakLen(p.raw, i+1) == 0 {
			i++
		}
		i++
	}
	if i >= len(p.raw) {
		return false
	}
	e.quote, e.start, e.end = quote, begin, i+1
	inner := string(p.raw[begin+1 : i])
	e.value = inner
	if quote == '"' {
		e.value = unescape(inner)
		if refersQuoted(inner) {
			e.err = errVariable
		}
	}
	p.pos, p.line = i+1, p.line+lines
	p.blanks()
	if p.pos < len(p.raw) && breakLen(p.raw, p.pos) == 0 {
		e.rest = true
		if p.raw[p.pos] != '#' {
			e.err = errAfter
		}
	}
	return true
}

// unescape undoes the escapes of a value in double quotes; a backslash before anything
// else stays.
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	return strings.NewReplacer(`\\`, `\`, `\"`, `"`, `\$`, `$`, `\n`, "\n", `\r`, "\r", `\t`, "\t").Replace(s)
}

// refers reports whether s has a $ with a name or a brace behind it.
func refers(s string) bool {
	for i := 0; i+1 < len(s); i++ {
		if s[i] == '$' && (s[i+1] == '{' || s[i+1] == '(' || isKeyByte(s[i+1], true)) {
			return true
		}
	}
	return false
}

// refersQuoted is refers within double quotes, where \$ is a plain $.
func refersQuoted(s string) bool {
	return refers(strings.NewReplacer(`\\`, "", `\$`, "").Replace(s))
}
