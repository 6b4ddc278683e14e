package engine

import (
	"fmt"
	"time"

	"gonogo/model"
)

const (
	// allowance is how long a rollback waits for its journal, all in all, from firing to its end.
	allowance = 500 * time.Millisecond
	// swift is what an append may take without being counted: else a long plan on a good disk used its allowance up.
	swift = 50 * time.Millisecond
	// yieldAfter is how long anything else waits for the journal while a way down is asked for.
	yieldAfter = 200 * time.Millisecond
)

// pace is how long callers may wait for the store: as long as it takes while
// nothing is urgent, and the allowance while a way down is.
type pace struct {
	always  bool          // the engine is there for one way down
	urgent  bool          // a way down is armed or runs
	asked   int           // ways down that wait to be armed
	begun   time.Time     // when the allowance began
	left    time.Duration // of it
	waiting int           // callers that use it up
	since   time.Time     // when the first of them began to
	turn    chan struct{} // closed and replaced when who waits must look again
}

func (p *pace) pressing() bool { return p.always || p.urgent || p.asked > 0 }

// quicken has everybody who waits look again.
func (l *ledger) quicken() {
	close(l.writing.pace.turn)
	l.writing.pace.turn = make(chan struct{})
}

// hurries says that a way down was asked for: what goes before it and waits for
// the journal waits no longer than that would. What it returns is called once, when it was taken or refused.
func (l *ledger) hurries() (taken func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	p, now := &l.writing.pace, time.Now()
	if !p.pressing() {
		p.begun, p.left, p.since = now, allowance, now
	}
	p.asked++
	l.quicken()
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		p.asked--
	}
}

// descends begins the allowance of a way down that is armed or fired now.
// One that was armed and fired by the same request has one allowance.
func (l *ledger) descends() {
	l.mu.Lock()
	defer l.mu.Unlock()
	p, now := &l.writing.pace, time.Now()
	if now.Sub(p.begun) > time.Second {
		p.begun, p.left, p.since = now, allowance, now
	}
	p.urgent = true
	l.quicken()
}

// relax ends the hurry with the way down that it was for.
func (l *ledger) relax() {
	if p := l.state.ActivePlan(); p == nil || p.Plan.Kind != model.PlanRollback {
		l.writing.pace.urgent = false
	}
}

// await waits until j is over, as long as it may.
func (l *ledger) await(j *job) error {
	p := &l.writing.pace
	if j.must {
		if p.waiting == 0 {
			p.since = time.Now()
		}
		p.waiting++
		defer func() {
			if p.waiting--; p.waiting == 0 {
				p.left -= max(0, time.Since(p.since)-swift)
			}
		}()
	}
	for !j.over {
		limit, bounded := p.patience(j)
		if bounded && limit <= 0 && !l.impatient(j) {
			break
		}
		l.waitFor(j, limit, bounded)
	}
	return j.err
}

// patience returns how long j's caller may wait, and whether that is bounded at all.
func (p *pace) patience(j *job) (time.Duration, bool) {
	now := time.Now()
	switch {
	case !p.pressing():
		return 0, false
	case j.must:
		return max(p.left, 0) + swift - now.Sub(p.since), true
	}
	return yieldAfter - now.Sub(j.began), true
}

// waitFor lets go of the lock until something happened that j's caller must look at.
func (l *ledger) waitFor(j *job, limit time.Duration, bounded bool) {
	turn := l.writing.pace.turn
	l.mu.Unlock()
	defer l.mu.Lock()
	var late <-chan time.Time
	if bounded {
		timer := time.NewTimer(max(limit, time.Millisecond))
		defer timer.Stop()
		late = timer.C
	}
	select {
	case <-j.done:
	case <-turn:
	case <-late:
	}
}

// impatient ends j's wait, and reports whether there is more to wait for.
func (l *ledger) impatient(j *job) bool {
	if j.must {
		l.fallBehind()
		return false
	}
	for i, q := range l.writing.queue {
		if q == j {
			l.writing.queue = append(l.writing.queue[:i:i], l.writing.queue[i+1:]...)
			j.end(l.lost(errNoAnswer))
			return false
		}
	}
	j.end(fmt.Errorf("the journal does not answer: whether this was recorded shows when it does; a rollback goes first"))
	return false
}

// fallBehind goes on without the store's answer: what waits of ways down is
// folded now and written when the store can, and all else is refused meanwhile.
func (l *ledger) fallBehind() {
	w := &l.writing
	if w.behind == nil {
		w.behind = errNoAnswer
		l.trouble = "the journal does not answer (a disk that hangs?): the rollback goes on without it, UNAUDITED; what it does is held and written when the disk answers"
		l.syslog("the journal in " + l.dir + " does not answer: a rollback goes on without it, UNAUDITED")
	}
	rest := w.queue[:0:0]
	for _, j := range w.flying {
		l.hold(j)
	}
	for _, j := range w.queue {
		if !j.must {
			j.end(l.lost(errNoAnswer))
			continue
		}
		l.hold(j)
		rest = append(rest, j)
	}
	w.queue = rest
	l.changed()
}

// hold folds a way down's job before it is on disk.
func (l *ledger) hold(j *job) {
	if !j.must || j.held {
		return
	}
	j.held = true
	l.writing.untold += len(j.events)
	l.remember(j.by, j.cause, j.at, j.events)
	j.end(nil)
}

// defers takes a job while the store does not answer.
func (l *ledger) defers(j *job) error {
	if !j.must && !ends(j.events) {
		return l.lost(errNoAnswer)
	}
	err := error(nil)
	if !j.must {
		err = l.lost(errNoAnswer)
		j.must = true
	}
	l.enqueue(j)
	l.hold(j)
	l.changed()
	return err
}

// caughtUp ends the time without answers: all of it is on disk now.
func (l *ledger) caughtUp() {
	l.writing.behind, l.trouble = nil, ""
	l.held, l.acted = nil, false
	l.forget()
	l.changed()
}
