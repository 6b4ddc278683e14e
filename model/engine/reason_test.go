package engine

import (
	"strings"
	"testing"

	"gonogo/model"
)

// TestAReasonThatIsTooLongIsRefused, and one as long as may be is kept whole.
func TestAReasonThatIsTooLongIsRefused(t *testing.T) {
	t.Parallel()
	p := board(t, options(t, newWorld(), t.TempDir()))
	if a := p.ask(model.Intent{Kind: model.HoldOn, Reason: strings.Repeat("ü", maxReason+1)}); !a.Refused || !strings.Contains(a.Err, "say it shorter") {
		t.Errorf("%.200s", a.Err)
	}
	if a := p.ask(model.Intent{Kind: model.ArmRollback, Reason: strings.Repeat("ü", maxReason+1)}); a.Err != "" {
		t.Errorf("a rollback waits for words: %.200s", a.Err)
	}
	why := strings.Repeat("ü", maxReason)
	if a := p.ask(model.Intent{Kind: model.HoldOn, Reason: why}); a.Err != "" {
		t.Fatal(a.Err)
	}
	if got := p.until("held", func(s *model.Snapshot) bool { return s.State.Held }).State.HeldReason; got != why {
		t.Errorf("kept %d bytes of %d", len(got), len(why))
	}
}
