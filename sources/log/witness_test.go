package log

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"gonogo/internal/safefile"
	"gonogo/model"
	"gonogo/model/config"
	"gonogo/sources/sourcetest"
)

// watch is a witness with a mark.
type watch struct {
	folder
	w    model.Witness
	mark string
}

func newWitness(d folder, match string, paths ...string) model.Witness {
	d.t.Helper()
	list := make([]any, len(paths))
	for i, p := range paths {
		list[i] = p
	}
	part := sourcetest.Part(d.t, map[string]any{"paths": list})
	part.Dir = d.dir
	w, err := Kind().BuildWitness(config.WitnessPart{Source: part, Table: config.NewTable(map[string]any{"match": match})})
	fatal(d.t, err)
	return w
}

// taken takes the mark.
func (c *watch) taken() {
	c.t.Helper()
	mark, err := c.w.Mark(c.t.Context())
	c.must(err)
	c.mark = mark
}

// looks looks once.
func (c *watch) looks(shown bool, seen string) {
	c.t.Helper()
	got, text, err := c.w.Look(c.t.Context(), c.mark)
	if err != nil || got != shown || !strings.Contains(text, seen) {
		c.t.Errorf("got %v, %q, %v: want %v with %q", got, text, err, shown, seen)
	}
}

// never looks three times, which is once more than any evidence needs.
func (c *watch) never() {
	c.t.Helper()
	for range 3 {
		c.looks(false, "")
	}
}

const (
	off   = "Feature flag disabled"
	often = "12:01 GET /\n12:02 GET /a\n12:03 GET /b\n12:04 GET /c\n12:05 GET /d\n12:06 GET /e\n"
	old   = "12:00 " + off + "\n" + often
	fresh = "13:00 " + off + "\n"
)

