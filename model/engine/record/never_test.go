package record

import (
	"fmt"
	"maps"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"gonogo/model"
	"pgregory.net/rapid"
)

// What a move of a played life may be, see play.
const (
	recordMove  = iota // somebody has facts recorded
	anywayMove         // a rollback has
	beginMove          // a rollback begins
	endMove            // it ends
	askMove            // a rollback is asked for, and refused
	diskMove           // the disk does something else from now on
	releaseMove        // what hangs is released
	reopenMove         // the engine ends, and another begins
	moves
)

// move is one of a life's.
type move struct {
	What  int
	Facts int           // 1 to 3
	Mode  int           // of the disk
	Wait  time.Duration // after it
}

var anyMove = rapid.Custom(func(t *rapid.T) move {
	return move{
		What:  rapid.IntRange(0, moves-1).Draw(t, "what"),
		Facts: rapid.IntRange(1, 3).Draw(t, "facts"),
		Mode:  rapid.IntRange(works, hangs).Draw(t, "mode"),
		Wait:  rapid.SampledFrom([]time.Duration{0, 0, 10 * time.Millisecond, 300 * time.Millisecond, 2 * time.Second}).Draw(t, "wait"),
	}
})

// TestNoAcknowledgedFactIsLostAndNoneIsFoldedTwice plays engines on a disk that
// fails, hangs, and writes without saying so, in any order.
func TestNoAcknowledgedFactIsLostAndNoneIsFoldedTwice(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		all := rapid.SliceOfN(anyMove, 1, 30).Draw(rt, "moves")
		dir, err := os.MkdirTemp(t.TempDir(), "state")
		if err != nil {
			rt.Fatal(err)
		}
		var wrong []string
		synctest.Test(t, func(t *testing.T) { wrong = play(t, dir, all) })
		if len(wrong) > 0 {
			rt.Fatalf("%s", strings.Join(wrong, "\n"))
		}
	})
}

// player plays engines, one after another, on one disk.
type player struct {
	t       *testing.T
	dir     string
	d       *disk
	l       *Ledger
	lives   int
	waiting sync.WaitGroup // for facts to be recorded

	mu      sync.Mutex
	facts   int             // so far; each has a number
	acked   map[string]bool // facts that were acknowledged as durable
	told    map[string]bool // facts of a rollback that went on after them
	pending int             // callers that wait
	wrong   []string
}

// play makes the moves, and returns what is wrong after them.
func play(t *testing.T, dir string, all []move) []string {
	p := &player{t: t, dir: dir, d: newDisk(), acked: map[string]bool{}, told: map[string]bool{}}
	p.d.took = 80 * time.Millisecond
	p.open()
	for i, m := range all {
		p.make(m)
		time.Sleep(m.Wait)
		synctest.Wait()
		if p.check(false); len(p.wrong) > 0 {
			p.wrong = append(p.wrong, fmt.Sprintf("after move %d: %+v", i, m))
			break
		}
	}
	p.reopen()
	p.d.replace()
	if err := p.l.Record(ana, "", hold("last")); err != nil {
		p.say("a disk that works takes nothing: %v", err)
	}
	p.reopen()
	_ = p.l.Close()
	return p.wrong
}

func (p *player) say(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wrong = append(p.wrong, fmt.Sprintf(format, args...))
}

func (p *player) make(m move) {
	switch m.What {
	case recordMove, anywayMove:
		p.record(m.Facts, m.What == anywayMove)
	case beginMove:
		p.l.RollbackBegins()
	case endMove:
		p.waits(func() { p.l.RecordAnyway(ana, "", model.PlanVetoed{Plan: "none"}) })
	case askMove:
		p.l.RollbackAsked()()
	case diskMove:
		if m.Mode != hangs {
			p.d.release()
		}
		p.d.set(m.Mode)
	case releaseMove:
		p.d.release()
	case reopenMove:
		p.reopen()
	}
}

// waits has f done beside all else.
func (p *player) waits(f func()) {
	p.mu.Lock()
	p.pending++
	p.mu.Unlock()
	p.waiting.Go(func() {
		f()
		p.mu.Lock()
		p.pending--
		p.mu.Unlock()
	})
}

