package engine

import (
	"fmt"
	"io"
	"os"
	"syscall"
)

// ReadPlain reads a plain file of at most size bytes, and follows no link.
func ReadPlain(path string, size int64) ([]byte, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // only read
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > size {
		return nil, fmt.Errorf("%s is not what gonogo wrote", path)
	}
	return io.ReadAll(io.LimitReader(f, size))
}
