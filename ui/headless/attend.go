package headless

import (
	"context"
	"errors"
	"fmt"
	"os"

	"gonogo/model"
)

// own reports whether the engine is this command's.
func own(snap *model.Snapshot) bool { return snap.Engine.Transient && snap.Engine.PID == os.Getpid() }

// attend tells, beside what the command is about, how a plan goes on that its own engine
// runs still: the command ends no sooner. Where the engine is lost there is nothing to tell.
func (s *session) attend(ctx context.Context, result error) {
	var silent *Silent
	if s.last == nil || errors.As(result, &silent) || errors.Is(result, errNoEngine) {
		return
	}
	p := s.last.State.ActivePlan()
	if p == nil || p.Status != model.Running || !own(s.last) {
		return
	}
	beside := *s.w
	beside.Out = s.w.Err
	t := *s
	t.w = &beside
	_, _ = fmt.Fprintf(s.w.Err, "gonogo: %q goes on:\n", p.Plan.Title)
	_ = driver{&t}.followPlan(ctx, consent{}, p) // its end is told; the command's status says how that itself went
}
