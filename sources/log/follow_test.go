package log

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gonogo/internal/safefile"
	"gonogo/model"
	"gonogo/model/config"
)

// folder is a directory of logs, in which things happen.
type folder struct {
	t   testing.TB
	dir string
}

func newFolder(t testing.TB) folder { return folder{t, t.TempDir()} }

func (d folder) path(name string) string       { return filepath.Join(d.dir, name) }
func (d folder) add(name, text string)         { d.t.Helper(); appendTo(d.t, d.path(name), text) }
func (d folder) must(err error)                { d.t.Helper(); fatal(d.t, err) }
func (d folder) rename(from, to string)        { d.t.Helper(); d.must(os.Rename(d.path(from), d.path(to))) }
func (d folder) truncate(name string, n int64) { d.t.Helper(); d.must(os.Truncate(d.path(name), n)) }
func (d folder) remove(name string)            { d.t.Helper(); d.must(os.Remove(d.path(name))) }

// copy copies a file into another one, which stays the same file if it is there.
func (d folder) copy(from, to string) {
	d.t.Helper()
	b, err := os.ReadFile(d.path(from))
	d.must(err)
	d.must(os.WriteFile(d.path(to), b, 0o600))
}

func fatal(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (d folder) globs(paths ...string) []glob {
	d.t.Helper()
	list := make([]any, len(paths))
	for i, p := range paths {
		list[i] = p
	}
	g, err := parseGlobs(config.Part{Dir: d.dir, Table: config.NewTable(map[string]any{"paths": list})})
	fatal(d.t, err)
	return g
}

// following is a follower with a clock of its own.
type following struct {
	folder
	*follower
	now time.Time
}

func follow(d folder, paths ...string) *following {
	f := &following{folder: d, follower: newFollower(d.globs(paths...)), now: time.Unix(1e9, 0)}
	d.t.Cleanup(f.close)
	return f
}

// reads looks once, a second later, and compares the lines.
func (f *following) reads(want ...string) {
	f.t.Helper()
	got, err := f.lines(time.Second)
	if err != nil {
		f.t.Errorf("look: %v", err)
	}
	if !slices.Equal(got, want) {
		f.t.Errorf("got %q, want %q", got, want)
	}
}

func (f *following) lines(later time.Duration) ([]string, error) {
	f.now = f.now.Add(later)
	var got []string
	err := f.look(f.t.Context(), f.now, sink{each: func(line []byte) { got = append(got, string(line)) }})
	slices.Sort(got)
	return got, err
}

func TestFollow(t *testing.T) {
	cases := []struct {
		name  string
		paths []string
		do    func(*following)
	}{
		{"begins at the end", []string{"*.log"}, func(f *following) {
			f.add("a.log", "old\n")
			f.reads()
			f.add("a.log", "new\r\nnewer\n\n")
			f.reads("", "new", "newer")
			f.reads()
		}},
		{"a line in several writes", []string{"a.log"}, func(f *following) {
			f.add("a.log", "")
			f.reads()
			f.add("a.log", "on")
			f.reads()
			f.add("a.log", "e\ntw")
			f.reads("one")
			f.add("a.log", "o\n")
			f.reads("two")
		}},
		{"a line that was being written", []string{"a.log"}, func(f *following) {
			f.add("a.log", "old\nto")
			f.reads()
			f.add("a.log", "rn\nnew\n")
			f.reads("new")
		}},
		{"a new file", []string{"*.log"}, func(f *following) {
			f.add("a.log", "old\n")
			f.reads()
			f.add("b.log", "one\n")
			f.add("c.txt", "no\n")
			f.reads("one")
		}},
		{"renamed, out of the pattern", []string{"*.log"}, func(f *following) {
			f.add("a.log", "old\n")
			f.reads()
			f.add("a.log", "one\ntw")
			f.rename("a.log", "a.log.1")
			f.add("a.log", "three\n")
			f.reads("one", "three")
			f.add("a.log.1", "o\n") // its writer has it open still
			f.add("a.log", "four\n")
			f.reads("four", "two")
		}},
		{"renamed, within the pattern", []string{"a.log*"}, func(f *following) {
			f.add("a.log", "old\n")
			f.reads()
			f.add("a.log", "one\n")
			f.rename("a.log", "a.log.1")
			f.add("a.log", "two\n")
			f.reads("one", "two")
			f.rename("a.log.1", "a.log.2")
			f.rename("a.log", "a.log.1")
			f.add("a.log", "three\n")
			f.reads("three")
		}},
		{"truncated", []string{"a.log"}, func(f *following) {
			f.add("a.log", "a rather long old line\n")
			f.reads()
			f.add("a.log", "one\ntorn")
			f.reads("one")
			f.truncate("a.log", 0)
			f.add("a.log", "two\n")
			f.reads("two")
		}},
		{"truncated, and longer again", []string{"a.log"}, func(f *following) {
			f.add("a.log", "old\n")
			f.reads()
			f.truncate("a.log", 0)
			f.add("a.log", "something\nlonger\n")
			f.reads("longer", "something")
		}},
		{"truncated, and nothing yet", []string{"a.log"}, func(f *following) {
			f.add("a.log", "old\n")
			f.reads()
			f.truncate("a.log", 0)
			f.reads()
			f.add("a.log", "new\n")
			f.reads("new")
		}},
		{"copied and truncated", []string{"a.log*"}, func(f *following) {
			f.add("a.log", strings.Repeat("an old line\n", 100))
			f.reads()
			f.add("a.log", "one\n")
			f.reads("one")
			f.copy("a.log", "a.log.1")
			f.truncate("a.log", 0)
			f.add("a.log", "two\n")
			f.reads("two") // and the copy is not read again
		}},
		{"deleted, and another with its name", []string{"a.log"}, func(f *following) {
			f.add("a.log", "old\n")
			f.reads()
			f.remove("a.log")
			f.add("a.log", "new\n")
			f.reads("new")
		}},
		{"two names for one file", []string{"a.log", "*.log"}, func(f *following) {
			f.add("a.log", "old\n")
			f.must(os.Symlink(f.path("a.log"), f.path("b.log")))
			f.reads()
			f.add("a.log", "new\n")
			f.reads("new")
		}},
		{"a folder that fits the pattern", []string{"*.log"}, func(f *following) {
			f.must(os.Mkdir(f.path("d.log"), 0o700))
			f.add("a.log", "old\n")
			f.reads()
		}},
		{"a line that is too long", []string{"a.log"}, func(f *following) {
			f.add("a.log", "")
			f.reads()
			f.add("a.log", "["+strings.Repeat("x", 3*maxLine))
			f.reads()
			f.add("a.log", strings.Repeat("x", maxLine)+"]\nnext\n")
			f.reads("["+strings.Repeat("x", maxLine-1), "next")
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { c.do(follow(newFolder(t), c.paths...)) })
	}
}

// TestFollowBound: a look reads so much, and says that there is more.
func TestFollowBound(t *testing.T) {
	f := follow(newFolder(t), "*.log")
	f.add("a.log", "")
	f.reads()
	const most = 1 << 20
	f.most = most
	line := strings.Repeat("x", 1023) + "\n"
	f.add("a.log", strings.Repeat(line, 2*most/len(line)))
	f.add("b.log", "small\n")
	got, err := f.lines(time.Second)
	if !errors.Is(err, errBehind) || len(got) == 0 || got[0] != "small" || len(got) > most/len(line)+1 {
		t.Errorf("%d lines, %v: want what one look may read, the small file's line too, and that there is more", len(got), err)
	}
	n := len(got)
	for range 3 {
		got, err = f.lines(time.Second)
		n += len(got)
	}
	if err != nil || n != 2*most/len(line)+1 {
		t.Errorf("%d lines in all, %v", n, err)
	}
}

func TestFollowTrouble(t *testing.T) {
	f := follow(newFolder(t), "a.log", "b*.log")
	want := func(err, is error, text string) {
		t.Helper()
		if err == nil || is != nil && !errors.Is(err, is) || !strings.Contains(err.Error(), text) {
			t.Errorf("got %v, want %v with %q", err, is, text)
		}
	}
	_, err := f.lines(time.Second)
	want(err, model.ErrNoSeries, "no file matches a.log")
	f.add("a.log", "one\n")
	got, err := f.lines(time.Second)
	want(err, model.ErrNoSeries, "no file matches b*.log")
	if !slices.Equal(got, []string{"one"}) {
		t.Errorf("got %q: a file that appears is read from its beginning", got)
	}
	f.add("b1.log", "two\n")
	f.reads("two")
	f.rename("b1.log", "x") // between two files: no trouble yet
	f.reads()
	_, err = f.lines(2 * grace)
	want(err, model.ErrNoSeries, "no file matches b*.log")
	if len(f.files) != 1 {
		t.Errorf("%d files are open, want the one that a path leads to", len(f.files))
	}
	f.remove("a.log")
	f.must(os.Mkdir(f.path("a.log"), 0o700))
	_, err = f.lines(time.Second)
	want(err, safefile.ErrIrregular, "is no regular file")

	many := follow(newFolder(t), "*.log")
	for i := range maxFiles + 1 {
		many.add(fmt.Sprintf("%d.log", i), "")
	}
	_, err = many.lines(time.Second)
	want(err, nil, "more than 256 files")
}

// TestUnreadable: what could not be read at first is old when it can be.
func TestUnreadable(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root reads everything")
	}
	f := follow(newFolder(t), "*.log")
	f.add("a.log", "old\n")
	f.must(os.Chmod(f.path("a.log"), 0))
	if _, err := f.lines(time.Second); !errors.Is(err, os.ErrPermission) {
		t.Errorf("got %v", err)
	}
	f.must(os.Chmod(f.path("a.log"), 0o600))
	f.reads()
}

func TestGlobs(t *testing.T) {
	odd := filepath.Join(t.TempDir(), "a[b]*")
	fatal(t, os.Mkdir(odd, 0o700))
	appendTo(t, filepath.Join(odd, "x.log"), "")
	for _, path := range []string{"*.log", "x.log", filepath.Join(special.Replace(odd), "?.log")} {
		globs, err := parseGlobs(config.Part{Dir: odd, Table: config.NewTable(map[string]any{"paths": path})})
		fatal(t, err)
		if files, _, err := list(globs); err != nil || len(files) != 1 {
			t.Errorf("%s: %v, %v", path, files, err)
		}
	}
	for _, paths := range []any{[]any{}, "", "a[.log", []any{"x", ""}} {
		if globs, err := parseGlobs(config.Part{Dir: odd, Table: config.NewTable(map[string]any{"paths": paths})}); err == nil {
			t.Errorf("%v: got %v", paths, globs)
		}
	}
}

// split returns what a splitter makes of text in pieces of the given sizes, which are used in turn.
func split(s splitter, text []byte, sizes []byte) []string {
	var got []string
	for i := 0; len(text) > 0; i++ {
		n := len(text)
		if len(sizes) > 0 {
			n = min(n, 1+int(sizes[i%len(sizes)]))
		}
		s.write(text[:n], func(line []byte) { got = append(got, string(line)) })
		text = text[n:]
	}
	return got
}

// FuzzSplit: lines do not depend on how the bytes came.
func FuzzSplit(f *testing.F) {
	f.Add([]byte("a\r\nb\n\nc"), []byte{0, 3}, false)
	f.Add([]byte("torn\nwhole\n"), []byte{}, true)
	f.Add(bytes.Repeat([]byte("x"), maxLine+10), []byte{255}, false)
	f.Fuzz(func(t *testing.T, text, sizes []byte, skip bool) {
		got := split(splitter{skip: skip}, text, sizes)
		var want []string
		for line := range strings.Lines(string(text)) {
			if whole, ok := strings.CutSuffix(line, "\n"); ok {
				want = append(want, strings.TrimSuffix(whole[:min(len(whole), maxLine)], "\r"))
			}
		}
		if skip && len(want) > 0 {
			want = want[1:]
		}
		if !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}
