package journal

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"gonogo/model"
)

// Name is the journal's file name in its directory.
const Name = "journal.jsonl"

// File is an open journal, ready to append. It may be used by several
// goroutines at once.
type File struct {
	disk disk
	dir  string
	path string

	mu       sync.Mutex
	f        file
	enc      *encoder
	seq      uint64
	sum      model.Hash
	size     int64 // of everything that is acknowledged
	reserved bool
	poison   error // wraps ErrPoisoned; nil: none
	closed   bool
}

// Open opens or creates dir/journal.jsonl (0600), gives every record in it to
// each, and makes it ready to append. An unfinished last line is cut off and
// kept as journal.torn-<n>, see Report. Any other damage is ErrDamaged, with no
// File and nothing changed; the records before it were given to each by then.
// The caller has made dir (0700) and holds its lock.
func Open(dir string, each func(model.Record) error) (*File, Report, error) {
	return open(osDisk{}, dir, each)
}

func open(d disk, dir string, each func(model.Record) error) (*File, Report, error) {
	j := &File{disk: d, dir: dir, path: filepath.Join(dir, Name), enc: newEncoder()}
	f, err := d.open(j.path, os.O_RDWR|os.O_CREATE|os.O_APPEND)
	if err != nil {
		return nil, Report{}, opening(j.path, err)
	}
	j.f = f
	report, err := j.start(each)
	if err != nil {
		return nil, report, errors.Join(err, f.Close())
	}
	return j, report, nil
}

// start replays and repairs.
func (j *File) start(each func(model.Record) error) (Report, error) {
	if err := regular(j.f, j.path); err != nil {
		return Report{}, err
	}
	if err := j.private(); err != nil {
		return Report{}, j.fail("permissions", err)
	}
	report, err := scan(j.f, each)
	if err != nil {
		return report, fmt.Errorf("journal %q: %w", j.path, err)
	}
	if p := report.Problem; p != nil && p.Kind != Torn {
		return report, fmt.Errorf("journal %q: %w; `gonogo log --verify` says more; restore it from a copy, or move it away to start anew", j.path, p)
	}
	j.seq, j.sum, j.size = report.Seq, report.Sum, report.Bytes
	if report.Torn > 0 {
		report.Kept, err = j.cutTail()
		if errors.Is(err, ErrFull) && j.disk.remove(filepath.Join(j.dir, reserveName)) == nil {
			report.Kept, err = j.cutTail() // a full disk must not keep a rollback from starting
		}
		if err != nil {
			return report, err
		}
		report.Problem = nil
	}
	// A record is only as durable as the name of its file.
	if err := j.disk.syncDir(j.dir); err != nil {
		return report, j.fail("sync directory", err)
	}
	j.reserved = j.makeReserve() == nil
	report.Reserved = j.reserved
	return report, nil
}

// private takes the journal from group and others, should they have it.
func (j *File) private() error {
	info, err := j.f.Stat()
	if err != nil || info.Mode().Perm()&0o077 == 0 {
		return err
	}
	return j.f.Chmod(0o600)
}

func (j *File) fail(what string, err error) error {
	return fmt.Errorf("journal %q: %s: %w", j.path, what, classed(err))
}

// classed adds ErrFull to what is one.
func classed(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return err
}

// cutTail moves what is behind the good records into a file of its own and
// returns that file's path. The copy is on disk before anything is cut.
func (j *File) cutTail() (string, error) {
	var kept file
	var path string
	for n := 1; kept == nil; n++ {
		path = filepath.Join(j.dir, fmt.Sprintf("journal.torn-%d", n))
		f, err := j.disk.open(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL)
		if errors.Is(err, os.ErrExist) {
			continue
		}
		if err != nil {
			return "", j.fail("keep the torn last line", err)
		}
		kept = f
	}
	_, err := io.Copy(kept, io.NewSectionReader(j.f, j.size, 1<<62))
	if err == nil {
		err = kept.Sync()
	}
	if err = errors.Join(err, kept.Close()); err != nil {
		return "", j.fail("keep the torn last line", errors.Join(err, j.disk.remove(path)))
	}
	if err := j.disk.syncDir(j.dir); err != nil {
		return "", j.fail("sync directory", err)
	}
	return path, j.cut()
}

