package feed

import (
	"context"
	"errors"
	"time"

	"gonogo/model"
)

// ErrFull says that more intents wait than the queue holds.
var ErrFull = errors.New("too many intents at once: try again")

// Asked is an intent that waits in the queue.
type Asked struct {
	model.Intent
	feed  *Feed
	taken func() // ends the engine's hurry; nil: it had none
}

// Taken is to be called once, when the intent was acted on, refused or sent on, and
// before the next one is.
func (a Asked) Taken() {
	a.feed.taken()
	if a.taken != nil {
		a.taken()
	}
}

// Submit enqueues an intent; what becomes of it shows in Snapshot.Answers. It
// fails only if ctx is done, the queue is full (ErrFull), or in claims to be the guard's.
func (f *Feed) Submit(ctx context.Context, in model.Intent) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if in.By.Via == model.ViaGuard {
		return errors.New("only the engine speaks for the guard")
	}
	return f.Ask(in)
}

// Ask is Submit for the engine itself, which speaks for the guard.
func (f *Feed) Ask(in model.Intent) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.queue) == cap(f.queue) { // only who holds the lock puts anything in
		return ErrFull
	}
	f.queue <- f.hurry(Asked{Intent: in, feed: f})
	f.waits = append(f.waits, time.Now())
	return nil
}

// taken notes that the oldest intent that waits does so no more.
func (f *Feed) taken() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.waits = f.waits[1:]
}

// Waits returns since when the oldest intent waits that was not taken; zero: none does.
func (f *Feed) Waits() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.waits) == 0 {
		return time.Time{}
	}
	return f.waits[0]
}

// hurry tells the engine of a way down that waits: what goes before it may be
// waiting for a journal that does not answer. The caller holds the lock.
func (f *Feed) hurry(a Asked) Asked {
	a.taken = nil
	if a.Kind == model.ArmRollback && f.hurries != nil {
		a.taken = f.hurries()
	}
	return a
}

// Take returns the queue for an engine that takes intents from now on. hurries,
// which may be nil, is called for each way down that waits, and what it returns when that
// was taken. What an engine before this one left in the queue is this one's.
func (f *Feed) Take(hurries func() (taken func())) <-chan Asked {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.hurries = hurries
	for range len(f.queue) { // round once: nobody takes, and nobody puts in, meanwhile
		f.queue <- f.hurry(<-f.queue)
	}
	return f.queue
}

// Leave says that the engine takes no more intents: those that come wait for the next.
func (f *Feed) Leave() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.hurries = nil
}

// Answer notes what became of an intent.
func (f *Feed) Answer(a model.Answer) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answers = append(f.answers, a)
	if n := len(f.answers); n > answersKept {
		f.answers = append([]model.Answer(nil), f.answers[n-answersKept:]...)
	}
}

// Answers returns the last answers, oldest first.
func (f *Feed) Answers() []model.Answer {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]model.Answer(nil), f.answers...)
}
