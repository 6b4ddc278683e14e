package journal

import (
	"bufio"
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gonogo/model"
)

var flips = flag.Int("flips", 4, "how many of the 255 other values each byte of a journal is given")

// anchored writes a journal of n records and an anchor with a line for each in
// lines, or for all, and returns their paths and the records.
func anchored(t testing.TB, n int, lines ...int) (path, anchor string, records []model.Record) {
	t.Helper()
	b, records := written(t, n)
	dir := t.TempDir()
	path, anchor = filepath.Join(dir, Name), filepath.Join(dir, "anchor")
	put(t, path, b)
	a := NewAnchor(anchor, false)
	for i, r := range records {
		if len(lines) > 0 && !slices.Contains(lines, i+1) {
			continue
		}
		if err := a.Write(r); err != nil {
			t.Fatal(err)
		}
	}
	return path, anchor, records
}

func put(t testing.TB, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func get(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// rechained returns the lines of records with numbers and a chain made anew, as
// who edits a journal knowingly would leave it.
func rechained(t testing.TB, records []model.Record) []byte {
	t.Helper()
	e := newEncoder()
	var sum model.Hash
	for i, r := range records {
		r.Seq, r.Prev = uint64(i+1), sum
		r, err := e.add(r)
		if err != nil {
			t.Fatal(err)
		}
		sum = r.Sum
	}
	return e.line
}

func TestAnchorFindsWhatTheChainDoesNot(t *testing.T) {
	tests := []struct {
		name  string
		lines []int // anchored; none: all
		edit  func(r []model.Record) []model.Record
		want  string // "": valid
		kind  Kind
	}{
		{"nothing", nil, func(r []model.Record) []model.Record { return r }, "", ""},
		{"ahead of its anchor", []int{2, 4}, func(r []model.Record) []model.Record { return r }, "", ""},
		{"an event", nil, func(r []model.Record) []model.Record { r[2].Event = hold("forged"); return r },
			"line 3: rewritten: record 3 is not the one that line 3 of the anchor ANCHOR knows: the chain was made anew behind record 2", Rewritten},
		{"the first event", nil, func(r []model.Record) []model.Record { r[0].Event = hold("forged"); return r },
			"line 1: rewritten: record 1 is not the one that line 1 of the anchor ANCHOR knows: the chain was made anew from the first one on", Rewritten},
		{"an event between two that are anchored", []int{1, 5}, func(r []model.Record) []model.Record { r[2].Event = hold("forged"); return r },
			"line 5: rewritten: record 5 is not the one that line 2 of the anchor ANCHOR knows: the chain was made anew behind record 1", Rewritten},
		{"who", nil, func(r []model.Record) []model.Record { r[4].By.Name = "eve"; return r }, "line 5: rewritten", Rewritten},
		{"when", nil, func(r []model.Record) []model.Record { r[5].At = r[5].At.Add(1); return r }, "line 6: rewritten", Rewritten},
		{"the order", nil, func(r []model.Record) []model.Record { r[2], r[3] = r[3], r[2]; return r }, "line 3: rewritten", Rewritten},
		{"one taken out", nil, func(r []model.Record) []model.Record { return slices.Delete(r, 2, 3) }, "line 3: rewritten", Rewritten},
		{"one put in", nil, func(r []model.Record) []model.Record { return slices.Insert(r, 2, r[1]) }, "line 3: rewritten", Rewritten},
		{"the last cut", nil, func(r []model.Record) []model.Record { return r[:5] },
			"line 6: truncated: the journal ends behind record 5, line 6 of the anchor ANCHOR knows record 6", Truncated},
		{"all but the first cut", []int{3}, func(r []model.Record) []model.Record { return r[:1] },
			"line 2: truncated: the journal ends behind record 1, line 1 of the anchor ANCHOR knows record 3", Truncated},
		{"all cut", nil, func(r []model.Record) []model.Record { return nil }, "line 1: truncated: the journal ends behind record 0", Truncated},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path, anchor, records := anchored(t, 6, tt.lines...)
			put(t, path, rechained(t, tt.edit(slices.Clone(records))))
			if report, err := Verify(path); err != nil || report.Problem != nil {
				t.Fatalf("the chain does not hold, so this shows nothing: %+v, %v", report, err)
			}
			report, err := ReadAnchored(path, anchor, nil)
			if err != nil {
				t.Fatal(err)
			}
			switch want := strings.ReplaceAll(tt.want, "ANCHOR", anchor); {
			case want == "" && report.Problem == nil:
				if n := max(len(tt.lines), 2); report.Anchored < n {
					t.Errorf("only %d lines were compared", report.Anchored)
				}
			case report.Problem == nil:
				t.Errorf("accepted, want %q", want)
			case want == "" || !strings.HasPrefix(report.Problem.Error(), want) || report.Problem.Kind != tt.kind:
				t.Errorf("got %q, want %q", report.Problem, want)
			}
		})
	}
}

