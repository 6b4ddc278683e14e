package journal

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"

	"gonogo/internal/safefile"
)

// disk is the part of a file system that the journal needs, so that tests can
// make each piece of it fail.
type disk interface {
	open(name string, flag int) (file, error)
	remove(name string) error
	is(name string, f file) (bool, error) // name still leads to f
	syncDir(dir string) error
	writable(name string) error // why not, by what is known without trying
}

// file is an open file of a disk.
type file interface {
	io.ReadWriteCloser
	io.ReaderAt
	Stat() (fs.FileInfo, error)
	Chmod(fs.FileMode) error
	Truncate(size int64) error
	Sync() error
}

// osDisk is the real one.
type osDisk struct{}

// open opens a regular file, by no symbolic link.
func (osDisk) open(name string, flag int) (file, error) {
	f, _, err := safefile.Open(name, flag|syscall.O_NOFOLLOW)
	if err != nil {
		return nil, err // not f: a nil *os.File would be no nil file
	}
	return f, nil
}

func (osDisk) remove(name string) error { return os.Remove(name) }

func (osDisk) is(name string, f file) (bool, error) {
	mine, err := f.Stat()
	if err != nil {
		return false, err
	}
	there, err := os.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && os.SameFile(mine, there), err
}

func (osDisk) writable(name string) error {
	if err := syscall.Access(name, writable); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return nil
}

func (osDisk) syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// opening says what is in the way of opening path, and what to do about it.
func opening(path string, err error) error {
	if errors.Is(err, syscall.ELOOP) {
		return fmt.Errorf("journal %q: is a symbolic link: move the journal itself here", path)
	}
	if errors.Is(err, safefile.ErrIrregular) {
		return fmt.Errorf("journal %q: %w: move it away", path, safefile.ErrIrregular)
	}
	return fmt.Errorf("journal: %w", classed(err))
}
