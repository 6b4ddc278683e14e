package plan

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"gonogo/model"
	"pgregory.net/rapid"
)

// service is a simulated service with its stores: a flag that some action makes
// live is read by the service only when that action runs.
type service struct {
	store, live map[model.FlagID]model.Value
	starts      map[model.ActionID]int
	everyone    bool // everyone was on: a master on over an empty list
}

func (v service) clone() service {
	v.store, v.live, v.starts = maps.Clone(v.store), maps.Clone(v.live), maps.Clone(v.starts)
	return v
}

// beat is a moment in a job: an intent, an end, or the job's own end.
type beat struct {
	at   time.Time
	do   func(y *player)
	last bool // the job is over with it
	job  Job
}

// player plays the loop that asks Next, with jobs that take as long, and end as
// well, as chance has it.
type player struct {
	rt      *rapid.T
	r       *model.Rollout
	s       model.State
	world   service
	id      model.PlanID
	calm    bool // nothing fails, and nothing takes long
	now     time.Time
	f       Facts
	beats   []beat
	done    *Verdict
	records []model.Record
	cuts    []cut
}

// cut is what a kill after a record leaves, and what the killed process had under way.
type cut struct {
	s     model.State
	world service
	now   time.Time
	front map[string]bool
}

func newPlayer(rt *rapid.T, r *model.Rollout, s model.State, w service, now time.Time, calm bool) *player {
	y := &player{rt: rt, r: r, s: s, world: w, now: now, calm: calm}
	if s.Plan != nil {
		y.id = s.Plan.Plan.ID
	}
	y.f = Facts{Rollout: r, Stores: map[model.FlagID]string{}, Reads: map[model.FlagID]bool{}, Began: now, Busy: map[int]time.Time{}, Marked: map[int]bool{}, Remarked: map[int]bool{},
		Looking: map[Look]time.Time{}, Looks: map[Look]Seen{}, Last: LastLook{Again: map[model.FlagID]bool{}, ReadBack: map[model.FlagID]bool{}}}
	for _, f := range r.Flags {
		y.f.Reads[f.ID] = f.Effective
		if f.Kind == "file" {
			y.f.Stores[f.ID] = "group file"
		}
	}
	return y
}

func (y *player) chance(what string, one int) bool {
	return !y.calm && rapid.IntRange(1, one).Draw(y.rt, what) == 1
}

// takes draws how long something takes, in ms.
func (y *player) takes(what string) time.Duration {
	if y.calm {
		return time.Millisecond
	}
	return time.Duration(rapid.SampledFrom([]int{1, 20, 900, 3000}).Draw(y.rt, what)) * time.Millisecond
}

func (y *player) tell(events ...model.Event) {
	for _, e := range events {
		rec := model.Record{Seq: y.s.Seq + 1, At: y.now, Event: e}
		y.s = model.Apply(y.s, rec)
		y.records = append(y.records, rec)
	}
}

func (y *player) state() *model.PlanState {
	p := *y.s.PlanOf(y.id)
	return &p
}

// set changes a store, and the service where that reads it all the time.
func (y *player) set(id model.FlagID, v model.Value) {
	y.world.store[id] = v
	if len(y.r.Flag(id).Apply) == 0 {
		y.world.live[id] = v
	}
	y.watch()
}

func (y *player) restart(id model.ActionID) {
	y.world.starts[id]++
	for _, f := range y.r.Flags {
		if slices.Contains(f.Apply, id) {
			y.world.live[f.ID] = y.world.store[f.ID]
		}
	}
	y.watch()
}

func (y *player) watch() {
	for _, f := range y.r.Flags {
		for _, m := range f.Needs {
			if f.Opens(y.world.live[f.ID]) && y.world.live[m].Equal(model.BoolValue(true)) {
				y.world.everyone = true
			}
		}
	}
}

func (y *player) see(id model.FlagID) {
	y.tell(model.FlagObserved{Flag: id, Value: y.world.store[id]})
	if y.f.Reads[id] {
		y.tell(model.FlagObserved{Flag: id, Value: y.world.live[id], Effective: true})
	}
}

// once asks Next once and does what it says; it reports whether the plan is over.
func (y *player) once() bool {
	p := y.state()
	y.f.Flags, y.f.Now = y.s.Flags, y.now
	do := Next(p, &y.f)
	if do.Done != nil {
		y.done = do.Done
		return true
	}
	for _, e := range do.End {
		y.end(e)
	}
	y.f.Doubts = append(y.f.Doubts, do.Doubts...)
	y.f.Last.Over = y.f.Last.Over || do.Over
	for _, job := range do.Begin {
		y.begin(p, job)
	}
	if len(do.End)+len(do.Begin) > 0 || do.Over {
		return false
	}
	y.wait(do.Wait)
	return false
}

