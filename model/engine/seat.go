package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"gonogo/model"
	"gonogo/model/engine/record"
)

// retryEvery is how often a seat without an engine looks for one, or for the lock;
// retrySlowly, how often one that cannot take over tries to.
const (
	retryEvery  = 100 * time.Millisecond
	retrySlowly = time.Second
)

// Seat is a place at the state directory's engine, for a cockpit or a command:
// it is the engine where there is none, else it is attached to the living one,
// and takes over when that one ends. It implements the cockpit's Feed.
type Seat struct {
	o       Options
	broker  broker
	intents chan model.Intent
	ear     ear
	telling sync.Mutex // a snapshot goes out: none goes out under an older one's mark
	mu      sync.Mutex
	engine  *Engine // while this seat is the engine
	ready   chan struct{}
	once    sync.Once
	guest   bool           // it was attached last to an engine that it can never take over from
	named   *model.Rollout // of the config that take read
	refused time.Time      // since when an engine that ends soon lets it not in
}

// NewSeat returns a seat that does nothing before Run. Of o it needs but Dir and
// Reload while it is attached.
func NewSeat(o Options) *Seat {
	s := &Seat{o: o, intents: make(chan model.Intent, 64), ready: make(chan struct{})}
	s.ear.own, s.ear.since = true, time.Now()
	return s
}

// Run keeps the seat until ctx is done; as the engine, until also no plan runs
// any more. It returns an error if it can be neither the engine nor attached.
func (s *Seat) Run(ctx context.Context) error {
	defer s.broker.close()
	listening, stop := context.WithCancel(context.WithoutCancel(ctx))
	var group sync.WaitGroup
	group.Go(func() { s.ear.listen(listening, s.quiet) })
	defer group.Wait()
	defer stop()
	visited := false // it was attached to an engine that was to stay
	for {
		pause := retryEvery
		e, err := s.takeIfMay(visited)
		switch {
		case err == nil:
			return s.lead(ctx, e)
		case errors.Is(err, record.ErrLocked), errors.Is(err, errTaken), errors.Is(err, errOnlyAttach):
			again, stop := s.enterBy(ctx, errors.Is(err, record.ErrLocked), visited)
			if ctx.Err() != nil {
				return nil
			}
			if stop != nil {
				return stop
			}
			err = again
			if last := s.Last(); last != nil && !last.Engine.Transient {
				visited = true
			}
			s.bereft(err)
		case visited && !s.o.Transient:
			s.lost("NO ENGINE, and this cockpit cannot be it: " + err.Error() + "; whoever can: gonogo run --headless")
			s.ear.hear()
			pause = retrySlowly
		default:
			return err
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
		if ctx.Err() != nil {
			return nil
		}
	}
}

// take takes the lock and opens an engine: with the config as it was given, or,
// where another engine led until now, as it is on disk by now, or the last that ran.
func (s *Seat) take(visited bool) (*Engine, error) {
	o := s.o
	l, err := lockFor(&o)
	if err != nil {
		return nil, err
	}
	s.ear.at(0, true)
	if o.Reload != nil && (visited || o.Rollout == nil) {
		as := o
		if o, err = as.Reload(true); err == nil && visited && !as.Transient {
			err = lacking(o)
		}
		o.Transient, o.Down, o.DirTrouble = as.Transient, as.Down, as.DirTrouble
	}
	var e *Engine
	if err == nil {
		s.named = o.Rollout
		s.ear.hear() // the config is read, and the start got on
		o.alive = s.ear.hear
		o.contested, o.Apart = s.o.contested, s.o.Apart
		e, err = open(o, l)
	}
	if err != nil {
		l.release()
		return nil, err
	}
	giveBack(o.Dir)
	s.enter(o)
	return e, nil
}

// lacking says which parts cannot be made here: a cockpit must not take over
// from an engine that had them.
func lacking(o Options) error {
	parts, err := o.Build()
	if err != nil {
		return err
	}
	return errors.Join(parts.Missing...)
}

// enter notes where the engine of this config is.
func (s *Seat) enter(o Options) {
	r := o.Rollout
	if r.ConfigPath == "" || len(o.Text.Data) == 0 {
		return
	}
	enter(Place{ID: r.ID, Dir: o.Dir, PID: os.Getpid(), At: time.Now(), Hash: r.ConfigHash}, o.Text.Path)
}

// lead runs the engine, and when a config was adopted the one that goes on with that.
func (s *Seat) lead(ctx context.Context, e *Engine) error {
	defer giveBack(e.o.Dir)
	for {
		err := s.leadOne(ctx, e)
		next := e.next
		if next == nil {
			return err
		}
		fresh, old := *next, e.o
		fresh.alive, old.alive = s.ear.hear, s.ear.hear
		fresh.Transient = old.Transient
		fresh.answers = e.answers
		then, err := open(fresh, e.lock)
		if err != nil { // rather the old one than none
			old.answers = e.answers
			old.Trouble = "the adopted config cannot be run: " + err.Error()
			if then, err = open(old, e.lock); err != nil {
				e.lock.release()
				return err
			}
			fresh = old
		}
		s.enter(fresh)
		for { // what came too late for the old one
			select {
			case in := <-e.intents:
				in.taken()
				then.intents <- asked{in.Intent, func() {}}
				continue
			default:
			}
			break
		}
		e = then
	}
}

// leadOne runs one engine and passes its snapshots and the seat's intents on.
func (s *Seat) leadOne(ctx context.Context, e *Engine) error {
	box, done := e.Subscribe()
	defer done()
	s.mu.Lock()
	s.engine = e
	s.mu.Unlock()
	var group sync.WaitGroup
	group.Go(func() {
		for snap := range box {
			s.see(snap)
		}
	})
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	group.Go(func() {
		for {
			select {
			case <-work.Done():
				return
			case in := <-s.intents:
				if err := e.Submit(work, in); err != nil {
					e.answer(in.ID, err)
				}
			}
		}
	})
	err := e.Run(ctx)
	stop()
	group.Wait()
	return err
}

func (s *Seat) see(snap *model.Snapshot) {
	s.ear.hear()
	s.telling.Lock()
	s.broker.publish(snap)
	s.telling.Unlock()
	s.once.Do(func() { close(s.ready) })
}

// joined notes the engine that the seat is connected to.
func (s *Seat) joined(pid int) { s.ear.at(pid, false) }

// await listens to an engine that cannot be attached to: one that starts says
// in the lock's file that it gets on.
func (s *Seat) await() {
	h := record.HolderOf(s.o.Dir)
	pid := lockHolder(s.o.Dir)
	if pid == 0 {
		pid = h.PID
	}
	s.ear.at(pid, false)
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
	case is.Own:
		s.lost("this engine gets nothing done since " + since + ": does the disk of " + is.Dir + " hang?")
	default:
		s.lost(fmt.Sprintf("engine (pid %d) alive, silent since %s: kill -CONT %d or gonogo rollback --break-glass", is.PID, since, is.PID))
	}
}

