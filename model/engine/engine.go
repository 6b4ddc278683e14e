package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"gonogo/model"
	"gonogo/model/engine/record"
)

// ErrClosed is what Submit returns when there is no engine any more.
var ErrClosed = errors.New("the engine has ended")

// Engine is a live rollout. It implements the cockpit's Feed.
type Engine struct {
	o       Options
	parts   model.Parts
	lock    *lock
	ledger  *record.Ledger
	meters  *meters
	broker  broker
	judge   judge
	plans   executor
	checks  checks
	doubted model.MetricID  // of a guard that stood down: whether its breach is over is not known; of the publisher only
	looks   looks           // at the last rollback, again
	asked   atomic.Bool     // the guard's intent waits to be taken
	work    context.Context // ends when Run does

	judging  chan struct{} // of the publisher: closed when the judgement under way is done; nil: none is
	facts    chan struct{} // something was recorded: publish at once
	samples  chan struct{} // something was measured: publish soon
	intents  chan asked
	observe  map[model.FlagID]chan struct{} // observe the flag now
	group    sync.WaitGroup
	told     sync.WaitGroup // notifications under way
	telling  atomic.Int32   // how many
	givenUp  sync.WaitGroup // looks and writes that were given up, see endLooks
	since    time.Time
	mu       sync.Mutex // of what follows
	answers  []model.Answer
	troubles []string // panics in goroutines, for people
	identity string
	looked   map[model.FlagID]bool // observed by this engine
	changed  string                // hash of a config that waits to be adopted
	changes  []string              // what is other in it, see config.Changes
	config   string                // trouble with the config, for people
	next     *Options              // what the seat goes on with: a config was adopted
	end      context.CancelFunc    // ends Run as its context does
	adopts   chan model.Intent     // that need the config on disk
	user     string                // whose process this is
	accounts accounts              // of those who attach
}

// Open takes the state directory's lock, replays the journal and builds the
// parts. It returns record.ErrLocked if another engine lives there. The caller must
// call Run, which lets go of everything at its end.
func Open(o Options) (*Engine, error) {
	l, err := lockFor(&o)
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

// lockFor takes the lock of o's state directory. For a way down it takes what
// can be had, and what is wrong with that goes to o.DirTrouble.
func lockFor(o *Options) (*lock, error) {
	held, err := record.TakeLock(o.Dir)
	if err != nil && !errors.Is(err, record.ErrLocked) && Alive(o.Dir) {
		return nil, record.ErrLocked // whatever became of the lock's file: its holder listens
	}
	if err != nil && o.Down && !errors.Is(err, record.ErrLocked) {
		if held, err = record.TakeLockDown(o.Dir); held != nil && err != nil {
			o.DirTrouble, err = cmp.Or(o.DirTrouble, err.Error()+"; nothing keeps another rollback from running at the same time"), nil
		}
	}
	return &lock{Lock: held}, err
}

func open(o Options, l *lock) (*Engine, error) {
	parts, err := o.Build()
	if err != nil {
		return nil, err
	}
	reading := l.Telling(o.alive)
	if err := l.claim(o); err != nil {
		return nil, err
	}
	e := &Engine{
		o: o, parts: parts, lock: l, since: o.Now(),
		facts: make(chan struct{}, 1), samples: make(chan struct{}, 1),
		intents: make(chan asked, 64), observe: map[model.FlagID]chan struct{}{},
		looked: map[model.FlagID]bool{}, adopts: make(chan model.Intent, 8), answers: o.answers, config: configTrouble(o.Trouble, parts.Missing),
	}
	e.user = e.accounts.of(os.Geteuid()).name
	host, _ := os.Hostname()
	e.ledger, err = record.Open(record.Options{
		Dir: o.Dir, Anchor: o.Rollout.Anchor, Engine: o.Actor, Now: o.Now, Down: o.Down, DirTrouble: o.DirTrouble,
		Opening: func() model.Event {
			return model.EngineStarted{PID: os.Getpid(), Host: host, Version: o.Version, Rollout: o.Rollout.ID, ConfigHash: o.Rollout.ConfigHash}
		},
		Held: l.Held, OpenStore: o.OpenJournal, Reading: reading, Changed: func() { poke(e.facts) }, SystemLog: o.SystemLog,
	})
	if err != nil {
		return nil, err
	}
	e.meters = newMeters(o.Rollout, parts, func() { poke(e.samples) })
	for _, f := range o.Rollout.Flags {
		e.observe[f.ID] = make(chan struct{}, 1)
	}
	state := e.ledger.State()
	if state.ConfigHash != "" && state.ConfigHash != o.Rollout.ConfigHash {
		e.changed, e.changes = o.Rollout.ConfigHash, sinceLastGood(o)
	}
	e.judge.unread = e.unread
	if err := e.judge.restore(o.Rollout, &state); err != nil {
		return nil, errors.Join(err, e.ledger.Close())
	}
	e.plans.init(e)
	e.keepConfig()
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
	ctx, e.end = context.WithCancel(ctx)
	defer e.end()
	listener, err := listen(e.o.Dir)
	if err != nil {
		e.note("socket: " + err.Error() + "; others cannot attach")
	} else {
		e.spawn("socket", func() { e.serve(work, listener) })
	}
	e.openDoors(work)
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
	e.spawn("journal", func() { e.watchJournal(work) })
	e.spawn("config", func() { e.watchConfig(work) })
	if e.parts.Identity != nil {
		go e.identify() // may be slow, and nobody waits for it
	}
	<-ctx.Done()
	e.plans.wait()
	e.settleNotices()
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
	if e.ledger.Started() {
		_ = e.ledger.Record(e.o.Actor, "", model.EngineStopped{PID: os.Getpid()})
	}
	e.publish()
	e.broker.close()
	err := e.ledger.Close()
	if e.next == nil || err != nil {
		e.next = nil
		e.lock.release()
	}
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
	taken := func() {}
	if in.Kind == model.ArmRollback {
		taken = e.ledger.RollbackAsked() // what goes before it may wait for a journal that does not answer
	}
	select {
	case e.intents <- asked{in, taken}:
		return nil
	default:
		taken()
		return errors.New("too many intents at once: try again")
	}
}

// asked is an intent that waits, and what to call once it was taken or refused.
type asked struct {
	model.Intent
	taken func()
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
		case <-e.judging:
			e.judging = nil
		case <-soon.C:
			waiting = false
		case <-e.samples:
			if !waiting {
				waiting = true
				soon.Reset(publishEvery)
			}
			continue
		}
		judged := e.judgeSoon()
		if e.publish() == 0 && judged && !answered {
			answered = true
			poke(e.facts) // once more, with a verdict that rests on all of it: commands wait for that
		}
	}
}

