package model

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Inert returns s with everything replaced that could act on a terminal or
// mislead a reader: control characters and escape sequences, bidirectional
// and zero-width characters, and invalid UTF-8 become visible marks (␛, ␊, ⍰,
// and their like). Strings from outside pass through it where they are shown; it is idempotent.
func Inert(s string) string {
	if isInert(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		b.WriteRune(inertRune(r, n))
		i += n
	}
	return b.String()
}

func isInert(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c >= 0x7f {
			return isInertWide(s)
		}
	}
	return true
}

func isInertWide(s string) bool {
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if inertRune(r, n) != r || (r == utf8.RuneError && n == 1) {
			return false
		}
		i += n
	}
	return true
}

// inertRune maps C0 to the Unicode control pictures, DEL to its picture, and
// whatever else is invisible or invalid to ⍰.
func inertRune(r rune, size int) rune {
	switch {
	case r == utf8.RuneError && size == 1:
		return '⍰'
	case r < 0x20:
		return '␀' + r
	case r == 0x7f:
		return '␡'
	case r < 0x7f:
		return r
	case r == 0xad, r == 0x2028, r == 0x2029, unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs),
		r == 0x115f, r == 0x1160, r == 0x3164, r == 0xffa0, r == 0x034f,
		r >= 0xfe00 && r <= 0xfe0f, r >= 0xe0000:
		return '⍰'
	}
	return r
}

// InertJSON returns JSON with every character that Inert would replace written
// as \uXXXX. It decodes to the same; such characters stand in texts only, for JSON
// has no other place for them.
func InertJSON(b []byte) []byte {
	if !slices.ContainsFunc(b, func(c byte) bool { return c >= 0x7f }) {
		return b
	}
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		switch {
		case r < 0x20 || inertRune(r, n) == r && (r != utf8.RuneError || n > 1): // JSON has escaped what is below 0x20 in a text
			out = append(out, b[i:i+n]...)
		case r == utf8.RuneError && n == 1:
			out = append(out, `\ufffd`...)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		i += n
	}
	return out
}
