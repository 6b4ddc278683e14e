package engine

import (
	"strings"
	"sync/atomic"
	"testing"

	"gonogo/model"
)

// TestACheckComparesWhatItPrinted, or was answered: ending well is not enough.
func TestACheckComparesWhatItPrinted(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		match, detail string
		ok            bool
	}{
		{"^first", `a line matches ^first`, true},
		{"^one contact found$", `no line matches ^one contact found$: it printed last line␛[2J`, false},
	} {
		s := suite{runs: &atomic.Int32{}, bad: &atomic.Bool{}}
		o := checked(t, newWorld(), t.TempDir(), s, func() (string, error) { return "[]\nfirst", nil })
		checks := o.Rollout.Phases[1].Checks
		checks[1].Match, checks[3].Match, checks[3].Want = c.match, c.match, ""
		p := board(t, o)
		p.enter("ten")
		if a := p.ask(model.Intent{Kind: model.RunCheck, Check: "suite"}); a.Err != "" {
			t.Fatal(a.Err)
		}
		got := p.until("a result", func(s *model.Snapshot) bool { return !s.State.Checks["suite"].At.IsZero() }).State.Checks["suite"]
		if got.Failed == c.ok || got.Note != c.detail {
			t.Errorf("%s: failed %v, %q", c.match, got.Failed, got.Note)
		}
		probe := p.until("an answer", func(s *model.Snapshot) bool { return !s.State.Checks["health"].At.IsZero() }).State.Checks["health"]
		if probe.Failed == c.ok || !strings.Contains(probe.Note, c.match) {
			t.Errorf("%s of an answer: failed %v, %q", c.match, probe.Failed, probe.Note)
		}
		p.stop()
	}
}
