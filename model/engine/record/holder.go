package record

import (
	"encoding/json"
	"os"
	"path/filepath"
	"time"

	"gonogo/internal/safefile"
)

// Holder is what the lock's file says of who holds it. It is for people, and
// for those who wait while it starts: what holds the lock is the lock itself.
type Holder struct {
	PID int       `json:"pid"` // 0: nobody says
	At  time.Time `json:"at"`  // when it got on with its start last
}

// HolderOf returns what the lock's file of dir says.
func HolderOf(dir string) Holder {
	var h Holder
	if b, err := safefile.Read(filepath.Join(dir, LockName), safefile.Limits{Size: 1024, NoLink: true}); err == nil {
		_ = json.Unmarshal(b, &h)
	}
	return h
}

// tell writes that this process holds the lock and is getting on.
func (l *Lock) tell(now time.Time) {
	b, err := json.Marshal(Holder{PID: os.Getpid(), At: now.UTC()})
	if err != nil {
		return
	}
	b = append(b, '\n')
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, err := l.file.WriteAt(b, 0); err == nil {
		_ = l.file.Truncate(int64(len(b)))
	}
}

// Telling returns what is called for each record of a journal that is read: it
// tells, as long as that gets on, alive (which may be nil) and the lock's file: an engine that
// starts is not silent.
func (l *Lock) Telling(alive func()) func() {
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
