package engine

import (
	"encoding/json"
	"os"
	"path/filepath"
	"time"
)

// Holder is what the lock's file says of who holds it. It is for people, and
// for those who wait while it starts: what holds the lock is the lock itself.
type Holder struct {
	PID int       `json:"pid"`
	At  time.Time `json:"at"` // when it got on with its start last
}

// Tell writes that this process holds the lock and is getting on.
func (l *Lock) Tell(now time.Time) {
	b, err := json.Marshal(Holder{PID: os.Getpid(), At: now.UTC()})
	if err != nil || l.file == nil {
		return
	}
	b = append(b, '\n')
	if _, err := l.file.WriteAt(b, 0); err == nil {
		_ = l.file.Truncate(int64(len(b)))
	}
}

// HolderOf returns what the lock's file in the state directory dir says; nothing
// where there is none.
func HolderOf(dir string) Holder {
	var h Holder
	if b, err := ReadPlain(filepath.Join(dir, lockName), 1024); err == nil {
		_ = json.Unmarshal(b, &h)
	}
	return h
}
