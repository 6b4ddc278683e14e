package secret

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"html"
	"io"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"mvdan.cc/sh/v3/syntax"
	"pgregory.net/rapid"
)

// encodings are the ways a secret may come back. Each returns nothing where
// it cannot write the secret.
func encodings() map[string]func(secret string) string {
	base := func(enc *base64.Encoding, before, after string) func(string) string {
		return func(s string) string { return enc.EncodeToString([]byte(before + s + after)) }
	}
	each := func(format string) func(string) string {
		return func(s string) string {
			var b strings.Builder
			for i := range len(s) {
				fmt.Fprintf(&b, format, s[i])
			}
			return b.String()
		}
	}
	shell := func(lang syntax.LangVariant) func(string) string {
		return func(s string) string {
			quoted, err := syntax.Quote(s, lang)
			if err != nil {
				return ""
			}
			return quoted
		}
	}
	return map[string]func(string) string{
		"as is":              func(s string) string { return s },
		"URL query":          url.QueryEscape,
		"URL path":           url.PathEscape,
		"URL user":           func(s string) string { return url.UserPassword("user", s).String() },
		"percent, lower":     each("%%%02x"),
		"percent, all":       each("%%%02X"),
		"JSON":               func(s string) string { return inJSON(s, false) },
		"JSON, HTML escaped": func(s string) string { return inJSON(s, true) },
		"JSON, \\/":          func(s string) string { return strings.ReplaceAll(inJSON(s, true), "/", `\/`) },
		"JSON, ASCII":        asciiJSON,
		"JSON in JSON":       func(s string) string { return inJSON(inJSON(s, true), true) },
		"Go":                 strconv.Quote,
		"Go, ASCII":          strconv.QuoteToASCII,
		"\\xHH":              each(`\x%02x`),
		"octal":              each(`\%03o`),
		"HTML":               html.EscapeString,
		"HTML, numbers": func(s string) string {
			if !utf8.ValidString(s) {
				return ""
			}
			var b strings.Builder
			for _, r := range s {
				fmt.Fprintf(&b, "&#x%x;", r)
			}
			return b.String()
		},
		"shell":                shell(syntax.LangPOSIX),
		"bash":                 shell(syntax.LangBash),
		"shell, quotes":        func(s string) string { return `'` + strings.ReplaceAll(s, `'`, `'\''`) + `'` },
		"shell, double quotes": func(s string) string { return `'` + strings.ReplaceAll(s, `'`, `'"'"'`) + `'` },
		"SQL":                  func(s string) string { return `'` + strings.ReplaceAll(s, `'`, `''`) + `'` },
		"CSV":                  func(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` },
		"hex, lower":           func(s string) string { return hex.EncodeToString([]byte(s)) },
		"hex, upper":           func(s string) string { return strings.ToUpper(hex.EncodeToString([]byte(s))) },
		"base64":               base(base64.StdEncoding, "", ""),
		"base64, raw":          base(base64.RawStdEncoding, "", ""),
		"base64, URL":          base(base64.URLEncoding, "", ""),
		"base64, URL, raw":     base(base64.RawURLEncoding, "", ""),
		"base64, after 1":      base(base64.StdEncoding, ":", ""),
		"base64, after 2":      base(base64.StdEncoding, "u:", "more"),
		"base64, after 3":      base(base64.URLEncoding, "us:", "m"),
		"base64, basic auth":   base(base64.StdEncoding, "someone:", ""),
		"base64 in a URL":      func(s string) string { return url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(s))) },
		"base64 of a URL":      func(s string) string { return base64.StdEncoding.EncodeToString([]byte(url.QueryEscape(s))) },
		"base64 of JSON": func(s string) string {
			return base64.StdEncoding.EncodeToString([]byte(`{"k":"` + inJSON(s, true) + `"}`))
		},
		"base64, broken":         func(s string) string { return broken(base64.StdEncoding.EncodeToString([]byte(s)), 7, "\n  ") },
		"base64, broken, CRLF":   func(s string) string { return broken(base64.StdEncoding.EncodeToString([]byte(s)), 5, "\r\n") },
		"base64, broken, JSON":   func(s string) string { return broken(base64.StdEncoding.EncodeToString([]byte(s)), 6, `\n`) },
		"hex, broken into lines": func(s string) string { return broken(hex.EncodeToString([]byte(s)), 8, "\n") },
	}
}

// asciiJSON writes s as JSON that is all ASCII, as Python does.
func asciiJSON(s string) string {
	var b strings.Builder
	for _, r := range inJSON(s, false) {
		switch hi, lo := utf16.EncodeRune(r); {
		case r < utf8.RuneSelf:
			b.WriteRune(r)
		case r > 0xffff:
			fmt.Fprintf(&b, `\u%04x\u%04x`, hi, lo)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

func broken(text string, width int, by string) string {
	var parts []string
	for len(text) > width {
		parts, text = append(parts, text[:width]), text[width:]
	}
	return strings.Join(append(parts, text), by)
}

// secrets draws what may be a secret: text with what is escaped in it, or bytes.
func secrets(t *rapid.T) string {
	s := rapid.OneOf(
		rapid.StringOfN(rapid.RuneFrom([]rune(`abcXYZ019-_.~%25%41+ /\"'<>&;=?#@:!$*{}é€😀`+"\t")), shortest, 40, 60),
		rapid.StringMatching(`[ -~]{4,40}`),
		rapid.Custom(func(t *rapid.T) string { return string(rapid.SliceOfN(rapid.Byte(), shortest, 20).Draw(t, "bytes")) }),
	).Draw(t, "secret")
	if len(s) < shortest {
		t.Skip("too short for a secret")
	}
	return s
}

// TestNoEncodingOfASecretIsShown is the promise: whatever the secret, however it
// is written, wherever it stands and wherever a stream is cut, neither it nor
// what encodes it is shown, in a text, a stream or an error.
func TestNoEncodingOfASecretIsShown(t *testing.T) {
	// How many bytes of a form are not the secret: quotes, what stands beside it in
	// base64 and the character there that holds bits of both.
	around := map[string]int{
		"URL user": len("user:"), "Go": 2, "Go, ASCII": 2, "shell": 3, "bash": 3, "shell, quotes": 2, "shell, double quotes": 2, "SQL": 2, "CSV": 2,
		"base64, after 1": 2, "base64, after 2": 3 + 8, "base64, after 3": 4 + 4, "base64, basic auth": 11, "base64 of JSON": 8 + 6,
	}
	for name, encode := range encodings() {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				secret := secrets(t)
				form := encode(secret)
				if form == "" {
					t.Skip("cannot be written so")
				}
				words := rapid.StringMatching(`[a-z =:,]{0,12}`)
				before, after := words.Draw(t, "before"), words.Draw(t, "after")
				var s Set
				s.Add(secret)
				text := before + form + after
				masked := s.Mask(text)
				if !strings.Contains(masked, Masked) || len(masked) > len(before)+around[name]+len(Masked)+len(after) {
					t.Fatalf("%q came out as %q", text, masked)
				}
				if err := s.Error(errors.New(text)); err.Error() != masked {
					t.Fatalf("error: %q, text: %q", err, masked)
				}
				if got := stream(t, &s, text); got != masked {
					t.Fatalf("stream: %q, text: %q", got, masked)
				}
			})
		})
	}
}

