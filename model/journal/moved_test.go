package journal

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"gonogo/model"
)

func TestAppendBehindAnotherRecord(t *testing.T) {
	dir := t.TempDir()
	j, _, _ := openWith(t, osDisk{}, dir)
	add(t, j, "one")
	add(t, j, "two")
	for _, last := range []uint64{0, 1, 3} {
		if r, err := j.AppendAll(last, t0, ada, "", hold("no")); r != nil || !errors.Is(err, ErrMoved) || errors.Is(err, ErrPoisoned) {
			t.Errorf("behind %d: got %v, %v", last, r, err)
		}
	}
	if r := add(t, j, "three"); r.Seq != 3 {
		t.Errorf("goes on with %d", r.Seq)
	}
	if report, err := Verify(filepath.Join(dir, Name)); err != nil || report.Problem != nil || report.Records != 3 {
		t.Errorf("got %+v, %v", report, err)
	}
}

// TestSomebodyElseWrites holds that a File never writes behind what it does not
// know, never acknowledges it, and takes nothing any more afterwards.
func TestSomebodyElseWrites(t *testing.T) {
	rewrite := func(path string, change func([]byte) []byte) error {
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(path, change(b), 0o600)
	}
	tests := []struct {
		name string
		do   func(path string) error
	}{
		{"appends", func(path string) error {
			other, _, err := Open(filepath.Dir(path), func(model.Record) error { return nil })
			if err != nil {
				return err
			}
			_, err = other.AppendAll(1, t0, ada, "", hold("theirs"))
			return errors.Join(err, other.Close())
		}},
		{"appends a byte", func(path string) error { return rewrite(path, func(b []byte) []byte { return append(b, 'x') }) }},
		{"cuts a byte", func(path string) error { return rewrite(path, func(b []byte) []byte { return b[:len(b)-1] }) }},
		{"empties it", func(path string) error { return os.Truncate(path, 0) }},
		{"removes it", os.Remove},
		{"puts a copy in its place", func(path string) error {
			b, err := os.ReadFile(path)
			return errors.Join(err, os.WriteFile(path+".new", b, 0o600), os.Rename(path+".new", path))
		}},
		{"puts a link in its place", func(path string) error {
			return errors.Join(os.Rename(path, path+".old"), os.Symlink(path+".old", path))
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, Name)
			j, _, _ := openWith(t, osDisk{}, dir)
			add(t, j, "one")
			if err := tt.do(path); err != nil {
				t.Fatal(err)
			}
			theirs, _ := os.ReadFile(path) // may be gone
			for i := range 3 {
				if r, err := j.Append(t0, ada, "", hold("ours")); r.Seq != 0 || !errors.Is(err, ErrMoved) || !errors.Is(err, ErrPoisoned) {
					t.Fatalf("append %d: got %v, %v", i+1, r, err)
				}
			}
			if err := j.UseReserve(); !errors.Is(err, ErrMoved) {
				t.Errorf("use reserve: got %v", err)
			}
			if left, _ := os.ReadFile(path); !bytes.Equal(left, theirs) {
				t.Errorf("the file is %q now, was %q", left, theirs)
			}
		})
	}
}

// TestSomebodyElseWritesBetween is the moment after the look and before the write.
func TestSomebodyElseWritesBetween(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, Name)
	d := &faultyDisk{}
	j, _, _ := openWith(t, d, dir)
	add(t, j, "one")
	d.beforeWrite = func() { appendBytes(t, path, "theirs\n") }
	if r, err := j.Append(t0, ada, "", hold("ours")); r.Seq != 0 || !errors.Is(err, ErrMoved) {
		t.Fatalf("acknowledged: %v, %v", r, err)
	}
	d.beforeWrite = nil
	if _, err := j.Append(t0, ada, "", hold("ours")); !errors.Is(err, ErrMoved) {
		t.Errorf("got %v", err)
	}
}
