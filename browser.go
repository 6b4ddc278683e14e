package main

import (
	"io"
	"os"
	"runtime"

	clibrowser "github.com/cli/browser"
)

// browser returns what shows an address to the person at this terminal, or nil where a browser
// would open nowhere or on another machine's screen: over SSH, and without a display.
func browser() func(address string) error {
	remote := os.Getenv("SSH_CONNECTION") != "" || os.Getenv("SSH_TTY") != ""
	display := runtime.GOOS != "linux" || os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != ""
	if remote || !display {
		return nil
	}
	clibrowser.Stdout, clibrowser.Stderr = io.Discard, io.Discard // the terminal is the cockpit's
	return clibrowser.OpenURL
}
