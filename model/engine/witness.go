package engine

import (
	"context"
	"fmt"
	"sync"
	"time"

	"gonogo/model"
)

// markFor is how long a witness may take to say what is old: a restart waits for it.
const markFor = 2 * time.Second

// markEvidence has each witness of the plan say what is old, all at once, as the
// level's action begins: its restarts, or its flags where it restarts nothing.
// Where that was begun by an engine before this one, what was marked then stands.
// It returns what waits for the marks and journals them.
func (r *run) markEvidence(ctx context.Context, level int, action model.StepKind) (wait func()) {
	if r.acts(level) != action || r.begunOf(level, action) {
		return func() {}
	}
	states := r.steps()
	var group sync.WaitGroup
	var of []int
	for n, st := range r.plan.Steps {
		if st.Kind == model.StepVerify && st.Verify.Kind == model.VerifySource && states[n].Outcome == "" {
			of = append(of, n)
		}
	}
	events := make([]model.Event, len(of))
	for i, n := range of {
		group.Go(func() { events[i] = r.mark(ctx, n) })
	}
	return func() {
		if group.Wait(); len(events) > 0 {
			r.record(events...)
		}
	}
}

// acts returns the kind of step by which the level takes effect.
func (r *run) acts(level int) model.StepKind {
	for _, st := range r.plan.Steps {
		if st.Level == level && st.Kind == model.StepRun {
			return model.StepRun
		}
	}
	return model.StepSet
}

// begunOf reports whether a step of a kind was begun in the level.
func (r *run) begunOf(level int, kind model.StepKind) bool {
	states := r.steps()
	for n, st := range r.plan.Steps {
		if st.Level == level && st.Kind == kind && states[n].Tries > 0 {
			return true
		}
	}
	return false
}

func (r *run) mark(ctx context.Context, n int) (ev model.EvidenceMarked) {
	defer func() {
		if v := recover(); v != nil {
			ev.Err = fmt.Sprintf("panic: %v", v)
		}
	}()
	ev = model.EvidenceMarked{Plan: r.plan.ID, Step: n}
	w := r.e.parts.Witnesses[r.plan.Steps[n].Verify.Witness]
	if w == nil {
		ev.Err = "there is no such witness"
		return ev
	}
	timed, done := context.WithTimeout(ctx, markFor)
	defer done()
	mark, err := w.Mark(timed)
	if err != nil {
		ev.Err = model.Inert(err.Error())
		return ev
	}
	ev.Mark = mark
	return ev
}

// lookWitness sees whether what is newer than the mark shows what is wanted.
func (r *run) lookWitness(ctx context.Context, n int, since time.Time) (bool, string) {
	return r.lookEvidence(ctx, r.plan.Steps[n].Verify, r.steps()[n], since)
}

func (r *run) lookEvidence(ctx context.Context, v *model.Verify, st model.StepState, since time.Time) (bool, string) {
	w := r.e.parts.Witnesses[v.Witness]
	switch {
	case w == nil:
		return false, "there is no such witness"
	case !st.Marked:
		return false, "what was old before the action could not be told, so nothing counts as new"
	}
	if left := v.After - r.e.o.Now().Sub(since); left > 0 {
		return false, "looks in " + model.FormatDuration(left.Round(time.Second))
	}
	timed, done := context.WithTimeout(ctx, observeTimeout)
	defer done()
	shown, seen, err := w.Look(timed, st.Mark)
	if err != nil {
		return false, model.Inert(err.Error())
	}
	return shown, model.Inert(seen)
}
