package ui

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"

	"gonogo/model"
)

// fakeFeed keeps what is submitted, and hands out what a test publishes.
type fakeFeed struct {
	mu      sync.Mutex
	got     []model.Intent
	err     error
	mailbox chan *model.Snapshot
}

func newFakeFeed() *fakeFeed { return &fakeFeed{mailbox: make(chan *model.Snapshot, 1)} }

func (f *fakeFeed) Subscribe() (<-chan *model.Snapshot, func()) { return f.mailbox, func() {} }

func (f *fakeFeed) Submit(_ context.Context, in model.Intent) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		return f.err
	}
	f.got = append(f.got, in)
	return nil
}

// publish puts s into the mailbox, in place of what nobody took yet.
func (f *fakeFeed) publish(s *model.Snapshot) {
	select {
	case <-f.mailbox:
	default:
	}
	f.mailbox <- s
}

// intents returns what was submitted since the last call.
func (f *fakeFeed) intents() []model.Intent {
	f.mu.Lock()
	defer f.mu.Unlock()
	got := f.got
	f.got = nil
	return got
}

// desk is a model without a program around it, inside a synctest bubble.
type desk struct {
	t    *testing.T
	m    *Model
	feed *fakeFeed
}

func newDesk(t *testing.T, s *model.Snapshot) *desk {
	t.Helper()
	n := 0
	feed := newFakeFeed()
	m := newModel(t.Context(), feed, feed.mailbox, Options{
		Actor: model.Actor{Name: "ana", Host: "desk"}, width: 120, height: 40,
		NewID: func() model.IntentID { n++; return model.IntentID(fmt.Sprint("in-", n)) },
	})
	d := &desk{t: t, m: m, feed: feed}
	d.m.View()
	if s != nil {
		d.snap(s)
	}
	return d
}

// snap shows s to the model.
func (d *desk) snap(s *model.Snapshot) {
	d.m.now = d.m.clock.read()
	d.settle(d.m.took(s))
	d.m.View()
}

// send gives msg to the model and runs what follows, but no clock ticks.
func (d *desk) send(msg tea.Msg) {
	_, cmd := d.m.Update(msg)
	d.m.View()
	d.settle(cmd)
}

func (d *desk) settle(cmd tea.Cmd) {
	for _, msg := range results(cmd) {
		switch msg.(type) {
		case nil, tickMsg, tea.QuitMsg:
			continue
		}
		d.send(msg)
	}
}

// results runs cmd to its end, with all that are in it. Inside a bubble, its timers take no time.
func results(cmd tea.Cmd) []tea.Msg {
	if cmd == nil {
		return nil
	}
	msg := cmd()
	batch, ok := msg.(tea.BatchMsg)
	if !ok {
		return []tea.Msg{msg}
	}
	var out []tea.Msg
	for _, c := range batch {
		out = append(out, results(c)...)
	}
	return out
}

// press sends keys by name, well apart from each other.
func (d *desk) press(names ...string) {
	for _, name := range names {
		time.Sleep(200 * time.Millisecond) // the bubble's time
		d.send(keyPress(name))
	}
}

// wait lets the bubble's time pass.
func (d *desk) wait(t time.Duration) {
	time.Sleep(t)
	d.m.Update(tickMsg{d.m.clock.chain})
	d.m.View()
}

// screen returns the frame as plain text.
func (d *desk) screen() string {
	d.m.view.dirty = true
	return ansi.Strip(d.m.View().Content)
}

func (d *desk) sees(text string) {
	d.t.Helper()
	spaced := strings.Join(strings.Split(text, ""), " ") // as a box writes an outcome
	if !strings.Contains(d.screen(), text) && !strings.Contains(d.screen(), spaced) {
		d.t.Errorf("the screen does not say %q:\n%s", text, d.screen())
	}
}

// one returns the only intent submitted since the last look.
func (d *desk) one() model.Intent {
	d.t.Helper()
	got := d.feed.intents()
	if len(got) != 1 {
		d.t.Fatalf("submitted %d intents, want 1: %+v", len(got), got)
	}
	return got[0]
}

func (d *desk) none() {
	d.t.Helper()
	if got := d.feed.intents(); len(got) != 0 {
		d.t.Fatalf("submitted %+v, want nothing", got)
	}
}

