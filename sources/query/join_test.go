package query

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	prom "github.com/prometheus/common/model"
)

// shelf is a backend whose answer to "a…" is 1, to "bad" an error, to "slow"
// one after 4 s, to "dead" none ever; to joined questions accordingly.
type shelf struct {
	mu    sync.Mutex
	asked []string
}

func (s *shelf) Range(context.Context, string, time.Time, time.Time, time.Duration) (prom.Matrix, error) {
	return nil, errors.New("not here")
}

func (s *shelf) Instant(ctx context.Context, expr string, _ time.Time) (prom.Value, error) {
	s.mu.Lock()
	s.asked = append(s.asked, expr)
	s.mu.Unlock()
	wait := time.Duration(0)
	switch {
	case strings.Contains(expr, "dead"):
		wait = time.Hour
	case strings.Contains(expr, "slow"):
		wait = 4 * time.Second
	}
	select {
	case <-time.After(wait):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if strings.Contains(expr, "bad") {
		return nil, Refused{errors.New("bad is bad")}
	}
	if n := strings.Count(expr, part); n > 0 {
		var v prom.Vector
		for i := range n {
			v = append(v, &prom.Sample{Metric: prom.Metric{part: prom.LabelValue(fmt.Sprint(i))}, Value: 1})
		}
		return v, nil
	}
	return prom.Vector{{Metric: prom.Metric{}, Value: 1}}, nil
}

// round asks exprs in one round and returns what each got, and how many questions that took.
func (s *shelf) round(t *testing.T, j *Joiner, exprs ...string) (got map[string]string, questions int) {
	t.Helper()
	got = map[string]string{}
	before := len(s.asked)
	var mu sync.Mutex
	var all sync.WaitGroup
	r := j.Round(len(exprs))
	for _, expr := range exprs {
		all.Go(func() {
			defer r.Leave()
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			v, err := r.Instant(ctx, expr, time.Time{})
			text := fmt.Sprint(err)
			if err == nil {
				value, _, _ := single(v)
				text = fmt.Sprint(value)
			}
			mu.Lock()
			got[expr] = text
			mu.Unlock()
		})
	}
	all.Wait()
	j.Wait() // what nobody waits for any more ends, too
	s.mu.Lock()
	defer s.mu.Unlock()
	return got, len(s.asked) - before
}

// TestTroubleOfOneIsNoTroubleOfOthers: joined questions answer what each would
// alone; the one in trouble is alone for a while, then joined again.
func TestTroubleOfOneIsNoTroubleOfOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		j := NewJoiner(s, 16)
		expect := func(when string, got map[string]string, questions, wantQuestions int, want map[string]string) {
			t.Helper()
			if questions != wantQuestions {
				t.Errorf("%s: %d questions, want %d", when, questions, wantQuestions)
			}
			for expr, text := range want {
				if got[expr] != text {
					t.Errorf("%s: %s got %s, want %s", when, expr, got[expr], text)
				}
			}
		}
		got, n := s.round(t, j, "a1", "a2", "a2x", "a1")
		expect("all well", got, n, 1, map[string]string{"a1": "1", "a2": "1"})

		want := map[string]string{"a1": "1", "a2": "1", "bad": "bad is bad"}
		got, n = s.round(t, j, "a1", "bad", "a2")
		expect("one bad", got, n, 4, want)
		got, n = s.round(t, j, "a1", "bad", "a2")
		expect("known bad", got, n, 2, want)
		time.Sleep(2 * aloneFor)
		got, n = s.round(t, j, "a1", "bad", "a2")
		expect("tried again", got, n, 4, want)

		got, n = s.round(t, j, "a1", "slow", "a2")
		expect("one slow", got, n, 1, map[string]string{"a1": "1", "slow": "1"})
		got, n = s.round(t, j, "a1", "slow", "a2")
		expect("known slow", got, n, 3, map[string]string{"a1": "1", "slow": "1"})

		time.Sleep(2 * aloneFor)
		timedOut := context.DeadlineExceeded.Error()
		got, _ = s.round(t, j, "a1", "dead", "a2") // then in halves, of one each
		expect("one dead", got, 0, 0, map[string]string{"a1": timedOut, "dead": timedOut})
		got, n = s.round(t, j, "a1", "dead", "a2")
		expect("known dead", got, n, 3, map[string]string{"a1": "1", "a2": "1", "dead": timedOut})
	})
}

// parting is a backend that takes a second to leave off.
type parting struct {
	shelf
	left bool
}

func (p *parting) Instant(ctx context.Context, _ string, _ time.Time) (prom.Value, error) {
	<-ctx.Done()
	time.Sleep(time.Second)
	p.left = true
	return nil, ctx.Err()
}

// TestWhoWaitsFindsNothingUnderWay: a source closes its connections after that, and none is made anew.
func TestWhoWaitsFindsNothingUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &parting{}
		j := NewJoiner(p, 16)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		round := j.Round(1)
		if _, err := round.Instant(ctx, "a1", time.Now()); err == nil {
			t.Error("an answer from nowhere")
		}
		if j.Wait(); !p.left {
			t.Error("the question was under way after Wait")
		}
	})
}

// TestJoinsFifty: 120 metrics are three questions; their order and number change nothing.
func TestJoinsFifty(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		var exprs []string
		for i := range 120 {
			exprs = append(exprs, fmt.Sprintf("a%d", i))
		}
		if _, n := s.round(t, NewJoiner(s, 16), exprs...); n != 3 {
			t.Errorf("%d questions, want 3", n)
		}
	})
}
