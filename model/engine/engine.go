package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"gonogo/model"
)

// ErrClosed is what Submit returns when there is no engine any more.
var ErrClosed = errors.New("the engine has ended")

// Engine is a live rollout. It implements the cockpit's Feed.
type Engine struct {
	o      Options
	parts  Parts
	lock   *lock
	ledger *ledger
	meters *meters
	broker broker
	judge  judge
	plans  executor
	checks checks
	asked  atomic.Bool     // the guard's intent waits to be taken
	work   context.Context // ends when Run does

	facts    chan struct{} // something was recorded: publish at once
	samples  chan struct{} // something was measured: publish soon
	intents  chan model.Intent
	observe  map[model.FlagID]chan struct{} // observe the flag now
	group    sync.WaitGroup
	told     sync.WaitGroup // notifications under way
	looks    sync.WaitGroup // looks and writes that were given up, see endLooks
	since    time.Time
	mu       sync.Mutex // of what follows
	answers  []model.Answer
	troubles []string // panics in goroutines, for people
	identity string
	looked   map[model.FlagID]bool // observed by this engine
	changed  string                // hash of a config that waits to be adopted
}

// Open takes the state directory's lock, replays the journal and builds the
// parts. It returns ErrLocked if another engine lives there. The caller must
// call Run, which lets go of everything at its end.
func Open(o Options) (*Engine, error) {
	l, err := takeLock(o.Dir)
	if err != nil {
		return nil, err
	}
	e, err := open(o, l)
	if err != nil {
		l.release()
		return nil, err
	}
	return e, nil
}

func open(o Options, l *lock) (*Engine, error) {
	parts, err := o.Build()
	if err != nil {
		return nil, err
	}
	e := &Engine{
		o: o, parts: parts, lock: l, since: o.Now(),
		facts: make(chan struct{}, 1), samples: make(chan struct{}, 1),
		intents: make(chan model.Intent, 64), observe: map[model.FlagID]chan struct{}{},
		looked: map[model.FlagID]bool{},
	}
	e.ledger, err = openLedger(o, func() { poke(e.facts) })
	if err != nil {
		return nil, err
	}
	e.meters = newMeters(o.Rollout, parts, func() { poke(e.samples) })
	for _, f := range o.Rollout.Flags {
		e.observe[f.ID] = make(chan struct{}, 1)
	}
	host, _ := os.Hostname()
	e.ledger.opening = func() model.Event {
		return model.EngineStarted{PID: os.Getpid(), Host: host, Version: o.Version, Rollout: o.Rollout.ID, ConfigHash: o.Rollout.ConfigHash}
	}
	state := e.ledger.current()
	if state.ConfigHash != "" && state.ConfigHash != o.Rollout.ConfigHash {
		e.changed = o.Rollout.ConfigHash
	}
	if err := e.judge.restore(o.Rollout, &state); err != nil {
		return nil, errors.Join(err, e.ledger.close())
	}
	e.plans.init(e)
	e.publish()
	return e, nil
}

func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Run works until ctx is done and no plan runs any more, then closes the
// journal and lets go of the lock. It returns what kept it from working, or nil.
func (e *Engine) Run(ctx context.Context) error {
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	e.work = work
	listener, err := listen(e.o.Dir)
	if err != nil {
		e.note("socket: " + err.Error() + "; others cannot attach")
	} else {
		e.spawn("socket", func() { e.serve(work, listener) })
	}
	e.resume()
	for id, part := range e.parts.Sources {
		e.spawn("source "+id, func() { e.runSource(work, id, part) })
	}
	for i := range e.o.Rollout.Flags {
		f := &e.o.Rollout.Flags[i]
		e.spawn("flag "+string(f.ID), func() { e.watchFlag(work, f) })
	}
	e.spawn("intents", func() { e.takeIntents(work) })
	e.spawn("publisher", func() { e.publisher(work) })
	e.spawn("checks", func() { e.runChecks(work) })
	e.spawn("config", func() { e.watchConfig(work) })
	if e.parts.Identity != nil {
		go e.identify() // may be slow, and nobody waits for it
	}
	<-ctx.Done()
	e.plans.wait()
	stop()
	if listener != nil {
		_ = listener.Close()
	}
	e.group.Wait()
	e.plans.wait() // an intent may have been taken meanwhile
	e.told.Wait()  // each has its time, and no more
	e.endLooks()
	return e.close()
}

func (e *Engine) close() error {
	e.credit(true, true)
	if e.ledger.started() {
		_ = e.ledger.record(e.o.Actor, "", model.EngineStopped{PID: os.Getpid()})
	}
	e.publish()
	e.broker.close()
	err := e.ledger.close()
	e.lock.release()
	return err
}