// keyPress makes the message of a key from its name as key bindings write it.
func keyPress(name string) tea.KeyPressMsg {
	special := map[string]rune{
		"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "up": tea.KeyUp, "down": tea.KeyDown,
		"left": tea.KeyLeft, "right": tea.KeyRight, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown,
		"home": tea.KeyHome, "end": tea.KeyEnd, "backspace": tea.KeyBackspace, "delete": tea.KeyDelete,
	}
	var mod tea.KeyMod
	rest := name
	for prefix, bit := range map[string]tea.KeyMod{"ctrl+": tea.ModCtrl, "shift+": tea.ModShift} {
		if after, ok := strings.CutPrefix(rest, prefix); ok && after != "" {
			rest, mod = after, mod|bit
		}
	}
	if code, ok := special[rest]; ok {
		return tea.KeyPressMsg{Code: code, Mod: mod}
	}
	if rest == "space" {
		return tea.KeyPressMsg{Code: tea.KeySpace, Text: " "}
	}
	r := []rune(rest)[0]
	if mod != 0 {
		return tea.KeyPressMsg{Code: r, Mod: mod}
	}
	return tea.KeyPressMsg{Code: r, Text: rest}
}

// tty is a terminal emulator that a program writes to.
type tty struct {
	mu  sync.Mutex
	emu *vt.Emulator
	err error
}

func newTTY(w, h int) *tty {
	e := vt.NewEmulator(w, h)
	_, _ = e.WriteString("\x1b[20h")
	return &tty{emu: e}
}

func (t *tty) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.err != nil {
		return 0, t.err
	}
	return t.emu.Write(p)
}

func (t *tty) screen() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.emu.String()
}

// stage is a whole program on an emulated terminal, inside a synctest bubble.
type stage struct {
	feed *fakeFeed
	tty  *tty
	keys *io.PipeWriter
	done chan error
	stop context.CancelFunc
}

func newStage(t *testing.T, w, h int, o Options) *stage {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	in, keys := io.Pipe()
	s := &stage{feed: newFakeFeed(), tty: newTTY(w, h), keys: keys, done: make(chan error, 1), stop: stop}
	go func() { // what the emulator answers is dropped: nobody asks it anything
		_, _ = io.Copy(io.Discard, s.tty.emu)
	}()
	profile, dark := colorprofile.ANSI256, true
	o.Input, o.Output, o.Dark, o.profile, o.width, o.height = in, s.tty, &dark, &profile, w, h
	o.Environ = []string{"TERM=xterm-256color", "TERM_PROGRAM=test", "SSH_TTY=x"}
	if o.Actor.Name == "" {
		o.Actor = model.Actor{Name: "ana", Host: "desk"}
	}
	go func() { s.done <- Run(ctx, s.feed, o) }()
	return s
}

// close ends the program and everything that it started.
func (s *stage) close() {
	s.stop()
	_ = s.wait() // a test that cares for it reads it itself, and puts it back
	_ = s.keys.Close()
	if in, ok := s.tty.emu.InputPipe().(io.Closer); ok { // Close would race with the Read above
		_ = in.Close()
	}
	time.Sleep(2 * time.Second) // past the longest tick, in the bubble's time
}

// write types text at the terminal.
func (s *stage) write(t *testing.T, text string) {
	t.Helper()
	if _, err := s.keys.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
}

// fail makes every further write fail.
func (t *tty) fail(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.err = err
}

func (t *tty) altScreen() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.emu.IsAltScreen()
}

// overflows says where a frame has more than h lines or w cells.
func overflows(frame string, w, h int) string {
	if w == 0 || h == 0 {
		if frame != "" {
			return "a frame without room"
		}
		return ""
	}
	lines := strings.Split(frame, "\n")
	if len(lines) > h {
		return fmt.Sprintf("%d lines", len(lines))
	}
	for i, l := range lines {
		if n := ansi.StringWidth(l); n > w {
			return fmt.Sprintf("line %d has %d cells: %q", i, n, l)
		}
	}
	return ""
}

// wait returns what Run returned.
func (s *stage) wait() error { return <-s.done }
