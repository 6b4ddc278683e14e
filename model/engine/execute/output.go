package execute

import (
	"bytes"
	"strings"
	"sync"

	"gonogo/model"
)

// outputKept is how much of a step's output is journaled: its head and its tail, each.
const outputKept = 4 << 10

// Output keeps the head and tail of what an action prints, and says its last
// line as it comes. It never holds more than 2·outputKept bytes and a line.
type Output struct {
	mu   sync.Mutex
	head []byte
	tail []byte
	cut  bool
	say  func(line string)
}

// NewOutput returns an output that gives each last line to say.
func NewOutput(say func(line string)) *Output { return &Output{say: say} }

// Say says a line that no action printed; it is not kept.
func (o *Output) Say(line string) { o.say(line) }

// Write never fails.
func (o *Output) Write(p []byte) (int, error) {
	o.mu.Lock()
	rest := p
	if room := outputKept - len(o.head); room > 0 {
		n := min(room, len(rest))
		o.head = append(o.head, rest[:n]...)
		rest = rest[n:]
	}
	o.tail = append(o.tail, rest...)
	if over := len(o.tail) - outputKept; over > 0 {
		o.cut = true
		o.tail = append(o.tail[:0], o.tail[over:]...)
	}
	o.mu.Unlock()
	if line := lastLine(p); line != "" {
		o.say(line)
	}
	return len(p), nil
}

func lastLine(p []byte) string {
	lines := bytes.Split(bytes.TrimRight(p, "\r\n"), []byte("\n"))
	line := bytes.TrimSpace(lines[len(lines)-1])
	return string(line[:min(len(line), 200)])
}

// String returns what was kept, inert, its lines apart.
func (o *Output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	text := string(o.head)
	if o.cut {
		text += "\n…\n"
	}
	lines := strings.Split(strings.TrimRight(text+string(o.tail), "\r\n"), "\n")
	for i, l := range lines {
		lines[i] = model.Inert(strings.TrimRight(l, "\r"))
	}
	return strings.Join(lines, "\n")
}
