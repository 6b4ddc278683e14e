package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"gonogo/model"
)

// pager is where silences are opened, with the troubles of one.
type pager struct {
	mu     sync.Mutex
	opened map[string]time.Time // by their mark
	posts  int
	fails  error         // of Open
	loses  bool          // Open does it, and its answer is lost
	waits  chan struct{} // Open waits for it; may be nil
}

func (p *pager) with(f func()) { p.mu.Lock(); defer p.mu.Unlock(); f() }

func (p *pager) Open(_ context.Context, ask model.SilenceAsk) (string, error) {
	p.mu.Lock()
	waits := p.waits
	p.mu.Unlock()
	if waits != nil {
		<-waits
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, is := p.opened[ask.Mark]; is {
		return ask.Mark, nil
	}
	if p.fails != nil {
		return "", p.fails
	}
	p.posts++
	p.opened[ask.Mark] = ask.Until
	if p.loses {
		p.loses = false
		return "", errors.New("the connection was cut")
	}
	return ask.Mark, nil
}

func (p *pager) End(_ context.Context, ref, mark string) error {
	p.with(func() { delete(p.opened, ref); delete(p.opened, mark) })
	return nil
}

func (p *pager) Look(_ context.Context, ref string) (stands bool, until time.Time, err error) {
	p.with(func() { until, stands = p.opened[ref] })
	return stands, until, nil
}

// withPager is a rollout with a silence of the pager.
func withPager(t testing.TB, w *world, dir string, p *pager) Options {
	o := options(t, w, dir)
	o.Rollout.Silences = []model.SilenceSpec{{ID: "pager", Title: "Pager", Source: "alerts", What: "alerts", AtMost: time.Hour}}
	build := o.Build
	o.Build = func() (model.Parts, error) {
		parts, err := build()
		parts.Silencers = map[model.SilenceID]model.Silencer{"pager": p}
		return parts, err
	}
	return o
}

func newPager() *pager { return &pager{opened: map[string]time.Time{}} }

func openPager(d time.Duration, why string) model.Intent {
	return model.Intent{Kind: model.OpenSilence, Silence: "pager", For: d, Reason: why}
}

// silenced waits until the silence has a status.
func (p *pilot) silenced(status model.SilenceStatus) model.SilenceState {
	p.t.Helper()
	return p.until("silence "+string(status), func(s *model.Snapshot) bool { return s.State.Silences["pager"].Status == status }).State.Silences["pager"]
}

// TestASilenceIsOpenOnlyWhereItWasSeen: with a reason, for a bounded time, once though its
// answer is lost; and it ends when it is told to, or when somebody else ends it.
func TestASilenceIsOpenOnlyWhereItWasSeen(t *testing.T) {
	t.Parallel()
	alerts := newPager()
	p := board(t, withPager(t, newWorld(), t.TempDir(), alerts))
	for _, c := range []struct {
		in   model.Intent
		want string
	}{
		{openPager(2*time.Hour, "deploy"), "1m to 1h, not for 2h"},
		{openPager(time.Second, "deploy"), "1m to 1h"},
		{openPager(30*time.Minute, ""), "reason"},
		{model.Intent{Kind: model.OpenSilence, Silence: "other", For: time.Hour, Reason: "x"}, `there is no silence "other"; there is pager`},
		{model.Intent{Kind: model.EndSilence, Silence: "pager"}, "is not silenced by gonogo"},
	} {
		if a := p.ask(c.in); !a.Refused || !strings.Contains(a.Err, c.want) {
			t.Errorf("%v: %q, want %q", c.in, a.Err, c.want)
		}
	}
	alerts.with(func() { alerts.loses = true })
	if a := p.ask(openPager(30*time.Minute, "de\x1bploy")); a.Err != "" {
		t.Fatal(a.Err)
	}
	is := p.silenced(model.SilenceOpen)
	alerts.with(func() {
		if alerts.posts != 1 || is.Reason != "de␛ploy" || is.Ref == "" || is.By.Name == "" {
			t.Errorf("%d opened, %+v", alerts.posts, is)
		}
	})
	if a := p.ask(openPager(30*time.Minute, "again")); !strings.Contains(a.Err, "end that first") {
		t.Errorf("a second one: %q", a.Err)
	}
	if a := p.ask(model.Intent{Kind: model.EndSilence, Silence: "pager"}); a.Err != "" {
		t.Fatal(a.Err)
	}
	p.silenced(model.SilenceEnded)
	alerts.with(func() {
		if len(alerts.opened) != 0 {
			t.Error("it still stands")
		}
		alerts.fails = fmt.Errorf("%w: HTTP 400: matchers", model.ErrRefused)
	})
	if a := p.ask(openPager(30*time.Minute, "deploy")); a.Err != "" {
		t.Fatal(a.Err)
	}
	if is := p.silenced(model.SilenceFailed); is.Detail != "HTTP 400: matchers" {
		t.Errorf("refused: %+v", is)
	}
}

// TestWhatWasAskedOfASilenceOutlivesTheEngine: what was journaled and not done is done by the next one.
func TestWhatWasAskedOfASilenceOutlivesTheEngine(t *testing.T) {
	t.Parallel()
	alerts, dir, w := newPager(), t.TempDir(), newWorld()
	alerts.fails = errors.New("connection refused")
	p := board(t, withPager(t, w, dir, alerts))
	if a := p.ask(openPager(30*time.Minute, "deploy")); a.Err != "" {
		t.Fatal(a.Err)
	}
	p.until("its trouble", func(s *model.Snapshot) bool { return s.State.Silences["pager"].Detail == "connection refused" })
	p.stop()
	alerts.with(func() { alerts.fails = nil })
	p = board(t, withPager(t, w, dir, alerts))
	is := p.silenced(model.SilenceOpen)
	if is.Reason != "deploy" || alerts.posts != 1 {
		t.Errorf("%+v, %d opened", is, alerts.posts)
	}
	p.stop()
	alerts.with(func() { clear(alerts.opened) })
	p = board(t, withPager(t, w, dir, alerts))
	if is := p.silenced(model.SilenceEnded); is.Detail != "somebody else ended it" {
		t.Errorf("ended elsewhere: %+v", is)
	}
}

// TestEndingCountsThoughTheOpeningAnswersLate: who ends a silence while it is being opened gets that.
func TestEndingCountsThoughTheOpeningAnswersLate(t *testing.T) {
	t.Parallel()
	alerts := newPager()
	alerts.waits = make(chan struct{})
	p := board(t, withPager(t, newWorld(), t.TempDir(), alerts))
	if a := p.ask(openPager(30*time.Minute, "deploy")); a.Err != "" {
		t.Fatal(a.Err)
	}
	p.silenced(model.SilenceOpening)
	if a := p.ask(model.Intent{Kind: model.EndSilence, Silence: "pager"}); a.Err != "" {
		t.Fatal(a.Err)
	}
	close(alerts.waits)
	p.silenced(model.SilenceEnded)
	alerts.with(func() {
		if len(alerts.opened) != 0 {
			t.Errorf("it stands: %v", alerts.opened)
		}
	})
}