// stream passes text through s.Writer in pieces.
func stream(t *rapid.T, s *Set, text string) string {
	var out bytes.Buffer
	w := s.Writer(&out)
	for rest := text; rest != ""; {
		n := rapid.IntRange(1, len(rest)).Draw(t, "piece")
		if k, err := io.WriteString(w, rest[:n]); k != n || err != nil {
			t.Fatalf("wrote %d of %d: %v", k, n, err)
		}
		rest = rest[n:]
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestInnocentTextIsLeftAlone: what holds no secret comes out as it went in,
// at once and in pieces.
func TestInnocentTextIsLeftAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s Set
		for range rapid.IntRange(0, 4).Draw(t, "secrets") {
			s.Add(rapid.StringMatching(`[A-Z]{6,20}`).Draw(t, "secret")) // whose forms all have a capital, a digit or a %
		}
		text := rapid.StringMatching(`([a-z \n\t"'\\&+=<>]|%%|&amp;|\\n){0,80}`).Draw(t, "text")
		if got := s.Mask(text); got != text {
			t.Fatalf("%q came out as %q", text, got)
		}
		if got := stream(t, &s, text); got != text {
			t.Fatalf("%q came out of the stream as %q", text, got)
		}
		err := errors.New(text)
		if got := s.Error(err); got != err { //nolint:errorlint // the very same
			t.Fatalf("%q came out as %q", err, got)
		}
	})
}
