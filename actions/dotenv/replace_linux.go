package dotenv

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// errNoExchange: the file system or kernel cannot exchange two files.
var errNoExchange = errors.New("no exchange")

// exchange swaps what two paths name, at once.
func exchange(a, b string) error {
	err := unix.Renameat2(unix.AT_FDCWD, a, unix.AT_FDCWD, b, unix.RENAME_EXCHANGE)
	if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOSYS) || errors.Is(err, unix.EOPNOTSUPP) {
		return errNoExchange
	}
	return err
}

// writableFile returns an error if we may not write path, by its mode or because
// its file system is read-only.
func writableFile(path string) error {
	return unix.Faccessat(unix.AT_FDCWD, path, unix.W_OK, unix.AT_EACCESS)
}

// copyAttributes gives f the extended attributes of the file at path. Those of
// users and access lists must be kept; of the others, what may be.
func copyAttributes(f *os.File, path string) error {
	names, err := list(path)
	if err != nil || len(names) == 0 {
		return err
	}
	for _, name := range names {
		value := make([]byte, 64<<10) // the largest there is
		n, err := unix.Getxattr(path, name, value)
		if err == nil {
			err = unix.Fsetxattr(int(f.Fd()), name, value[:n], 0)
		}
		if err != nil && (strings.HasPrefix(name, "user.") || name == "system.posix_acl_access") {
			return fmt.Errorf("its attribute %s cannot be kept: %w", name, err)
		}
	}
	return nil
}

func list(path string) ([]string, error) {
	buf := make([]byte, 64<<10)
	n, err := unix.Listxattr(path, buf)
	if errors.Is(err, unix.ENOTSUP) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("its attributes: %w", err)
	}
	return strings.FieldsFunc(string(buf[:n]), func(r rune) bool { return r == 0 }), nil
}
