package journal

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"syscall"

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
	unnamed  bool  // the directory is not synced yet, and the reserve not made: the first append does it
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

// OpenSoon is Open, but leaves what a disk may take long for, the sync of the
// directory and a new reserve, to the first append, so that whoever only looks never waits for it.
func OpenSoon(dir string, each func(model.Record) error) (*File, Report, error) {
	return openLater(osDisk{}, dir, each, true)
}

func open(d disk, dir string, each func(model.Record) error) (*File, Report, error) {
	return openLater(d, dir, each, false)
}

func openLater(d disk, dir string, each func(model.Record) error, later bool) (*File, Report, error) {
	j := &File{disk: d, dir: dir, path: filepath.Join(dir, Name), enc: newEncoder(), unnamed: later}
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
	if err := j.private(); err != nil {
		return Report{}, j.fail("permissions", err)
	}
	report, err := scan(j.f, each)
	if err != nil {
		return report, fmt.Errorf("journal %q: %w", j.path, err)
	}
	if p := report.Problem; p != nil && p.Kind == Newer {
		return report, fmt.Errorf("journal %q: %w", j.path, p)
	} else if p != nil && p.Kind != Torn {
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
	if j.unnamed {
		j.reserved, report.Reserved = j.hasReserve(), true // whether there is room for one shows later, see Reserved
		return report, nil
	}
	if err := j.name(); err != nil {
		return report, err
	}
	report.Reserved = j.reserved
	return report, nil
}

// name makes the file's name durable, and the reserve: a record is only as
// durable as the name of its file.
func (j *File) name() error {
	if err := j.disk.syncDir(j.dir); err != nil {
		return j.fail("sync directory", err)
	}
	j.unnamed = false
	j.reserved = j.makeReserve() == nil
	return nil
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

// write is durable when it returns nil. Nothing is tried twice: after a failed
// fsync a second one may succeed without having written what the first lost.
func (j *File) write(b []byte) error {
	if err := j.ours(j.size); err != nil {
		return err
	}
	if j.unnamed {
		if err := j.name(); err != nil {
			return err
		}
	}
	n, err := j.f.Write(b)
	if err == nil && n < len(b) {
		err = io.ErrShortWrite
	}
	if err != nil {
		if errors.Is(classed(err), ErrFull) && j.ours(j.size+int64(n)) == nil {
			_ = j.f.Truncate(j.size) // else each that opens it keeps a piece aside, and uses up the reserve for that
		}
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

// Check returns why the next append would find that the file is not what it
// was when the last one ended: it wraps ErrMoved where somebody else wrote it, cut it, took it away or put
// another in its place, and another error where it cannot be written any more. It is nil while an append is under way.
func (j *File) Check() error {
	if !j.mu.TryLock() {
		return nil
	}
	defer j.mu.Unlock()
	if j.closed {
		return nil
	}
	if j.poison != nil {
		return j.poison
	}
	err := j.ours(j.size)
	if err == nil {
		err = j.disk.writable(j.path)
	}
	if err != nil {
		return fmt.Errorf("journal %q: %w", j.path, err)
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
