package dotenv

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"gonogo/actions/actiontest"
	"gonogo/model"
)

const (
	before = "A=1\nK=false\n"
	after  = "A=1\nK=true\n"
)

// refused fails the test unless K cannot be set for the reason want, and nothing changed.
func (x *fixture) refused(file, want string, is error) {
	x.t.Helper()
	err := x.flag(file, "K", model.Bool).Set(x.t.Context(), on())
	if err == nil || !strings.Contains(err.Error(), want) || is != nil && !errors.Is(err, is) {
		x.t.Errorf("error %v, want %q in it", err, want)
	}
	actiontest.Harmless(x.t, "set", err)
	if err != nil && strings.Contains(err.Error(), ".tmp") {
		x.t.Errorf("error names a temporary file: %v", err)
	}
}

func TestSymlinks(t *testing.T) {
	link := func(x *fixture, to, name string) {
		x.t.Helper()
		if err := os.Symlink(to, x.path(name)); err != nil {
			x.t.Fatal(err)
		}
	}
	t.Run("inside its folder", func(t *testing.T) {
		x := newFixture(t, before)
		link(x, ".env", "link")
		if err := x.flag("link", "K", model.Bool).Set(t.Context(), on()); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Lstat(x.path("link")); err != nil || info.Mode()&fs.ModeSymlink == 0 || x.read(".env") != after {
			t.Errorf("link %v, file %q, %v", info.Mode(), x.read(".env"), err)
		}
		x.clean("link")
	})
	t.Run("below its folder", func(t *testing.T) {
		x := newFixture(t, "")
		if err := os.Mkdir(x.path("sub"), 0o755); err != nil {
			t.Fatal(err)
		}
		x.write("sub/real", before)
		link(x, "sub/real", "link")
		if err := x.flag("link", "K", model.Bool).Set(t.Context(), on()); err != nil {
			t.Fatal(err)
		}
		if x.read("sub/real") != after {
			t.Errorf("got %q", x.read("sub/real"))
		}
	})
	t.Run("its folder is one", func(t *testing.T) {
		x := newFixture(t, before)
		other := filepath.Join(t.TempDir(), "link")
		if err := os.Symlink(x.dir, other); err != nil {
			t.Fatal(err)
		}
		if err := x.flag(other+"/.env", "K", model.Bool).Set(t.Context(), on()); err != nil {
			t.Fatal(err)
		}
		if x.read(".env") != after {
			t.Errorf("got %q", x.read(".env"))
		}
	})
	t.Run("out of its folder", func(t *testing.T) {
		x := newFixture(t, "")
		real := filepath.Join(t.TempDir(), "real")
		if err := os.WriteFile(real, []byte(before), 0o600); err != nil {
			t.Fatal(err)
		}
		link(x, real, "link")
		x.refused("link", "it is a symbolic link out of its folder, to "+real+": name that file in the config instead", nil)
		if got, _ := os.ReadFile(real); string(got) != before {
			t.Errorf("got %q", got)
		}
		if _, err := x.flag("link", "K", model.Bool).Observe(t.Context()); err == nil {
			t.Error("it was read")
		}
	})
	t.Run("to nothing", func(t *testing.T) {
		x := newFixture(t, "")
		link(x, "nothing", "link")
		x.refused("link", "it is a symbolic link to nothing", fs.ErrNotExist)
	})
	t.Run("in a circle", func(t *testing.T) {
		x := newFixture(t, "")
		link(x, "two", "one")
		link(x, "one", "two")
		x.refused("one", "too many links", nil)
	})
}

