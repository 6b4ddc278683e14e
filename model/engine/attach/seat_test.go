package attach

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"gonogo/model"
)

func TestAttachedSeatTakesOver(t *testing.T) {
	w, dir := newWorld(), t.TempDir()
	first := board(t, options(w, dir))
	first.enter("staging")
	second := board(t, options(w, dir))
	second.until("being attached", func(s *model.Snapshot) bool {
		return s.Attached && s.State.Phase == "staging" && len(s.Series["error"].Points) > 3
	})
	second.enter("ten") // an intent through the socket
	if a := second.ask(model.Intent{Kind: model.Sign, Check: "leak"}); a.Err != "" {
		t.Fatal(a.Err)
	}
	before := second.last.State
	first.stop()
	began := time.Now()
	s := second.until("taking over", func(s *model.Snapshot) bool { return !s.Attached && s.Lost == "" })
	t.Logf("took over after %v", time.Since(began))
	if s.State.Phase != "ten" || s.State.Checks["leak"].By.Name != Self().Name || s.State.Attempt().N != before.Attempt().N {
		t.Errorf("state after the takeover: %+v", s.State)
	}
	if o := second.does(model.Intent{Kind: model.ArmRollback}); o.Outcome != model.Verified {
		t.Errorf("rollback after the takeover: %s: %s", o.Outcome, o.Summary)
	}
}

func TestLongStateDirectory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), string(bytes.Repeat([]byte("d"), 120)))
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	w := newWorld()
	board(t, options(w, dir)).enter("staging")
	board(t, options(w, dir)).until("being attached", func(s *model.Snapshot) bool { return s.Attached })
}

func TestViewersCostNoPolls(t *testing.T) {
	w, dir := newWorld(), t.TempDir()
	board(t, options(w, dir))
	for range 4 {
		board(t, options(w, dir)).until("being attached", func(s *model.Snapshot) bool { return s.Attached })
	}
	// One source in all: a second engine's would make the count of its points grow twice as fast.
	p := board(t, options(w, dir))
	from := len(p.last.Series["error"].Points)
	var polls int
	w.with(func() { polls = w.polls })
	s := p.until("more points", func(s *model.Snapshot) bool { return len(s.Series["error"].Points) >= from+50 })
	w.with(func() {
		if got, points := w.polls-polls, len(s.Series["error"].Points)-from; got > 2*points {
			t.Errorf("%d polls for %d points", got, points)
		}
	})
}