// cut makes the file end behind what is acknowledged.
func (j *File) cut() error {
	if err := j.f.Truncate(j.size); err != nil {
		return j.fail("cut", err)
	}
	if err := j.f.Sync(); err != nil {
		return j.fail("sync", err)
	}
	return nil
}

// AppendAll adds facts behind record last in one write and one fsync, and
// returns their records, with At in UTC. They are durable when the error is
// nil. If last is not the last record it returns ErrMoved. After a failed write
// or fsync, or once somebody else wrote the file or put another in its place,
// this and every later call returns ErrPoisoned, wrapping the cause: ErrMoved,
// ErrFull where the disk is full, or another. An event that cannot be written as JSON harms nothing.
//
// If it fails none is acknowledged; after a crash in the middle the first few of them may be there.
// The events of the records are equal to what a replay will give, not
// necessarily the very values passed in.
func (j *File) AppendAll(last uint64, at time.Time, by model.Actor, cause model.IntentID, events ...model.Event) ([]model.Record, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.closed {
		return nil, fmt.Errorf("journal %q: append: %w", j.path, os.ErrClosed)
	}
	if j.poison != nil {
		return nil, j.poison
	}
	if last != j.seq {
		return nil, fmt.Errorf("journal %q: record %d is the last, not %d: %w", j.path, j.seq, last, ErrMoved)
	}
	j.enc.reset()
	records := make([]model.Record, len(events))
	seq, sum := j.seq, j.sum
	for i, e := range events {
		r, err := j.enc.add(model.Record{
			Seq: seq + 1, At: at.Round(0).UTC(), By: by, Cause: cause, Prev: sum, Event: e,
		})
		if err != nil {
			return nil, fmt.Errorf("journal %q: %w", j.path, err)
		}
		records[i] = r
		seq, sum = r.Seq, r.Sum
	}
	if len(events) == 0 {
		return nil, nil
	}
	if err := j.write(j.enc.line); err != nil {
		j.poison = fmt.Errorf("journal %q: %w: %w", j.path, ErrPoisoned, classed(err))
		return nil, j.poison
	}
	j.seq, j.sum = seq, sum
	j.size += int64(len(j.enc.line))
	return records, nil
}

// write is durable when it returns nil. Nothing is tried twice: after a failed
// fsync a second one may succeed without having written what the first lost.
func (j *File) write(b []byte) error {
	if err := j.ours(j.size); err != nil {
		return err
	}
	n, err := j.f.Write(b)
	if err == nil && n < len(b) {
		err = io.ErrShortWrite
	}
	if err != nil {
		return fmt.Errorf("write: %w", err)
	}
	if err := j.ours(j.size + int64(n)); err != nil { // in the moment between
		return err
	}
	if err := j.f.Sync(); err != nil {
		return fmt.Errorf("sync: %w", err)
	}
	return nil
}

// ours returns ErrMoved if the file does not have the size that it has when
// nobody else writes it, or is not the one under the journal's name any more.
func (j *File) ours(size int64) error {
	info, err := j.f.Stat()
	if err != nil {
		return fmt.Errorf("stat: %w", err)
	}
	if info.Size() != size {
		return fmt.Errorf("it has %d bytes, not %d: %w", info.Size(), size, ErrMoved)
	}
	same, err := j.disk.is(j.path, j.f)
	if err != nil {
		return fmt.Errorf("stat: %w", err)
	}
	if !same {
		return fmt.Errorf("another file stands in its place: %w", ErrMoved)
	}
	return nil
}

// Close closes the file. Everything acknowledged is on disk already.
func (j *File) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.closed {
		return nil
	}
	j.closed = true
	if err := j.f.Close(); err != nil {
		return fmt.Errorf("journal %q: close: %w", j.path, err)
	}
	return nil
}
