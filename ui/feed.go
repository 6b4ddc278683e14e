package ui

import (
	"context"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"gonogo/model"
	"gonogo/model/words"
)

// Feed is what the cockpit looks at and talks to: an engine in this process,
// or one behind a socket.
type Feed interface {
	// Subscribe returns a mailbox of one snapshot, in which the newest wins, and
	// what ends the subscription. The channel is closed when there will be no more.
	Subscribe() (<-chan *model.Snapshot, func())
	// Submit enqueues in and waits for nothing: it is called in the screen's loop. What became of it comes as an
	// Answer in a later snapshot. An error means that it was not enqueued.
	Submit(ctx context.Context, in model.Intent) error
}

// answerWithin is how long an intent may stay unanswered before it is said.
const answerWithin = 5 * time.Second

type (
	snapshotMsg struct{ snap *model.Snapshot }
	feedEndMsg  struct{}
	askedMsg    struct{}
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

// post hands intents to the feed, and remembers those whose answer has not come yet.
type post struct {
	ctx     context.Context
	feed    Feed
	actor   model.Actor
	newID   func() model.IntentID
	waiting map[model.IntentID]waiting
}

// waiting is an intent whose answer has not come yet.
type waiting struct {
	in    model.Intent
	since time.Time
	late  bool // it was said that the answer is late
}

// submit hands over in, with its sender's name. Where that fails it says so.
func (p *post) submit(now time.Time, in model.Intent) (trouble string) {
	in.ID, in.By = p.newID(), p.actor
	if err := p.hand(in); err != nil {
		return words.Intent(in) + ": " + model.Inert(err.Error()) + " · nothing was done, try again"
	}
	p.waiting[in.ID] = waiting{in: in, since: now}
	return ""
}

// hand gives in to the feed. A feed that breaks must not take the screen with it.
func (p *post) hand(in model.Intent) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	return p.feed.Submit(p.ctx, in)
}

// late returns what is to be said of answers that are late, once for each.
func (p *post) late(now time.Time) []string {
	var out []string
	for id, w := range p.waiting {
		if !w.late && now.Sub(w.since) > answerWithin {
			w.late = true
			p.waiting[id] = w
			out = append(out, words.Intent(w.in)+": no answer yet from the engine · it may still come")
		}
	}
	return out
}

// answered returns the intent that a answers; false: it was another viewer's.
func (p *post) answered(a model.Answer) (model.Intent, bool) {
	w, ok := p.waiting[a.Intent]
	delete(p.waiting, a.Intent)
	return w.in, ok
}

// emergency reports whether the emergency rollback was asked for, and is about to come.
func (p *post) emergency() bool {
	for _, w := range p.waiting {
		if w.in.Kind == model.ArmRollback && w.in.Rollback == "" && w.in.Flag == "" && !w.late {
			return true
		}
	}
	return false
}
