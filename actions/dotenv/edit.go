package dotenv

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"gonogo/model"
)

// Assignment is a key and the value that it shall have.
type Assignment struct {
	Key   string
	Value string
}

// Edit returns the file with all of changes made. Only values change; a key
// that is not there is added as the last line. It fails if a value cannot be
// written so that it is read back, or another key's would be read otherwise.
func (f File) Edit(changes ...Assignment) ([]byte, error) {
	g := f
	for _, c := range changes {
		var err error
		if g, err = g.edit(c); err != nil {
			return nil, fmt.Errorf("%s: %w", model.Inert(c.Key), err)
		}
	}
	return g.raw, nil
}

// errUnwritable: no way of quoting works.
var errUnwritable = errors.New("the value cannot be written so that every reader of .env files reads it back")

func (f File) edit(c Assignment) (File, error) {
	e := f.last(c.Key)
	if e != nil && e.err == nil && e.value == c.Value {
		return f, nil
	}
	if err := writable(c.Value); err != nil {
		return File{}, err
	}
	styles := []byte{0, '\'', '"'}
	if e != nil && e.quote != 0 {
		styles = []byte{e.quote, '\'', '"'}
	}
	if e != nil && e.err != nil && !errors.Is(e.err, errVariable) {
		return File{}, fmt.Errorf("line %d: %w", e.line, e.err)
	}
	for _, quote := range styles {
		text, ok := encode(c.Value, quote, e != nil && e.rest)
		if !ok {
			continue
		}
		if g := f.splice(e, c.Key, text); g.differsOnlyIn(f, c) {
			return g, nil
		}
	}
	if line := f.unclosedBefore(e); line > 0 {
		return File{}, fmt.Errorf("line %d: %w", line, errUnclosed)
	}
	return File{}, errUnwritable
}

// writable returns an error for what no .env file can hold.
func writable(value string) error {
	switch {
	case !utf8.ValidString(value):
		return errors.New("the value is not UTF-8")
	case strings.ContainsRune(value, 0):
		return errors.New("the value has a zero byte in it")
	}
	return nil
}

// encode writes value in the style of quote (0: none). It reports false if the
// value does not fit it. An empty value before a comment needs quotes: some
// readers would take the comment for the value.
func encode(value string, quote byte, rest bool) (string, bool) {
	switch quote {
	case 0:
		return value, plain(value) && (value != "" || !rest)
	case '\'':
		return "'" + value + "'", !strings.ContainsAny(value, "'\\\r\n")
	default:
		// Readers differ in what $ and ` do here, and in whether they can be escaped.
		text := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`).Replace(value)
		return `"` + text + `"`, !strings.ContainsAny(value, "$`")
	}
}

// plain reports whether value needs no quotes, whoever reads the file: a shell, too.
func plain(value string) bool {
	for i, r := range value {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
		case strings.ContainsRune("_-.,:/@%+", r):
		case r == '=' && i > 0:
		default:
			return false
		}
	}
	return true
}

// splice puts text where e's value is, or adds a line for key.
func (f File) splice(e *entry, key, text string) File {
	if e != nil {
		return Parse(slices.Concat(f.raw[:e.start], []byte(text), f.raw[e.end:]))
	}
	line := key + "=" + text
	switch n := len(f.raw); {
	case n == 0, f.raw[n-1] == '\n', f.raw[n-1] == '\r':
		line += f.newline
	default:
		line = f.newline + line // the file's last line has no break, so this one gets none
	}
	return Parse(slices.Concat(f.raw, []byte(line)))
}

// differsOnlyIn reports whether f says the same as old, but for c.
func (f File) differsOnlyIn(old File, c Assignment) bool {
	if v, line, err := f.Get(c.Key); line == 0 || err != nil || v != c.Value {
		return false
	}
	entries := f.entries
	if old.last(c.Key) == nil { // it was added, at the end
		entries = entries[:len(entries)-1]
	}
	changed := old.last(c.Key)
	return slices.EqualFunc(entries, old.entries, func(a, b entry) bool {
		if changed != nil && b.start == changed.start {
			return a.key == b.key && a.start == b.start
		}
		return a.key == b.key && a.value == b.value && a.quote == b.quote && errors.Is(a.err, b.err)
	})
}

// unclosedBefore returns the line of the first unclosed quote before e, or 0.
func (f File) unclosedBefore(e *entry) int {
	for _, o := range f.entries {
		if errors.Is(o.err, errUnclosed) && (e == nil || o.line < e.line) {
			return o.line
		}
	}
	return 0
}
