// Package systemd is the kind "systemd": a unit that is restarted (or reloaded,
// started, stopped) by systemctl, and the reader that sees it run anew.
//
// A restart is believed only when the unit is active and its InvocationID is
// another one: systemd gives a new one to each start, and to nothing else. An
// exit status of 0 says that a job was done, not that a new process runs.
//
// systemctl is run through gonogo/internal/process. Where its time is up it is
// ended; the job that it asked for goes on within systemd, and shows later or
// not at all. No goroutine outlives a call. It imports gonogo/model,
// gonogo/model/config and gonogo/internal/process only.
package systemd
