package journal

import (
	"fmt"
	"os"
	"time"

	"gonogo/model"
)

// Entry is a fact that is to become a record.
type Entry struct {
	At    time.Time
	By    model.Actor
	Cause model.IntentID
	Event model.Event
}

// AppendEntries adds facts behind record last in one write and one fsync, and
// returns their records, with At in UTC. They are durable when the error is
// nil. If last is not the last record it returns ErrMoved. After a failed write
// or fsync, or once somebody else wrote the file or put another in its place,
// this and every later call returns ErrPoisoned, wrapping the cause: ErrMoved,
// ErrFull where the disk is full, or another. An event that cannot be written as JSON harms nothing.
//
// If it fails none is acknowledged; after a crash in the middle the first few of them may be there.
// The events of the records are equal to what a replay will give, not
// necessarily the very values passed in.
func (j *File) AppendEntries(last uint64, entries []Entry) ([]model.Record, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.closed {
		return nil, fmt.Errorf("journal %q: append: %w", j.path, os.ErrClosed)
	}
	if j.poison != nil {
		return nil, j.poison
	}
	if last != j.seq {
		return nil, fmt.Errorf("journal %q: record %d is the last, not %d: %w", j.path, j.seq, last, ErrMoved)
	}
	j.enc.reset()
	records := make([]model.Record, len(entries))
	seq, sum := j.seq, j.sum
	for i, e := range entries {
		r, err := j.enc.add(model.Record{
			Seq: seq + 1, At: e.At.Round(0).UTC(), By: e.By, Cause: e.Cause, Prev: sum, Event: e.Event,
		})
		if err != nil {
			return nil, fmt.Errorf("journal %q: %w", j.path, err)
		}
		records[i] = r
		seq, sum = r.Seq, r.Sum
	}
	if len(entries) == 0 {
		return nil, nil
	}
	if err := j.write(j.enc.line); err != nil {
		j.poison = fmt.Errorf("journal %q: %w: %w", j.path, ErrPoisoned, classed(err))
		return nil, j.poison
	}
	j.seq, j.sum = seq, sum
	j.size += int64(len(j.enc.line))
	return records, nil
}
