// Package recordtest has a journal in memory for tests: several ledgers may
// open it, as several hosts do one elsewhere, and a test may have its appends
// fail, wait, or be written and fail all the same.
//
// It starts no goroutine. It must not be imported but by tests.
package recordtest

import (
	"encoding/json"
	"fmt"
	"sync"

	"gonogo/model"
	"gonogo/model/journal"
)

// Store is a journal in memory. It may be used by several goroutines at once.
type Store struct {
	// Fault is called for each append; write does it. Nil: each is written.
	Fault func(entries []journal.Entry, write func() ([]model.Record, error)) ([]model.Record, error)

	mu      sync.Mutex
	records []model.Record
}

// Open gives each record to each, as record.Options.OpenStore does.
func (s *Store) Open(_ string, each func(model.Record) error) (journal.Store, journal.Report, error) {
	records := s.Records()
	for _, r := range records {
		if err := each(r); err != nil {
			return nil, journal.Report{}, err
		}
	}
	return s, journal.Report{Records: len(records), Seq: uint64(len(records)), Reserved: true}, nil
}

// AppendEntries adds facts behind record last; ErrMoved where that is not the last.
func (s *Store) AppendEntries(last uint64, entries []journal.Entry) ([]model.Record, error) {
	write := func() ([]model.Record, error) { return s.write(last, entries) }
	if s.Fault != nil {
		return s.Fault(entries, write)
	}
	return write()
}

func (s *Store) write(last uint64, entries []journal.Entry) ([]model.Record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if last != uint64(len(s.records)) {
		return nil, fmt.Errorf("record %d is the last, not %d: %w", len(s.records), last, journal.ErrMoved)
	}
	var out []model.Record
	for _, e := range entries {
		raw, err := json.Marshal(e.Event)
		if err != nil {
			return nil, err
		}
		event, err := model.UnmarshalEvent(model.EventName(e.Event), raw)
		if err != nil {
			return nil, err
		}
		n := last + uint64(len(out)) + 1
		out = append(out, model.Record{Seq: n, At: e.At, By: e.By, Cause: e.Cause, Sum: model.Hash(fmt.Sprint("sum ", n)), Event: event})
	}
	s.records = append(s.records, out...)
	return out, nil
}

// Close does nothing.
func (s *Store) Close() error { return nil }

// Records returns what is written, not to be changed.
func (s *Store) Records() []model.Record {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.records[:len(s.records):len(s.records)]
}
