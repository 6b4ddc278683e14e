package ui

import (
	"context"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"gonogo/model"
	"gonogo/ui/words"
)

// Feed is what the cockpit looks at and talks to: an engine in this process,
// or one behind a socket.
type Feed interface {
	// Subscribe returns a mailbox of one snapshot, in which the newest wins, and
	// what ends the subscription. The channel is closed when there will be no more.
	Subscribe() (<-chan *model.Snapshot, func())
	// Submit enqueues in and never waits for I/O. What became of it comes as an
	// Answer in a later snapshot. An error means that it was not enqueued.
	Submit(ctx context.Context, in model.Intent) error
}

// submitWithin bounds a Submit that should not have waited at all.
const submitWithin = 5 * time.Second

// answerWithin is how long an intent may stay unanswered before it is said.
const answerWithin = 5 * time.Second

type (
	snapshotMsg struct{ snap *model.Snapshot }
	feedEndMsg  struct{}
	sentMsg     struct {
		in  model.Intent
		err error
	}
	askedMsg struct{}
)

// receive waits for the next snapshot. There is always at most one such
// command under way, so snapshots arrive in order, and a slow screen skips some.
func receive(ctx context.Context, mailbox <-chan *model.Snapshot) tea.Cmd {
	return func() tea.Msg {
		select {
		case s, ok := <-mailbox:
			if !ok {
				return feedEndMsg{}
			}
			return snapshotMsg{s}
		case <-ctx.Done():
			return nil
		}
	}
}

// awaitQuit waits until somebody outside asks to quit.
func awaitQuit(ctx context.Context, asked <-chan struct{}) tea.Cmd {
	if asked == nil {
		return nil
	}
	return func() tea.Msg {
		select {
		case _, ok := <-asked:
			if ok {
				return askedMsg{}
			}
		case <-ctx.Done():
		}
		return nil
	}
}

// waiting is an intent whose answer has not come yet.
type waiting struct {
	in    model.Intent
	since time.Time
	late  bool // it was said that the answer is late
}

// submit queues in, with its sender's name and what they saw. Intents are
// handed over one after the other, in the order of the keys.
func (m *Model) submit(in model.Intent) tea.Cmd {
	if m.o.ReadOnly {
		m.failReadOnly()
		return nil
	}
	if m.live == nil {
		m.fail("there is no engine yet: try again in a moment")
		return nil
	}
	in.ID, in.By = m.o.NewID(), m.o.Actor
	if in.Seen == 0 {
		in.Seen = m.seen().Seq
	}
	m.waiting[in.ID] = waiting{in: in, since: m.now}
	m.queue = append(m.queue, in)
	if len(m.queue) > 1 {
		return nil // the one before is under way; its end sends this one
	}
	return m.send()
}

// send hands over the first intent of the queue.
func (m *Model) send() tea.Cmd {
	in, feed, parent := m.queue[0], m.feed, m.ctx
	return func() (msg tea.Msg) {
		defer func() { // a feed that breaks must not take the screen with it
			if r := recover(); r != nil {
				msg = sentMsg{in, fmt.Errorf("panic: %v", r)}
			}
		}()
		ctx, cancel := context.WithTimeout(parent, submitWithin)
		defer cancel()
		return sentMsg{in, feed.Submit(ctx, in)}
	}
}

func (m *Model) sent(msg sentMsg) tea.Cmd {
	m.queue = m.queue[1:]
	if msg.err != nil {
		delete(m.waiting, msg.in.ID)
		m.fail(words.Intent(msg.in) + ": " + model.Inert(msg.err.Error()) + " · nothing was done, try again")
	}
	if len(m.queue) > 0 {
		return m.send()
	}
	return nil
}