// judgeSoon has everything judged, and waits for that no longer than
// judgeFor: a journal that does not answer must not keep what is known from the screen. It
// reports whether it was judged; if not, judging is closed when it is.
func (e *Engine) judgeSoon() bool {
	if e.judging == nil {
		done := make(chan struct{})
		e.judging = done
		e.spawn("judge", func() {
			defer close(done)
			e.judgeNow()
			e.noticeReadBack()
		})
	}
	timer := time.NewTimer(judgeFor)
	defer timer.Stop()
	select {
	case <-e.judging:
		e.judging = nil
		return true
	case <-timer.C:
		return false
	}
}

// watchJournal looks each second whether lock and journal are still this engine's.
func (e *Engine) watchJournal(ctx context.Context) {
	tick := time.NewTicker(judgeEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		e.ledger.Check()
	}
}

// publish makes a snapshot of everything and hands it out. It returns how much
// has not answered yet.
func (e *Engine) publish() (waiting int) {
	e.mu.Lock() // answers first: none is told before what it led to
	answers := append([]model.Answer(nil), e.answers...)
	e.mu.Unlock()
	state, tail, trouble := e.ledger.View()
	now := e.o.Now()
	verdict := e.judge.verdictOf(e.o.Rollout, &state, now)
	lines, soak := e.judge.latest()
	series, health, answered := e.meters.copies()
	if a := state.Attempt(); a != nil && a.Soak < soak {
		state.Attempts = append([]model.Attempt(nil), state.Attempts...)
		state.Attempts[len(state.Attempts)-1].Soak = soak
	}
	s := &model.Snapshot{
		Seq: state.Seq, At: now, Rollout: e.o.Rollout, State: state, Gate: verdict, Lines: lines,
		Series: series, Sources: health, Tail: tail, Live: e.plans.live(), Checks: e.checks.live(), Journal: trouble,
		Engine:    model.EngineInfo{PID: os.Getpid(), Host: e.o.Actor.Host, Since: e.since, Version: e.o.Version, Transient: e.o.Transient, User: e.user},
		Contested: e.lock.contested(),
	}
	e.mu.Lock()
	s.Answers = answers
	s.Identity, s.ConfigChanged, s.ConfigChanges, s.ConfigTrouble = e.identity, e.changed, e.changes, e.config
	if s.Journal == "" && len(e.troubles) > 0 {
		s.Journal = e.troubles[len(e.troubles)-1]
	}
	e.mu.Unlock()
	if s.Journal == "" {
		s.Journal = s.Contested
	}
	s.Engine.Viewers = e.broker.viewers()
	s.Waiting = e.waiting(answered) + e.unasked(&state)
	e.broker.publish(s)
	return s.Waiting
}

// unread returns the flags that were not observed since this engine began.
func (e *Engine) unread() []model.FlagID {
	e.mu.Lock()
	defer e.mu.Unlock()
	var out []model.FlagID
	for i := range e.o.Rollout.Flags {
		if id := e.o.Rollout.Flags[i].ID; !e.looked[id] {
			out = append(out, id)
		}
	}
	return out
}

// waiting counts what was asked and has not answered in any way since this engine began.
func (e *Engine) waiting(answered int) int {
	n := len(e.o.Rollout.Metrics) - answered
	e.mu.Lock()
	defer e.mu.Unlock()
	return n + len(e.o.Rollout.Flags) - len(e.looked)
}
