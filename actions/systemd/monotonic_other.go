//go:build !linux

package systemd

import "time"

// monotonic is known where there is systemd only.
func monotonic() (time.Duration, bool) { return 0, false }
