package record

import (
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"time"

	"gonogo/model"
	"gonogo/model/journal"
)

// unaudited is what no journal has: the facts that are in memory only, and what
// an engine before this one left of its own. Of facts of a plan the keeper leaves a
// file for the engines to come. All of it is under the ledger's lock.
type unaudited struct {
	dir    string           // the state directory; "": none
	log    func(string)     // the system's; nil: none
	left   *model.Unaudited // of an engine before this one, folded already; nil: nothing
	told   int              // facts of state.Unaudited that are told of in the journal
	held   []model.Record   // facts of this engine that were folded before a journal had them
	acted  bool             // a plan's are among them
	keeper keeper
}

// add takes a fact that was folded and is on no disk.
func (u *unaudited) add(r model.Record) {
	u.held = append(u.held, r)
	switch e := r.Event.(type) {
	case model.PlanFired, model.StepIntended, model.StepEnded, model.PlanVetoed:
		u.acted = true
	case model.PlanEnded:
		u.acted = true
		u.syslog(fmt.Sprintf("UNAUDITED: plan %s of %s ended %s: %s", e.Plan, u.dir, e.Outcome, e.Summary))
	}
}

// keep leaves the newest of it where the engines to come find it, whatever
// happens to this one. An engine that is fenced leaves nothing: the file is the other's.
func (u *unaudited) keep(h *history, s *standing) {
	if !u.acted || s.fenced != nil || u.dir == "" {
		return
	}
	n := model.Unaudited{Count: h.state.Unaudited - u.told, Reason: model.Inert(s.why().Error())}
	if n.Count <= 0 {
		return
	}
	if u.left != nil {
		n.Facts = slices.Clone(u.left.Facts)
	}
	if errors.Is(s.lost, journal.ErrMoved) { // the next engine may not find how the plan began
		before := uint64(math.MaxUint64)
		if len(u.held) > 0 {
			before = u.held[0].Seq
		}
		n.Facts = append(n.Facts, h.planBefore(before)...)
	}
	n.Facts = append(n.Facts, u.held...)
	u.keeper.keep(u.dir, n)
}

// landed takes it that the journal tells of what an engine before this one left.
func (u *unaudited) landed() {
	u.told += u.left.Count
	u.left = nil
}

// clear takes it that the journal has all that was held.
func (u *unaudited) clear() { u.held, u.acted = nil, false }

// end sees that what was left is written, as far as it can be in a second, and
// says on stderr what no journal has.
func (u *unaudited) end(total int, why error) {
	if !u.acted || total == u.told {
		return
	}
	for _, r := range u.held {
		if e, ok := r.Event.(model.PlanEnded); ok {
			fmt.Fprintf(os.Stderr, "gonogo: UNAUDITED: plan %s ended %s at %s: %s; no journal has it: %s\n", model.Inert(string(e.Plan)), e.Outcome,
				r.At.UTC().Format(time.RFC3339), e.Summary, model.Inert(why.Error()))
		}
	}
	if err := u.keeper.failed(); err != nil {
		fmt.Fprintf(os.Stderr, "gonogo: not even %s could be written (%s): write down what happened\n", leftPath(u.dir), model.Inert(err.Error()))
	}
}

// syslog tells the system's log, as well as it can, and waits for nothing.
func (u *unaudited) syslog(text string) {
	if u.log != nil {
		go u.log(model.Inert(text)) // ends with the system's answer; nobody waits for it
	}
}
