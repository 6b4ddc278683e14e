package journal

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gonogo/model"
)

// written returns a small journal's bytes and records.
func written(t testing.TB, n int) ([]byte, []model.Record) {
	t.Helper()
	dir := t.TempDir()
	j, _, _ := openWith(t, osDisk{}, dir)
	var records []model.Record
	for i := range n {
		records = append(records, add(t, j, fmt.Sprintf("reason %d", i+1)))
	}
	b, err := os.ReadFile(filepath.Join(dir, Name))
	if err != nil {
		t.Fatal(err)
	}
	return b, records
}

func scanBytes(b []byte) ([]model.Record, Report, error) {
	var records []model.Record
	report, err := scan(bytes.NewReader(b), func(r model.Record) error {
		records = append(records, r)
		return nil
	})
	return records, report, err
}

func TestDamage(t *testing.T) {
	b, _ := written(t, 5)
	l := bytes.SplitAfter(b, []byte("\n"))
	join := func(lines ...[]byte) []byte { return bytes.Join(lines, nil) }
	other := newEncoder()
	foreign := func(r model.Record) []byte {
		other.reset()
		if _, err := other.add(r); err != nil {
			t.Fatal(err)
		}
		return bytes.Clone(other.line)
	}
	future := bytes.Replace(l[2], []byte("HoldChanged"), []byte("HoldDreamt"), 1)
	tests := []struct {
		name string
		data []byte
		line int
		kind Kind
	}{
		{"first line gone", join(l[1:]...), 1, Missing},
		{"middle line gone", join(l[0], l[1], l[3], l[4]), 3, Missing},
		{"two lines gone", join(l[0], l[3], l[4]), 2, Missing},
		{"swapped", join(l[0], l[2], l[1], l[3], l[4]), 2, Reordered},
		{"first put last", join(l[1], l[2], l[3], l[4], l[0]), 1, Reordered},
		{"twice", join(l[0], l[1], l[1], l[2]), 3, Reordered},
		{"edited", join(l[0], bytes.Replace(l[1], []byte("reason"), []byte("season"), 1), l[2]), 2, Edited},
		{"edited in the last line", join(l[0], bytes.Replace(l[1], []byte("reason"), []byte("season"), 1)), 2, Edited},
		{"empty line", join(l[0], []byte("\n"), l[1]), 2, Edited},
		{"carriage returns", bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n")), 1, Edited},
		{"no journal at all", []byte("hello\nworld\n"), 1, Edited},
		{"record of another chain", join(l[0], foreign(model.Record{Seq: 2, At: t0, Event: hold("forged"), Prev: "f00"})), 2, Edited},
		{"event of the future", join(l[0], l[1], resum(future)), 3, Unknown},
		{"sum fits, form does not", join(l[0], resum(bytes.Replace(l[1], []byte(`"at"`), []byte(`"AT"`), 1))), 2, Edited},
		{"sum fits, number does not", join(l[0], resum(bytes.Replace(l[1], []byte(`"seq":2`), []byte(`"seq":two`), 1))), 2, Edited},
		{"sum fits, time does not", join(l[0], resum(bytes.Replace(l[1], []byte(`"at":"2026`), []byte(`"at":"soon`), 1))), 2, Edited},
		{"sum fits, actor does not", join(l[0], resum(bytes.Replace(l[1], []byte(`"name":"ada"`), []byte(`"name":5`), 1))), 2, Edited},
		{"sum fits, cause does not", join(l[0], resum(bytes.Replace(l[1], []byte(`"cause":"`), []byte(`"cause":5"`), 1))), 2, Edited},
		{"version that is none", join(resum(bytes.Replace(l[0], []byte(`{"v":1,`), []byte(`{"v":"x",`), 1)), l[1]), 1, Edited},
		{"version zero", join(resum(bytes.Replace(l[0], []byte(`{"v":1,`), []byte(`{"v":0,`), 1)), l[1]), 1, Edited},
		{"unfinished", b[:len(b)-20], 5, Torn},
		{"without the last line break", b[:len(b)-1], 5, Torn},
		{"zeros behind", append(bytes.Clone(b), make([]byte, 100)...), 6, Torn},
		{"long line", join(l[0], bytes.Repeat([]byte("x"), maxLine+1), []byte("\n")), 2, Edited},
		{"long unfinished line", join(l[0], bytes.Repeat([]byte("x"), maxLine+1000)), 2, Torn},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, Name)
			if err := os.WriteFile(path, tt.data, 0o600); err != nil {
				t.Fatal(err)
			}
			report, err := Verify(path)
			if err != nil {
				t.Fatal(err)
			}
			p := report.Problem
			if p == nil || p.Line != tt.line || p.Kind != tt.kind || report.Records != tt.line-1 {
				t.Fatalf("got %v after %d records, want line %d: %s", p, report.Records, tt.line, tt.kind)
			}
			if tt.kind == Torn {
				return
			}
			j, _, err := Open(dir, nil)
			var damage *Damage
			if j != nil || !errors.Is(err, ErrDamaged) || !errors.As(err, &damage) || *damage != *p {
				t.Errorf("open: got %v, %v", j, err)
			}
			if left, err := os.ReadFile(path); err != nil || !bytes.Equal(left, tt.data) {
				t.Error("open changed a damaged journal")
			}
		})
	}
}

// resum gives a line the sum that fits its content.
func resum(line []byte) []byte {
	body := line[:len(line)-tailLen-1]
	return fmt.Appendf(bytes.Clone(body), `,"sum":"%x"}`+"\n", sha256.Sum256(body))
}

