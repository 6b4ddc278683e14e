// Package safefile opens files that gonogo did not choose: a name may lead to a
// named pipe that nobody writes to, to a device, to a directory, to a file without
// an end, through a link, or onto a disk that hangs. Only regular files are opened, none is
// waited for, and what is read is bounded in size and, where it is asked for, in time.
//
// It keeps nothing and drops nothing. A read that took longer than its patience
// leaves one goroutine behind, until the disk answers. It must import nothing of gonogo.
package safefile

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"syscall"
	"time"
)

var (
	// ErrIrregular is in the error for what is no regular file.
	ErrIrregular = errors.New("is no regular file")
	// ErrLarge is in the error for a file that holds more than was allowed.
	ErrLarge = errors.New("is too large")
	// ErrSlow is in the error for a file that could not be read in time.
	ErrSlow = errors.New("could not be read in time")
)

// Limits bound what Read does.
type Limits struct {
	Size     int64         // bytes at most; a larger file is refused, not cut
	Patience time.Duration // how long to wait for the disk; 0: as long as it takes
	NoLink   bool          // the name itself may not be a symbolic link
}

// Read returns the content of the regular file at path. The error is a
// *fs.PathError with ErrIrregular, ErrLarge, ErrSlow or what the system said.
func Read(path string, l Limits) ([]byte, error) {
	b, _, err := ReadStat(path, l)
	return b, err
}

// ReadStat is Read, and says what the file was when it was opened.
func ReadStat(path string, l Limits) ([]byte, fs.FileInfo, error) {
	if l.Patience <= 0 {
		return read(path, l)
	}
	type answer struct {
		data []byte
		info fs.FileInfo
		err  error
	}
	got := make(chan answer, 1)
	go func() {
		data, info, err := read(path, l)
		got <- answer{data, info, err}
	}()
	late := time.NewTimer(l.Patience)
	defer late.Stop()
	select {
	case a := <-got:
		return a.data, a.info, a.err
	case <-late.C:
		return nil, nil, &fs.PathError{Op: "read", Path: path, Err: ErrSlow}
	}
}

func read(path string, l Limits) ([]byte, fs.FileInfo, error) {
	flag := os.O_RDONLY
	if l.NoLink {
		flag |= syscall.O_NOFOLLOW
	}
	f, info, err := Open(path, flag)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = f.Close() }() // only read
	b, err := io.ReadAll(io.LimitReader(f, l.Size+1))
	if err == nil && int64(len(b)) > l.Size {
		err = &fs.PathError{Op: "read", Path: path, Err: ErrLarge}
	}
	if err != nil {
		return nil, nil, err
	}
	return b, info, nil
}

// Open opens the regular file at path with flag, as os.OpenFile does, and a new
// one with mode 0600. It never waits for the other end of a pipe. The error is a
// *fs.PathError with ErrIrregular or what the system said.
func Open(path string, flag int) (*os.File, fs.FileInfo, error) {
	irregular := &fs.PathError{Op: "open", Path: path, Err: ErrIrregular}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil, nil, irregular // to open a device may do something
	}
	f, err := os.OpenFile(path, flag|syscall.O_NONBLOCK, 0o600)
	if err != nil {
		return nil, nil, err
	}
	info, err := f.Stat() // it may be another file by now
	if err == nil && !info.Mode().IsRegular() {
		err = irregular
	}
	if err != nil {
		_ = f.Close() // nothing was written
		return nil, nil, err
	}
	return f, info, nil
}
