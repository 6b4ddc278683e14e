package gate

import (
	"strings"
	"testing"
	"time"

	"gonogo/model"
)

// TestNothingGoesUpInAClosedTime, nor before the time of the next phase: the gate holds and says
// until when; the soak goes on.
func TestNothingGoesUpInAClosedTime(t *testing.T) {
	now := time.Date(2026, 12, 24, 12, 0, 0, 0, time.UTC)
	r := &model.Rollout{Phases: []model.Phase{{ID: "a"}, {ID: "b"}}}
	s := &model.State{Phase: "a", Attempts: []model.Attempt{{Phase: "a", N: 1, Entered: now.Add(-time.Hour)}}}
	if v := Decide(r, s, in(nil), 0, now, model.Verdict{}); v.Headline != model.GO {
		t.Fatalf("open: %+v", v)
	}
	r.Phases[1].NotBefore = now.Add(90 * time.Minute)
	v := Decide(r, s, in(nil), 0, now, model.Verdict{})
	if v.Headline != model.Hold || !v.Healthy || v.Closed != "" || !strings.Contains(v.Lines[0].Reason, "phase b is not to be entered before Thu 24 Dec 13:30Z") {
		t.Errorf("too early: %+v", v)
	}
	r.Closed = []model.Closed{{From: now.Add(-time.Hour), To: now.Add(time.Hour), Why: "freeze"}}
	v = Decide(r, s, in(nil), 0, now, model.Verdict{})
	if v.Headline != model.Hold || v.Closed != "until Thu 24 Dec 13:00Z: freeze" || v.Lines[0].MoreTime != time.Hour {
		t.Errorf("closed: %+v", v)
	}
	s.Phase = "b"
	if v = Decide(r, s, in(nil), 0, now, model.Verdict{}); v.Closed != "" {
		t.Error("closed, though there is nothing to go up to")
	}
}
