package engine

import "log/syslog"

// SystemLog writes text to the system's log, if there is one.
func SystemLog(text string) {
	if w, err := syslog.New(syslog.LOG_WARNING|syslog.LOG_USER, "gonogo"); err == nil {
		_ = w.Warning(text)
		_ = w.Close()
	}
}
