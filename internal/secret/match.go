package secret

import "strings"

// masker replaces secrets in one text, or in one stream piece by piece.
type masker struct {
	table   *table // nil: there are no secrets
	covered int    // bytes of what comes next that belong to a secret that was replaced
}

// scan returns data without the secrets, and how much of data that is: all of it
// if it is final; else not what may be the beginning of a secret. Secrets that
// overlap are replaced as one.
func (m *masker) scan(data []byte, final bool) (out []byte, done int) {
	if m.table == nil {
		out = append(out, data[min(m.covered, len(data)):]...)
		m.covered = max(0, m.covered-len(data))
		return out, len(data)
	}
	out = make([]byte, 0, len(data))
	for i := 0; i < len(data); i++ {
		if m.covered == 0 { // what begins no secret goes by in one piece
			from := i
			for i < len(data) && !m.table.begins[data[i]] {
				i++
			}
			out = append(out, data[from:i]...)
			if i == len(data) {
				break
			}
		}
		n, more := m.table.match(data[i:], final)
		if more {
			return out, i
		}
		if n > m.covered {
			if m.covered == 0 {
				out = append(out, Masked...)
			}
			m.covered = n
		}
		if m.covered > 0 {
			m.covered--
			continue
		}
		out = append(out, data[i])
	}
	return out, len(data)
}

// match returns how many bytes at the beginning of data are a secret; 0: none. If
// data is not final, it reports whether more of it is needed to know.
func (t *table) match(data []byte, final bool) (n int, more bool) {
	lists := [3][]needle{0: t.first[data[0]]}
	switch data[0] {
	case '+':
		lists[1] = t.first[' ']
	case '%', '\\', '&':
		text, _, unsure := unescape(data)
		if unsure && !final {
			return 0, true
		}
		if text != "" && text[0] != data[0] {
			lists[2] = t.first[text[0]]
		}
	}
	for _, list := range lists {
		for i := range list {
			if list[i].differs(data) {
				continue
			}
			k, unsure := list[i].match(data, final)
			if unsure {
				return 0, true
			}
			n = max(n, k)
		}
	}
	return n, false
}

// differs reports, for most data at once, that it is not the needle.
func (n *needle) differs(data []byte) bool {
	if len(data) < 2 || data[0] != n.text[0] || data[1] == n.text[1] {
		return false
	}
	switch data[1] {
	case '%', '\\', '&', '\'', '"', '+', '\n', '\r', ' ', '\t':
		return false
	}
	return data[0] != '%' && data[0] != '\\' && data[0] != '&' && data[0] != '\'' && data[0] != '"' && !n.folds
}

// place is how far a needle is found: up to byte j of it, and byte p of the data.
type place struct{ j, p int }

// match returns how many bytes at the beginning of data are the needle, however
// escaped; 0: they are not it. It walks all ways to read data, the longest first:
// of an escaped secret nothing is to be left. With data that is not final it does not guess: it asks for more.
func (n *needle) match(data []byte, final bool) (length int, more bool) {
	// No escape is longer than 12 bytes; the rest is for line breaks.
	limit := 12*len(n.text) + 64
	var space [8]place
	ways := append(space[:0], place{})
	var seen map[place]bool // only where ways part
	for len(ways) > 0 {
		at := ways[len(ways)-1]
		ways = ways[:len(ways)-1]
		switch {
		case at.j == len(n.text):
			return at.p, false
		case at.p > limit:
			continue
		case at.p == len(data):
			if final {
				continue
			}
			return 0, true
		case seen[at]:
			continue
		}
		if seen != nil {
			seen[at] = true
		}
		before := len(ways)
		ways, more = n.step(ways, at, data)
		if more && !final {
			return 0, true
		}
		if len(ways) > before+1 && seen == nil {
			seen = map[place]bool{}
		}
	}
	return 0, false
}

// step adds to ways where it goes on from at, the plain way first. It reports
// more if data ends within what may be an escape.
func (n *needle) step(ways []place, at place, data []byte) (_ []place, more bool) {
	want, got := n.text[at.j], data[at.p]
	rest := data[at.p:]
	if got == want || n.folds && 'A' <= got && got <= 'F' && got-'A'+'a' == want || got == '+' && want == ' ' {
		ways = append(ways, place{at.j + 1, at.p + 1})
	}
	if n.breaks(at.j, got) {
		ways = append(ways, place{at.j, at.p + 1})
	}
	switch got {
	case '%', '\\', '&':
		text, k, unsure := unescape(rest)
		more = unsure
		switch {
		case text == "":
		case strings.HasPrefix(n.text[at.j:], text):
			ways = append(ways, place{at.j + len(text), at.p + k})
		case n.breaks(at.j, text[0]):
			ways = append(ways, place{at.j, at.p + k})
		}
	case '\'', '"':
		if got != want {
			break
		}
		for _, form := range quotes(got) {
			switch {
			case hasPrefix(rest, form):
				ways = append(ways, place{at.j + 1, at.p + len(form)})
			case len(rest) < len(form) && form[:len(rest)] == string(rest):
				more = true
			}
		}
	}
	return ways, more
}

// breaks reports whether b may stand before byte j of the needle because it was
// broken into lines, which may be indented.
func (n *needle) breaks(j int, b byte) bool {
	return n.wrapped && j > 0 && (b == '\n' || b == '\r' || b == ' ' || b == '\t')
}

// quotes returns how a quote within quotes is written: in SQL, CSV, and the two ways of shells.
func quotes(quote byte) []string {
	if quote == '"' {
		return []string{`""`}
	}
	return []string{`''`, `'\''`, `'"'"'`}
}

// hasPrefix is strings.HasPrefix for bytes and a string.
func hasPrefix(b []byte, prefix string) bool {
	return len(b) >= len(prefix) && string(b[:len(prefix)]) == prefix
}
