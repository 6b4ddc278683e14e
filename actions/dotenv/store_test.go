package dotenv

import (
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

func (x *fixture) link(to, name string) {
	x.t.Helper()
	x.must(os.Symlink(to, x.path(name)))
}

func TestSymlinks(t *testing.T) {
	t.Run("inside its folder", func(t *testing.T) {
		x := newFixture(t, before)
		x.link(".env", "link")
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
		x.link("sub/real", "link")
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
}

func TestSymlinksRefused(t *testing.T) {
	t.Run("out of its folder", func(t *testing.T) {
		x := newFixture(t, "")
		real := filepath.Join(t.TempDir(), "real")
		if err := os.WriteFile(real, []byte(before), 0o600); err != nil {
			t.Fatal(err)
		}
		x.link(real, "link")
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
		x.link("nothing", "link")
		x.refused("link", "it is a symbolic link to nothing", fs.ErrNotExist)
	})
	t.Run("in a circle", func(t *testing.T) {
		x := newFixture(t, "")
		x.link("two", "one")
		x.link("one", "two")
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