// spawn runs f as a goroutine of the engine's. A panic is kept to it and told.
func (e *Engine) spawn(name string, f func()) {
	e.group.Go(func() {
		defer func() {
			if v := recover(); v != nil {
				e.note(fmt.Sprintf("%s: panic: %v", name, v))
				fmt.Fprintf(os.Stderr, "gonogo: %s: panic: %v\n%s", name, v, debug.Stack())
			}
		}()
		f()
	})
}

// note adds trouble of the engine's own for people to see.
func (e *Engine) note(text string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.troubles = append(e.troubles, model.Inert(text))
	poke(e.facts)
}

func (e *Engine) identify() {
	id := model.Inert(e.parts.Identity())
	e.mu.Lock()
	e.identity = id
	e.mu.Unlock()
	poke(e.samples)
}

// Subscribe returns a mailbox of one for snapshots, newest wins, and what to
// call when it is no longer read. It is closed when the engine ends.
func (e *Engine) Subscribe() (<-chan *model.Snapshot, func()) { return e.broker.subscribe() }

// Submit enqueues an intent; what becomes of it shows in Snapshot.Answers.
// It fails only when the queue is full or the context is done.
func (e *Engine) Submit(ctx context.Context, in model.Intent) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if in.By.Via == model.ViaGuard {
		return errors.New("only the engine speaks for the guard")
	}
	select {
	case e.intents <- in:
		return nil
	default:
		return errors.New("too many intents at once: try again")
	}
}

// publisher judges and publishes: facts at once, samples at most every
// publishEvery, and each second in any case, since time alone changes verdicts.
func (e *Engine) publisher(ctx context.Context) {
	tick := time.NewTicker(judgeEvery)
	defer tick.Stop()
	soon := time.NewTimer(time.Hour)
	soon.Stop()
	waiting, answered := false, false
	for {
		select {
		case <-ctx.Done():
			return
		case <-e.facts:
		case <-tick.C:
		case <-soon.C:
			waiting = false
		case <-e.samples:
			if !waiting {
				waiting = true
				soon.Reset(publishEvery)
			}
			continue
		}
		e.judgeNow()
		if e.publish() == 0 && !answered {
			answered = true
			poke(e.facts) // once more, with a verdict that rests on all of it: commands wait for that
		}
	}
}

// publish makes a snapshot of everything and hands it out. It returns how much
// has not answered yet.
func (e *Engine) publish() (waiting int) {
	e.mu.Lock() // answers first: none is told before what it led to
	answers := append([]model.Answer(nil), e.answers...)
	e.mu.Unlock()
	state, tail, trouble := e.ledger.view()
	verdict, lines, soak := e.judge.latest()
	series, health, answered := e.meters.copies()
	if a := state.Attempt(); a != nil && a.Soak < soak {
		state.Attempts = append([]model.Attempt(nil), state.Attempts...)
		state.Attempts[len(state.Attempts)-1].Soak = soak
	}
	s := &model.Snapshot{
		Seq: state.Seq, At: e.o.Now(), Rollout: e.o.Rollout, State: state, Gate: verdict, Lines: lines,
		Series: series, Sources: health, Tail: tail, Live: e.plans.live(), Checks: e.checks.live(), Journal: trouble,
		Engine: model.EngineInfo{PID: os.Getpid(), Host: e.o.Actor.Host, Since: e.since, Version: e.o.Version},
	}
	e.mu.Lock()
	s.Answers = answers
	s.Identity, s.ConfigChanged = e.identity, e.changed
	if s.Journal == "" && len(e.troubles) > 0 {
		s.Journal = e.troubles[len(e.troubles)-1]
	}
	e.mu.Unlock()
	s.Engine.Viewers = e.broker.viewers()
	s.Waiting = e.waiting(answered) + e.unasked(&state)
	e.broker.publish(s)
	return s.Waiting
}

// waiting counts what was asked and has not answered in any way since this engine began.
func (e *Engine) waiting(answered int) int {
	n := len(e.o.Rollout.Metrics) - answered
	e.mu.Lock()
	defer e.mu.Unlock()
	return n + len(e.o.Rollout.Flags) - len(e.looked)
}

// watchConfig tells when the config file is no longer the one that runs.
func (e *Engine) watchConfig(ctx context.Context) {
	if e.o.ConfigHash == nil {
		return
	}
	tick := time.NewTicker(2 * time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		hash, err := e.o.ConfigHash()
		if err != nil {
			continue // an editor may be at it
		}
		e.mu.Lock()
		running, adopted := e.o.Rollout.ConfigHash, e.ledger.current().ConfigHash
		switch {
		case hash != running:
			e.changed = hash
		case adopted == "" || adopted == running:
			e.changed = ""
		default:
			e.changed = running
		}
		e.mu.Unlock()
	}
}