func TestEveryByteFlipped(t *testing.T) {
	b, want := written(t, 3)
	for i := range b {
		for _, mask := range []byte{0x01, 0x20, 0x80, b[i] ^ '\n', b[i] ^ '"'} {
			if mask == 0 {
				continue
			}
			bad := bytes.Clone(b)
			bad[i] ^= mask
			got, report, err := scanBytes(bad)
			if err != nil || report.Problem == nil {
				t.Fatalf("byte %d ^ %#x: accepted (%v)", i, mask, err)
			}
			if i < len(b)-1 && report.Problem.Kind == Torn && !bytes.HasSuffix(b[:i+1], []byte("\n")) {
				t.Errorf("byte %d ^ %#x: taken for torn", i, mask)
			}
			if n := bytes.Count(b[:i], []byte("\n")); len(got) != n || !reflect.DeepEqual(got, want[:n:n]) && n > 0 {
				t.Fatalf("byte %d ^ %#x: got %d records, want the %d before it", i, mask, len(got), n)
			}
		}
	}
}

func TestCutAtEveryByte(t *testing.T) {
	b, want := written(t, 2)
	for i := range b {
		dir := t.TempDir()
		path := filepath.Join(dir, Name)
		if err := os.WriteFile(path, b[:i], 0o600); err != nil {
			t.Fatal(err)
		}
		whole := bytes.LastIndexByte(b[:i], '\n') + 1
		n := bytes.Count(b[:i], []byte("\n"))
		j, report, got := openWith(t, &faultyDisk{lazy: true}, dir)
		if len(got) != n || report.Records != n || report.Torn != int64(i-whole) || report.Problem != nil {
			t.Fatalf("cut at %d: got %d records and %+v", i, len(got), report)
		}
		if left, err := os.ReadFile(path); err != nil || !bytes.Equal(left, b[:whole]) {
			t.Fatalf("cut at %d: %d bytes are left, want %d (%v)", i, len(left), whole, err)
		}
		if report.Torn > 0 {
			if kept, err := os.ReadFile(report.Kept); err != nil || !bytes.Equal(kept, b[whole:i]) {
				t.Fatalf("cut at %d: kept %q, %v", i, kept, err)
			}
		}
		r := add(t, j, "goes on")
		if r.Seq != uint64(n)+1 || n > 0 && r.Prev != want[n-1].Sum {
			t.Fatalf("cut at %d: goes on with %d", i, r.Seq)
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
		if report, err := Verify(path); err != nil || report.Problem != nil || report.Records != n+1 {
			t.Fatalf("cut at %d: got %+v, %v after that", i, report, err)
		}
	}
}

func TestTornTailsAreAllKept(t *testing.T) {
	dir := t.TempDir()
	var kept []string
	for i := range 3 {
		j, _, _ := openWith(t, osDisk{}, dir)
		add(t, j, "whole")
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
		appendBytes(t, filepath.Join(dir, Name), fmt.Sprintf("torn %d", i))
		j, report, _ := openWith(t, osDisk{}, dir)
		b, err := os.ReadFile(report.Kept)
		if err != nil || string(b) != fmt.Sprintf("torn %d", i) {
			t.Errorf("got %q, %v", b, err)
		}
		kept = append(kept, filepath.Base(report.Kept))
		_ = j.Close()
	}
	if want := []string{"journal.torn-1", "journal.torn-2", "journal.torn-3"}; !slices.Equal(kept, want) {
		t.Errorf("got %q, want %q", kept, want)
	}
}

func TestReadGivesTheRecordsBeforeTheProblem(t *testing.T) {
	b, want := written(t, 3)
	path := filepath.Join(t.TempDir(), Name)
	if err := os.WriteFile(path, b[:len(b)-5], 0o600); err != nil {
		t.Fatal(err)
	}
	var got []model.Record
	report, err := Read(path, func(r model.Record) error { got = append(got, r); return nil })
	if err != nil || report.Problem.Kind != Torn || !reflect.DeepEqual(got, want[:2]) {
		t.Errorf("got %+v, %v and %d records", report, err, len(got))
	}
	if left, err := os.ReadFile(path); err != nil || len(left) != len(b)-5 {
		t.Errorf("reading changed the journal: %d bytes, %v", len(left), err)
	}
	if !strings.Contains(report.Problem.Error(), "line 3: torn") {
		t.Errorf("got %v", report.Problem)
	}
}

func FuzzScan(f *testing.F) {
	b, _ := written(f, 3)
	f.Add(b)
	f.Add(b[:len(b)-1])
	f.Add([]byte("{}\n"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		records, report, err := scanBytes(data)
		if err != nil {
			t.Fatal(err)
		}
		if report.Records != len(records) || report.Bytes+report.Torn > int64(len(data)) {
			t.Fatalf("got %+v of %d records in %d bytes", report, len(records), len(data))
		}
		if report.Problem == nil && report.Bytes != int64(len(data)) {
			t.Fatalf("%d of %d bytes are good, and nothing is wrong", report.Bytes, len(data))
		}
	})
}

// FuzzDecode looks behind the sum, which fuzzing cannot get past.
func FuzzDecode(f *testing.F) {
	b, _ := written(f, 1)
	f.Add(string(b[:len(b)-tailLen-1]))
	f.Add(`{"seq":1,"at":"2026-07-01T06:30:00Z","by":{},"cause":"","prev":"","type":"PlanArmed","event":{}`)
	f.Fuzz(func(t *testing.T, body string) {
		var d decoder
		r, err := d.decode([]byte(body))
		if err != nil {
			return
		}
		e := newEncoder()
		written, err := e.add(r)
		if err != nil {
			t.Skip(err) // such as a year that JSON cannot hold
		}
		again, err := d.decode(e.line[:len(e.line)-tailLen-1])
		written.Sum = ""
		if err != nil || !reflect.DeepEqual(again, written) {
			t.Errorf("%+v became %+v, %v", written, again, err)
		}
	})
}
