package attach

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	"gonogo/model"
	"gonogo/model/engine/record"
)

const (
	// silentAfter is how long an engine may say nothing before it counts as silent:
	// a living one publishes each second.
	silentAfter = 3 * time.Second
	silentTick  = 100 * time.Millisecond
	ticks       = int(silentAfter / silentTick)
)

// ear listens for signs of life of the engine that a seat is at. It counts
// ticks of its own, not the clock: a process that was itself stopped, or a laptop
// that slept, does not take the gap for the engine's.
type ear struct {
	mu    sync.Mutex
	quiet int       // ticks since the last sign of life
	since time.Time // of the last sign of life
	pid   int       // of the engine, 0: not known
	own   bool      // this process is the engine, or is about to be
	other string    // the name of the process pid, if that is no engine

	asked model.IntentID // the last that the seat sent; empty: it is answered, or none was
	deaf  int            // ticks since then in which the engine took nothing
}

// hear notes a sign of life.
func (r *ear) hear() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.quiet, r.since = 0, time.Now()
}

// at notes whose signs of life are waited for.
func (r *ear) at(pid int, own bool) { r.of(pid, own, "") }

// of is at, also for a process that holds the lock and is no engine: it has the name other.
func (r *ear) of(pid int, own bool, other string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if pid != r.pid || own != r.own {
		r.quiet, r.since = 0, time.Now()
	}
	r.pid, r.own, r.other = pid, own, other
}

// ask notes that the intent id was sent, whose answer is waited for.
func (r *ear) ask(id model.IntentID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked, r.deaf = id, 0
}

// count counts the time of one tick. The snapshot is the last that the engine showed, or nil.
func (r *ear) count(last *model.Snapshot) (silent bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.quiet++
	r.deaf++
	if last == nil || last.Asked.IsZero() {
		r.deaf = 0 // it takes what comes
		return r.silent()
	}
	if _, known := last.Answer(r.asked); known {
		r.asked = ""
	}
	return r.silent()
}

// listen counts until ctx is done, and calls silent at each tick in silence.
func (r *ear) listen(ctx context.Context, last func() *model.Snapshot, silent func()) {
	tick := time.NewTicker(silentTick)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if r.count(last()) {
			silent()
		}
	}
}

// silent reports whether nothing was heard for silentAfter. The caller holds the lock.
func (r *ear) silent() bool { return r.quiet >= ticks }

// takesNothing reports whether the engine shows what it knows, and leaves what this seat
// asked for silentAfter. The caller holds the lock.
func (r *ear) takesNothing() bool { return r.asked != "" && r.deaf >= ticks }

// await listens to an engine that cannot be attached to: one that starts says
// in the lock's file that it gets on. A process that locks that file and says
// nothing in it is no engine.
func (s *Seat) await() {
	h := record.HolderOf(s.o.Dir)
	pid := lockHolder(s.o.Dir)
	if pid == 0 {
		pid = h.PID
	}
	s.ear.of(pid, false, stranger(pid, h.PID))
	if time.Since(h.At) < time.Second {
		s.ear.hear()
	}
}

// quiet shows that the engine says nothing.
func (s *Seat) quiet() {
	is, silent := s.Silent()
	since := is.Since.UTC().Format("15:04:05Z")
	switch {
	case !silent:
	case is.Foreign != "":
		s.feed.Mark(fmt.Sprintf("NO ENGINE: process %d (%s) holds %s and is none: end it, and this seat goes on", is.PID, is.Foreign, is.Dir))
	case is.Deaf: // the engine says so itself
	case is.Own:
		s.feed.Mark("this engine gets nothing done since " + since + ": does the disk of " + is.Dir + " hang?")
	default:
		s.feed.Mark(fmt.Sprintf("engine (pid %d) alive, silent since %s: kill -CONT %d or gonogo rollback --break-glass", is.PID, since, is.PID))
	}
}

// Silent returns who is alive and says nothing for 3 s or more, or takes nothing of
// what this seat asked, and whether that is so.
func (s *Seat) Silent() (model.Silence, bool) {
	s.ear.mu.Lock()
	is, silent := model.Silence{PID: s.ear.pid, Own: s.ear.own, Foreign: s.ear.other, Dir: s.o.Dir, Since: s.ear.since}, s.ear.silent()
	if !silent && s.ear.takesNothing() {
		is.Deaf, silent = true, true
		is.Since = time.Now().Add(-time.Duration(s.ear.deaf) * silentTick)
	}
	s.ear.mu.Unlock()
	if is.Own {
		is.PID = os.Getpid()
	}
	if silent && is.PID != 0 {
		if uid, known := ownerOf(fmt.Sprintf("/proc/%d", is.PID)); known && uid != os.Geteuid() {
			var a accounts
			is.User = a.of(uid).name
		}
	}
	return is, silent
}