// TestWitness: no line from before the mark counts, wherever it stands by now.
func TestWitness(t *testing.T) {
	found := "13:00 " + off
	cases := []struct {
		name string
		do   func(*watch) // the log is app.log, with an old line that matches
	}{
		{"nothing new", func(c *watch) {
			c.taken()
			c.looks(false, "not in 0 new lines")
			c.never()
		}},
		{"a new line", func(c *watch) {
			c.taken()
			c.add("app.log", "12:59 starting\n"+fresh)
			c.looks(true, found)
			c.looks(true, found)
		}},
		{"other new lines", func(c *watch) {
			c.taken()
			c.add("app.log", often)
			c.looks(false, "not in 6 new lines")
			c.add("app.log", "13:01 more\n")
			c.looks(false, "not in 7 new lines")
			c.add("app.log", fresh)
			c.looks(true, found)
		}},
		{"a line without an end", func(c *watch) {
			c.taken()
			c.add("app.log", strings.TrimSuffix(fresh, "\n"))
			c.looks(false, "not in 0 new lines")
			c.add("app.log", "\n")
			c.looks(true, found)
		}},
		{"torn before what is looked for", func(c *watch) {
			c.add("app.log", "12:10 the last ")
			c.taken()
			c.add("app.log", off+"\n")
			c.never()
			c.add("app.log", fresh)
			c.looks(true, found)
		}},
		{"torn in what is looked for", func(c *watch) {
			c.add("app.log", "12:10 Feature flag dis")
			c.taken()
			c.add("app.log", "abled\n")
			c.never()
		}},
		{"renamed, out of the pattern", func(c *watch) {
			c.taken()
			c.add("app.log", fresh)
			c.rename("app.log", "app.log.1")
			c.add("app.log", "13:01 new file\n")
			c.looks(true, found)
		}},
		{"renamed, to any name", func(c *watch) {
			c.taken()
			c.rename("app.log", "yesterday.txt")
			c.add("app.log", often)
			c.never()
			c.add("yesterday.txt", fresh)
			c.looks(true, found)
		}},
		{"renamed, and nothing new", func(c *watch) {
			c.taken()
			c.rename("app.log", "app.log.1")
			c.never()
			c.add("app.log", "13:01 new file\n")
			c.never()
		}},
		{"in a new file, seen twice", func(c *watch) {
			c.taken()
			c.rename("app.log", "app.log.1")
			c.add("app.log", fresh+"13:01 more\n")
			c.looks(false, "to be seen once more: "+found)
			c.looks(true, found)
		}},
		{"rotated twice since", func(c *watch) {
			c.taken()
			c.rename("app.log", "app.log.1")
			c.add("app.log", fresh)
			c.rename("app.log.1", "app.log.2")
			c.rename("app.log", "app.log.1")
			c.add("app.log", often)
			c.looks(false, "once more")
			c.looks(true, found)
		}},
		{"an older one rotated on", func(c *watch) {
			c.add("app.log.1", old)
			c.taken()
			c.rename("app.log.1", "app.log.2")
			c.rename("app.log", "app.log.1")
			c.add("app.log", often)
			c.never()
		}},
		{"copied and truncated", func(c *watch) {
			c.taken()
			c.copy("app.log", "app.log.1")
			c.truncate("app.log", 0)
			c.never()
			c.add("app.log", fresh)
			c.looks(false, "once more")
			c.looks(true, found)
		}},
		{"the new line copied, and truncated", func(c *watch) {
			c.taken()
			c.add("app.log", fresh)
			c.copy("app.log", "app.log.1")
			c.truncate("app.log", 0)
			c.looks(false, "once more")
			c.looks(true, found)
		}},
		{"torn, copied and truncated", func(c *watch) {
			c.add("app.log", "12:10 the last ")
			c.taken()
			c.add("app.log", off+"\n")
			c.copy("app.log", "app.log.1")
			c.truncate("app.log", 0)
			c.never()
		}},
		{"a copy under way", func(c *watch) {
			c.taken()
			c.add("app-copy.log", old[:len(old)/2])
			c.never()
			c.add("app-copy.log", old[len(old)/2:])
			c.never()
			c.add("app-copy.log", fresh)
			c.looks(false, "once more")
			c.looks(true, found)
		}},
		{"trimmed to its end, in place", func(c *watch) {
			c.add("app.log", "12:10 "+off+"\n12:11 x\n")
			c.taken()
			c.must(os.WriteFile(c.path("app.log"), []byte("12:06 GET /e\n12:10 "+off+"\n12:11 x\n"), 0o600))
			c.never()
			c.add("app.log", fresh)
			c.looks(false, "once more")
			c.looks(true, found)
		}},
		{"trimmed to its last two lines, by another file", func(c *watch) {
			c.add("app.log", "12:10 "+off+"\n12:11 x\n")
			c.taken()
			c.add("tmp", "12:10 "+off+"\n12:11 x\n")
			c.rename("tmp", "app.log")
			c.never()
		}},
		{"truncated, and longer again", func(c *watch) {
			c.taken()
			c.truncate("app.log", 0)
			c.add("app.log", strings.Repeat("13:00 something else\n", 50))
			c.never()
			c.add("app.log", fresh)
			c.looks(false, "once more")
			c.looks(true, found)
		}},
		{"truncated between two looks", func(c *watch) {
			c.taken()
			c.add("app.log", often)
			c.looks(false, "not in 6 new lines")
			c.truncate("app.log", 0)
			c.add("app.log", fresh)
			c.looks(false, "once more")
			c.looks(true, found)
		}},
		{"an old file that was brought here", func(c *watch) {
			c.taken()
			c.add("archive.txt", "11:00 "+off+"\n")
			long := time.Now().Add(-time.Hour)
			c.must(os.Chtimes(c.path("archive.txt"), long, long))
			c.rename("archive.txt", "archive.log")
			c.never()
			c.add("archive.log", fresh)
			c.looks(true, found)
		}},
		{"compressed", func(c *watch) {
			c.taken()
			c.add("app.log.2.gz", fresh)
			c.never()
		}},
		{"another log beside it", func(c *watch) {
			c.taken()
			c.add("other.txt", fresh)
			c.never()
		}},
		{"hostile and long", func(c *watch) {
			c.taken()
			c.add("app.log", off+"\x1b[2J\x07"+strings.Repeat("x", 1000)+"\n")
			c.looks(true, off+"␛[2J␇xxx")
			if _, text, _ := c.w.Look(c.t.Context(), c.mark); text != model.Inert(text) || len(text) > maxSeen+10 {
				c.t.Errorf("%d bytes: %q", len(text), text)
			}
		}},
		{"after a restart of gonogo", func(c *watch) {
			c.taken()
			c.add("app.log", fresh)
			c.w = newWitness(c.folder, off, "*.log")
			c.looks(true, found)
			c.taken()
			c.never()
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := newFolder(t)
			d.add("app.log", old)
			c.do(&watch{folder: d, w: newWitness(d, off, "*.log")})
		})
	}
}

// TestWitnessOddFiles: what there was at the mark had little to be known by.
func TestWitnessOddFiles(t *testing.T) {
	cases := []struct {
		name, before string
		do           func(*watch)
	}{
		{"empty", "", func(c *watch) {
			c.add("app.log", fresh)
			c.looks(true, off)
		}},
		{"empty, and replaced", "", func(c *watch) {
			c.remove("app.log")
			c.add("app.log", fresh)
			c.looks(true, off)
		}},
		{"only a torn line", "12:00 Feature", func(c *watch) {
			c.add("app.log", " flag disabled\n")
			c.never()
			c.copy("app.log", "app.log.1")
			c.truncate("app.log", 0)
			c.never()
		}},
		{"two lines", "12:00 " + off + "\n12:01 started\n", func(c *watch) {
			c.copy("app.log", "app.log.1")
			c.truncate("app.log", 0)
			c.never()
			c.add("app.log", fresh+"12:00 started\n")
			c.looks(false, "once more")
			c.looks(true, off)
		}},
		{"a line too long to be known by", off + " " + strings.Repeat("x", 2*maxLine), func(c *watch) {
			c.copy("app.log", "app.log.1")
			c.add("app.log.1", "\n"+fresh)
			c.never() // nothing says where the old ends
			c.add("app.log", "\n"+fresh)
			c.looks(true, "13:00 "+off)
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := newFolder(t)
			d.add("app.log", c.before)
			w := &watch{folder: d, w: newWitness(d, off, "app.log")}
			w.taken()
			c.do(w)
		})
	}
	t.Run("none", func(t *testing.T) {
		d := newFolder(t)
		c := &watch{folder: d, w: newWitness(d, "/flag (disabled|off)/", "app.log")}
		c.taken()
		if _, _, err := c.w.Look(t.Context(), c.mark); err == nil || !strings.Contains(err.Error(), "no file matches app.log") {
			t.Errorf("got %v", err)
		}
		c.add("app.log", fresh)
		c.looks(true, off)
	})
}

