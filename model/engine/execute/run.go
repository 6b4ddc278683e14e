package execute

import (
	"context"
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"time"

	"gonogo/model"
	"gonogo/model/plan"
	"gonogo/model/words"
)

// Run is one plan at work.
type Run struct {
	*site
	facts plan.Facts            // of the loop alone
	ended map[int]model.Outcome // recorded by this run
	news  chan news
	done  chan struct{}
	marks *marks

	before *Run // was cancelled, and a step of it may run still; nil: none
}

// news is what a job tells the loop: a step's end, or that the job is over.
type news struct {
	ended *ended
	over  func() // takes the job, and what it found, into the facts
}

// ended is how a step ended, and what it left.
type ended struct {
	plan.End
	output string // head and tail of what an action printed
	seen   string // what shows its effect said
}

// New returns a run of a plan that was fired, or is taken up after another
// engine had begun it. Whoever makes it calls Execute.
func New(p model.Plan, cause model.IntentID, e Engine, t Tools) *Run {
	s := newSite(p, cause, e, &t)
	r := &Run{site: s, ended: map[int]model.Outcome{}, news: make(chan news), done: make(chan struct{}), marks: &marks{site: s}}
	r.facts = plan.Facts{
		Rollout: t.Rollout, Stores: stores(&p, t.Switches), Reads: map[model.FlagID]bool{},
		Busy: map[int]time.Time{}, Marked: map[int]bool{}, Remarked: map[int]bool{},
		Looking: map[plan.Look]time.Time{}, Looks: map[plan.Look]plan.Seen{},
		Last: plan.LastLook{Again: map[model.FlagID]bool{}, ReadBack: map[model.FlagID]bool{}},
	}
	for i := range t.Rollout.Flags {
		f := &t.Rollout.Flags[i]
		r.facts.Reads[f.ID] = s.reads(f)
	}
	return r
}

// stores names what holds each flag: flags of one store are written together.
func stores(p *model.Plan, switches map[model.FlagID]model.Switch) map[model.FlagID]string {
	out := map[model.FlagID]string{}
	for _, st := range p.Steps {
		for _, c := range st.Changes {
			if g, ok := model.Ability[model.GroupSwitch](switches[c.Flag]); ok {
				out[c.Flag] = "group " + g.Group()
			}
		}
	}
	return out
}

// ID returns the plan's.
func (r *Run) ID() model.PlanID { return r.plan.ID }

// Cancel ends the run at its next step's boundary. It may be called more than once.
func (r *Run) Cancel() { r.once.Do(func() { close(r.cancelled) }) }

// GoBefore makes r, a way down, begin while before, which is cancelled, still has a step to
// end: it sets its flags at once, and does all else after that. Its budget begins then.
func (r *Run) GoBefore(before *Run) { r.before = before }

// Doubt adds what is in doubt beside the steps, before Execute: the plan is then not VERIFIED.
func (r *Run) Doubt(text string) { r.doubt(text) }

// Ended is closed when the run has recorded its end.
func (r *Run) Ended() <-chan struct{} { return r.done }

// Execute works on the plan until its end is recorded. It goes on past a step
// that fails, and stops only where plan.Next says so.
func (r *Run) Execute() {
	defer close(r.done)
	defer func() {
		if v := recover(); v != nil {
			fmt.Fprintf(os.Stderr, "gonogo: plan %s: panic: %v\n%s", r.plan.ID, v, debug.Stack())
			r.finish(plan.Verdict{Outcome: model.NeedsHuman, Doubts: r.facts.Doubts,
				Summary: fmt.Sprintf("gonogo itself failed (%v): look at what the steps say, then roll back again", v)})
		}
	}()
	ctx, stop := context.WithCancel(context.Background())
	defer func() { stop() }()
	r.facts.Began = r.tools.Now()
	gone := r.clear()
	if gone == nil {
		ctx, stop = r.budget(stop)
	}
	cancelled, over := r.cancelled, ctx.Done()
	for {
		p := r.look(ctx)
		do := plan.Next(p, &r.facts)
		if do.Done != nil {
			r.finish(*do.Done)
			return
		}
		if r.take(ctx, p, &do) {
			continue
		}
		timer := time.NewTimer(r.wait(&do))
		select {
		case n := <-r.news:
			r.hear(n)
		case <-timer.C:
		case <-cancelled:
			cancelled = nil
		case <-over:
			over = nil
		case <-gone:
			gone = nil
			r.alone()
			ctx, stop = r.budget(stop)
			over = ctx.Done()
		}
		timer.Stop()
	}
}

