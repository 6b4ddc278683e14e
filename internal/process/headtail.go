package process

import (
	"errors"
	"fmt"
	"sync"
)

// Kept is how much of the head and how much of the tail a HeadTail keeps, in bytes.
const Kept = 64 << 10

// HeadTail is a writer that keeps the first and the last 64 KiB of what it
// gets. The zero value is ready. It is safe for concurrent use.
type HeadTail struct {
	mu    sync.Mutex
	head  []byte
	tail  []byte // a ring once it is full
	next  int    // where the ring goes on
	total int64
}

// Write takes all of b; it never fails.
func (h *HeadTail) Write(b []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := len(b)
	h.total += int64(n)
	if room := Kept - len(h.head); room > 0 {
		k := min(room, len(b))
		h.head = append(h.head, b[:k]...)
		b = b[k:]
	}
	if len(b) > Kept {
		b = b[len(b)-Kept:]
	}
	if room := Kept - len(h.tail); room > 0 {
		k := min(room, len(b))
		h.tail = append(h.tail, b[:k]...)
		b = b[k:]
	}
	for len(b) > 0 {
		k := copy(h.tail[h.next:], b)
		h.next = (h.next + k) % Kept
		b = b[k:]
	}
	return n, nil
}

// Total returns how many bytes were written.
func (h *HeadTail) Total() int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.total
}

// String returns what was kept, as it came, with a line between head and tail
// that says how many bytes were left out, if any were.
func (h *HeadTail) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	tail := string(h.tail[h.next:]) + string(h.tail[:h.next])
	left := h.total - int64(len(h.head)) - int64(len(h.tail))
	if left <= 0 {
		return string(h.head) + tail
	}
	return fmt.Sprintf("%s\n… %d bytes left out …\n%s", h.head, left, tail)
}

// ErrTooMuch is what a Limited returns when more is written than it takes.
var ErrTooMuch = errors.New("more was printed than is taken")

// Limited is a writer that takes Max bytes and then fails with an error that
// wraps ErrTooMuch. A program whose Out it is goes on, but Run returns the error.
type Limited struct {
	Max  int
	data []byte
}

// Write takes b, or as much of it as there is room for.
func (l *Limited) Write(b []byte) (int, error) {
	if room := l.Max - len(l.data); len(b) > room {
		l.data = append(l.data, b[:room]...)
		return room, fmt.Errorf("%w: %d bytes at most", ErrTooMuch, l.Max)
	}
	l.data = append(l.data, b...)
	return len(b), nil
}

// String returns what was taken.
func (l *Limited) String() string { return string(l.data) }
