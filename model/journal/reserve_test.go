package journal

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func TestPoison(t *testing.T) {
	tests := []struct {
		name  string
		fault func(*faultyDisk)
		cause error
		full  bool
		whole bool // the line reached the file
	}{
		{"write fails", func(d *faultyDisk) { d.writeErr = []error{syscall.EIO} }, syscall.EIO, false, false},
		{"write fails half way", func(d *faultyDisk) { d.writeErr, d.short = []error{syscall.EIO}, 30 }, syscall.EIO, false, false},
		{"write is short without saying so", func(d *faultyDisk) { d.writeErr, d.short = []error{errShort}, 30 }, io.ErrShortWrite, false, false},
		{"fsync fails", func(d *faultyDisk) { d.syncErr = []error{syscall.EIO} }, syscall.EIO, false, true},
		{"disk full", func(d *faultyDisk) { d.writeErr, d.short = []error{syscall.ENOSPC}, 30 }, syscall.ENOSPC, true, false},
		{"quota full", func(d *faultyDisk) { d.writeErr = []error{syscall.EDQUOT} }, syscall.EDQUOT, true, false},
		{"disk full at fsync", func(d *faultyDisk) { d.syncErr = []error{syscall.ENOSPC} }, syscall.ENOSPC, true, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			d := &faultyDisk{}
			j, _, _ := openWith(t, d, dir)
			add(t, j, "one")
			tt.fault(d)
			for i := range 3 { // the disk is well again after the first
				_, err := j.Append(t0, ada, "", hold("two"))
				if !errors.Is(err, ErrPoisoned) || !errors.Is(err, tt.cause) || errors.Is(err, ErrFull) != tt.full {
					t.Fatalf("append %d: got %v", i+1, err)
				}
			}
			if !tt.full {
				if err := j.UseReserve(); !errors.Is(err, ErrPoisoned) {
					t.Errorf("the reserve was used against another error: got %v", err)
				}
			}
			if err := j.Close(); err != nil {
				t.Fatal(err)
			}
			// After a failed fsync "two" may be there, but only as a whole.
			_, report, records := openWith(t, osDisk{}, dir)
			if n := len(records); n != 1 && (n != 2 || !tt.whole) {
				t.Errorf("got %d records and %+v", n, report)
			}
		})
	}
}

func TestUseReserve(t *testing.T) {
	for _, short := range []int{0, 30, 1 << 20} {
		dir := t.TempDir()
		reserve := filepath.Join(dir, reserveName)
		d := &faultyDisk{}
		j, report, _ := openWith(t, d, dir)
		if info, err := os.Stat(reserve); err != nil || info.Size() != 64<<10 || !report.Reserved {
			t.Fatalf("reserve: got %v, %v", info, err)
		}
		first := add(t, j, "one")
		d.writeErr, d.short = []error{syscall.ENOSPC}, short
		if _, err := j.AppendAll(j.last(), t0, ada, "", hold("lost"), hold("lost too")); !errors.Is(err, ErrFull) {
			t.Fatalf("got %v", err)
		}
		if err := j.UseReserve(); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(reserve); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the reserve is still there: %v", err)
		}
		if r := add(t, j, "two"); r.Seq != 2 || r.Prev != first.Sum {
			t.Errorf("goes on with %d after %s", r.Seq, r.Prev)
		}
		d.writeErr, d.short = []error{syscall.ENOSPC}, 0
		if _, err := j.Append(t0, ada, "", hold("lost")); !errors.Is(err, ErrFull) {
			t.Fatalf("got %v", err)
		}
		if err := j.UseReserve(); !errors.Is(err, ErrFull) {
			t.Errorf("the reserve was used twice: %v", err)
		}
		if _, err := j.Append(t0, ada, "", hold("lost")); !errors.Is(err, ErrPoisoned) {
			t.Errorf("got %v", err)
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
		if err := j.UseReserve(); !errors.Is(err, os.ErrClosed) {
			t.Errorf("the reserve of a closed journal: got %v", err)
		}
		_, report, records := openWith(t, osDisk{}, dir)
		if len(records) != 2 || !report.Reserved {
			t.Errorf("after %d bytes: got %d records and %+v", short, len(records), report)
		}
	}
}

