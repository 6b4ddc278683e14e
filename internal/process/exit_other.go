//go:build !linux

package process

import "os/exec"

// awaitExit returns when cmd has ended, and reaps it: there is no portable way
// to wait without.
func awaitExit(cmd *exec.Cmd) { reap(cmd) }