// TestWitnessBound: a look reads so much, and the next goes on.
func TestWitnessBound(t *testing.T) {
	d := newFolder(t)
	d.add("app.log", old)
	c := &watch{folder: d, w: newWitness(d, off, "app.log")}
	c.taken()
	line := strings.Repeat("x", 1023) + "\n"
	d.add("app.log", strings.Repeat(line, perWitness/len(line)+10)+fresh)
	c.looks(false, "and there are more")
	c.looks(true, off)
}

func TestWitnessTrouble(t *testing.T) {
	d := newFolder(t)
	d.add("app.log", old)
	w := newWitness(d, off, "app.log")
	for _, mark := range []string{"", "{}", "[]", "nonsense", `{"at":"2026-01-02T03:04:05Z","files":[{"offset":-1}]}`} {
		if shown, seen, err := w.Look(t.Context(), mark); err == nil || shown {
			t.Errorf("mark %q: %v, %q, %v", mark, shown, seen, err)
		}
	}
	mark, err := w.Mark(t.Context())
	fatal(t, err)
	if strings.Contains(mark, "Feature") || strings.Contains(mark, "GET") {
		t.Errorf("the mark holds text of the log: %s", mark)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.Mark(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Mark: %v", err)
	}
	if _, _, err := w.Look(ctx, mark); !errors.Is(err, context.Canceled) {
		t.Errorf("Look: %v", err)
	}
	d.remove("app.log")
	d.must(os.Mkdir(d.path("app.log"), 0o700))
	if _, err := w.Mark(t.Context()); !errors.Is(err, safefile.ErrIrregular) {
		t.Errorf("Mark of a folder: %v", err)
	}
	if _, _, err := w.Look(t.Context(), mark); !errors.Is(err, safefile.ErrIrregular) {
		t.Errorf("Look at a folder: %v", err)
	}
	for name, table := range map[string]map[string]any{"match": {"match": "/(/"}, "nothing": {"match": ""}} {
		if w, err := Kind().BuildWitness(config.WitnessPart{Source: sourcetest.Part(t, map[string]any{"paths": "x"}), Table: config.NewTable(table)}); err == nil {
			t.Errorf("%s: got %v", name, w)
		}
	}
}

// FuzzWitness: whatever is done to old lines, they never count; a new line of a
// log that only grows always does.
func FuzzWitness(f *testing.F) {
	f.Add([]byte("a\nb\nc"), []byte{0, 1, 2, 3})
	f.Add([]byte("a\nb\nc\nd\ne\nf\n"), []byte{3, 2, 4, 5, 1})
	f.Add([]byte("same\nsame\nsame\nsame\nsame\nother\n"), []byte{6, 1, 3, 0, 2})
	f.Fuzz(func(t *testing.T, text, steps []byte) {
		if len(steps) > 20 || strings.Contains(string(text), "NEW") {
			return
		}
		d := newFolder(t)
		d.add("app.log", string(text)+"OLD\n"+string(text))
		c := &watch{folder: d, w: newWitness(d, "/OLD|NEW/", "app.log*")}
		c.taken()
		kept := true // app.log is the same file, and only grew
		for i, step := range steps {
			switch step % 7 {
			case 0:
				d.add("app.log", fmt.Sprintf("line %d\n", i))
			case 1: // rotation by renaming
				d.rename("app.log", fmt.Sprintf("app.log.%d", i))
				d.add("app.log", "")
				kept = false
			case 2: // rotation by copying
				d.copy("app.log", fmt.Sprintf("app.log.%d", i))
				d.truncate("app.log", 0)
				kept = false
			case 3:
				c.never()
			case 4:
				d.copy("app.log", fmt.Sprintf("app.log.%d", i))
			case 5:
				d.truncate("app.log", 0)
				kept = false
			case 6:
				d.add("app.log", "to")
			}
		}
		c.never()
		if kept {
			d.add("app.log", "\nNEW\n")
			c.looks(true, "NEW")
		}
	})
}
