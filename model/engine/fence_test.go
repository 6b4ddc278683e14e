package engine

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gonogo/model"
	"gonogo/model/engine/record/recordtest"
	"gonogo/model/journal"
)

// TestPlanIsFenced takes the journal from an engine in the middle of a plan, up and down.
func TestPlanIsFenced(t *testing.T) {
	for _, kind := range []model.IntentKind{model.ArmEnter, model.ArmRollback} {
		t.Run(string(kind), func(t *testing.T) {
			w, s := newWorld(), &recordtest.Store{}
			o := options(t, w, t.TempDir())
			o.OpenJournal = s.Open
			p := board(t, o)
			if kind == model.ArmRollback {
				p.enter("ten")
			}
			gate := make(chan struct{})
			w.with(func() { w.gate = gate })
			in := model.Intent{Kind: kind, Reason: "test", Yes: true}
			if kind == model.ArmEnter {
				in.Phase = "ten"
			}
			if a := p.ask(in); a.Err != "" {
				t.Fatal(a.Err)
			}
			p.until("the restart", func(snap *model.Snapshot) bool {
				steps := snap.State.Plan.Steps
				for i, step := range snap.State.Plan.Plan.Steps {
					if step.Kind == model.StepRun && steps[i].Tries > 0 && snap.State.Plan.Status == model.Running {
						return true
					}
				}
				return false
			})
			theirs := 0
			for theirs == 0 { // until no observation comes between
				last := uint64(len(s.Records()))
				if _, err := s.AppendEntries(last, []journal.Entry{{At: time.Now(), By: model.Actor{Name: "another host"}, Event: model.EngineStarted{PID: 2}}}); err == nil {
					theirs = int(last) + 1
				}
			}
			close(gate)
			got := p.ended()
			e := p.engine
			if e.ledger.Fenced() == nil {
				t.Fatal("the ledger is not fenced")
			}
			if (ground{e: e}).Held() == nil {
				t.Error("a fenced plan begins another step")
			}
			if got.Outcome != model.Fenced {
				t.Errorf("ended %s: %s", got.Outcome, got.Summary)
			}
			a := p.ask(model.Intent{Kind: model.HoldOn, Reason: "now"})
			if a.Err == "" {
				t.Error("a hold was acknowledged")
			}
			p.stop()
			if n := len(s.Records()); n != theirs {
				t.Errorf("%d records were written after another host's", n-theirs)
			}
		})
	}
}

// TestDamagedJournal starts on a journal that was edited in the middle.
func TestDamagedJournal(t *testing.T) {
	w, dir := newWorld(), t.TempDir()
	p := board(t, options(t, w, dir))
	p.enter("ten")
	if a := p.ask(model.Intent{Kind: model.HoldOn, Reason: "lunch"}); a.Err != "" {
		t.Fatal(a.Err)
	}
	if a := p.ask(model.Intent{Kind: model.Resume}); a.Err != "" {
		t.Fatal(a.Err)
	}
	p.stop()
	path := filepath.Join(dir, journal.Name)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	bad := bytes.Replace(b, []byte("lunch"), []byte("brunc"), 1)
	if err := os.WriteFile(path, bad, 0o600); err != nil {
		t.Fatal(err)
	}
	before := list(t, dir)

	p = board(t, options(t, w, dir))
	snap := p.until("the phase", func(s *model.Snapshot) bool { return s.State.Phase == "ten" })
	if !strings.Contains(snap.Journal, "damaged at line ") || !strings.Contains(snap.Journal, "read-only; only rollbacks run, UNAUDITED") {
		t.Errorf("trouble: %q", snap.Journal)
	}
	if snap.State.Held {
		t.Error("what is damaged counts")
	}
	for _, in := range []model.Intent{
		{Kind: model.ArmEnter, Phase: "all", Reason: "test"}, {Kind: model.HoldOn, Reason: "now"},
		{Kind: model.Sign, Check: "leak"}, {Kind: model.ArmFlip, Flag: "real", Value: model.BoolValue(false), Reason: "test"},
	} {
		if a := p.ask(in); !a.Refused || !strings.Contains(a.Err, "damaged at line") {
			t.Errorf("%s: got %+v", in.Kind, a)
		}
	}
	got := p.does(model.Intent{Kind: model.ArmRollback})
	if got.Outcome != model.Verified {
		t.Errorf("the rollback ended %s: %s", got.Outcome, got.Summary)
	}
	if s := p.last.State; s.Unaudited == 0 || !w.store["real"].Equal(model.BoolValue(false)) {
		t.Errorf("%d facts unaudited, the flag is %s", s.Unaudited, w.store["real"])
	}
	p.stop()
	if left, err := os.ReadFile(path); err != nil || !bytes.Equal(left, bad) {
		t.Errorf("the damaged journal was written: %d bytes, were %d (%v)", len(left), len(bad), err)
	}
	if after := list(t, dir); after != strings.Replace(before, " journal.reserve", " journal.reserve journal.unaudited", 1) {
		t.Errorf("the state directory has %s, had %s", after, before)
	}

	// It is known to the next engine, and ever after once the journal is whole again.
	p = board(t, options(t, w, dir))
	if p.last.State.Unaudited == 0 {
		t.Error("the next engine does not know that a rollback was not audited")
	}
	p.stop()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		p = board(t, options(t, w, dir))
		if a := p.ask(model.Intent{Kind: model.HoldOn, Reason: "look at it"}); a.Err != "" {
			t.Fatal(a.Err)
		}
		if p.last.State.Unaudited == 0 {
			t.Error("it was forgotten")
		}
		if a := p.ask(model.Intent{Kind: model.Resume}); a.Err != "" {
			t.Fatal(a.Err)
		}
		p.stop()
	}
	if n := strings.Count(strings.Join(events(t, dir), " "), "Unaudited"); n != 1 {
		t.Errorf("the journal tells of it %d times", n)
	}
	if after := list(t, dir); after != before {
		t.Errorf("the state directory has %s, had %s", after, before)
	}
}

// TestDamagedInAPlan starts on a journal whose good part ends in the middle of
// a rollback: nobody knows how it went on, so it does not go on by itself.
func TestDamagedInAPlan(t *testing.T) {
	w, dir := newWorld(), t.TempDir()
	p := board(t, options(t, w, dir))
	p.enter("ten")
	p.does(model.Intent{Kind: model.ArmRollback})
	p.stop()
	path := filepath.Join(dir, journal.Name)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	from, to := planSpan(t, dir)
	lines := bytes.SplitAfter(b, []byte("\n"))
	lines[from+1] = bytes.Replace(lines[from+1], []byte(`"at":"2`), []byte(`"at":"3`), 1)
	if err := os.WriteFile(path, bytes.Join(lines[:to], nil), 0o600); err != nil {
		t.Fatal(err)
	}
	w.with(func() { w.restarts = 0 })
	p = board(t, options(t, w, dir))
	got := p.ended()
	if got.Outcome != model.NeedsHuman || !strings.Contains(got.Summary, "nobody knows how this went on") {
		t.Errorf("got %s: %s", got.Outcome, got.Summary)
	}
	if again := p.does(model.Intent{Kind: model.ArmRollback}); again.Outcome != model.Verified {
		t.Errorf("a second rollback: %s: %s", again.Outcome, again.Summary)
	}
}

// list returns the names in dir, without the engine's own lock and socket.
func list(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if e.Name() != "lock" && !strings.Contains(e.Name(), "sock") {
			names = append(names, e.Name())
		}
	}
	return strings.Join(names, " ")
}
