package poll

import "gonogo/model"

// maxText is the longest error text, in bytes, that reaches a person.
const maxText = 300

// Inert returns err with a text that is safe to show: inert, and cut to a few
// hundred bytes. What it wraps stays the same. It returns nil for nil.
func Inert(err error) error {
	if err == nil {
		return nil
	}
	return inertError{text: Cut(err.Error(), maxText), err: err}
}

// Cut returns text inert and no longer than about size bytes.
func Cut(text string, size int) string {
	if len(text) <= size {
		return model.Inert(text)
	}
	end := size
	for end > 0 && text[end]&0xc0 == 0x80 {
		end--
	}
	return model.Inert(text[:end]) + "…"
}

type inertError struct {
	text string
	err  error
}

func (e inertError) Error() string { return e.text }
func (e inertError) Unwrap() error { return e.err }
