package actiontest

import (
	"context"
	"errors"
	"strings"
	"testing"

	"gonogo/model"
)

// ReaderCase is a kind of reader under test.
type ReaderCase struct {
	// New makes a reader that reads what want says.
	New func(t *testing.T) (r model.Reader, want string)
	// Broken makes readers that cannot read, by what is wrong.
	Broken map[string]func(t *testing.T) model.Reader
	// Hangs makes one whose answer does not come; nil where that cannot be.
	Hangs func(t *testing.T) (r model.Reader, begun func() bool)
}

// Reader runs the contract of readers.
func Reader(t *testing.T, c ReaderCase) {
	t.Setenv(SecretName, Secret)
	t.Run("reads", func(t *testing.T) {
		r, want := c.New(t)
		for range 2 {
			got, err := r.Read(t.Context())
			if err != nil || got != want {
				t.Fatalf("read %q, %v, want %q", got, err, want)
			}
			if got != strings.TrimSpace(got) {
				t.Errorf("%q has blanks around it", got)
			}
		}
	})
	for name, broken := range c.Broken {
		t.Run(name, func(t *testing.T) {
			r := broken(t)
			var err error
			Within(t, "read", func() { _, err = r.Read(t.Context()) })
			if err == nil {
				t.Fatal("no error")
			}
			Harmless(t, "read", err)
			if len(err.Error()) > 1000 {
				t.Errorf("error of %d bytes", len(err.Error()))
			}
		})
	}
	t.Run("cancelled before", func(t *testing.T) {
		r, _ := c.New(t)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := r.Read(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("%v, want one that wraps context.Canceled", err)
		}
	})
	if c.Hangs == nil {
		return
	}
	t.Run("cancelled meanwhile", func(t *testing.T) {
		r, begun := c.Hangs(t)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		result := make(chan error, 1)
		go func() {
			_, err := r.Read(ctx)
			result <- err
		}()
		Eventually(t, "it begins", begun)
		cancel()
		Within(t, "read", func() {
			if err := <-result; !errors.Is(err, context.Canceled) {
				t.Errorf("%v, want one that wraps context.Canceled", err)
			}
		})
	})
}
