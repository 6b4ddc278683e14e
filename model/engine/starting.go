package engine

import (
	"encoding/json"
	"os"
	"path/filepath"
	"time"
)

// holder is what the lock's file says of who holds it. It is for people, and
// for those who wait while it starts: what holds the lock is the lock itself.
type holder struct {
	PID int       `json:"pid"`
	At  time.Time `json:"at"` // when it got on with its start last
}

// tell writes that this process holds the lock and is getting on.
func (l *lock) tell(now time.Time) {
	b, err := json.Marshal(holder{PID: os.Getpid(), At: now.UTC()})
	if err != nil {
		return
	}
	b = append(b, '\n')
	if _, err := l.file.WriteAt(b, 0); err == nil {
		_ = l.file.Truncate(int64(len(b)))
	}
}

// holderOf returns what the lock's file of dir says.
func holderOf(dir string) holder {
	var h holder
	if b, err := readPlain(filepath.Join(dir, lockName), 1024); err == nil {
		_ = json.Unmarshal(b, &h)
	}
	return h
}

// telling returns what is called for each record of a journal that is read: it tells, as long
// as that gets on, alive and the lock's file: an engine that starts is not silent.
func (l *lock) telling(alive func()) func() {
	told := time.Now()
	l.tell(told)
	return func() {
		now := time.Now()
		if now.Sub(told) <= time.Second/2 {
			return
		}
		told = now
		l.tell(now)
		if alive != nil {
			alive()
		}
	}
}
