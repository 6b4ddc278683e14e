package secret

import (
	"errors"
	"io"
)

// Masked is what stands where a secret was.
const Masked = "[secret]"

// Mask returns text without the secrets.
func (s *Set) Mask(text string) string {
	t := s.known.Load()
	if t == nil || text == "" {
		return text
	}
	m := masker{table: t}
	out, _ := m.scan([]byte(text), true)
	return string(out)
}

// Error returns an error whose text is err's without the secrets; err itself
// where there are none in it, and nil for nil. errors.Is and errors.As find what err
// wraps; errors.Unwrap does not. The text of what As finds is as it was: use its
// fields, and do not show it.
func (s *Set) Error(err error) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	masked := s.Mask(text)
	if masked == text {
		return err
	}
	return &maskedError{masked, err}
}

type maskedError struct {
	text string
	err  error
}

func (e *maskedError) Error() string        { return e.text }
func (e *maskedError) Is(target error) bool { return errors.Is(e.err, target) }
func (e *maskedError) As(target any) bool   { return errors.As(e.err, target) }

// Writer returns a writer that passes what it gets to w, without the secrets.
// What may be the beginning of one is held back until more comes, or Flush.
func (s *Set) Writer(w io.Writer) *Writer { return &Writer{set: s, to: w} }

// Writer is made by Set.Writer. It is not safe for concurrent use.
type Writer struct {
	set  *Set
	to   io.Writer
	held []byte
	mask masker
}

// Write takes all of b, or returns the error of the writer behind. A secret
// that was added meanwhile counts from the next Write on.
func (w *Writer) Write(b []byte) (int, error) {
	w.held = append(w.held, b...)
	if err := w.pass(false); err != nil {
		return 0, err
	}
	return len(b), nil
}

// Flush passes on what is held back. Whoever writes calls it at the end.
func (w *Writer) Flush() error { return w.pass(true) }

func (w *Writer) pass(final bool) error {
	w.mask.table = w.set.known.Load()
	out, done := w.mask.scan(w.held, final)
	w.held = append(w.held[:0], w.held[done:]...)
	if len(out) == 0 {
		return nil
	}
	_, err := w.to.Write(out)
	return err
}
