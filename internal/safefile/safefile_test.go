package safefile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestOnlyRegularFilesAreRead: whatever else a name leads to is refused at
// once, with an error that says which, and names the path.
func TestOnlyRegularFilesAreRead(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	write := func(name, text string) {
		if err := os.WriteFile(at(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("plain", "12345")
	write("larger", "123456")
	write("empty", "")
	if err := syscall.Mkfifo(at("pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, to := range map[string]string{"link": "plain", "link to a pipe": "pipe", "loop": "loop"} {
		if err := os.Symlink(at(to), at(name)); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name   string
		path   string
		noLink bool
		want   string
		err    error
	}{
		{"a file of just the size", at("plain"), false, "12345", nil},
		{"an empty file", at("empty"), false, "", nil},
		{"one byte more", at("larger"), false, "", ErrLarge},
		{"a file without an end", "/dev/zero", false, "", ErrIrregular},
		{"a pipe that nobody writes to", at("pipe"), false, "", ErrIrregular},
		{"a directory", dir, false, "", ErrIrregular},
		{"nothing", at("nothing"), false, "", fs.ErrNotExist},
		{"a link", at("link"), false, "12345", nil},
		{"a link where none may be", at("link"), true, "", syscall.ELOOP},
		{"a link to a pipe", at("link to a pipe"), false, "", ErrIrregular},
		{"a link to itself", at("loop"), false, "", syscall.ELOOP},
	} {
		for _, patience := range []time.Duration{0, time.Minute} {
			got, err := Read(c.path, Limits{Size: 5, Patience: patience, NoLink: c.noLink})
			var p *fs.PathError
			switch {
			case !errors.Is(err, c.err):
				t.Errorf("%s: %v, want %v", c.name, err, c.err)
			case err != nil && (!errors.As(err, &p) || p.Path != c.path || !strings.Contains(err.Error(), c.path)):
				t.Errorf("%s: %v does not name %s", c.name, err, c.path)
			case string(got) != c.want:
				t.Errorf("%s: %q, want %q", c.name, got, c.want)
			}
		}
	}
}

// TestADiskThatHangsIsNotWaitedFor: with patience a read ends, whatever the disk does.
// A file system that answers late is not at hand, so the clock is the one that is short.
func TestADiskThatHangsIsNotWaitedFor(t *testing.T) {
	path := filepath.Join(t.TempDir(), "large")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Truncate(256<<20), f.Close()); err != nil { // takes longer to read than a microsecond
		t.Fatal(err)
	}
	if _, err := Read(path, Limits{Size: 64 << 20, Patience: time.Microsecond}); !errors.Is(err, ErrSlow) {
		t.Fatalf("%v, want ErrSlow", err)
	}
}

// TestANewFileIsItsOwnersAlone: what Open makes has mode 0600, and what it leads
// to is never cut before it is known to be a regular file.
func TestANewFileIsItsOwnersAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new")
	f, info, err := Open(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if info.Mode() != 0o600 {
		t.Errorf("mode %v, want 0600", info.Mode())
	}
}
