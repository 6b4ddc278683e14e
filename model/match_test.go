package model

import (
	"bytes"
	"strings"
	"testing"
)

// TestALineMatches however the text comes in pieces, with line ends of any kind, and without a last one.
func TestALineMatches(t *testing.T) {
	for _, c := range []struct {
		expr, text string
		want       bool
		last       string
	}{
		{"^OK$", "OK", true, "OK"},
		{"^OK$", "first\r\nOK\r\n", true, "OK"},
		{"^OK$", "NOT OK\n", false, "NOT OK"},
		{"^OK$", "O\nK\n", false, "K"},
		{"^[1-9][0-9]* contacts? found$", "0 contacts found\n\n", false, "0 contacts found"},
		{"^$", "a\n\nb", true, "b"},
		{"b$", strings.Repeat("a", maxMatched) + "b\nc", false, "c"},
	} {
		for _, size := range []int{1, 3, 1 << 20} {
			var out bytes.Buffer
			m, err := NewLineMatcher(&out, c.expr)
			if err != nil {
				t.Fatal(err)
			}
			for rest := c.text; rest != ""; {
				n := min(size, len(rest))
				_, _ = m.Write([]byte(rest[:n]))
				rest = rest[n:]
			}
			if got := m.Matched(); got != c.want || m.Last() != c.last || out.String() != c.text {
				t.Errorf("%q in pieces of %d of %.20q: %v, last %.20q", c.expr, size, c.text, got, m.Last())
			}
		}
	}
}
