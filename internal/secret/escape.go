package secret

import (
	"bytes"
	"html"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// longestEntity is that of &#x10FFFF; and of the names that matter, in bytes.
const longestEntity = 10

// unescape returns what the escape at the beginning of data stands for, and its
// length in bytes; "" where it is none. It reports more if data ends before
// that is known; text and n are then what it is if nothing comes.
func unescape(data []byte) (text string, n int, more bool) {
	if len(data) == 1 {
		return "", 0, true
	}
	switch data[0] {
	case '%':
		return number(data, 1, 2)
	case '&':
		return entity(data)
	case '\\':
		return backslash(data)
	}
	return "", 0, false
}

// number reads an escape whose byte is in the digits in hex behind skip bytes.
func number(data []byte, skip, digits int) (text string, n int, more bool) {
	v, more, ok := hexDigits(data, skip, digits)
	if !ok {
		return "", 0, more
	}
	return string([]byte{byte(v)}), skip + digits, false
}

// hexDigits reads digits in hex behind skip bytes of data. It reports more if
// data ends before and could go on well.
func hexDigits(data []byte, skip, digits int) (v uint64, more, ok bool) {
	end := min(skip+digits, len(data))
	for _, b := range data[min(skip, end):end] {
		if !isHex(b) {
			return 0, false, false
		}
	}
	if end < skip+digits {
		return 0, true, false
	}
	v, err := strconv.ParseUint(string(data[skip:end]), 16, 32)
	return v, false, err == nil
}

func isHex(b byte) bool {
	return '0' <= b && b <= '9' || 'a' <= b && b <= 'f' || 'A' <= b && b <= 'F'
}

// backslash reads the escapes of JSON, Go, C and shells.
func backslash(data []byte) (text string, n int, more bool) {
	const letters, meant = "ntrbfvae0", "\n\t\r\b\f\v\a\x1b\x00"
	b := data[1]
	switch {
	case b == 'x':
		return number(data, 2, 2)
	case b == 'u':
		return unicode16(data)
	case b == 'U':
		v, more, ok := hexDigits(data, 2, 8)
		if !ok || v > utf8.MaxRune {
			return "", 0, more
		}
		return string(rune(v)), 10, false
	case '0' <= b && b <= '7':
		return octal(data)
	case 'a' <= b && b <= 'z':
		if i := bytes.IndexByte([]byte(letters), b); i >= 0 {
			return meant[i : i+1], 2, false
		}
		return "", 0, false
	case 'A' <= b && b <= 'Z' || b == '8' || b == '9':
		return "", 0, false
	}
	return string(data[1:2]), 2, false
}

// unicode16 reads \uXXXX, or two of them for one rune past U+FFFF.
func unicode16(data []byte) (text string, n int, more bool) {
	v, more, ok := hexDigits(data, 2, 4)
	if !ok {
		return "", 0, more
	}
	r := rune(v)
	if !utf16.IsSurrogate(r) {
		return string(r), 6, false
	}
	rest := data[6:]
	if len(rest) < 2 {
		return "", 0, len(rest) == 0 || rest[0] == '\\'
	}
	if rest[0] != '\\' || rest[1] != 'u' {
		return "", 0, false
	}
	v, more, ok = hexDigits(rest, 2, 4)
	if !ok {
		return "", 0, more
	}
	r = utf16.DecodeRune(r, rune(v))
	if r == utf8.RuneError {
		return "", 0, false
	}
	return string(r), 12, false
}

// octal reads a backslash with three digits, or \0 alone.
func octal(data []byte) (text string, n int, more bool) {
	digits := 0
	for digits < 3 && 1+digits < len(data) && '0' <= data[1+digits] && data[1+digits] <= '7' {
		digits++
	}
	switch {
	case digits == 3:
		v, err := strconv.ParseUint(string(data[1:4]), 8, 8)
		if err != nil { // past \377
			return "", 0, false
		}
		return string([]byte{byte(v)}), 4, false
	case 1+digits == len(data):
		more = true
	}
	if data[1] == '0' && digits == 1 {
		return "\x00", 2, more
	}
	return "", 0, more
}

// entity reads HTML's &amp; &#38; &#x26; and the like.
func entity(data []byte) (text string, n int, more bool) {
	for i, b := range data[1:min(len(data), longestEntity)] {
		switch {
		case b == ';':
			return entityNamed(string(data[1 : i+1])), i + 2, false
		case b == '#' && i == 0, '0' <= b && b <= '9', 'a' <= b && b <= 'z', 'A' <= b && b <= 'Z':
		default:
			return "", 0, false
		}
	}
	return "", 0, len(data) < longestEntity
}

// entityNamed returns what &name; stands for; "": nothing.
func entityNamed(name string) string {
	digits, isNumber := strings.CutPrefix(name, "#")
	if !isNumber {
		if text := html.UnescapeString("&" + name + ";"); text[0] != '&' || name == "amp" {
			return text
		}
		return ""
	}
	base := 10
	if strings.HasPrefix(digits, "x") || strings.HasPrefix(digits, "X") {
		digits, base = digits[1:], 16
	}
	v, err := strconv.ParseUint(digits, base, 31)
	if err != nil || v > utf8.MaxRune {
		return ""
	}
	return string(rune(v))
}
