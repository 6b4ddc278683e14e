package execute

import (
	"context"
	"fmt"
	"sync"

	"gonogo/model"
	"gonogo/model/plan"
)

// begin notes a job in the facts and lets it run as a goroutine of its own.
func (r *Run) begin(ctx context.Context, p *model.PlanState, job plan.Job) {
	now := r.facts.Now
	end := func(e ended) { r.tell(news{ended: &e}) }
	switch job.Kind {
	case plan.JobLook:
		r.beginLook(ctx, job)
		return
	case plan.JobMark, plan.JobRemark:
		r.beginMarks(ctx, job)
		return
	case plan.JobStand:
		r.beginStand(ctx, p, job)
		return
	}
	for _, n := range job.Steps {
		r.facts.Busy[n] = now
	}
	open := map[int]bool{} // of the job alone: steps that it has not ended
	for _, n := range job.Steps {
		open[n] = true
	}
	var doubts []string
	r.start(func() {
		defer func() {
			if v := recover(); v != nil {
				for n := range open {
					end(ended{End: plan.End{Step: n, Outcome: model.StepUnsure, Detail: fmt.Sprintf("panic: %v", v)}})
				}
			}
		}()
		doubts = r.work(ctx, job, func(e ended) {
			delete(open, e.Step)
			end(e)
		})
	}, func() {
		for _, n := range job.Steps {
			delete(r.facts.Busy, n)
		}
		for _, text := range doubts {
			r.doubt(text)
		}
	})
	if job.Kind == plan.JobSetAgain {
		r.facts.Last.Again[r.plan.Steps[job.Steps[0]].Changes[0].Flag] = true
	}
}

// work does a job on steps, and ends them. It returns what came into doubt beside them.
func (r *Run) work(ctx context.Context, job plan.Job, end func(ended)) (doubts []string) {
	n := job.Steps[0]
	switch job.Kind {
	case plan.JobSet:
		(&setter{site: r.site, end: end}).set(ctx, job.Steps)
	case plan.JobSetAgain:
		return (&setter{site: r.site, end: end}).again(ctx, n)
	case plan.JobRun:
		(&runner{site: r.site, marks: r.marks, end: end}).run(ctx, n)
	case plan.JobVerify:
		(&verifier{looker: looker{r.site}, end: end}).verify(ctx, n)
	case plan.JobRest:
		(&rester{looker: looker{r.site}, end: end}).rest(ctx, n)
	case plan.JobPeek:
		(&peeker{site: r.site, began: r.facts.Began, end: end}).peek(ctx, n)
	}
	return nil
}

// start runs f, and has the loop take over when it has ended.
func (r *Run) start(f, over func()) {
	go func() {
		defer r.tell(news{over: over})
		f()
	}()
}

// tell gives the loop news, as long as there is a loop.
func (r *Run) tell(n news) {
	select {
	case r.news <- n:
	case <-r.done:
	}
}

// beginLook looks at flags, all at once.
func (r *Run) beginLook(ctx context.Context, job plan.Job) {
	effects := r.facts.Effects
	for _, l := range job.Looks {
		r.facts.Looking[l] = r.facts.Now
		seen := plan.Seen{Effects: effects}
		r.start(func() {
			defer func() { _ = recover() }() // a look that panics saw nothing
			f := r.flag(l.Flag)
			var err error
			if l.Running {
				seen.Value, err = r.engine.Running(ctx, f)
			} else {
				seen.Value, err = r.stored(ctx, f, r.tools.Patience)
			}
			seen.OK = err == nil
		}, func() {
			delete(r.facts.Looking, l)
			seen.At = r.tools.Now()
			r.facts.Looks[l] = seen
		})
	}
}

// beginMarks asks the witnesses what is old, or moves that to when the level took effect.
func (r *Run) beginMarks(ctx context.Context, job plan.Job) {
	r.facts.Marking = true
	if job.Kind == plan.JobMark {
		r.facts.Marked[job.Level] = true
	} else {
		r.facts.Remarked[job.Level] = true
	}
	r.start(func() {
		defer func() { _ = recover() }() // a mark that is not taken proves nothing later
		if job.Kind == plan.JobMark {
			r.record(r.marks.take(ctx, job.Steps)...)
		} else {
			r.record(r.marks.move(ctx, job.Level, job.Steps)...)
		}
	}, func() { r.facts.Marking = false })
}

// beginStand looks at all steps of the job, at once.
func (r *Run) beginStand(ctx context.Context, p *model.PlanState, job plan.Job) {
	last := &r.facts.Last
	if last.Began.IsZero() {
		last.Began = r.facts.Now
	}
	if plan.SteadyOver(p, &r.facts) {
		last.Late++
	}
	last.Busy = true
	found := make([]standing, len(job.Steps))
	r.start(func() {
		var group sync.WaitGroup
		for i, n := range job.Steps {
			group.Go(func() { found[i] = (&stander{looker{r.site}}).stands(ctx, n) })
		}
		group.Wait()
	}, func() {
		last.Busy, last.Ended = false, r.tools.Now()
		last.Fallen, last.Flipped = map[int]string{}, map[int]model.Value{}
		for i, n := range job.Steps {
			if found[i].why != "" {
				last.Fallen[n] = model.Inert(found[i].why)
				r.engine.Say(n, found[i].why)
			}
			if !found[i].flipped.IsZero() && r.plan.Steps[n].Kind == model.StepSet {
				last.Flipped[n] = found[i].flipped
			}
			if id := found[i].readBack; id != "" {
				last.ReadBack[id] = true
			}
		}
	})
}
