package engine

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gonogo/model"
	"gonogo/model/journal"
)

// anchoredWorld has entered a phase and is held, with an anchor; old is its journal from before the hold.
func anchoredWorld(t *testing.T) (w *world, o Options, old []byte) {
	t.Helper()
	w = newWorld()
	o = options(t, w, t.TempDir())
	o.Rollout.Anchor = filepath.Join(t.TempDir(), "anchor")
	p := board(t, o)
	p.enter("ten")
	p.stop()
	old, err := os.ReadFile(filepath.Join(o.Dir, journal.Name))
	if err != nil {
		t.Fatal(err)
	}
	p = board(t, o)
	if a := p.ask(model.Intent{Kind: model.HoldOn, Reason: "not today"}); a.Err != "" {
		t.Fatal(a.Err)
	}
	p.stop()
	return w, o, old
}

// TestYesterdaysJournalErasesNoHold puts an older journal back: nothing goes
// forward on it, and a rollback still runs.
func TestYesterdaysJournalErasesNoHold(t *testing.T) {
	w, o, old := anchoredWorld(t)
	path := filepath.Join(o.Dir, journal.Name)
	if err := os.WriteFile(path, old, 0o600); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(o.Rollout.Anchor)
	if err != nil {
		t.Fatal(err)
	}
	p := board(t, o)
	if !strings.Contains(p.last.Journal, "not the one that its anchor knows (truncated") {
		t.Errorf("the screen says %q", p.last.Journal)
	}
	for _, in := range []model.Intent{
		{Kind: model.ArmEnter, Phase: "all", Reason: "test", Yes: true}, {Kind: model.Sign, Check: "leak"}, {Kind: model.Resume},
	} {
		if a := p.ask(in); !a.Refused {
			t.Errorf("%s: %+v", in.Kind, a)
		}
	}
	rollsBack(t, w, p)
	p.stop()
	if now, err := os.ReadFile(path); err != nil || string(now) != string(old) {
		t.Errorf("the journal was written: %v", err)
	}
	if now, err := os.ReadFile(o.Rollout.Anchor); err != nil || string(now) != string(before) {
		t.Errorf("the anchor was written: %v", err)
	}
}

// TestJournalAheadOfItsAnchorIsValid cuts the anchor: a crash does that too.
func TestJournalAheadOfItsAnchorIsValid(t *testing.T) {
	_, o, _ := anchoredWorld(t)
	b, err := os.ReadFile(o.Rollout.Anchor)
	if err != nil {
		t.Fatal(err)
	}
	first := strings.SplitAfter(string(b), "\n")[0]
	if err := os.WriteFile(o.Rollout.Anchor, []byte(first), 0o600); err != nil {
		t.Fatal(err)
	}
	p := board(t, o)
	if a := p.ask(model.Intent{Kind: model.Resume}); a.Err != "" || p.last.Journal != "" {
		t.Errorf("%+v, trouble %q", a, p.last.Journal)
	}
}

// TestAnchorThatIsGoneIsSaidAtStart takes the anchor away, or makes it unreadable: the journal counts, and every screen says so.
func TestAnchorThatIsGoneIsSaidAtStart(t *testing.T) {
	for name, do := range map[string]func(string) error{
		"gone":       os.Remove,
		"unreadable": func(path string) error { return os.Rename(path, path+".x") },
		"edited":     func(path string) error { return os.WriteFile(path, []byte("hello\n"), 0o600) },
	} {
		t.Run(name, func(t *testing.T) {
			_, o, _ := anchoredWorld(t)
			if err := do(o.Rollout.Anchor); err != nil {
				t.Fatal(err)
			}
			if name == "unreadable" {
				if err := os.Mkdir(o.Rollout.Anchor, 0o700); err != nil {
					t.Fatal(err)
				}
			}
			p := board(t, o)
			if !strings.Contains(p.last.Journal, "anchor") {
				t.Errorf("the screen says %q", p.last.Journal)
			}
			if !p.last.State.Held {
				t.Error("the hold is forgotten")
			}
			if a := p.ask(model.Intent{Kind: model.Resume}); a.Err != "" {
				t.Errorf("resume: %s", a.Err)
			}
			if !strings.Contains(p.last.Journal, "anchor") {
				t.Errorf("after a record the screen says %q", p.last.Journal)
			}
		})
	}
}

// TestAnchorOfAnEngine takes a rollout up and down and compares at the end.
func TestAnchorOfAnEngine(t *testing.T) {
	w, dir := newWorld(), t.TempDir()
	o := options(t, w, dir)
	o.Rollout.Anchor = filepath.Join(t.TempDir(), "anchor")
	for range 2 {
		p := board(t, o)
		p.enter("ten")
		p.does(model.Intent{Kind: model.ArmRollback})
		p.stop()
	}
	report, err := journal.ReadAnchored(filepath.Join(dir, journal.Name), o.Rollout.Anchor, nil)
	if err != nil || report.Problem != nil || report.AnchorSeq != report.Seq || report.Anchored > report.Records/2 {
		t.Errorf("got %+v, %v", report, err)
	}
}
