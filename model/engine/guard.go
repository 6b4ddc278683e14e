package engine

import (
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"gonogo/model"
	"gonogo/model/engine/watch"
)

// guard arms a rollback when what it watches fails, and takes it back when that is over
// before it fired. Its methods but look and over may be called by any goroutine.
type guard struct {
	rollout *model.Rollout
	by      model.Actor // the guard itself
	idle    bool        // the engine of a command: it never acts
	now     func() time.Time
	records watch.Records
	judge   *judge
	notices *notices
	ask     func(in model.Intent) error // puts an intent into the queue
	veto    func(id model.PlanID, by model.Actor, cause model.IntentID, how model.PlanVetoed) bool
	note    func(text string) // tells it to people, once
	said    model.MetricID    // what was told of a metric that rests on what people read, and goes on; of look only
	doubted model.MetricID    // of a guard that stood down: whether its breach is over is not known; of look only
	changed int               // how often what it armed for became something else, in this breach; of look only
	asked   atomic.Bool       // its intent waits to be taken
	partly  atomic.Bool       // that intent is about some parts
	whole   atomic.Bool       // those cannot be taken out: it takes back all, until the breach is over
}

// breach returns the breach of the verdict on state, with why; or "" and what
// there is instead.
func (g *guard) breach(state *model.State) (model.MetricID, string) {
	verdict := g.judge.verdictOf(g.rollout, state, g.now())
	if id := verdict.Breach; id != "" {
		return id, string(id) + " FAIL: " + g.judge.line(id).Reason
	}
	return "", g.instead(state)
}

// instead says what there is instead of a breach that the guard may act on.
func (g *guard) instead(state *model.State) string {
	if state.Phase == "" {
		return "no phase is entered any more"
	}
	instead, first := "nothing that was measured is in FAIL", true
	for _, id := range g.rollout.Guard.On {
		if now := g.judge.line(id).State; now != model.Fail && (first || id == state.Guard.Metric) {
			instead, first = string(id)+" is "+string(now)+", not FAIL any more", false
		}
	}
	return instead
}

// mode is what the guard does about metric id: of what rests on what people read
// it only tells, since a slip of the hand must roll nothing back.
func (g *guard) mode(id model.MetricID) model.GuardMode {
	if g.rollout.ByPeople(id) {
		return model.GuardNotify
	}
	return g.rollout.Guard.Mode
}

// tell notifies those whom the guard tells, about metric id.
func (g *guard) tell(id model.MetricID, what, why string) {
	r := g.rollout
	title := model.Inert(fmt.Sprintf("%s: %s (%s)", r.Title, what, r.Environment.Name))
	g.notices.tell(r.Guard.Notify, "", title, model.Inert(fmt.Sprintf("%s\nguard: %s", why, g.mode(id))))
}

// cleared says that the guard stands down, and no more than is known: that the
// breach is over only if the metric passes.
func (g *guard) cleared(id model.MetricID, now model.MetricState, why string) {
	switch now {
	case model.Pass:
		g.tell(id, fmt.Sprintf("%s is no longer in breach", id), why)
	case "":
		g.tell(id, fmt.Sprintf("the guard no longer watches %s", id), why)
	default:
		g.doubted = id
		g.tell(id, fmt.Sprintf("%s is %s: whether its breach is over is not known", id, now), why)
	}
}

// over says later that a breach is over of which that was not known.
func (g *guard) over(failing model.MetricID, phase model.PhaseID) {
	switch id := g.doubted; {
	case id == "":
	case failing != "" || phase == "":
		g.doubted = ""
	case g.judge.line(id).State == model.Pass:
		g.doubted = ""
		g.tell(id, fmt.Sprintf("%s is no longer in breach", id), fmt.Sprintf("%s is %s", id, model.Pass))
	}
}

