package tsdb

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb"
)

// Reader reads samples of a time as they were when it was opened, also beside an engine that
// writes them. It changes nothing.
type Reader struct {
	db  *tsdb.DBReadOnly
	q   storage.Querier
	dir string // of its own, for what it needs to lay down
}

// OpenReader opens the samples in dir from one time to another. It takes as long as reading the
// newest few hours of them.
func OpenReader(dir string, from, to time.Time) (*Reader, error) {
	own, err := os.MkdirTemp("", "gonogo-report-")
	if err != nil {
		return nil, fmt.Errorf("open history: %w", err)
	}
	r := &Reader{dir: own}
	if r.db, err = tsdb.OpenDBReadOnly(dir, own, nil); err == nil {
		r.q, err = r.db.Querier(from.UnixMilli(), to.UnixMilli())
	}
	if err != nil {
		r.Close()
		return nil, fmt.Errorf("open history in %s: %w", dir, err)
	}
	return r, nil
}

// Each calls do with the samples of a series, in their order, until it returns false.
func (r *Reader) Each(ctx context.Context, of Series, do func(at time.Time, v float64) bool) error {
	return each(ctx, r.q, of, do)
}

// Close lets go of all of it.
func (r *Reader) Close() {
	if r.q != nil {
		_ = r.q.Close() // it was only read
	}
	if r.db != nil {
		_ = r.db.Close()
	}
	_ = os.RemoveAll(r.dir)
}
