package engine

import (
	"fmt"
	"slices"
	"strings"

	"gonogo/model"
)

// tally counts a plan's steps, and those of them that can be relied upon.
type tally struct{ set, setOK, ran, ranOK, checks, checksOK, human, unseen int }

func (r *run) tally() tally {
	var t tally
	for i, st := range r.steps() {
		ok := st.Outcome.OK()
		switch r.plan.Steps[i].Kind {
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

// judge says how the plan ended, from what its steps came to and what the last look found.
func (r *run) judge() (model.Outcome, string) {
	t := r.tally()
	r.mu.Lock()
	fenced, broken, doubts := r.fenced, r.broken, len(r.doubts)
	r.mu.Unlock()
	unsure := t.unseen > 0 && (r.down && (t.set == 0 || len(r.unread()) > 0) || r.fell())
	all := t.setOK == t.set && t.ranOK == t.ran && t.checksOK == t.checks && doubts == 0 && !unsure
	switch {
	case fenced != nil:
		return model.Fenced, fenced.Error()
	case broken != nil:
		return model.Failed, broken.Error()
	case t.human > 0:
		return model.NeedsHuman, r.inDoubt()
	case r.isCancelled() && !all:
		return model.Cancelled, r.inDoubt()
	case r.plan.Kind == model.PlanDrill && all:
		return model.Ready, "everything that the rollback would use was observed; nothing was changed"
	case r.plan.Kind == model.PlanDrill:
		return model.Unverified, r.inDoubt()
	case t.set > 0 && t.setOK == 0:
		return model.Failed, r.inDoubt()
	case t.setOK < t.set || t.ranOK < t.ran:
		return model.Partial, r.inDoubt()
	case !all:
		return model.Unverified, r.inDoubt()
	case r.down && t.checks == 0:
		return model.Unverified, "the rollback has no verify: nothing was confirmed"
	}
	if unread := r.unread(); r.down && len(unread) > 0 {
		return r.inferred(unread)
	}
	if t.unseen > 0 {
		return model.Verified, "done and confirmed: what was set was read back, though the restart itself could not be seen"
	}
	return model.Verified, "done and confirmed"
}

// inferred ends a rollback of which everything was done, and some value never read back.
func (r *run) inferred(unread []string) (model.Outcome, string) {
	text := fmt.Sprintf("%s: running value not checked; an effective = … for it lets gonogo confirm it", strings.Join(unread, ", "))
	r.mu.Lock()
	r.doubts = append(r.doubts, text)
	r.mu.Unlock()
	return model.Inferred, r.inDoubt()
}

// inDoubt is the plan's first line where something is in doubt: the same list
// that its summary gives in full.
func (r *run) inDoubt() string {
	r.mu.Lock()
	p := model.PlanState{Plan: r.plan, Steps: r.steps(), Doubted: r.doubts, Status: model.Ended, FiredAt: r.e.o.Now()}
	r.mu.Unlock()
	return p.InDoubt()
}

// unread returns the flags that a restart makes live, and whose value the running
// service was not read back to use, of those that the plan leaves as it set or verified them.
func (r *run) unread() []string {
	p := model.PlanState{Plan: r.plan, Steps: r.steps()}
	ids := map[model.FlagID]bool{}
	for id := range p.LastSet() {
		ids[id] = true
	}
	for i, st := range r.plan.Steps {
		if st.Kind == model.StepVerify && st.Verify.Kind == model.VerifyFlag && p.Steps[i].Outcome == model.StepDone {
			ids[st.Verify.Flag] = true
		}
	}
	var out []string
	for id := range ids {
		if len(r.flag(id).Apply) > 0 && !r.readBack[id] {
			out = append(out, string(id))
		}
	}
	slices.Sort(out)
	return out
}

// fell reports whether something that an action was seen to have led to is gone again.
func (r *run) fell() bool {
	return slices.ContainsFunc(r.steps(), func(st model.StepState) bool { return st.Outcome == model.StepUnseen && st.Seen != "" })
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

func join(texts []string) string { return strings.Join(texts, "; ") }