func TestNoRegularFile(t *testing.T) {
	x := newFixture(t, "")
	if err := os.Mkdir(x.path("folder"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(x.path("pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	x.write("large", strings.Repeat("A=1\n", maxSize/4)+"\n")
	actiontest.Within(t, "set", func() {
		x.refused("folder", "it is no regular file", nil)
		x.refused("pipe", "it is no regular file", nil)
		x.refused("large", "it is larger than 1 MiB: that is no .env file", nil)
	})
	x.clean("folder", "pipe", "large")
}

func TestReadOnlyFile(t *testing.T) {
	x := newFixture(t, before)
	if err := os.Chmod(x.path(".env"), 0o444); err != nil {
		t.Fatal(err)
	}
	x.refused(".env", "it is read-only (mode 0444): chmod u+w it to have it changed", fs.ErrPermission)
	if x.read(".env") != before {
		t.Errorf("got %q", x.read(".env"))
	}
	x.clean()
}

func TestModeOwnerAttributesStay(t *testing.T) {
	x := newFixture(t, before)
	path := x.path(".env")
	if err := os.Chmod(path, 0o604); err != nil {
		t.Fatal(err)
	}
	uid, gid := os.Getuid(), os.Getgid()
	if uid == 0 {
		uid, gid = 12345, 54321
		if err := os.Chown(path, uid, gid); err != nil {
			t.Fatal(err)
		}
	}
	attribute := setAttribute(path)
	if err := x.flag(".env", "K", model.Bool).Set(t.Context(), on()); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	st := info.Sys().(*syscall.Stat_t)
	if x.read(".env") != after || info.Mode() != 0o604 || int(st.Uid) != uid || int(st.Gid) != gid {
		t.Errorf("got %q, mode %v, owner %d:%d", x.read(".env"), info.Mode(), st.Uid, st.Gid)
	}
	if attribute != "" && getAttribute(path) != attribute {
		t.Errorf("attribute %q, want %q", getAttribute(path), attribute)
	}
}

// rival plays somebody who edits the file between our reading and our writing.
func (x *fixture) rival(plain bool, edit func(n int)) *Switch {
	s := x.flag(".env", "K", model.Bool)
	n := 0
	s.file.plainRename = plain
	s.file.between = func() { n++; edit(n) }
	return s
}

func TestRivals(t *testing.T) {
	for _, way := range []struct {
		name  string
		plain bool
	}{{"exchange", false}, {"rename", true}} {
		t.Run(way.name, func(t *testing.T) {
			t.Run("one edit is merged", func(t *testing.T) {
				x := newFixture(t, before)
				s := x.rival(way.plain, func(n int) {
					if n == 1 {
						x.write(".env", "NEW=1\nA=2\nK=false # rival\n")
					}
				})
				if err := s.Set(t.Context(), on()); err != nil {
					t.Fatal(err)
				}
				if want := "NEW=1\nA=2\nK=true # rival\n"; x.read(".env") != want {
					t.Errorf("got %q, want %q", x.read(".env"), want)
				}
				x.clean()
			})
			t.Run("replaced by another file", func(t *testing.T) {
				x := newFixture(t, before)
				s := x.rival(way.plain, func(n int) {
					if n == 1 {
						x.write("new", "A=3\n")
						if err := os.Rename(x.path("new"), x.path(".env")); err != nil {
							t.Error(err)
						}
					}
				})
				if err := s.Set(t.Context(), on()); err != nil {
					t.Fatal(err)
				}
				if want := "A=3\nK=true\n"; x.read(".env") != want {
					t.Errorf("got %q, want %q", x.read(".env"), want)
				}
				x.clean()
			})
			t.Run("mode changed", func(t *testing.T) {
				x := newFixture(t, before)
				s := x.rival(way.plain, func(int) {
					if err := os.Chmod(x.path(".env"), 0o600); err != nil {
						t.Error(err)
					}
				})
				if err := s.Set(t.Context(), on()); err != nil {
					t.Fatal(err)
				}
				if info, err := os.Stat(x.path(".env")); err != nil || info.Mode() != 0o600 || x.read(".env") != after {
					t.Errorf("mode %v, %v", info.Mode(), err)
				}
				x.clean()
			})
			t.Run("again and again", func(t *testing.T) {
				x := newFixture(t, before)
				last := ""
				s := x.rival(way.plain, func(n int) {
					last = "K=false\nN=" + strings.Repeat("x", n) + "\n"
					x.write(".env", last)
				})
				if err := s.Set(t.Context(), on()); !errors.Is(err, ErrConflict) {
					t.Errorf("error %v, want ErrConflict", err)
				}
				if x.read(".env") != last {
					t.Errorf("the rival's change was lost: %q, want %q", x.read(".env"), last)
				}
				x.clean()
			})
			t.Run("sets the same", func(t *testing.T) {
				x := newFixture(t, before)
				s := x.rival(way.plain, func(int) { x.write(".env", after) })
				if err := s.Set(t.Context(), on()); err != nil {
					t.Error(err)
				}
				if x.read(".env") != after {
					t.Errorf("got %q", x.read(".env"))
				}
				x.clean()
			})
			t.Run("takes the file away", func(t *testing.T) {
				x := newFixture(t, before)
				s := x.rival(way.plain, func(int) {
					if err := os.Remove(x.path(".env")); err != nil {
						t.Error(err)
					}
				})
				if err := s.Set(t.Context(), on()); !errors.Is(err, fs.ErrNotExist) {
					t.Errorf("error %v", err)
				}
				x.clean()
			})
			t.Run("cancelled meanwhile", func(t *testing.T) {
				x := newFixture(t, before)
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				s := x.rival(way.plain, func(int) { cancel() })
				if err := s.Set(ctx, on()); !errors.Is(err, context.Canceled) {
					t.Errorf("error %v", err)
				}
				if x.read(".env") != before {
					t.Errorf("got %q", x.read(".env"))
				}
				x.clean()
			})
		})
	}
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

func BenchmarkEdit(b *testing.B) {
	var text strings.Builder
	for range 100 {
		text.WriteString("# a comment\nSOME_KEY='some value' # and why\n")
	}
	text.WriteString("K=false\n")
	values := []model.Value{on(), model.BoolValue(false)}
	b.Run("text only", func(b *testing.B) {
		raw := []byte(text.String())
		b.ReportAllocs()
		for b.Loop() {
			if _, err := Parse(raw).Edit(Assignment{"K", "true"}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("file", func(b *testing.B) {
		path := filepath.Join(b.TempDir(), ".env")
		if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
			b.Fatal(err)
		}
		s := &Switch{file: store{path: path, turn: make(chan struct{}, 1)}, key: "K", kind: model.Bool}
		n := 0
		for b.Loop() {
			n++
			if err := s.Set(b.Context(), values[n%2]); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("plain rewrite, for comparison", func(b *testing.B) {
		path := filepath.Join(b.TempDir(), ".env")
		raw := []byte(text.String())
		for b.Loop() {
			f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
			if err != nil {
				b.Fatal(err)
			}
			if _, err = f.Write(raw); err == nil {
				err = errors.Join(f.Sync(), f.Close())
			}
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}
