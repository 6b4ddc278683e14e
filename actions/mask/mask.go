// Package mask keeps secrets out of what programs print and servers answer: a
// Set knows the secrets of one part of the config and takes them out of texts
// and streams, also where they come in another encoding (percent, base64, hex,
// JSON). A secret of fewer than four bytes is not looked for: it would be found everywhere.
//
// There is no goroutine. Nothing but secrets is dropped. It imports
// gonogo/model/config only.
package mask

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/url"
	"slices"
	"strings"

	"gonogo/model/config"
)

const (
	hidden   = "[secret]"
	shortest = 4
)

// Set is a number of secrets. The zero value has none. It must not grow while
// it is used; otherwise it is safe for concurrent use.
type Set struct {
	forms [256][]string // by their first byte, longest first
	n     int
}

// Resolve returns what text stands for, see config.ResolveSecret, and adds it if it came
// from env: or file:.
func (s *Set) Resolve(text, dir string) (string, error) {
	v, err := config.ResolveSecret(text, dir)
	if err == nil && IsReference(text) {
		s.Add(v)
	}
	return v, err
}

// ResolveMap is Resolve for every value of m. The error begins with the key.
func (s *Set) ResolveMap(m map[string]string, dir string) (map[string]string, error) {
	out := make(map[string]string, len(m))
	for k, text := range m {
		v, err := s.Resolve(text, dir)
		if err != nil {
			return nil, &keyError{k, err}
		}
		out[k] = v
	}
	return out, nil
}

type keyError struct {
	key string
	err error
}

func (e *keyError) Error() string { return e.key + ": " + e.err.Error() }
func (e *keyError) Unwrap() error { return e.err }

// IsReference reports whether text names a secret instead of being itself the value.
func IsReference(text string) bool {
	return strings.HasPrefix(text, "env:") || strings.HasPrefix(text, "file:")
}

// Add adds secrets. Of one like "Bearer abc" the last word counts
// as well, of one of several lines each long one.
func (s *Set) Add(secrets ...string) {
	for _, secret := range secrets {
		s.add(forms(secret))
		if words := strings.Fields(secret); len(words) == 2 {
			s.add(forms(words[1]))
		}
		for line := range strings.Lines(secret) { // of a key, say, that is printed with an indent
			if line = strings.TrimSpace(line); len(line) >= 16 {
				s.add(forms(line))
			}
		}
	}
	s.sort()
}

// sort puts the longest forms first, and each once.
func (s *Set) sort() {
	for i, list := range s.forms {
		slices.SortFunc(list, func(a, b string) int {
			if len(a) != len(b) {
				return len(b) - len(a)
			}
			return strings.Compare(a, b)
		})
		s.forms[i] = slices.Compact(list)
	}
}

func (s *Set) add(forms []string) {
	for _, f := range forms {
		s.forms[f[0]] = append(s.forms[f[0]], f)
		s.n++
	}
}

// forms returns how secret may be written.
func forms(secret string) []string {
	if len(secret) < shortest {
		return nil
	}
	out := []string{secret, url.QueryEscape(secret), url.PathEscape(secret),
		strings.ToLower(url.QueryEscape(secret)), hex.EncodeToString([]byte(secret)), strings.ToUpper(hex.EncodeToString([]byte(secret)))}
	if b, err := json.Marshal(secret); err == nil {
		out = append(out, string(b[1:len(b)-1]))
	}
	for _, enc := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		out = append(out, enc.EncodeToString([]byte(secret)))
		// Within a longer text, as in "user:secret", it begins at any of three places.
		for before := range 3 {
			text := enc.EncodeToString(append(make([]byte, before), secret...))
			from, to := []int{0, 2, 3}[before], len(text)
			if (before+len(secret))%3 != 0 {
				to--
			}
			if to-from >= 2*shortest {
				out = append(out, text[from:to])
			}
		}
	}
	return out
}

// String returns text without the secrets.
func (s *Set) String(text string) string {
	if s.n == 0 {
		return text
	}
	out, _ := s.scan([]byte(text), true)
	return string(out)
}

// scan returns data without the secrets, and how much of it that is: all of it
// if it is final; else not what may be the beginning of a secret.
func (s *Set) scan(data []byte, final bool) (out []byte, done int) {
	out = make([]byte, 0, len(data))
	for i := 0; i < len(data); {
		found := 0
		for _, f := range s.forms[data[i]] {
			rest := data[i:]
			if len(rest) >= len(f) {
				if string(rest[:len(f)]) == f {
					found = len(f)
					break
				}
			} else if !final && strings.HasPrefix(f, string(rest)) {
				return out, i
			}
		}
		if found > 0 {
			out = append(out, hidden...)
			i += found
			continue
		}
		out = append(out, data[i])
		i++
	}
	return out, len(data)
}

// Writer returns a writer that passes what it gets to w, without the secrets.
// What may be the beginning of one is held back until more comes, or Flush.
func (s *Set) Writer(w io.Writer) *Writer { return &Writer{set: s, to: w} }

// Writer is made by Set.Writer. It is not safe for concurrent use.
type Writer struct {
	set  *Set
	to   io.Writer
	held []byte
}

// Write takes all of b, or returns the error of the writer behind.
func (w *Writer) Write(b []byte) (int, error) {
	if w.set.n == 0 {
		return w.to.Write(b)
	}
	w.held = append(w.held, b...)
	if err := w.pass(false); err != nil {
		return 0, err
	}
	return len(b), nil
}

// Flush passes on what is held back.
func (w *Writer) Flush() error { return w.pass(true) }

func (w *Writer) pass(final bool) error {
	out, done := w.set.scan(w.held, final)
	w.held = append(w.held[:0], w.held[done:]...)
	if len(out) == 0 {
		return nil
	}
	_, err := w.to.Write(out)
	return err
}
