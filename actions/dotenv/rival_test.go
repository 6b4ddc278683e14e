package dotenv

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gonogo/model"
)

// rival plays somebody who edits the file between our reading and our writing.
func (x *fixture) rival(plain bool, edit func(n int)) *Switch {
	s := x.flag(".env", "K", model.Bool)
	n := 0
	s.file.plainRename = plain
	s.file.between = func() { n++; edit(n) }
	return s
}

func TestRivals(t *testing.T) {
	tests := []struct {
		name string
		// edit is what the rival does each time that we are about to write, n counting from 1.
		edit func(x *fixture, n int)
		want string // what the file holds in the end; empty: it is gone
		err  error
		text string // in the error
	}{
		{
			"one edit is merged",
			func(x *fixture, n int) {
				if n == 1 {
					x.write(".env", "NEW=1\nA=2\nK=false # rival\n")
				}
			},
			"NEW=1\nA=2\nK=true # rival\n", nil, "",
		},
		{
			"replaced by another file",
			func(x *fixture, n int) {
				if n == 1 {
					x.write("new", "A=3\n")
					x.must(os.Rename(x.path("new"), x.path(".env")))
				}
			},
			"A=3\nK=true\n", nil, "",
		},
		{
			"again and again",
			func(x *fixture, n int) { x.write(".env", "K=false\nN="+strings.Repeat("x", n)+"\n") },
			"K=false\nN=xxx\n", ErrConflict, "tried 3 times",
		},
		{"sets the same", func(x *fixture, _ int) { x.write(".env", after) }, after, nil, ""},
		{"takes the file away", func(x *fixture, _ int) { x.must(os.Remove(x.path(".env"))) }, "", fs.ErrNotExist, "make it, empty if need be"},
	}
	for _, tt := range tests {
		for way, plain := range map[string]bool{"exchange": false, "rename": true} {
			t.Run(tt.name+", "+way, func(t *testing.T) {
				x := newFixture(t, before)
				err := x.rival(plain, func(n int) { tt.edit(x, n) }).Set(t.Context(), on())
				if !errors.Is(err, tt.err) || err != nil && !strings.Contains(err.Error(), tt.text) {
					t.Errorf("error %v, want %v", err, tt.err)
				}
				if tt.want != "" && x.read(".env") != tt.want {
					t.Errorf("got %q, want %q", x.read(".env"), tt.want)
				}
				x.clean()
			})
		}
	}
}

func TestRivalChangesMode(t *testing.T) {
	x := newFixture(t, before)
	s := x.rival(false, func(int) { x.must(os.Chmod(x.path(".env"), 0o600)) })
	if err := s.Set(t.Context(), on()); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(x.path(".env"))
	x.must(err)
	if info.Mode() != 0o600 || x.read(".env") != after {
		t.Errorf("mode %v, %q", info.Mode(), x.read(".env"))
	}
	x.clean()
}

func TestCancelledBeforeItIsReplaced(t *testing.T) {
	x := newFixture(t, before)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if err := x.rival(false, func(int) { cancel() }).Set(ctx, on()); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if x.read(".env") != before {
		t.Errorf("got %q", x.read(".env"))
	}
	x.clean()
}

// What a crash of ours leaves is the old file or the new one, never another.
func TestReplaceIsWhole(t *testing.T) {
	x := newFixture(t, before)
	s := x.rival(false, func(int) {
		if x.read(".env") != before {
			t.Errorf("half written: %q", x.read(".env"))
		}
		temps, _ := filepath.Glob(x.path(".gonogo-*.tmp"))
		if len(temps) != 1 {
			t.Fatalf("temporary files: %v", temps)
		}
		if b, err := os.ReadFile(temps[0]); err != nil || string(b) != after {
			t.Errorf("beside it: %q, %v", b, err)
		}
	})
	if err := s.Set(t.Context(), on()); err != nil {
		t.Fatal(err)
	}
}
