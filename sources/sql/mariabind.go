package sql

import "strings"

// bindSinceMaria is bindSince for MariaDB and MySQL, where quotes, comments and names
// are others. A parameter is a time in the session's own zone, as NOW() is: so it
// compares with a TIMESTAMP, and with a DATETIME that NOW() wrote.
func bindSinceMaria(query string) (bound string, n int) {
	var b strings.Builder
	for rest := query; rest != ""; {
		size := mariaLen(rest)
		if piece := rest[:size]; piece == since {
			b.WriteString("FROM_UNIXTIME(CAST(? AS DECIMAL(20,6)))")
			n++
		} else {
			b.WriteString(piece)
		}
		rest = rest[size:]
	}
	return b.String(), n
}

// hasMark reports whether query has a parameter, a question mark outside quotes and
// comments, as MariaDB and MySQL write it.
func hasMark(query string) bool {
	for rest := query; rest != ""; {
		size := mariaLen(rest)
		if rest[:size] == "?" {
			return true
		}
		rest = rest[size:]
	}
	return false
}

// mariaLen returns the length of the name, quote or comment that s begins with; else 1.
// Names may have dollar signs anywhere, so $since is one. A comment that the server
// runs (/*! … */) is one all the same: nothing in it is bound.
func mariaLen(s string) int {
	switch {
	case isName(s[0]) || s[0] == '$':
		n := 1
		for n < len(s) && (isName(s[n]) || s[n] == '$') {
			n++
		}
		return n
	case s[0] == '\'' || s[0] == '"':
		return quotedLen(s, s[0], true)
	case s[0] == '`':
		return quotedLen(s, '`', false)
	case s[0] == '#', strings.HasPrefix(s, "--") && (len(s) == 2 || s[2] <= ' '):
		if i := strings.IndexByte(s, '\n'); i >= 0 {
			return i
		}
		return len(s)
	case strings.HasPrefix(s, "/*"): // they do not nest
		if i := strings.Index(s[2:], "*/"); i >= 0 {
			return i + 4
		}
		return len(s)
	}
	return 1
}
