package keyboard

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
)

// tornFor is how long after a piece of a torn sequence no key counts that
// changes something.
const tornFor = time.Second

// pauseFor is how long such a sequence may pause and still go on; Bubble Tea
// hands out an incomplete piece a little late.
const pauseFor = tornFor + 250*time.Millisecond

// part is where in a torn sequence its last piece ended.
type part int

const (
	outside  part = iota
	escaped       // after an Esc, which may have been a person's
	csi           // after ESC [
	ss3           // after ESC O
	control       // after ESC P, ], _, ^ or X, at the first letter
	inString      // in such a string, up to its end
	oldMouse      // in a mouse report without numbers, which may hold any letter
	inPaste       // between the brackets of a paste
)

// torn follows what a slow line leaves of a terminal's reply: Bubble Tea takes
// its pieces for an Esc, for sequences that it does not know, and for keys. The
// zero value has seen none.
type torn struct {
	at      part
	last    time.Time // of the last piece
	until   time.Time // no key that changes something counts before
	begin   rune      // of a string: what followed ESC
	numbers string    // of a CSI
	left    int       // letters of an old mouse report that are still to come
	rest    int       // bytes of its last letter that are still to come

	ignored   string // the key that did not count last
	ignoredAt time.Time
}

// key notes a key, and reports whether it may be a piece of a torn sequence and
// so does not count. Only one with an effect can; that it was ignored does not
// prolong the time for `!`, space or Enter pressed again.
func (t *torn) key(now time.Time, k tea.KeyPressMsg, e Effect) (spoiled bool) {
	t.settle(now)
	again := now.Sub(t.ignoredAt) >= tornFor
	switch k.String() {
	case "!", "space", "enter":
		again = again || t.ignored == k.String()
	}
	counts := e == Leads || e == Acts
	spoiled = counts && (now.Before(t.until) || t.at == oldMouse || t.at != outside && t.at != escaped && !again)
	if counts && !spoiled {
		t.at = outside // a person's, so what went before has ended
		return false
	}
	until := t.until
	for _, r := range pieces(k) {
		t.piece(now, r)
	}
	if spoiled {
		t.until = until
		t.ignored, t.ignoredAt = k.String(), now
	}
	return spoiled
}

// other notes what is no key. Well-formed mouse and focus reports and replies
// spoil nothing.
func (t *torn) other(now time.Time, msg tea.Msg, w, h int) {
	t.settle(now)
	raw, unknown := unknownText(msg)
	pieces := rawPieces(raw)
	if mouse, ok := msg.(tea.MouseMsg); ok {
		m := mouse.Mouse() // a report in UTF-8 is read as one far outside, and the rest as keys
		unknown = w > 0 && (m.X >= w || m.Y >= h) || m.Button >= tea.MouseButton10
		pieces = mousePieces(m)
	}
	switch msg.(type) {
	case tea.PasteStartMsg, tea.PasteEndMsg, tea.PasteMsg:
		t.at = outside
	}
	if !unknown {
		return
	}
	t.until = now.Add(tornFor)
	for _, r := range pieces {
		t.piece(now, r)
	}
}

// settle forgets a sequence that did not go on.
func (t *torn) settle(now time.Time) {
	if t.at != outside && now.Sub(t.last) >= pauseFor {
		t.at = outside
	}
}

// piece goes on with the sequence by one character.
func (t *torn) piece(now time.Time, r rune) {
	before := t.at
	t.at = t.next(r)
	t.last = now
	if before != outside && before != escaped || t.at != outside && t.at != escaped {
		t.until = now.Add(tornFor)
	}
}

// next returns where the sequence is after r.
func (t *torn) next(r rune) part {
	if r == '\x1b' && t.at != oldMouse {
		return escaped
	}
	switch t.at {
	case escaped:
		return t.introduced(r)
	case csi:
		return t.nextCSI(r)
	case control:
		if t.begin == ']' && !strings.ContainsRune("0123456789lLI", r) || t.begin == 'P' && !strings.ContainsRune("0123456789>!$+=?|", r) {
			return outside // a person's keys
		}
		return inString
	case inString:
		if r == '\a' || r == '\u009c' {
			return outside
		}
		return inString
	case oldMouse:
		return t.nextOldMouse(r)
	case inPaste:
		return inPaste
	}
	return outside
}

// introduced returns where the sequence is after ESC and r.
func (t *torn) introduced(r rune) part {
	switch r {
	case '[':
		t.numbers = ""
		return csi
	case 'O':
		return ss3
	case 'P', ']', '_', '^', 'X':
		t.begin = r
		return control
	}
	return outside
}