// follow journals, and tells, where a breach begins and ends. What was measured
// takes the place of what people read.
func (g *guard) follow(state *model.State, failing model.MetricID) {
	people, tripped := g.rollout.ByPeople, state.Guard.Metric
	if g.said != "" && g.judge.line(g.said).State != model.Fail {
		g.said = ""
	}
	switch {
	case failing != "" && (tripped == "" || people(tripped) && !people(failing)):
		reason := g.judge.line(failing).Reason
		if g.records.Record(g.by, "", model.GuardTripped{Metric: failing, Reason: reason, Mode: g.mode(failing)}) != nil || failing == g.said {
			return
		}
		g.tell(failing, fmt.Sprintf("%s is in breach", failing), reason)
		if people(failing) {
			g.said = failing
		}
	case tripped != "" && (failing == "" || people(failing) && !people(tripped)) && (g.judge.knows(tripped) || state.Phase == ""):
		now, why := g.judge.line(tripped).State, g.instead(state)
		if state.Phase == "" {
			now = ""
		}
		if g.records.Record(g.by, "", model.GuardCleared{Metric: tripped, Now: why, State: now}) == nil {
			g.cleared(tripped, now, why)
		}
	}
}

// look looks at the last judgement: it journals where a breach begins and ends, arms
// its rollback, and takes that back when the breach is over before it fired.
func (g *guard) look() {
	spec := g.rollout.Guard
	if spec == nil || spec.Mode == model.GuardOff || g.idle {
		return
	}
	state := g.records.State()
	failing, why := g.breach(&state)
	g.follow(&state, failing)
	g.over(failing, state.Phase)
	plan := state.ActivePlan()
	if failing == "" {
		g.whole.Store(false)
		g.changed = 0
	}
	if failing == "" || g.rollout.ByPeople(failing) {
		if plan != nil && plan.Plan.Guard && plan.Status == model.Armed && len(plan.Joined) == 0 {
			g.veto(plan.Plan.ID, g.by, "", model.PlanVetoed{Reason: g.instead(&state)})
		}
		return
	}
	parts := g.parts(failing)
	if plan != nil && plan.Plan.Guard && plan.Status == model.Armed && len(plan.Joined) == 0 && !slices.Equal(plan.Plan.Parts, parts) {
		if g.changed++; g.changed > maxChanges {
			g.whole.Store(true) // it would never come to fire
		}
		g.veto(plan.Plan.ID, g.by, "", model.PlanVetoed{Reason: "what fails is " + partsWords(parts) + " now, and was " + partsWords(plan.Plan.Parts)})
		return // the next judgement arms what fits
	}
	busy := plan != nil && plan.Plan.Kind == model.PlanRollback && plan.Plan.Drill == ""
	if spec.Mode != model.GuardArmed || busy || state.Guard.Spent || state.Guard.Vetoed(g.now()) || !g.asked.CompareAndSwap(false, true) {
		return
	}
	in := model.Intent{ID: model.IntentID(rand.Text()), By: g.by, Kind: model.ArmRollback, Rollback: spec.Rollback, Reason: why}
	g.partly.Store(len(parts) > 0)
	if len(parts) > 0 {
		in.Rollback, in.Remove = spec.Part, parts
	}
	if g.ask(in) != nil {
		g.asked.Store(false) // the queue is full: the next judgement asks again
	}
}

// maxChanges is how often in a breach the guard begins a new countdown for other
// parts than before; after that it takes back all.
const maxChanges = 3

func partsWords(parts []string) string {
	if len(parts) == 0 {
		return "all of it"
	}
	return model.Inert(strings.Join(parts, ", "))
}

// parts returns the parts of metric id that the guard takes out instead of taking back all.
func (g *guard) parts(id model.MetricID) []string {
	if g.rollout.Guard.Part == "" || g.whole.Load() {
		return nil
	}
	return g.judge.failingParts(id)
}

// errStoodDown is why the guard did not arm in the end: what it saw is over.
var errStoodDown = errors.New("the guard stood down")

// answered takes what became of the guard's intent. A rollback that cannot
// be armed is told, once, since nobody else would hear of it.
func (g *guard) answered(err error) {
	g.asked.Store(false)
	if err == nil || errors.Is(err, errStoodDown) {
		return
	}
	if g.partly.Load() {
		g.whole.Store(true)
		g.note("the guard cannot take out what fails, and takes back all: " + err.Error())
		return
	}
	g.note("the guard cannot roll back: " + err.Error())
}

// may returns errStoodDown if there is no reason any more to arm: time
// has passed since the guard asked.
func (g *guard) may() error {
	state := g.records.State()
	failing, _ := g.breach(&state)
	if failing == "" || g.rollout.ByPeople(failing) || state.Guard.Spent || state.Guard.Vetoed(g.now()) {
		return errStoodDown
	}
	return nil
}
