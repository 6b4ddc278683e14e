package engine

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"gonogo/model"
	"gonogo/model/journal"
)

func TestSoakSurvivesARestart(t *testing.T) {
	w, dir := newWorld(), t.TempDir()
	o := options(t, w, dir)
	o.Rollout.Phases[0].Soak = time.Hour
	p := board(t, o)
	p.enter("staging")
	p.until("some soak", func(s *model.Snapshot) bool { a := s.State.Attempt(); return a != nil && a.Soak > 200*time.Millisecond })
	p.stop()
	served := p.last.State.Attempt().Soak
	q := board(t, o)
	if got := q.last.State.Attempt().Soak; got < served || got > served+5*time.Second {
		t.Errorf("soak %v after a restart, was %v", got, served)
	}
	if q.last.Gate.Headline == model.GO {
		t.Errorf("GO with %v of an hour served", q.last.State.Attempt().Soak)
	}
}

// TestKilledAtEveryRecord cuts the journal of a rollback after each of its
// records, with the world as a kill at that moment could have left it, and
// starts an engine on it: it finishes, or says NEEDS-HUMAN.
func TestKilledAtEveryRecord(t *testing.T) {
	w, dir := newWorld(), t.TempDir()
	p := board(t, options(t, w, dir))
	p.enter("ten")
	if o := p.does(model.Intent{Kind: model.ArmRollback}); o.Outcome != model.Verified {
		t.Fatal(o.Summary)
	}
	p.stop()
	whole, err := os.ReadFile(filepath.Join(dir, journal.Name))
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(whole, []byte("\n"))
	from, to := planSpan(t, dir)
	for cut := from; cut <= to; cut++ {
		for _, idempotent := range []bool{true, false} {
			for _, happened := range []bool{true, false} {
				t.Run(fmt.Sprintf("after %d of %d, idempotent %v, effect %v", cut, to, idempotent, happened), func(t *testing.T) {
					t.Parallel()
					killed(t, bytes.Join(lines[:from], nil), bytes.Join(lines[from:cut], nil), idempotent, happened)
				})
			}
		}
	}
}

// planSpan returns the number of records up to the firing of the last plan, and up to its end.
func planSpan(t *testing.T, dir string) (from, to int) {
	for i, name := range events(t, dir) {
		switch name {
		case "PlanFired":
			from = i + 1
		case "PlanEnded":
			to = i + 1
		}
	}
	return from, to
}

// killed starts an engine on a rollback's records, of which those in ours came
// after it fired. What they end has happened; what they only intend has if happened is set.
func killed(t *testing.T, before, ours []byte, idempotent, happened bool) {
	dir := t.TempDir()
	records := append(bytes.Clone(before), ours...)
	w := newWorld()
	on, off := model.BoolValue(true), model.BoolValue(false)
	w.store["real"], w.live["real"], w.starts = on, on, 2
	if bytes.Contains(ours, []byte("seen in its store")) || happened && bytes.Contains(ours, []byte("StepIntended")) {
		w.store["real"] = off
	}
	intended, seen := bytes.Contains(ours, []byte(`"before":"2"`)), bytes.Contains(ours, []byte("now 3"))
	if seen || happened && intended {
		w.live["real"], w.starts = off, 3
	}
	o := options(t, w, dir)
	o.Rollout.Actions[0].Idempotent = idempotent
	if !idempotent {
		records = bytes.ReplaceAll(records, []byte(`"idempotent":true`), []byte(`"idempotent":false`))
	}
	rechain(t, dir, records)
	p := board(t, o)
	got := p.ended()
	if got.Outcome == model.Verified {
		p.until("being back", func(s *model.Snapshot) bool { return s.State.Phase == "" })
	}
	if got.Outcome != model.Verified && got.Outcome != model.NeedsHuman {
		t.Errorf("outcome %s: %s", got.Outcome, got.Summary)
	}
	inDoubt := intended && !seen && !happened && !idempotent
	if (got.Outcome == model.NeedsHuman) != inDoubt {
		t.Errorf("outcome %s: %s", got.Outcome, got.Summary)
	}
	w.with(func() {
		if intended && (!idempotent || happened || seen) && w.restarts != 0 {
			t.Errorf("an action that had happened, or must not run twice, ran again")
		}
	})
}

// rechain writes the records' events as a new journal.
func rechain(t *testing.T, dir string, records []byte) {
	f, _, err := journal.Open(dir, func(model.Record) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	last := uint64(0)
	for line := range bytes.Lines(records) {
		var r model.Record
		if err := r.UnmarshalJSON(line); err != nil {
			t.Fatal(err)
		}
		if _, err := f.AppendEntries(last, []journal.Entry{{At: r.At, By: r.By, Cause: r.Cause, Event: r.Event}}); err != nil {
			t.Fatal(err)
		}
		last++
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}
