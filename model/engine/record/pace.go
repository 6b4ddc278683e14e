package record

import (
	"time"
)

const (
	// allowance is how long a rollback waits for its journal, all in all, from firing to its end.
	allowance = 500 * time.Millisecond
	// swift is what an append may take without being counted: else a long plan on a good disk used its allowance up.
	swift = 50 * time.Millisecond
	// yieldAfter is how long anything else waits for the journal while a rollback is asked for.
	yieldAfter = 200 * time.Millisecond
	// anew is how long after its beginning an allowance is not begun again: one that
	// was armed and fired by the same request has one.
	anew = time.Second
)

// pace is how long callers may wait for the store: as long as it takes while
// nothing is urgent, and the allowance while a rollback is. All of it is under the ledger's lock.
type pace struct {
	always  bool          // the engine is there for one rollback
	urgent  bool          // a rollback is armed or runs
	asked   int           // rollbacks that wait to be armed
	begun   time.Time     // when the allowance began
	left    time.Duration // of it
	waiting int           // callers that use it up
	since   time.Time     // when the first of them began to
	turn    chan struct{} // closed and replaced when who waits must look again
}

func newPace(always bool) pace {
	return pace{always: always, begun: time.Now(), left: allowance, turn: make(chan struct{})}
}

// pressing reports whether a rollback is on, or asked for.
func (p *pace) pressing() bool { return p.always || p.urgent || p.asked > 0 }

// quicken has everybody who waits look again.
func (p *pace) quicken() {
	close(p.turn)
	p.turn = make(chan struct{})
}

func (p *pace) begin() {
	now := time.Now()
	p.begun, p.left, p.since = now, allowance, now
}

// ask takes it that a rollback was asked for; answered, that it was taken or refused.
func (p *pace) ask() {
	if !p.pressing() {
		p.begin()
	}
	p.asked++
	p.quicken()
}

func (p *pace) answered() { p.asked-- }

// descend takes it that a rollback is armed or fired now, and begins its allowance.
func (p *pace) descend() {
	if time.Since(p.begun) > anew {
		p.begin()
	}
	p.urgent = true
	p.quicken()
}

// enter begins to count the wait of one who must not wait long.
func (p *pace) enter() {
	if p.waiting == 0 {
		p.since = time.Now()
	}
	p.waiting++
}

// leave ends that. Waits at the same time count once.
func (p *pace) leave() {
	if p.waiting--; p.waiting == 0 {
		p.left -= max(0, time.Since(p.since)-swift)
	}
}

// patience returns how long j's caller may wait from now on, and whether that is bounded at all.
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
