package engine

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"gonogo/model"
)

// retryEvery is how often a seat without an engine looks for one, or for the lock.
const retryEvery = 100 * time.Millisecond

// Seat is a place at the state directory's engine, for a cockpit or a command:
// it is the engine where there is none, else it is attached to the living one,
// and takes over when that one ends. It implements the cockpit's Feed.
type Seat struct {
	o       Options
	broker  broker
	intents chan model.Intent
	mu      sync.Mutex
	engine  *Engine // while this seat is the engine
	ready   chan struct{}
	once    sync.Once
}

// NewSeat returns a seat that does nothing before Run.
func NewSeat(o Options) *Seat {
	return &Seat{o: o, intents: make(chan model.Intent, 64), ready: make(chan struct{})}
}

// Run keeps the seat until ctx is done; as the engine, until also no plan runs
// any more. It returns an error if it can be neither the engine nor attached.
func (s *Seat) Run(ctx context.Context) error {
	defer s.broker.close()
	for {
		e, err := Open(s.o)
		switch {
		case err == nil:
			return s.lead(ctx, e)
		case !errors.Is(err, ErrLocked):
			return err
		}
		err = attach(ctx, s.o.Dir, s.intents, s.see)
		if ctx.Err() != nil {
			return nil
		}
		s.lost(err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(retryEvery):
		}
	}
}

// lead runs the engine and passes its snapshots and the seat's intents on.
func (s *Seat) lead(ctx context.Context, e *Engine) error {
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
	s.broker.publish(snap)
	s.once.Do(func() { close(s.ready) })
}

// lost shows what was seen last, marked.
func (s *Seat) lost(err error) {
	last := s.broker.last()
	if last == nil || last.Lost != "" {
		return
	}
	c := *last
	c.Lost = model.Inert(fmt.Sprintf("the engine is gone (%v): taking over", err))
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

// Submit enqueues an intent for the engine, whoever that is.
func (s *Seat) Submit(ctx context.Context, in model.Intent) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case s.intents <- in:
		return nil
	default:
		return errors.New("the engine does not take intents at the moment: try again")
	}
}
