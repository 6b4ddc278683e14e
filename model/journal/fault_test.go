package journal

import (
	"errors"
	"io"
	"os"
	"testing"
	"time"

	"gonogo/model"
)

var (
	t0  = time.Date(2026, 7, 1, 12, 0, 0, 123456789, time.FixedZone("IST", 19800))
	ada = model.Actor{Name: "ada", Host: "desk", Via: "cockpit"}
)

// faultyDisk is the real disk, with errors where a test asks for them. An
// error is returned once for each time it was queued.
type faultyDisk struct {
	osDisk
	openErr, removeErr, dirErr, writeErr, syncErr, truncateErr []error
	beforeWrite                                                func()
	lazy                                                       bool // no fsync, for tests that count bytes only
	short                                                      int  // of a failing write, so many bytes reach the disk
}

type faultyFile struct {
	*os.File
	disk *faultyDisk
}

// next takes the first error from the queue; none is left means that all is well.
func next(queue *[]error) error {
	if len(*queue) == 0 {
		return nil
	}
	err := (*queue)[0]
	*queue = (*queue)[1:]
	return err
}

func (d *faultyDisk) open(name string, flag int) (file, error) {
	if err := next(&d.openErr); err != nil {
		return nil, err
	}
	f, err := d.osDisk.open(name, flag)
	if err != nil {
		return nil, err
	}
	return faultyFile{f.(*os.File), d}, nil
}

func (d *faultyDisk) remove(name string) error {
	if err := next(&d.removeErr); err != nil {
		return err
	}
	return d.osDisk.remove(name)
}

func (d *faultyDisk) syncDir(dir string) error {
	if err := next(&d.dirErr); err != nil || d.lazy {
		return err
	}
	return d.osDisk.syncDir(dir)
}

// errShort makes a Write end early without an error, as io.Writer forbids.
var errShort = errors.New("short")

func (f faultyFile) Write(b []byte) (int, error) {
	if f.disk.beforeWrite != nil {
		f.disk.beforeWrite()
	}
	if err := next(&f.disk.writeErr); err != nil {
		n, werr := f.File.Write(b[:min(f.disk.short, len(b))])
		if werr != nil || errors.Is(err, errShort) {
			return n, werr
		}
		return n, err
	}
	return f.File.Write(b)
}

// ReadFrom keeps io.Copy from going around Write.
func (f faultyFile) ReadFrom(r io.Reader) (int64, error) {
	return io.Copy(struct{ io.Writer }{f}, r)
}

func (f faultyFile) Sync() error {
	if err := next(&f.disk.syncErr); err != nil || f.disk.lazy {
		return err
	}
	return f.File.Sync()
}

func (f faultyFile) Truncate(size int64) error {
	if err := next(&f.disk.truncateErr); err != nil {
		return err
	}
	return f.File.Truncate(size)
}

// openWith opens the journal in dir on disk d and returns its records.
func openWith(t testing.TB, d disk, dir string) (*File, Report, []model.Record) {
	t.Helper()
	var records []model.Record
	j, report, err := open(d, dir, func(r model.Record) error {
		records = append(records, r)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return j, report, records
}

// hold returns a small event that can be told from others.
func hold(reason string) model.Event { return model.HoldChanged{Held: true, Reason: reason} }

// AppendAll is AppendEntries for events of one person and time.
func (j *File) AppendAll(last uint64, at time.Time, by model.Actor, cause model.IntentID, events ...model.Event) ([]model.Record, error) {
	entries := make([]Entry, len(events))
	for i, e := range events {
		entries[i] = Entry{at, by, cause, e}
	}
	return j.AppendEntries(last, entries)
}

// Append is AppendAll for one event, behind whatever is last.
func (j *File) Append(at time.Time, by model.Actor, cause model.IntentID, e model.Event) (model.Record, error) {
	records, err := j.AppendAll(j.last(), at, by, cause, e)
	if err != nil {
		return model.Record{}, err
	}
	return records[0], nil
}

func (j *File) last() uint64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.seq
}

func add(t testing.TB, j *File, reason string) model.Record {
	t.Helper()
	r, err := j.Append(t0, ada, "intent-1", hold(reason))
	if err != nil {
		t.Fatal(err)
	}
	return r
}