// record has n new facts recorded together, as a rollback's or not.
func (p *player) record(n int, anyway bool) {
	var names []string
	var events []model.Event
	for range n {
		p.facts++
		name := fmt.Sprint("fact ", p.facts)
		names = append(names, name)
		if anyway {
			events = append(events, model.StepIntended{Plan: model.PlanID(name), Try: 1})
		} else {
			events = append(events, hold(name))
		}
	}
	l := p.l
	p.waits(func() {
		into := p.told
		if anyway {
			l.RecordAnyway(ana, "", events...)
		} else if l.Record(ana, "", events...) != nil {
			return
		} else {
			into = p.acked
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, name := range names {
			into[name] = true
		}
	})
}

func (p *player) open() {
	p.lives++
	life := p.lives
	l, err := Open(Options{Dir: p.dir, Engine: model.Actor{Name: "gonogo"}, Now: time.Now, OpenStore: p.d.Open, Changed: func() {},
		Opening: func() model.Event { return model.EngineStarted{PID: life} }})
	if err != nil {
		p.t.Fatal(err)
	}
	p.l = l
}

// reopen ends the engine and begins another, on a disk that works. One with
// callers that wait does not end before they are answered.
func (p *player) reopen() {
	if p.mu.Lock(); p.pending > 0 {
		p.mu.Unlock()
		p.d.release()
		p.waiting.Wait()
	} else {
		p.mu.Unlock()
	}
	_ = p.l.Close()
	p.d.replace() // what hung at the end may be written still
	synctest.Wait()
	p.open()
	p.check(true)
}

// check holds what is known against what was said. Every fact that was
// acknowledged is in the journal, once; every fact of a rollback is folded. None is folded twice.
func (p *player) check(fresh bool) {
	written := map[string]int{}
	for _, name := range reasons(p.d.Records()) {
		written[name]++
	}
	folded := folds(p.l)
	p.mu.Lock()
	acked, told := maps.Clone(p.acked), maps.Clone(p.told)
	p.mu.Unlock()
	for name := range acked {
		if written[name] != 1 || folded[name] != 1 {
			p.say("%s was acknowledged; it was written %d times and folded %d times", name, written[name], folded[name])
		}
	}
	for name := range told {
		if folded[name] != 1 {
			p.say("%s is a rollback's; it was folded %d times (a new engine: %v)", name, folded[name], fresh)
		}
	}
	for name, n := range folded {
		if n > 1 && strings.HasPrefix(name, "fact ") {
			p.say("%s was folded %d times", name, n)
		}
	}
}

// folds returns how often l folded each fact, see reasons.
func folds(l *Ledger) map[string]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	folded := map[string]int{}
	count := func(records []model.Record) {
		for _, name := range reasons(records) {
			folded[name]++
		}
	}
	tail := l.history.tail
	if left := l.unaudited.left; left != nil {
		tail = append(tail[:len(tail):len(tail)], model.Record{Event: *left})
	}
	count(tail)
	for _, r := range tail {
		if u, ok := r.Event.(model.Unaudited); ok {
			count(u.Facts)
		}
	}
	return folded
}

// successor ends l, puts a disk that works in the place of d, and opens the next
// engine there: each fact of want is folded once, and UNAUDITED is known.
func successor(t *testing.T, l *Ledger, d *disk, dir string, want ...string) *Ledger {
	t.Helper()
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	d.replace()
	next := openOn(t, d, dir)
	got := folds(next)
	for _, name := range want {
		if got[name] != 1 {
			t.Errorf("%s was folded %d times: %v", name, got[name], got)
		}
	}
	if next.State().Unaudited == 0 {
		t.Error("UNAUDITED is forgotten")
	}
	return next
}

// nothingLeft holds that there is no file of what no journal has.
func nothingLeft(t *testing.T, dir string) {
	t.Helper()
	synctest.Wait() // for the keeper
	if _, err := os.Lstat(leftPath(dir)); !os.IsNotExist(err) {
		t.Errorf("%s is still there: %v", leftName, err)
	}
}

// TestWhatWasWrittenWithoutSayingSoCountsOnce has the sync of a rollback's facts fail.
func TestWhatWasWrittenWithoutSayingSoCountsOnce(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		d := newDisk()
		l := openOn(t, d, dir)
		d.mode, d.took = slow, 80*time.Millisecond
		var all sync.WaitGroup
		all.Go(func() { _ = l.Record(ana, "", hold("before")) })
		synctest.Wait()
		all.Go(func() { l.RecordAnyway(ana, "", model.StepIntended{Plan: "a"}) }) // waits, so that it fails later than it was
		synctest.Wait()
		d.set(unsyncs)
		all.Wait()
		l = successor(t, l, d, dir, "before", "a")
		if err := l.Record(ana, "", hold("whole again")); err != nil {
			t.Error(err)
		}
		nothingLeft(t, dir)
		_ = successor(t, l, d, dir, "before", "a").Close()
	})
}

// TestWhatWasToldWithoutSayingSoCountsOnce has the sync fail of what the next
// engine tells of a rollback's facts that no journal has.
func TestWhatWasToldWithoutSayingSoCountsOnce(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		d := newDisk()
		l := openOn(t, d, dir)
		d.set(fails)
		l.RecordAnyway(ana, "", model.StepIntended{Plan: "a"})
		l = successor(t, l, d, dir, "a")
		d.set(unsyncs)
		if err := l.Record(ana, "", hold("refused")); err == nil {
			t.Error("acknowledged")
		}
		l = successor(t, l, d, dir, "a")
		nothingLeft(t, dir)
		d.set(fails)
		l.RecordAnyway(ana, "", model.StepIntended{Plan: "b"})
		l = successor(t, l, d, dir, "a", "b")
		d.set(unsyncs)
		l.RecordAnyway(ana, "", model.StepIntended{Plan: "c"})
		l = successor(t, l, d, dir, "a", "b", "c")
		if n := l.State().Unaudited; n != 3 {
			t.Errorf("%d facts are unaudited, not 3", n)
		}
		_ = l.Close()
	})
}
