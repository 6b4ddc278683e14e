// Package tsdb opens the embedded Prometheus TSDB, once for all who keep samples in a
// directory of their own: the scrape source and the engine's history.
//
// The database runs goroutines of its own, which compact and throw away what is too
// old or too much, until it is closed. It takes a lock on its directory that dies with
// the process. It must not know what is kept in it.
package tsdb

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/chunks"
)

// DB is an open database.
type DB = tsdb.DB

// ErrBusy is what Open fails with where another process has the database.
var ErrBusy = errors.New("another process has it open")

// stripes are those of the series map: there are few series.
const stripes = 256

// Options say how much is kept.
type Options struct {
	Keep time.Duration // > 0; what is older goes
	Size int64         // bytes; of more the oldest goes; 0: no bound
	// Unlocked leaves the lock on the directory to the caller, who has one already.
	Unlocked bool
	// Counts gets what the database counts of itself; nil: nobody does.
	Counts *prometheus.Registry
}

// Open opens the TSDB in dir, which it makes if needed, readable by its owner only.
func Open(dir string, o Options) (*DB, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open history: %w", err)
	}
	t := tsdb.DefaultOptions()
	t.NoLockfile = o.Unlocked
	t.RetentionDuration = o.Keep.Milliseconds()
	t.MaxBytes = o.Size
	t.MaxBlockDuration = max(o.Keep.Milliseconds()/10, t.MinBlockDuration)
	t.StripeSize = stripes
	t.HeadChunksWriteBufferSize = chunks.MinWriteBufferSize
	t.WALReplayConcurrency = 1
	var counts prometheus.Registerer
	if o.Counts != nil {
		counts = o.Counts
	}
	db, err := tsdb.Open(dir, slog.New(slog.DiscardHandler), counts, t, nil)
	switch {
	case err != nil && strings.Contains(err.Error(), "lock DB directory"): // it has no error of its own for that
		return nil, fmt.Errorf("open history in %s: %w", dir, ErrBusy)
	case err != nil:
		return nil, fmt.Errorf("open history in %s: %w", dir, err)
	}
	return db, nil
}