func TestUseReserveFails(t *testing.T) {
	tests := []struct {
		name  string
		fault func(t *testing.T, d *faultyDisk, dir string)
	}{
		{"removing the reserve", func(_ *testing.T, d *faultyDisk, _ string) { d.removeErr = []error{syscall.EIO} }},
		{"sync of the directory", func(_ *testing.T, d *faultyDisk, _ string) { d.dirErr = []error{syscall.EIO} }},
		{"cutting", func(_ *testing.T, d *faultyDisk, _ string) { d.truncateErr = []error{syscall.EIO} }},
		{"sync after cutting", func(_ *testing.T, d *faultyDisk, _ string) { d.syncErr = []error{syscall.EIO} }},
		{"opening again", func(_ *testing.T, d *faultyDisk, _ string) { d.openErr = []error{syscall.EIO} }},
		{"another file in its place", func(t *testing.T, _ *faultyDisk, dir string) {
			path := filepath.Join(dir, Name)
			if err := errors.Join(os.Rename(path, path+".old"), os.WriteFile(path, []byte("x"), 0o600)); err != nil {
				t.Fatal(err)
			}
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			d := &faultyDisk{}
			j, _, _ := openWith(t, d, dir)
			add(t, j, "one")
			d.writeErr, d.short = []error{syscall.ENOSPC}, 30
			if _, err := j.Append(t0, ada, "", hold("two")); !errors.Is(err, ErrFull) {
				t.Fatalf("got %v", err)
			}
			tt.fault(t, d, dir)
			if err := j.UseReserve(); err == nil {
				t.Error("the reserve was used")
			}
			if _, err := j.Append(t0, ada, "", hold("three")); !errors.Is(err, ErrPoisoned) {
				t.Errorf("append: got %v", err)
			}
		})
	}
}

func TestOpenFaults(t *testing.T) {
	torn := func(t *testing.T) string {
		dir := t.TempDir()
		j, _, _ := openWith(t, osDisk{}, dir)
		add(t, j, "one")
		if err := errors.Join(j.Close(), os.Remove(filepath.Join(dir, reserveName))); err != nil {
			t.Fatal(err)
		}
		appendBytes(t, filepath.Join(dir, Name), "torn")
		return dir
	}
	size := func(t *testing.T, dir string) int64 {
		info, err := os.Stat(filepath.Join(dir, Name))
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	refused := []struct {
		name string
		d    *faultyDisk
	}{
		{"open", &faultyDisk{openErr: []error{syscall.EIO}}},
		{"open of the copy", &faultyDisk{openErr: []error{nil, syscall.ENOSPC}}},
		{"write of the copy", &faultyDisk{writeErr: []error{syscall.ENOSPC}}},
		{"sync of the copy", &faultyDisk{syncErr: []error{syscall.EIO}}},
		{"sync of the directory", &faultyDisk{dirErr: []error{syscall.EIO}}},
		{"cut", &faultyDisk{truncateErr: []error{syscall.EIO}}},
	}
	for _, tt := range refused {
		t.Run(tt.name, func(t *testing.T) {
			dir := torn(t)
			before := size(t, dir)
			if j, _, err := open(tt.d, dir, nil); j != nil || err == nil {
				t.Errorf("got %v, %v", j, err)
			}
			if after := size(t, dir); after != before {
				t.Errorf("the tail was cut without being kept: %d bytes of %d", after, before)
			}
		})
	}
	t.Run("sync of the directory of a new journal", func(t *testing.T) {
		if j, _, err := open(&faultyDisk{dirErr: []error{syscall.EIO}}, t.TempDir(), nil); j != nil || !errors.Is(err, syscall.EIO) {
			t.Errorf("got %v, %v", j, err)
		}
	})
	t.Run("a journal opens on a full disk", func(t *testing.T) {
		dir := t.TempDir()
		d := &faultyDisk{writeErr: []error{syscall.ENOSPC}, short: 100}
		j, report, _ := openWith(t, d, dir)
		if report.Reserved {
			t.Error("there is a reserve on a full disk")
		}
		if _, err := os.Stat(filepath.Join(dir, reserveName)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("a part of the reserve was left: %v", err)
		}
		if err := j.UseReserve(); !errors.Is(err, ErrFull) {
			t.Errorf("got %v", err)
		}
		add(t, j, "one")
	})
}
