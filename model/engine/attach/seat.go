package attach

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"gonogo/model"
	"gonogo/model/engine"
	"gonogo/model/engine/feed"
	"gonogo/model/engine/record"
)

// retryEvery is how often a seat without an engine looks for one, or for the lock;
// retrySlowly, how often one that cannot take over tries to.
const (
	retryEvery  = 100 * time.Millisecond
	retrySlowly = time.Second
)

// Options say what a seat is at. While it is attached it needs but Dir and Reload; where
// Rollout is nil it begins with Reload when it becomes the engine.
type Options struct {
	engine.Options
	// ReadOnly is a seat that never is the engine, and from which the engine takes nothing.
	ReadOnly bool
	// Apart is an engine that is thrown away with its state directory: it may run beside the rollout's.
	Apart bool
	// NoDir says why this user has no state directory: the seat can attach, and never be the engine.
	NoDir error
	// OwnedDir says that the config names the state directory, and so, by its owner, the engine's user.
	OwnedDir bool
}

// Seat is a place at the state directory's engine, for a cockpit or a command.
// It implements the cockpit's Feed.
type Seat struct {
	o     Options
	feed  *feed.Feed
	ear   ear
	ready chan struct{}
	once  sync.Once

	mu     sync.Mutex
	engine *engine.Engine // while this seat is the engine, and after that

	// Of Run's goroutine only.
	contested string         // who holds the rollout's name on this host, and is no engine
	guest     bool           // it was attached last to an engine that it can never take over from
	named     *model.Rollout // of the config that take read
	refused   time.Time      // since when an engine that ends soon lets it not in
}

// NewSeat returns a seat that does nothing before Run.
func NewSeat(o Options) *Seat {
	s := &Seat{o: o, ready: make(chan struct{})}
	s.ear.own, s.ear.since = true, time.Now()
	s.feed = feed.New(func() {
		s.ear.hear()
		s.once.Do(func() { close(s.ready) })
	})
	return s
}

// Run keeps the seat until ctx is done; as the engine, until also no plan runs
// any more. It returns an error if it can be neither the engine nor attached.
func (s *Seat) Run(ctx context.Context) error {
	defer s.feed.Close()
	listening, stop := context.WithCancel(context.WithoutCancel(ctx))
	var group sync.WaitGroup
	group.Go(func() { s.ear.listen(listening, s.Last, s.quiet) })
	defer group.Wait()
	defer stop()
	visited := false // it was attached to an engine that was to stay
	for {
		pause := retryEvery
		r, err := s.takeIfMay(visited)
		switch {
		case err == nil:
			return r.run(ctx)
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
			s.feed.Mark("NO ENGINE, and this cockpit cannot be it: " + err.Error() + "; whoever can: gonogo run --headless")
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

// Ready is closed when the first snapshot is there.
func (s *Seat) Ready() <-chan struct{} { return s.ready }

// Leads reports whether this seat is the engine, or was it.
func (s *Seat) Leads() bool { return s.leading() != nil }

func (s *Seat) leading() *engine.Engine {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.engine
}

// Interrupt ends a plan that this seat's engine runs at its next step's boundary.
func (s *Seat) Interrupt() {
	if e := s.leading(); e != nil {
		e.Interrupt()
	}
}

// Last returns the newest snapshot, or nil before the first.
func (s *Seat) Last() *model.Snapshot { return s.feed.Last() }

// Subscribe returns a mailbox of one for snapshots and what to call at its end.
// It is closed when the seat is given up.
func (s *Seat) Subscribe() (<-chan *model.Snapshot, func()) { return s.feed.Subscribe() }

// Submit enqueues an intent for the engine, whoever that is. To an engine that
// is silent none is sent: it would act on it whenever it wakes.
func (s *Seat) Submit(ctx context.Context, in model.Intent) error {
	if s.o.ReadOnly && in.Kind != model.Refresh {
		in.May = model.AccessReadOnly
		return engine.May(in, nil)
	}
	is, silent := s.Silent()
	switch {
	case silent && is.Foreign != "":
		return fmt.Errorf("not sent: process %d (%s) holds %s and is no engine: end it first", is.PID, is.Foreign, is.Dir)
	case silent && !is.Own && !is.Deaf: // one that takes nothing may still take a rollback
		return fmt.Errorf("not sent: the engine (pid %d) is silent since %s", is.PID, is.Since.UTC().Format("15:04:05Z"))
	}
	s.ear.ask(in.ID)
	return s.feed.Submit(ctx, in)
}
