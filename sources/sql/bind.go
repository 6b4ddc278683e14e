package sql

import "strings"

// since stands in a query for the mark.
const since = "$since"

// bindSince returns query with every $since outside quotes and comments made
// the parameter $1, and how many there were.
func bindSince(query string) (bound string, n int) {
	var b strings.Builder
	for rest := query; rest != ""; {
		size := pieceLen(rest)
		if piece := rest[:size]; piece == since {
			b.WriteString("$1::timestamptz")
			n++
		} else {
			b.WriteString(piece)
		}
		rest = rest[size:]
	}
	return b.String(), n
}

// hasParameter reports whether query has a parameter like $1 outside quotes and comments.
func hasParameter(query string) bool {
	for rest := query; rest != ""; {
		size := pieceLen(rest)
		if piece := rest[:size]; size > 1 && piece[0] == '$' && piece[1] >= '0' && piece[1] <= '9' {
			return true
		}
		rest = rest[size:]
	}
	return false
}

// pieceLen returns the length of the name, parameter, quote or comment that s
// begins with; else 1. A comment or quote that does not end goes on to the end.
func pieceLen(s string) int {
	switch {
	case isName(s[0]):
		n := 1
		for n < len(s) && (isName(s[n]) || s[n] == '$') { // a dollar sign within a name begins nothing
			n++
		}
		if strings.EqualFold(s[:n], "e") && strings.HasPrefix(s[n:], "'") {
			n += quotedLen(s[n:], '\'', true)
		}
		return n
	case s[0] == '$':
		return dollarLen(s)
	}
	return plainLen(s)
}

// plainLen returns the length of the quote or comment that s begins with; else 1.
func plainLen(s string) int {
	switch {
	case s[0] == '\'' || s[0] == '"':
		return quotedLen(s, s[0], false)
	case strings.HasPrefix(s, "--"):
		if i := strings.IndexAny(s, "\r\n"); i >= 0 {
			return i
		}
		return len(s)
	case strings.HasPrefix(s, "/*"):
		return commentLen(s)
	}
	return 1
}

// quotedLen returns the length of the text in quotes that s begins with. A
// doubled quote is one within; so is one behind a backslash where they escape.
func quotedLen(s string, quote byte, escapes bool) int {
	for i := 1; i < len(s); i++ {
		switch {
		case escapes && s[i] == '\\':
			i++
		case s[i] != quote:
		case i+1 < len(s) && s[i+1] == quote:
			i++
		default:
			return i + 1
		}
	}
	return len(s)
}

// commentLen returns the length of the comment that s begins with; they nest.
func commentLen(s string) int {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch {
		case strings.HasPrefix(s[i:], "/*"):
			depth++
			i++
		case strings.HasPrefix(s[i:], "*/"):
			depth--
			i++
			if depth == 0 {
				return i + 1
			}
		}
	}
	return len(s)
}

// dollarLen returns the length of the text in dollar quotes that s begins with
// ($$ … $$, $tag$ … $tag$), or of the parameter ($1, $since).
func dollarLen(s string) int {
	n := 1
	for n < len(s) && isName(s[n]) {
		n++
	}
	if n == len(s) || s[n] != '$' || n > 1 && s[1] >= '0' && s[1] <= '9' {
		return n
	}
	tag := s[:n+1]
	end := strings.Index(s[len(tag):], tag)
	if end < 0 {
		return len(s)
	}
	return end + 2*len(tag)
}

// isName reports whether c may be part of a name.
func isName(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}
