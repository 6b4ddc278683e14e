package plan

import (
	"fmt"
	"slices"
	"strings"

	"gonogo/model"
)

// tally counts a plan's steps, and those of them that can be relied upon.
type tally struct{ set, setOK, ran, ranOK, checks, checksOK, human, unseen int }

func tallyOf(p *model.PlanState) tally {
	var t tally
	for i, st := range p.Steps {
		ok := st.Outcome.OK()
		switch p.Plan.Steps[i].Kind {
		case model.StepSet:
			t.set++
			t.setOK += count(ok || st.Outcome == model.StepUnseen)
			t.checks += count(st.Outcome == model.StepUnseen) // written, and not read back
		case model.StepRun:
			t.ran++
			t.ranOK += count(ok || st.Outcome == model.StepUnseen)
			t.unseen += count(st.Outcome == model.StepUnseen)
		case model.StepVerify, model.StepHold:
			t.checks++
			t.checksOK += count(ok)
		}
		t.human += count(st.Outcome == model.StepHuman)
	}
	return t
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

// judge says how the plan ended, from what its steps came to and what the last look found.
func judge(p *model.PlanState, f *Facts) Verdict {
	t, down := tallyOf(p), p.Plan.Kind == model.PlanRollback
	unread := unread(p, f)
	v := Verdict{Doubts: append(slices.Clone(f.Doubts), rivals(p, f)...)}
	unsure := t.unseen > 0 && (down && (t.set == 0 || len(unread) > 0) || fell(p))
	all := t.setOK == t.set && t.ranOK == t.ran && t.checksOK == t.checks && len(v.Doubts) == 0 && !unsure
	switch {
	case f.Stop.Fence != "":
		v.Outcome, v.Summary = model.Fenced, f.Stop.Fence
	case f.Stop.Journal != "":
		v.Outcome, v.Summary = model.Failed, f.Stop.Journal
	case t.human > 0:
		v.Outcome = model.NeedsHuman
	case f.Stop.Cancelled && !all:
		v.Outcome = model.Cancelled
	case p.Plan.Kind == model.PlanDrill && all:
		v.Outcome, v.Summary = model.Ready, "everything that the rollback would use was observed; nothing was changed"
	case p.Plan.Kind == model.PlanDrill:
		v.Outcome = model.Unverified
	case t.set > 0 && t.setOK == 0:
		v.Outcome = model.Failed
	case t.setOK < t.set || t.ranOK < t.ran:
		v.Outcome = model.Partial
	case !all:
		v.Outcome = model.Unverified
	case down && t.checks == 0:
		v.Outcome, v.Summary = model.Unverified, "the rollback has no verify: nothing was confirmed"
	case down && len(unread) > 0: // everything was done, and some value never read back
		v.Outcome = model.Inferred
		v.Doubts = append(v.Doubts, fmt.Sprintf("%s: running value not checked; an effective = … for it lets gonogo confirm it", strings.Join(unread, ", ")))
	case t.unseen > 0:
		v.Outcome, v.Summary = model.Verified, "done and confirmed: what was set was read back; of "+strings.Join(unseenRuns(p), ", ")+" only the exit status is known"
	default:
		v.Outcome, v.Summary = model.Verified, "done and confirmed"
	}
	return v
}

// unseenRuns names the actions that ended well, and whose effect nothing showed.
func unseenRuns(p *model.PlanState) []string {
	var out []string
	for n, st := range p.Plan.Steps {
		if st.Kind == model.StepRun && p.Steps[n].Outcome == model.StepUnseen && !slices.Contains(out, st.Title) {
			out = append(out, st.Title)
		}
	}
	return out
}

// rivals tells of flags that a process before this one had to set again, which
// it found to be set to something else: what it saw there is gone with it.
func rivals(p *model.PlanState, f *Facts) []string {
	var out []string
	for n, st := range p.Plan.Steps {
		if st.Kind == model.StepSet && p.Steps[n].Again && !f.Last.Again[st.Changes[0].Flag] {
			out = append(out, fmt.Sprintf("something else set %s after gonogo had set it to %s: find what writes it", st.Changes[0].Flag, st.Changes[0].To.Brief()))
		}
	}
	return out
}

// unread returns the flags that a restart makes live, and whose value the running
// service was not read back to use, of those that the plan leaves as it set or verified them.
func unread(p *model.PlanState, f *Facts) []string {
	ids := map[model.FlagID]bool{}
	for id := range p.LastSet() {
		ids[id] = true
	}
	for i, st := range p.Plan.Steps {
		if st.Kind == model.StepVerify && st.Verify.Kind == model.VerifyFlag && p.Steps[i].Outcome == model.StepDone {
			ids[st.Verify.Flag] = true
		}
	}
	var out []string
	for id := range ids {
		if len(flagOf(f.Rollout, id).Apply) > 0 && !f.Last.ReadBack[id] {
			out = append(out, string(id))
		}
	}
	slices.Sort(out)
	return out
}

// fell reports whether something that an action was seen to have led to is gone again.
func fell(p *model.PlanState) bool {
	return slices.ContainsFunc(p.Steps, func(st model.StepState) bool { return st.Outcome == model.StepUnseen && st.Seen != "" })
}

// Arrival returns the fact that a plan which Lands led to its phase; s is the
// state that it ended in.
func Arrival(p *model.Plan, s *model.State) model.Event {
	if p.Kind == model.PlanRollback {
		return model.PhaseLeft{From: s.Phase, To: p.Phase, Plan: p.ID}
	}
	ev := model.PhaseEntered{Phase: p.Phase, Attempt: 1, Plan: p.ID, Headline: p.Headline}
	if a := s.LastAttempt(p.Phase); a != nil {
		ev.Attempt = a.N + 1
	}
	if p.Override {
		ev.Override = p.Reason
	}
	return ev
}
