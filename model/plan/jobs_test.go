package plan

import (
	"strconv"
	"time"

	"gonogo/model"
	"pgregory.net/rapid"
)

// at adds a beat of the job, some time from now.
func (y *player) at(job Job, d time.Duration, last bool, do func(*player)) {
	y.beats = append(y.beats, beat{at: y.now.Add(d), do: do, last: last, job: job})
}

// begin draws what becomes of a job, and when.
func (y *player) begin(p *model.PlanState, job Job) {
	switch job.Kind {
	case JobLook:
		for _, l := range job.Looks {
			y.f.Looking[l] = y.now
			effects, fails := y.f.Effects, y.chance("look fails", 8)
			y.at(job, y.takes("look"), true, func(y *player) {
				delete(y.f.Looking, l)
				y.looked(l)
				seen := y.f.Looks[l]
				seen.Effects, seen.OK = effects, !fails
				y.f.Looks[l] = seen
			})
		}
		return
	case JobMark, JobRemark:
		y.f.Marking = true
		if job.Kind == JobMark {
			y.f.Marked[job.Level] = true
		} else {
			y.f.Remarked[job.Level] = true
		}
		y.at(job, y.takes("mark"), true, func(y *player) {
			y.f.Marking = false
			for _, n := range job.Steps {
				y.tell(model.EvidenceMarked{Plan: y.id, Step: n, Mark: "m"})
			}
		})
		return
	case JobStand:
		y.beginStand(p, job)
		return
	}
	for _, n := range job.Steps {
		y.f.Busy[n] = y.now
	}
	first := y.takes("look first")
	switch job.Kind {
	case JobSet:
		y.beginSet(job, first)
	case JobSetAgain:
		y.f.Last.Again[p.Plan.Steps[job.Steps[0]].Changes[0].Flag] = true
		n := job.Steps[0]
		y.at(job, first, true, func(y *player) {
			c := p.Plan.Steps[n].Changes[0]
			y.tell(model.StepIntended{Plan: y.id, Step: n, Try: 2})
			y.set(c.Flag, c.To)
			y.end(End{n, model.StepDone, "set again"})
			y.f.Doubts = append(y.f.Doubts, "something else set it")
		})
	case JobRun:
		y.beginRun(p, job, first)
	default:
		y.beginOther(p, job, first)
	}
}

func (y *player) beginSet(job Job, first time.Duration) {
	y.at(job, first, false, func(y *player) {
		for _, n := range job.Steps {
			st := y.state()
			c := st.Plan.Steps[n].Changes[0]
			if e, over := Settled(st, n, &Attempt{Value: y.world.store[c.Flag]}, 0); over {
				y.see(c.Flag)
				y.end(e)
				continue
			}
			y.tell(model.StepIntended{Plan: y.id, Step: n, Try: 1})
		}
	})
	fails := y.chance("set fails", 5)
	outcome := rapid.SampledFrom([]model.Outcome{model.StepFailed, model.StepUnsure, model.StepUnseen}).Draw(y.rt, "set ends")
	y.at(job, first+y.takes("set"), true, func(y *player) {
		for _, n := range job.Steps { // one atomic write
			c := y.state().Plan.Steps[n].Changes[0]
			switch {
			case y.state().Steps[n].Outcome != "":
			case fails:
				if outcome == model.StepUnseen {
					y.set(c.Flag, c.To)
				}
				y.end(End{n, outcome, "no"})
			default:
				y.set(c.Flag, c.To)
				y.see(c.Flag)
				y.end(End{n, model.StepDone, "seen in its store"})
			}
		}
	})
}

func (y *player) beginRun(p *model.PlanState, job Job, first time.Duration) {
	n := job.Steps[0]
	id, was := p.Plan.Steps[n].Action, p.Steps[n]
	if was.Tries > 0 { // a process before this one began it
		if was.Before != strconv.Itoa(y.world.starts[id]) {
			y.at(job, first, true, func(y *player) { y.end(End{n, model.StepDone, "it happened"}) })
			return
		}
		if e, over := CutOff(p, n); over {
			y.at(job, first, true, func(y *player) { y.end(e) })
			return
		}
	}
	y.at(job, first, false, func(y *player) {
		y.tell(model.StepIntended{Plan: y.id, Step: n, Try: was.Tries + 1, Before: strconv.Itoa(y.world.starts[id])})
	})
	outcome := model.StepDone
	if y.chance("restart fails", 4) {
		outcome = rapid.SampledFrom([]model.Outcome{model.StepFailed, model.StepUnsure, model.StepUnseen}).Draw(y.rt, "restart ends")
	}
	y.at(job, first+y.takes("restart"), true, func(y *player) {
		if outcome == model.StepDone || outcome == model.StepUnseen {
			y.restart(id)
		}
		for _, f := range y.r.Flags {
			y.see(f.ID)
		}
		y.end(End{n, outcome, "restarted"})
	})
}

// beginOther does a verify, or rests, or peeks.
func (y *player) beginOther(p *model.PlanState, job Job, first time.Duration) {
	n := job.Steps[0]
	st := p.Plan.Steps[n]
	y.at(job, first, false, func(y *player) { y.tell(model.StepIntended{Plan: y.id, Step: n, Try: 1}) })
	good := !y.chance("not seen", 5)
	if y.calm && st.Kind == model.StepHold {
		good = false // it goes all the way down
	}
	y.at(job, first+y.takes("verify"), true, func(y *player) {
		e := End{n, model.StepDone, "seen"}
		switch {
		case st.Kind == model.StepHold && p.Plan.Kind != model.PlanDrill:
			e = Rested(&p.Plan, n, good, "error")
		case !good:
			e.Outcome = model.StepUnseen
		case st.Verify != nil && st.Verify.Kind == model.VerifyFlag && y.r.Flag(st.Verify.Flag) != nil && !y.world.live[st.Verify.Flag].Equal(st.Verify.Is):
			e.Outcome = model.StepUnseen
		case st.Verify != nil && st.Verify.Kind == model.VerifySource && !y.state().Steps[n].Marked:
			e.Outcome = model.StepUnseen
		}
		y.end(e)
	})
}

func (y *player) beginStand(p *model.PlanState, job Job) {
	last := &y.f.Last
	if last.Began.IsZero() {
		last.Began = y.now
	}
	if SteadyOver(p, &y.f) {
		last.Late++
	}
	last.Busy = true
	fallen, flipped := map[int]string{}, map[int]model.Value{}
	for _, n := range job.Steps {
		if st := p.Plan.Steps[n]; y.chance("falls", 12) {
			fallen[n] = "it fell"
			if st.Kind == model.StepSet {
				flipped[n] = st.Changes[0].From
			}
		}
	}
	y.at(job, y.takes("stand"), true, func(y *player) {
		last := &y.f.Last
		last.Busy, last.Ended, last.Fallen, last.Flipped = false, y.now, fallen, flipped
		for _, n := range job.Steps {
			st := p.Plan.Steps[n]
			if st.Kind == model.StepSet && y.f.Reads[st.Changes[0].Flag] {
				last.ReadBack[st.Changes[0].Flag] = true
			}
		}
	})
}