func TestAnchorItself(t *testing.T) {
	tests := []struct {
		name string
		edit func(b []byte) []byte // nil: removed
		want string                // "": valid
	}{
		{"gone", nil, "anchor: ANCHOR is gone (or no record was made since it was configured): truncation cannot be seen"},
		{"emptied", func([]byte) []byte { return []byte{} }, "anchor: ANCHOR has no line that could be compared: truncation cannot be seen"},
		{"last lines cut", func(b []byte) []byte { return b[:bytes.IndexByte(b, '\n')+1] }, ""},
		{"torn", func(b []byte) []byte { return b[:len(b)-30] }, ""},
		{"torn, and gone on below", func(b []byte) []byte {
			l := bytes.SplitAfter(b, []byte("\n"))
			return bytes.Join([][]byte{l[0], l[1][:20], []byte("\n"), l[1], l[2]}, nil)
		}, ""},
		{"blocks that never reached the disk", func(b []byte) []byte { return append(b[:len(b)-30], make([]byte, 30)...) }, ""},
		{"zeros behind", func(b []byte) []byte { return append(b, make([]byte, 300)...) }, ""},
		{"no anchor at all", func(b []byte) []byte { return []byte("hello\n") }, "anchor: line 1 of ANCHOR is none that gonogo wrote"},
		{"a long line", func(b []byte) []byte { return append(b, bytes.Repeat([]byte("1"), 10_000)...) }, "anchor: line 4 of ANCHOR is none that gonogo wrote"},
		{"an empty line", func(b []byte) []byte { return append([]byte("\n"), b...) }, "anchor: line 1 of ANCHOR is none that gonogo wrote"},
		{"twice the same", func(b []byte) []byte { return append(b, b[bytes.LastIndexByte(b[:len(b)-1], '\n')+1:]...) }, ""},
		{"turned around", func(b []byte) []byte {
			l := bytes.SplitAfter(b, []byte("\n"))
			return bytes.Join([][]byte{l[1], l[0], l[2]}, nil)
		}, "anchor: line 2 of ANCHOR goes back to record 1"},
		{"goes back at the end", func(b []byte) []byte { return append(b, b[:bytes.IndexByte(b, '\n')+1]...) }, "anchor: line 4 of ANCHOR goes back to record 1"},
		{"another time", func(b []byte) []byte { return bytes.Replace(b, []byte("2026-07-01"), []byte("2026-07-02"), 1) },
			"anchor: line 1 of ANCHOR has another time than record 1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path, anchor, _ := anchored(t, 3)
			if tt.edit == nil {
				if err := os.Remove(anchor); err != nil {
					t.Fatal(err)
				}
			} else {
				put(t, anchor, tt.edit(get(t, anchor)))
			}
			report, err := ReadAnchored(path, anchor, nil)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if report.Problem != nil {
				got = report.Problem.Error()
			}
			if want := strings.ReplaceAll(tt.want, "ANCHOR", anchor); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestAnchorOfNoJournal(t *testing.T) {
	path, anchor, _ := anchored(t, 2)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if report, err := ReadAnchored(path, anchor, nil); err != nil || report.Problem == nil || report.Problem.Kind != Truncated {
		t.Errorf("a journal that is gone: got %+v, %v", report, err)
	}
	if report, err := ReadAnchored(path, anchor+"-none", nil); err != nil || report.Problem != nil {
		t.Errorf("neither is there: got %+v, %v", report, err)
	}
	if report, err := ReadAnchored(path, "", nil); err != nil || report.Problem != nil {
		t.Errorf("no anchor: got %+v, %v", report, err)
	}
}

// TestTornOrTruncated: an unfinished last record is a crash's only where the anchor does not know it.
func TestTornOrTruncated(t *testing.T) {
	for known, want := range map[int]Kind{2: Torn, 3: Truncated} {
		path, anchor, _ := anchored(t, 3, known)
		b := get(t, path)
		put(t, path, b[:len(b)-10])
		if report, err := ReadAnchored(path, anchor, nil); err != nil || report.Problem == nil || report.Problem.Kind != want {
			t.Errorf("anchored up to %d: got %v, %v, want %s", known, report.Problem, err, want)
		}
	}
}

// judge is ReadAnchored of what is in memory; it returns how many lines were compared, too.
// Its reader, which scan takes as it is, is made once: it is large.
func judge(t testing.TB, in *bufio.Reader, journal, anchor []byte) (*Damage, int) {
	t.Helper()
	d := newMemDisk(nil)
	d.names[memAnchor] = &memInode{now: anchor}
	a, err := openAnchor(d, memAnchor)
	if err != nil {
		t.Fatal(err)
	}
	in.Reset(bytes.NewReader(journal))
	report, err := scan(in, func(r model.Record) error { a.see(r); return nil })
	if a.end(&report); err != nil || a.err != nil {
		t.Fatal(err, a.err)
	}
	return report.Problem, report.Anchored
}

// TestEveryByteAgainstTheAnchor gives each byte of a journal and of its anchor
// other values, and cuts both at each byte: 100% must be found, but for an
// anchor that was cut, which only knows less, and one whose times end in zeros,
// which a crash leaves too and which is compared all the same.
func TestEveryByteAgainstTheAnchor(t *testing.T) {
	path, anchorPath, _ := anchored(t, 4)
	files := [2][]byte{get(t, path), get(t, anchorPath)}
	kinds := map[Kind]int{}
	in := bufio.NewReaderSize(nil, 256<<10)
	for n, name := range []string{"journal", "anchor"} {
		bad := files
		for i := range files[n] {
			for k := range *flips {
				bad[n] = bytes.Clone(files[n])
				bad[n][i] ^= byte(1 + k*255 / *flips)
				p, compared := judge(t, in, bad[0], bad[1])
				if p == nil && name == "anchor" && bad[n][i] == 0 && compared == 4 {
					continue
				}
				if p == nil {
					t.Fatalf("%s byte %d: %q for %q: accepted", name, i, bad[n][i], files[n][i])
				}
				kinds[p.Kind]++
			}
			bad[n] = files[n][:i]
			p, _ := judge(t, in, bad[0], bad[1])
			knows := len(bad[1]) >= len("1 ")+sumLen // its first line, but for the time
			if (p == nil) != (name == "anchor" && knows) {
				t.Fatalf("%s cut at %d: got %v", name, i, p)
			}
			if p != nil {
				kinds[p.Kind]++
			}
		}
	}
	t.Logf("%d + %d bytes, each given %d other values and each cut at: found %v", len(files[0]), len(files[1]), *flips, kinds)
}

func TestAnchorWrite(t *testing.T) {
	_, records := written(t, 3)
	anchor := filepath.Join(t.TempDir(), "anchor")
	a := NewAnchor(anchor, false)
	if err := a.Write(records[0]); err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("1 %s 2026-07-01T06:30:00Z\n", records[0].Sum)
	if got := string(get(t, anchor)); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if info, err := os.Stat(anchor); err != nil || info.Mode() != 0o600 {
		t.Errorf("got %v, %v", info, err)
	}
	appendBytes(t, anchor, "2 abc") // a crash
	if err := NewAnchor(anchor, true).Write(records[1]); err != nil {
		t.Fatal(err)
	}
	if got := string(get(t, anchor)); !strings.HasPrefix(got, want+"2 abc\n2 "+string(records[1].Sum)+" ") {
		t.Errorf("got %q", got)
	}
	if err := os.Remove(anchor); err != nil {
		t.Fatal(err)
	}
	if err := a.Write(records[2]); !errors.Is(err, ErrAnchorGone) || !strings.HasPrefix(string(get(t, anchor)), "3 ") {
		t.Errorf("got %v", err)
	}
	if err := a.Write(records[2]); err != nil {
		t.Errorf("begun anew: got %v", err)
	}
}

func TestAnchorThatCannotBeWritten(t *testing.T) {
	_, records := written(t, 1)
	tests := []struct {
		name, want string
		path       func(dir string) (string, error)
	}{
		{"no directory", "no such file or directory", func(dir string) (string, error) { return filepath.Join(dir, "none", "anchor"), nil }},
		{"a directory", "is ", func(dir string) (string, error) { return dir, nil }},
		{"a link", "is a symbolic link", func(dir string) (string, error) {
			path := filepath.Join(dir, "link")
			return path, os.Symlink("elsewhere", path)
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path, err := tt.path(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			for what, err := range map[string]error{"write": NewAnchor(path, false).Write(records[0]), "try": TryAnchor(path)} {
				if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "cannot be written") {
					t.Errorf("%s: got %v, want %q", what, err, tt.want)
				}
			}
		})
	}
	if err := TryAnchor(filepath.Join(t.TempDir(), "anchor")); err != nil {
		t.Errorf("one that can be begun: got %v", err)
	}
}

// FuzzAnchor reads anything as an anchor.
func FuzzAnchor(f *testing.F) {
	path, anchor, _ := anchored(f, 3)
	whole := get(f, anchor)
	f.Add(whole)
	f.Add(whole[:100])
	f.Add([]byte("1 "))
	f.Add([]byte("\x00\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		other := filepath.Join(t.TempDir(), "anchor")
		put(t, other, data)
		report, err := ReadAnchored(path, other, nil)
		if err != nil {
			t.Fatal(err)
		}
		if report.Problem == nil && report.Anchored == 0 {
			t.Fatalf("nothing was compared, and nothing is wrong: %q", data)
		}
		if report.Records != 3 {
			t.Fatalf("%d records", report.Records)
		}
	})
}