func (t *torn) nextCSI(r rune) part {
	switch {
	case r >= 0x20 && r <= 0x3f && len(t.numbers) < 64:
		t.numbers += string(r)
		return csi
	case r == 'M' && t.numbers == "":
		t.left, t.rest = 3, 0
		return oldMouse
	case r == '~' && t.numbers == "200":
		return inPaste
	}
	return outside
}

// nextOldMouse counts the letters of a mouse report without numbers. In UTF-8 a
// letter may be of several bytes, which a slow line tears apart, too.
func (t *torn) nextOldMouse(r rune) part {
	if b := -r; t.rest > 0 && b >= 0x80 && b < 0xc0 {
		t.rest--
	} else {
		t.left--
		t.rest = bytesAfter(-r)
	}
	if t.left > 0 || t.rest > 0 {
		return oldMouse
	}
	return outside
}

// bytesAfter returns how many bytes of a letter follow the byte that it begins
// with; 0 for any other.
func bytesAfter(b rune) int {
	switch {
	case b >= 0xc2 && b < 0xe0:
		return 1
	case b >= 0xe0 && b < 0xf0:
		return 2
	case b >= 0xf0 && b < 0xf5:
		return 3
	}
	return 0
}

// rawPieces are the characters of a sequence that could not be read. A byte
// that is no character is negative. Bubble Tea writes a single one as the character of its number.
func rawPieces(raw string) []rune {
	if r, n := utf8.DecodeRuneInString(raw); n == len(raw) && r >= 0x80 && r <= 0xff {
		return []rune{-r}
	}
	var out []rune
	for i, r := range raw {
		if r == utf8.RuneError && raw[i] >= 0x80 && !strings.HasPrefix(raw[i:], "\ufffd") {
			r = -rune(raw[i])
		}
		out = append(out, r)
	}
	return out
}

// mousePieces are the characters of the mouse report without numbers that m may
// have been read from: of three letters in UTF-8 the first three bytes.
func mousePieces(m tea.Mouse) []rune {
	const first = 33 // of a column and of a row
	x, y := rune(m.X+first), rune(m.Y+first)
	rest := func(b rune) bool { return b >= 0x80 && b < 0xc0 }
	out := []rune{'\x1b', '[', 'M', ' '}
	switch {
	case x > 0xff || y > 0xff:
		return nil // it had numbers
	case rest(x) && rest(y):
		out[3] = -0xe0
	case rest(x):
		out[3] = -0xc2
	}
	for _, b := range []rune{x, y} {
		if b >= 0x80 {
			b = -b
		}
		out = append(out, b)
	}
	return out
}

// pieces are the characters that a terminal sent for k, as far as a torn
// sequence may have held them. A byte that is no character is negative.
func pieces(k tea.KeyPressMsg) []rune {
	const ctrlAlt = tea.ModCtrl | tea.ModAlt
	switch {
	case k.Mod == ctrlAlt && k.Code >= 0x40 && k.Code < 0x60:
		return []rune{-k.Code - 0x40} // a control character of one byte, or a piece of a letter
	case k.Code == tea.KeyEscape && k.Mod == 0:
		return []rune{'\x1b'}
	case k.Mod&tea.ModAlt != 0 && k.Mod&tea.ModCtrl == 0 && k.Code < unicode.MaxRune:
		r := k.Code
		if k.Mod&tea.ModShift != 0 {
			r = unicode.ToUpper(r)
		}
		return []rune{'\x1b', r}
	case k.Mod&tea.ModCtrl != 0 && k.Code == 'g':
		return []rune{'\a'}
	case k.Text != "":
		return []rune(k.Text)
	case k.Code == tea.KeyEnter:
		return []rune{'\r'}
	}
	return []rune{0} // a whole sequence or another control character
}

// unknownText returns the bytes of a sequence that Bubble Tea could not read.
func unknownText(msg tea.Msg) (string, bool) {
	switch e := msg.(type) {
	case uv.UnknownEvent:
		return string(e), true
	case uv.UnknownCsiEvent:
		return string(e), true
	case uv.UnknownSs3Event:
		return string(e), true
	case uv.UnknownOscEvent:
		return string(e), true
	case uv.UnknownDcsEvent:
		return string(e), true
	case uv.UnknownSosEvent:
		return string(e), true
	case uv.UnknownPmEvent:
		return string(e), true
	case uv.UnknownApcEvent:
		return string(e), true
	}
	return "", false
}
