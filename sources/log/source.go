package log

import (
	"context"
	"errors"
	"sync"
	"time"

	"gonogo/model"
	"gonogo/model/config"
	"gonogo/sources/poll"
)

// source follows files and tallies their lines.
type source struct {
	metrics []config.MetricPart
	globs   []glob
	files   *follower // of the Run under way
	every   time.Duration

	mu      sync.Mutex // guards the tallies, and:
	tallies map[model.MetricID]*tally
	looked  time.Time // when the files were read last
	began   time.Time // since when nothing was missed
	err     error     // of the last look
}

// Run implements model.Source.
func (s *source) Run(ctx context.Context, out model.Emitter) error {
	if len(s.metrics) == 0 { // it only bears witness
		<-ctx.Done()
		return ctx.Err()
	}
	s.files, s.began = newFollower(s.globs), time.Time{}
	for _, t := range s.tallies {
		t.recent, t.written, t.lines, t.at = nil, time.Time{}, nil, nil
	}
	defer s.files.close()
	s.look(ctx)
	within, end := context.WithCancel(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer end()
	wg.Go(func() { _ = poll.Loop{Metrics: s.metrics, Ask: s.ask}.Run(within, out) }) // its error is the context's
	s.follow(within)
	return ctx.Err()
}

// ask returns what the last look came to.
func (s *source) ask(_ context.Context, m config.MetricPart) (model.Reading, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.err != nil && m.Metric.EmptyZero && errors.Is(s.err, model.ErrNoSeries):
		return model.Reading{}, errors.New(s.err.Error()) // a log that is not there is not one without events
	case s.err != nil:
		return model.Reading{}, s.err
	}
	return s.tallies[m.Metric.ID].reading(time.Now(), s.looked, s.began)
}

func (s *source) follow(ctx context.Context) {
	tick := time.NewTicker(s.every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			s.look(ctx)
		}
	}
}

// dull reports whether no line in data can match anything that is counted.
func (s *source) dull(data []byte) bool {
	for _, t := range s.tallies { // which only the lines of their tallies change
		if !t.match.absent(data) || t.share && !t.of.absent(data) {
			return false
		}
	}
	return true
}

// look reads the files once. After one that failed the windows begin anew:
// lines may have been missed.
func (s *source) look(ctx context.Context) {
	now := time.Now()
	err := s.files.look(ctx, now, sink{dull: s.dull, each: func(line []byte) {
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, t := range s.tallies {
			t.add(now, line)
		}
	}})
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case err != nil && !errors.Is(err, model.ErrNoSeries) && !errors.Is(err, errBehind):
		s.began = time.Time{}
	case s.began.IsZero():
		s.began = now
	}
	s.looked, s.err = now, err
}