// budget returns a context that ends when the plan's budget is over, which begins now.
func (r *Run) budget(before context.CancelFunc) (context.Context, context.CancelFunc) {
	r.facts.Ends = r.tools.Now().Add(r.plan.Budget)
	ctx, stop := context.WithTimeout(context.Background(), r.plan.Budget)
	return ctx, func() { stop(); before() }
}

// look brings the facts up to date, and returns how far the plan is.
func (r *Run) look(ctx context.Context) *model.PlanState {
	r.facts.Stop = r.stop(ctx)
	p, state := r.state()
	r.facts.Flags, r.facts.Now = state.Flags, r.tools.Now()
	for n, o := range r.ended { // what could not be recorded has happened all the same
		if p.Steps[n].Outcome == "" {
			p.Steps[n].Outcome, p.Steps[n].Ended = o, r.facts.Now
		}
	}
	return p
}

// take does what Next said may be done now, and reports whether that was anything.
func (r *Run) take(ctx context.Context, p *model.PlanState, do *plan.Do) bool {
	for _, e := range do.End {
		r.end(ended{End: e})
	}
	for _, text := range do.Doubts {
		r.doubt(text)
	}
	r.facts.Last.Over = r.facts.Last.Over || do.Over
	for _, job := range do.Begin {
		r.begin(ctx, p, job)
	}
	return len(do.End) > 0 || len(do.Begin) > 0 || do.Over
}

// wait returns how long until Next is to be asked again, if nothing ends before.
func (r *Run) wait(do *plan.Do) time.Duration {
	if !do.Wait.IsZero() {
		return max(do.Wait.Sub(r.facts.Now), time.Millisecond)
	}
	if r.facts.Before == "" && len(r.facts.Busy)+len(r.facts.Looking) == 0 && !r.facts.Marking && !r.facts.Last.Busy {
		panic("nothing is next, and nothing is under way")
	}
	return time.Hour // something ends before
}

// hear takes what a job tells.
func (r *Run) hear(n news) {
	if n.ended != nil {
		r.end(*n.ended)
	}
	if n.over != nil {
		n.over()
	}
}

// end records a step's end.
func (r *Run) end(e ended) {
	r.record(model.StepEnded{Plan: r.plan.ID, Step: e.Step, Outcome: e.Outcome, Detail: model.Inert(e.Detail), Output: e.output, Seen: e.seen})
	r.engine.Say(e.Step, "")
	r.ended[e.Step] = e.Outcome
	delete(r.facts.Busy, e.Step)
	if k := r.plan.Steps[e.Step].Kind; k == model.StepSet || k == model.StepRun {
		r.facts.Effects++
	}
}

func (r *Run) doubt(text string) {
	if text = model.Inert(text); !slices.Contains(r.facts.Doubts, text) {
		r.facts.Doubts = append(r.facts.Doubts, text)
	}
}

// finish records the plan's end and, where that leads to its phase, where the rollout stands now.
func (r *Run) finish(v plan.Verdict) {
	p, state := r.state()
	if v.Summary == "" {
		in := model.PlanState{Plan: r.plan, Steps: p.Steps, Doubted: v.Doubts, Status: model.Ended, FiredAt: r.tools.Now()}
		v.Summary = words.InDoubt(&in)
	}
	events := []model.Event{model.PlanEnded{Plan: r.plan.ID, Outcome: v.Outcome, Summary: model.Inert(v.Summary), Doubts: v.Doubts}}
	if v.Outcome.Lands() && r.plan.Leaves {
		events = append(events, plan.Arrival(&r.plan, state))
	}
	if i := state.Incident; v.Outcome == model.Verified && i.Open() && i.Plan == r.plan.ID {
		events = append(events, model.Recovered{Plan: r.plan.ID, Breach: i.Breach, Fired: i.Fired, Contained: i.Contained, Verified: r.tools.Now().UTC()})
	}
	r.record(events...)
	for n := range r.plan.Steps {
		r.engine.Say(n, "")
	}
}
