package scrape

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"time"

	prom "github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/storage"

	"gonogo/internal/httpclient"
	"gonogo/model"
	"gonogo/sources/poll"
)

// errStore is what the errors of storing wrap: the page was fine.
var errStore = errors.New("store")

// errUnread is the error of a target whose first scrape is still under way.
var errUnread = errors.New("has not answered yet")

const accept = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.9,*/*;q=0.1"

// target is one page. Only its follow goroutine touches it, but for err.
type target struct {
	client   *httpclient.Client
	url      string
	instance string
	job      string
	series   map[string]*series // by their text on the page
	up       storage.SeriesRef
	round    uint64

	mu  sync.Mutex
	err error // of the last scrape, errUnread before it
}

// series is one line of the page, as the last scrape saw it.
type series struct {
	ref    storage.SeriesRef
	labels labels.Labels
	round  uint64 // in which it was last seen
}

// newTarget returns the target of the URL text, /metrics where it has no path.
func newTarget(client *httpclient.Client, text, job, dir string) (*target, error) {
	u, err := client.URL(text, dir)
	if err != nil {
		return nil, err
	}
	client.HideQuery(u)
	if u.Path == "" {
		u.Path = "/metrics"
	}
	return &target{client: client, url: u.String(), instance: u.Host, job: job, series: map[string]*series{}, err: errUnread}, nil
}

// trouble returns the error of the last scrape.
func (t *target) trouble() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.err
}

// follow scrapes at once and then every so often, until ctx is done. It calls
// first after the first scrape.
func (t *target) follow(ctx context.Context, db *store, every time.Duration, first func()) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		err := t.scrape(ctx, db, every)
		if ctx.Err() != nil {
			return
		}
		t.mu.Lock()
		t.err = err
		t.mu.Unlock()
		first()
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// scrape stores the page as it is now. Where it cannot be had, its series go
// stale, and up is 0.
func (t *target) scrape(ctx context.Context, db *store, timeout time.Duration) error {
	at := time.Now()
	page, contentType, err := t.fetch(ctx, timeout)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err == nil {
		if err = t.store(ctx, db, at, page, contentType, nil); err == nil {
			return nil
		}
	}
	err = poll.Inert(err)
	if failed := t.store(ctx, db, at, nil, "", err); failed != nil {
		return poll.Inert(failed)
	}
	return err
}

func (t *target) fetch(ctx context.Context, timeout time.Duration) (page []byte, contentType string, err error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	defer func() {
		if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
			err = fmt.Errorf("timed out after %s", model.FormatDuration(timeout))
		}
	}()
	a, err := t.client.Call(ctx, httpclient.Request{Method: "GET", URL: t.url, Header: map[string]string{"Accept": accept}})
	switch {
	case a.Status != 0 && a.Status != 200:
		return nil, "", fmt.Errorf("HTTP %d", a.Status)
	case strings.HasPrefix(a.ContentType, "text/html"):
		return nil, "", errors.New("answered HTML, not metrics: is the target's path right?")
	}
	return a.Body, a.ContentType, err
}

// store appends page at the time at, with up, and marks what is gone as stale.
// With failed set there is no page.
func (t *target) store(ctx context.Context, db *store, at time.Time, page []byte, contentType string, failed error) (err error) {
	t.round++
	app := db.appender(ctx)
	defer func() {
		if err != nil {
			_ = app.Rollback() // the first error says it all
		}
	}()
	ms := at.UnixMilli()
	up := 0.0
	if failed == nil {
		up = 1
		if err := t.appendPage(app, ms, page, contentType); err != nil {
			return err
		}
	}
	var gone []string
	for text, s := range t.series {
		if s.round == t.round {
			continue
		}
		gone = append(gone, text)
		if s.ref == 0 {
			continue // never stored
		}
		if _, err := app.Append(s.ref, s.labels, ms, math.Float64frombits(value.StaleNaN)); err != nil && !forgivable(err) {
			return storeError(err)
		}
	}
	t.up, err = app.Append(t.up, labels.FromStrings(prom.MetricNameLabel, "up", "instance", t.instance, "job", t.job), ms, up)
	if err != nil {
		return storeError(err)
	}
	if err := app.Commit(); err != nil {
		return storeError(err)
	}
	for _, text := range gone {
		delete(t.series, text)
	}
	return nil
}

// storeError wraps errStore and err.
func storeError(err error) error {
	if errors.Is(err, storage.ErrOutOfOrderSample) || errors.Is(err, storage.ErrOutOfBounds) {
		return fmt.Errorf("%w: %w: the history is ahead of the clock, which may have been set back", errStore, err)
	}
	return fmt.Errorf("%w: %w", errStore, err)
}

// forgivable reports whether err is about one sample only.
func forgivable(err error) bool {
	return errors.Is(err, storage.ErrDuplicateSampleForTimestamp)
}