// wait goes on to the next beat, or to when Next wants to be asked again.
func (y *player) wait(until time.Time) {
	next := -1
	for i := range y.beats {
		if next < 0 || y.beats[i].at.Before(y.beats[next].at) {
			next = i
		}
	}
	if !until.IsZero() && !until.After(y.now) {
		y.rt.Fatalf("Next wants to be asked again in the past: %s at %s", until, y.now)
	}
	if !until.IsZero() && (next < 0 || until.Before(y.beats[next].at)) {
		y.now = until
		return
	}
	if next < 0 {
		y.rt.Fatalf("nothing is next, and nothing is under way: %+v", y.state().Steps)
	}
	b := y.beats[next]
	y.beats = slices.Delete(y.beats, next, next+1)
	if b.at.After(y.now) {
		y.now = b.at
	}
	was := len(y.records)
	b.do(y)
	if b.last {
		for _, n := range b.job.Steps {
			delete(y.f.Busy, n)
		}
	}
	if len(y.records) > was {
		y.cuts = append(y.cuts, cut{s: y.s, world: y.world.clone(), now: y.now, front: y.front()})
	}
}

func (y *player) end(e End) {
	y.tell(model.StepEnded{Plan: y.id, Step: e.Step, Outcome: e.Outcome, Detail: e.Detail, Seen: y.shows(e)})
	delete(y.f.Busy, e.Step)
	if k := y.state().Plan.Steps[e.Step].Kind; k == model.StepSet || k == model.StepRun {
		y.f.Effects++
	}
}

func (y *player) shows(e End) string {
	if st := y.state().Plan.Steps[e.Step]; st.Kind == model.StepRun && e.Outcome == model.StepDone {
		return strconv.Itoa(y.world.starts[st.Action])
	}
	return ""
}

// front says what is under way or may begin: the kinds of jobs with their levels.
// Looks and marks are answered at once, as they decide nothing themselves.
func (y *player) front() map[string]bool {
	z := *y
	z.s, z.world, z.beats = y.s, y.world.clone(), nil
	z.f.Busy, z.f.Looks = maps.Clone(y.f.Busy), maps.Clone(y.f.Looks)
	z.f.Marked, z.f.Remarked, z.f.Looking = maps.Clone(y.f.Marked), maps.Clone(y.f.Remarked), map[Look]time.Time{}
	for l := range y.f.Looking {
		z.looked(l)
	}
	z.f.Marking = false
	out := map[string]bool{}
	for _, b := range y.beats {
		busy := b.job.Kind == JobStand || slices.ContainsFunc(b.job.Steps, func(n int) bool { _, ok := y.f.Busy[n]; return ok })
		if b.last && busy && !slices.Contains([]JobKind{JobLook, JobMark, JobRemark}, b.job.Kind) {
			out[front(b.job)] = true
		}
	}
	for range 100 {
		z.f.Flags, z.f.Now = z.s.Flags, z.now
		do := Next(z.state(), &z.f)
		if do.Done != nil {
			out["done "+string(do.Done.Outcome)] = true
		}
		answered := false
		for _, job := range do.Begin {
			switch job.Kind {
			case JobLook:
				for _, l := range job.Looks {
					z.looked(l)
				}
			case JobMark:
				z.f.Marked[job.Level] = true
				for _, n := range job.Steps {
					z.tell(model.EvidenceMarked{Plan: z.id, Step: n, Mark: "m"})
				}
			case JobRemark:
				z.f.Remarked[job.Level] = true
			default:
				out[front(job)] = true
				continue
			}
			answered = true
		}
		answered = answered || do.Over
		z.f.Last.Over = z.f.Last.Over || do.Over
		z.f.Doubts = append(z.f.Doubts, do.Doubts...)
		for _, e := range do.End {
			answered = true
			z.end(e)
		}
		if !answered {
			if len(out) == 0 && !do.Wait.IsZero() && !z.f.Last.Began.IsZero() {
				out["stand 0"] = true // between two last looks
			}
			return out
		}
	}
	y.rt.Fatal("looks and marks without an end")
	return nil
}

func front(job Job) string {
	kind := job.Kind
	if kind == JobSetAgain {
		kind = JobStand
	}
	return string(kind) + " " + strconv.Itoa(job.Level)
}

func (y *player) looked(l Look) {
	v := y.world.store[l.Flag]
	if l.Running {
		v = y.world.live[l.Flag]
	}
	y.f.Looks[l] = Seen{Value: v, OK: true, At: y.now, Effects: y.f.Effects}
}
