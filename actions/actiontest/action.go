package actiontest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"reflect"
	"strings"
	"sync"
	"testing"

	"gonogo/model"
)

// Behaviour is what an action under test is to run into.
type Behaviour string

// What an action may run into. Each prints something with Secret in it where it prints at all.
const (
	Well    Behaviour = "well"   // it ends well, having printed "hello"
	Fails   Behaviour = "fails"  // it ends badly, having printed Hostile and Secret
	Hangs   Behaviour = "hangs"  // it begins, and does not end by itself
	Floods  Behaviour = "floods" // it prints more than 8 MiB, and ends
	Hostile string    = "\x1b]0;pwned\a\x1b[2J\u202eevil\u200b\xff"
)

// ActionCase is a kind of action under test.
type ActionCase struct {
	// New makes an action that has Secret, from SecretName, wherever the kind allows one.
	New func(t *testing.T, b Behaviour) Running
}

// Running is an action and a look behind it.
type Running struct {
	model.Action
	Begun func() bool // Do has begun to have effect
	Gone  func() bool // nothing of it is left
}

// Action runs the contract of actions.
func Action(t *testing.T, c ActionCase) {
	t.Setenv(SecretName, Secret)
	t.Run("preview is pure and has no secrets", func(t *testing.T) { preview(t, c) })
	t.Run("ends well", func(t *testing.T) { endsWell(t, c) })
	t.Run("fails", func(t *testing.T) { fails(t, c) })
	t.Run("cancelled before", func(t *testing.T) { actionCancelled(t, c) })
	t.Run("cancelled meanwhile", func(t *testing.T) { cancelledMeanwhile(t, c) })
	t.Run("floods", func(t *testing.T) { floods(t, c) })
	t.Run("log that fails", func(t *testing.T) { logFails(t, c) })
}

func preview(t *testing.T, c ActionCase) {
	a := c.New(t, Well)
	p := a.Preview(nil)
	if q := a.Preview(model.Args{}); !reflect.DeepEqual(p, q) {
		t.Errorf("two previews differ: %v, %v", p, q)
	}
	if p.Title == "" || len(p.Lines) == 0 {
		t.Errorf("preview says nothing: %#v", p)
	}
	text := p.Title + strings.Join(p.Lines, "")
	if text != model.Inert(text) {
		t.Errorf("preview is not inert: %q", text)
	}
	NoSecret(t, "preview", text)
	if a.Begun() {
		t.Error("the preview did something")
	}
}

func endsWell(t *testing.T, c ActionCase) {
	a := c.New(t, Well)
	var log bytes.Buffer
	if err := a.Do(t.Context(), nil, &log); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "hello") {
		t.Errorf("log lacks what was printed: %q", log.String())
	}
	if !a.Begun() {
		t.Error("nothing happened")
	}
	NoSecret(t, "log", log.String())
}

func fails(t *testing.T, c ActionCase) {
	a := c.New(t, Fails)
	var log bytes.Buffer
	err := a.Do(t.Context(), nil, &log)
	if err == nil {
		t.Fatal("no error")
	}
	Harmless(t, "do", err)
	NoSecret(t, "log", log.String())
	if !strings.Contains(log.String(), "pwned") {
		t.Errorf("log lacks what was printed: %q", log.String())
	}
}

func actionCancelled(t *testing.T, c ActionCase) {
	a := c.New(t, Well)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	Within(t, "do", func() {
		if err := a.Do(ctx, nil, io.Discard); !errors.Is(err, context.Canceled) {
			t.Errorf("%v, want one that wraps context.Canceled", err)
		}
	})
	if a.Begun() {
		t.Error("it was done all the same")
	}
}

func cancelledMeanwhile(t *testing.T, c ActionCase) {
	a := c.New(t, Hangs)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	result := make(chan error, 1)
	go func() { result <- a.Do(ctx, nil, io.Discard) }()
	Eventually(t, "it begins", a.Begun)
	cancel()
	var err error
	Within(t, "do", func() { err = <-result })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want one that wraps context.Canceled", err)
	}
	Harmless(t, "do", err)
	Eventually(t, "nothing is left", a.Gone)
}

func floods(t *testing.T, c ActionCase) {
	a := c.New(t, Floods)
	var log counter
	var err error
	Within(t, "do", func() { err = a.Do(t.Context(), nil, &log) })
	Harmless(t, "do", err)
	if err == nil && log.total() < 8<<20 {
		t.Errorf("%d bytes were passed on, and no error says that there were more", log.total())
	}
	if err != nil && len(err.Error()) > 1000 {
		t.Errorf("error of %d bytes", len(err.Error()))
	}
}

func logFails(t *testing.T, c ActionCase) {
	for _, w := range []io.Writer{nil, failing{}} {
		a := c.New(t, Well)
		Within(t, "do", func() {
			if err := a.Do(t.Context(), nil, w); err != nil {
				t.Errorf("log %T: %v; what cannot be logged was done nevertheless", w, err)
			}
		})
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("the log is full") }

type counter struct {
	mu sync.Mutex
	n  int
}

func (c *counter) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n += len(b)
	return len(b), nil
}

func (c *counter) total() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.n
}
