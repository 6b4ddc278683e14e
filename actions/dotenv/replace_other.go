//go:build !linux

package dotenv

import (
	"errors"
	"os"
)

// errNoExchange: there is no exchange of two files here.
var errNoExchange = errors.New("no exchange")

func exchange(_, _ string) error { return errNoExchange }

// writableFile returns an error if we may not write path.
func writableFile(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return reason(err)
	}
	return f.Close()
}

// copyAttributes does nothing here.
func copyAttributes(*os.File, string) error { return nil }