// lost shows what was seen last, marked.
func (s *Seat) lost(why string) {
	s.telling.Lock()
	defer s.telling.Unlock()
	last := s.broker.last()
	why = model.Inert(why)
	if last == nil || last.Lost == why {
		return
	}
	c := *last
	c.Lost = why
	s.broker.publish(&c)
}

// Ready is closed when the first snapshot is there.
func (s *Seat) Ready() <-chan struct{} { return s.ready }

// Engine returns the engine if this seat is it, else nil.
func (s *Seat) Engine() *Engine {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.engine
}

// Last returns the newest snapshot, or nil before the first.
func (s *Seat) Last() *model.Snapshot { return s.broker.last() }

// Subscribe returns a mailbox of one for snapshots and what to call at its end.
// It is closed when the seat is given up.
func (s *Seat) Subscribe() (<-chan *model.Snapshot, func()) { return s.broker.subscribe() }

// Submit enqueues an intent for the engine, whoever that is. To an engine that
// is silent none is sent: it would act on it whenever it wakes.
func (s *Seat) Submit(ctx context.Context, in model.Intent) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.o.ReadOnly && in.Kind != model.Refresh {
		in.May = model.AccessReadOnly
		return may(in, nil)
	}
	if is, silent := s.Silent(); silent && !is.Own {
		return fmt.Errorf("not sent: the engine (pid %d) is silent since %s", is.PID, is.Since.UTC().Format("15:04:05Z"))
	}
	select {
	case s.intents <- in:
		return nil
	default:
		return errors.New("the engine does not take intents at the moment: try again")
	}
}
