// Package scrape reads /metrics pages itself, keeps them in an embedded
// Prometheus TSDB under the state directory, and answers PromQL from there:
// for a place without a Prometheus server.
//
// A source runs one goroutine a target and one a metric (see package poll),
// besides those of the TSDB, and waits for all of them. A page that cannot be
// read whole is dropped whole: its series go stale and up is 0. What was stored
// is kept for 15 days, but is current only once this Run has read it: at its
// beginning all series are stale. The state directory's lock is the engine's affair: two
// sources must not run over one directory at a time.
package scrape

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"gonogo/internal/httpclient"
	"gonogo/model"
	"gonogo/model/config"
	"gonogo/sources/poll"
	"gonogo/sources/query"
)

const (
	minEvery = 100 * time.Millisecond
	// firstWait is how long the first questions wait for the first pages.
	firstWait = 3 * time.Second
)

// keys are those of a source that scrapes.
type keys struct {
	Targets []string      `toml:"targets" required:"true" help:"URLs of the pages, such as http://127.0.0.1:8080/metrics"`
	Every   time.Duration `toml:"every" default:"5s" help:"how often they are scraped"`
	Job     string        `toml:"job" help:"the label job of their series" otherwise:"the source's name"`
	httpclient.Keys
}

// Kind returns the kind "scrape".
func Kind() config.SourceKind {
	return config.SourceKind{
		Doc:        "scrapes /metrics pages itself and answers PromQL, without a Prometheus server",
		Keys:       config.KeysOf[keys](),
		MetricKeys: config.KeysOf[query.Keys](),
		Lint:       query.Lint,
		Facts:      query.Facts,
		Describe:   query.Describe,
		Build:      build,
	}
}

func build(part config.SourcePart) (model.Source, error) {
	k := config.Into[keys](part.Table, part.Dir)
	client, err := httpclient.New(k.HTTP, part.Dir, httpclient.Options{})
	if err != nil {
		return nil, fmt.Errorf("http: %w", err)
	}
	queries, err := query.ParseAll(part.Metrics)
	if err != nil {
		return nil, err
	}
	s := &source{
		client:  client,
		queries: queries,
		metrics: part.Metrics,
		every:   max(k.Every, minEvery),
		dir:     filepath.Join(part.StateDir, "tsdb-"+part.ID),
	}
	if filepath.Base(s.dir) != "tsdb-"+part.ID {
		return nil, fmt.Errorf("%q names no folder", model.Inert(part.ID))
	}
	job := cmp.Or(k.Job, part.ID)
	seen := map[string]bool{}
	for _, text := range k.Targets {
		t, err := newTarget(client, text, job, part.Dir)
		if err != nil {
			return nil, fmt.Errorf("targets: %w", err)
		}
		if seen[t.instance] {
			return nil, fmt.Errorf("targets: %s is there twice", model.Inert(t.instance))
		}
		seen[t.instance] = true
		s.targets = append(s.targets, t)
	}
	if len(s.targets) == 0 {
		return nil, errors.New("targets: none given")
	}
	return s, nil
}

type source struct {
	client  *httpclient.Client
	queries map[model.MetricID]*query.Query
	metrics []config.MetricPart
	targets []*target
	every   time.Duration
	dir     string
}

// Run implements model.Source.
func (s *source) Run(ctx context.Context, out model.Emitter) (err error) {
	defer s.client.Close()
	db, err := openStore(s.dir)
	if err != nil {
		return err
	}
	defer func() {
		if failed := db.close(); failed != nil {
			err = fmt.Errorf("close history: %w", failed)
		}
	}()

	if err := db.endAll(ctx, time.Now()); err != nil {
		return err
	}

	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var scrapers, first sync.WaitGroup
	defer scrapers.Wait()
	defer cancel(nil)
	for _, t := range s.targets {
		first.Add(1)
		scrapers.Go(func() {
			done := sync.OnceFunc(first.Done)
			defer done()
			defer func() {
				if v := recover(); v != nil {
					cancel(fmt.Errorf("panic while scraping: %v", v))
				}
			}()
			t.follow(ctx, db, s.every, done)
		})
	}
	s.await(ctx, &first)
	err = s.answer(ctx, db, out)
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

// await waits for the first pages, but not long.
func (s *source) await(ctx context.Context, first *sync.WaitGroup) {
	all := make(chan struct{})
	go func() { first.Wait(); close(all) }() // ends with the scrapers, which Run waits for
	timer := time.NewTimer(firstWait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	case <-all:
	}
}

// answer asks the metrics of db until ctx is done.
func (s *source) answer(ctx context.Context, db *store, out model.Emitter) error {
	sessions := query.Begin(s.queries)
	return poll.Loop{
		Metrics: s.metrics,
		Past: func(ctx context.Context, m config.MetricPart, out model.Emitter) {
			s.queries[m.Metric.ID].History(ctx, db, m.Metric.ID, m.Metric.Every, out)
		},
		Ask: func(ctx context.Context, m config.MetricPart) (model.Reading, error) {
			if err := s.unstored(); err != nil {
				return model.Reading{}, err
			}
			r, err := sessions[m.Metric.ID].Ask(ctx, db, m.Metric)
			nothing := errors.Is(err, model.ErrEmpty) || errors.Is(err, model.ErrNoSeries) || err == nil && r.Ended
			if down := s.down(); nothing && down != nil {
				return r, down
			}
			return r, err
		},
	}.Run(ctx, out)
}

// unstored returns why a page could not be stored, if one could not. Nothing
// is answered then: what is there of the same time may be from before the
// clock was set back.
func (s *source) unstored() error {
	for _, t := range s.targets {
		if err := t.trouble(); errors.Is(err, errStore) {
			return err
		}
	}
	return nil
}

// down returns why no target can be read, or nil while one can.
func (s *source) down() error {
	var why error
	for _, t := range s.targets {
		err := t.trouble()
		if err == nil {
			return nil
		}
		if why == nil {
			why = fmt.Errorf("scrape %s: %w", model.Inert(t.instance), err)
		}
	}
	return why
}
