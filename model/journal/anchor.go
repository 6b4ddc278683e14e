package journal

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"gonogo/model"
)

// ErrAnchorGone says that an anchor that should have been there was not, so
// that another was begun. The line was written.
var ErrAnchorGone = errors.New("was not there and was begun anew: if there was one before, somebody took it away")

// Anchor is a file, kept elsewhere than the journal, that gets the number and
// the sum of a record now and then: who can edit the journal but not the anchor
// cannot make the chain anew without being seen, see ReadAnchored. It is only ever
// appended to, one line a record, and nothing is kept open between two lines:
//
//	SEQ SUM RFC3339
//
// An Anchor is used by one goroutine at a time.
type Anchor struct {
	disk  disk
	path  string
	begun bool // the file should be there
}

// NewAnchor returns the anchor at path. It does nothing yet. Where begun is
// set, a file that is not there is worth an ErrAnchorGone.
func NewAnchor(path string, begun bool) *Anchor {
	return &Anchor{disk: osDisk{}, path: path, begun: begun}
}

// Write appends a line for an acknowledged record; it is on disk (fsync) when
// the error is nil or ErrAnchorGone.
func (a *Anchor) Write(r model.Record) error {
	f, gone, err := a.open()
	if err != nil {
		return fmt.Errorf("anchor %s cannot be written: %w", a.path, err)
	}
	if err := errors.Join(a.add(f, r), f.Close()); err != nil {
		return fmt.Errorf("anchor %s cannot be written: %w", a.path, bare(err))
	}
	if !a.begun || gone {
		if err := a.disk.syncDir(filepath.Dir(a.path)); err != nil {
			return fmt.Errorf("anchor %s cannot be written: sync directory: %w", a.path, bare(err))
		}
	}
	gone = gone && a.begun
	a.begun = true
	if gone {
		return fmt.Errorf("anchor %s: %w", a.path, ErrAnchorGone)
	}
	return nil
}

// open opens the file, or begins it; gone: it was not there.
func (a *Anchor) open() (f file, gone bool, err error) {
	f, err = a.disk.open(a.path, os.O_RDWR|os.O_APPEND)
	if errors.Is(err, fs.ErrNotExist) {
		gone = true
		f, err = a.disk.open(a.path, os.O_RDWR|os.O_APPEND|os.O_CREATE)
	}
	if err != nil {
		return nil, gone, bare(err)
	}
	if err := plain(f); err != nil {
		return nil, gone, errors.Join(err, f.Close())
	}
	return f, gone, nil
}

// add writes r's line. What a crash left of the one before gets an end of its own.
func (a *Anchor) add(f file, r model.Record) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	line := anchorText(r)
	if size := info.Size(); size > 0 {
		var last [1]byte
		if _, err := f.ReadAt(last[:], size-1); err != nil {
			return err
		}
		if last[0] != '\n' {
			line = "\n" + line
		}
	}
	n, err := f.Write([]byte(line))
	if err == nil && n < len(line) {
		err = io.ErrShortWrite
	}
	if err != nil {
		return err
	}
	return f.Sync()
}

// anchorText is the line for r.
func anchorText(r model.Record) string {
	return strconv.FormatUint(r.Seq, 10) + " " + string(r.Sum) + " " + anchorTime(r) + "\n"
}

func anchorTime(r model.Record) string { return r.At.UTC().Format(time.RFC3339) }

// TryAnchor says why no line can be written to the anchor at path, or nil. It changes nothing.
func TryAnchor(path string) error {
	info, err := os.Lstat(path)
	switch {
	case err == nil && info.Mode()&fs.ModeSymlink != 0:
		err = syscall.ELOOP
	case err == nil && !info.Mode().IsRegular():
		err = errNotPlain
	case err == nil:
		err = syscall.Access(path, writable)
	case errors.Is(err, fs.ErrNotExist):
		path = filepath.Dir(path)
		err = syscall.Access(path, writable)
	}
	if err != nil {
		return fmt.Errorf("anchor: %s cannot be written: %w", path, bare(err))
	}
	return nil
}

const writable = 2 // W_OK

var errNotPlain = errors.New("is no regular file")

// plain refuses what is no plain file.
func plain(f file) error {
	info, err := f.Stat()
	if err != nil {
		return bare(err)
	}
	if !info.Mode().IsRegular() {
		return errNotPlain
	}
	return nil
}

// bare returns err without the path in it, which is told already.
func bare(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	if errors.Is(err, syscall.ELOOP) {
		return errors.New("is a symbolic link: name the file itself")
	}
	return err
}
