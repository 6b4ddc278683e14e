package record

import (
	"errors"
	"sync"
	"time"

	"gonogo/model"
	"gonogo/model/journal"
)

const (
	anchorEvery = time.Second     // lines of the anchor are at least so far apart
	anchorEnd   = 5 * time.Second // an anchor that does not answer holds the end up no longer
)

// anchoring copies the sums of acknowledged records to the anchor, in a
// goroutine of its own: the newest at most once a second, and the last at the
// end. An anchor that is slow, or cannot be written, delays no record.
type anchoring struct {
	file   *journal.Anchor
	tell   func(string) // what is wrong with the anchor; "": nothing any more
	latest chan model.Record
	quit   chan struct{}
	done   chan struct{}
	once   sync.Once
	gone   string // said until the end
}

// startAnchoring begins to keep the anchor at path; begun: it should be there;
// gone: what is known to be wrong with it.
func startAnchoring(path string, begun bool, gone string, tell func(string)) *anchoring {
	a := &anchoring{
		file: journal.NewAnchor(path, begun), tell: tell, gone: gone,
		latest: make(chan model.Record, 1), quit: make(chan struct{}), done: make(chan struct{}),
	}
	go a.run() // close waits for it
	return a
}

func (a *anchoring) run() {
	defer close(a.done)
	for r := range a.latest {
		a.write(r)
		wait := time.NewTimer(anchorEvery)
		select {
		case <-wait.C:
		case <-a.quit:
		}
		wait.Stop()
	}
}

func (a *anchoring) write(r model.Record) {
	err := a.file.Write(r)
	switch {
	case errors.Is(err, journal.ErrAnchorGone):
		a.gone = model.Inert(err.Error())
	case err != nil:
		a.tell(model.Inert("the " + err.Error() + "; log --verify cannot find a truncated journal"))
		return
	}
	a.tell(a.gone)
}

// note leaves the newest of records, which were acknowledged together, to be
// anchored. Progress alone is not worth a line. It has one caller at a time, and never waits.
func (a *anchoring) note(records []model.Record) {
	worth := false
	for _, r := range records {
		_, progress := r.Event.(model.Progress)
		worth = worth || !progress
	}
	if !worth {
		return
	}
	select {
	case <-a.latest: // newest wins
	default:
	}
	a.latest <- records[len(records)-1]
}

// close writes what waits and ends. Nothing may be noted after it.
func (a *anchoring) close() {
	a.once.Do(func() {
		close(a.quit)
		close(a.latest)
	})
	select {
	case <-a.done:
	case <-time.After(anchorEnd):
	}
}
