package theme

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Plain returns a screen in ASCII, as wide as it was: lines, charts and glyphs become what looks
// most like them, and anything else a ? for each cell. Sequences pass as they are.
func Plain(screen string) string {
	var b strings.Builder
	b.Grow(len(screen))
	for len(screen) > 0 {
		n := 0
		for n < len(screen) && screen[n] < utf8.RuneSelf {
			n++
		}
		b.WriteString(screen[:n])
		screen = screen[n:]
		if screen == "" {
			break
		}
		cluster, w := ansi.FirstGraphemeCluster(screen, ansi.GraphemeWidth)
		if cluster == "" { // nothing of it can be shown
			_, size := utf8.DecodeRuneInString(screen)
			cluster = screen[:size]
		}
		screen = screen[len(cluster):]
		r, size := utf8.DecodeRuneInString(cluster)
		if w == 1 && size == len(cluster) {
			b.WriteByte(plainRune(r))
			continue
		}
		for range w {
			b.WriteByte('?')
		}
	}
	return b.String()
}

func plainRune(r rune) byte {
	if out, ok := plain[r]; ok {
		return out
	}
	switch {
	case r >= 0x2800 && r <= 0x28ff:
		return plainDots(byte(r))
	case r == 0x2591 || r == 0x2592 || r == 0x2593 || r >= 0x2580 && r <= 0x259f:
		return '#'
	case r >= 0x2190 && r <= 0x21ff:
		return '>'
	case r == '┊' || r == '┆' || r == '╎':
		return '|'
	case r >= 0x2500 && r <= 0x257f:
		return '+'
	}
	return '?'
}

// plainDots returns what looks most like the dots of a braille character: a bar where it is
// filled, else where its highest dots are.
func plainDots(dots byte) byte {
	const rows = 4
	masks := [rows]byte{0b1001, 0b10010, 0b100100, 0b11000000} // from the top
	n, top := 0, -1
	for i, m := range masks {
		if dots&m != 0 {
			n++
			if top < 0 {
				top = i
			}
		}
	}
	switch n {
	case 0:
		return ' '
	case rows:
		return '|'
	case rows - 1:
		return ':'
	}
	return [rows]byte{'"', '-', '-', '_'}[top]
}

// plain says what stands for the characters that the screen is drawn with. No two glyphs of states that
// must not be mistaken for each other become the same; the words beside them tell the rest.
var plain = map[rune]byte{
	'✔': '+', '✖': 'x', '○': 'o', '◌': '~', '◔': '.', '◑': ':', '▢': '_', '◇': '<', '‖': '=', '↓': 'v', '≠': '#', '∅': '0', '⊘': '%',
	'☞': '>', '–': '-', '—': '-', '·': '.', '…': '~', '×': 'x', '≈': '~', '≤': '<', '≥': '>', '→': '>', '←': '<', '↑': '^', '⍰': '?', '␣': '_',
	'─': '-', '━': '-', '┈': '.', '┄': '-', '╌': '-', '═': '=', '│': '|', '┃': '|', '║': '|', '▸': '>', '▶': '>', '▷': '>', '◀': '<', '◂': '<', '▲': '^',
	'▼': 'v', '●': '*', '◆': '*', '■': '#', '▪': '#', '□': '_', '“': '"', '”': '"', '‘': '\'', '’': '\'', 'µ': 'u', '¹': '1', '²': '2', '³': '3',
	'±': '~', '⏎': '<', '•': '*', '▐': '[', '▌': ']', '⏸': '=', '⟳': '@', '↺': '@', '↻': '@', '⚠': '!', '⚑': 'P', '›': '>', '‹': '<', '−': '-', '╸': '-', 'α': 'a', 'β': 'b', '☁': 'c', '∞': '8', '⊕': '+', '§': 'S',
}
