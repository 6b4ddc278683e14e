package record

import (
	"bytes"
	"encoding/json"
	"slices"

	"gonogo/model"
)

// TailLength is how many of the last records a view has, at most.
const TailLength = 200

// history is what was recorded, folded, and who waits for more of it. All of it
// is under the ledger's lock.
type history struct {
	state   model.State
	tail    []model.Record // the last records, more than TailLength at times
	touched uint64         // number of the last record that a way up rests on: phase, plan, hold, config
	grown   chan struct{}  // closed and replaced at each record, for those who wait for one
}

// fold folds r. What was folded before it was on disk may have taken r's number
// by now: then r gets the next.
func (h *history) fold(r model.Record) {
	r.Seq = max(r.Seq, h.state.Seq+1)
	h.state = model.Apply(h.state, r)
	switch r.Event.(type) {
	case model.PhaseEntered, model.PhaseLeft, model.HoldChanged, model.ConfigAdopted, model.PlanFired, model.PlanEnded:
		h.touched = r.Seq
	}
	h.append(r)
}

// adopt takes a record whose facts are folded already.
func (h *history) adopt(r model.Record) {
	r.Seq = max(r.Seq, h.state.Seq+1)
	h.state.Seq, h.state.Sum, h.state.At = r.Seq, r.Sum, r.At
	h.append(r)
}

func (h *history) append(r model.Record) {
	if n := len(h.tail); n >= 2*TailLength {
		h.tail = append([]model.Record(nil), h.tail[n-TailLength:]...) // not in place: views share it
	}
	h.tail = append(h.tail, r)
}

// wake tells those who wait that there is more.
func (h *history) wake() {
	close(h.grown)
	h.grown = make(chan struct{})
}

// last returns the last records, at most TailLength of them.
func (h *history) last() []model.Record {
	n := len(h.tail)
	return h.tail[max(0, n-TailLength):n:n]
}

// descends reports whether a rollback is armed or runs.
func (h *history) descends() bool {
	p := h.state.ActivePlan()
	return p != nil && p.Plan.Kind == model.PlanRollback
}

// unfinished returns the plan whose end is the very last record, with where it
// leads still missing: the records of one write need not all survive a crash.
func (h *history) unfinished() *model.PlanState {
	p := h.state.Plan
	if p == nil || len(h.tail) == 0 || !p.Plan.Leaves || !p.Outcome.Lands() {
		return nil
	}
	if _, ok := h.tail[len(h.tail)-1].Event.(model.PlanEnded); !ok {
		return nil
	}
	return p
}

// planBefore returns how the last plan began and went on, up to record seq.
func (h *history) planBefore(seq uint64) []model.Record {
	p := h.state.Plan
	if p == nil {
		return nil
	}
	var out []model.Record
	for _, r := range h.tail {
		if r.Seq < p.ArmedSeq || r.Seq >= seq {
			continue
		}
		switch r.Event.(type) {
		case model.PlanArmed, model.PlanFired, model.StepIntended, model.StepEnded:
			out = append(out, r)
		}
	}
	return out
}

// recall folds what an engine before this one left, without a record of its own
// yet, and returns what of it the journal has to be told; nil: nothing. What reached the
// journal all the same counts once: a fact that was written after all is folded
// already, and one that another engine told of is counted as well.
func (h *history) recall(left *model.Unaudited) *model.Unaudited {
	var told []model.Record
	for _, r := range h.tail {
		if u, ok := r.Event.(model.Unaudited); ok {
			told = append(told, u.Facts...)
		}
	}
	rest := model.Unaudited{Count: left.Count, Reason: left.Reason}
	for _, f := range left.Facts {
		is := func(r model.Record) bool { return sameFact(f, r) }
		switch {
		case slices.ContainsFunc(h.tail, is):
		case slices.ContainsFunc(told, is):
			rest.Count--
		default:
			rest.Facts = append(rest.Facts, f)
		}
	}
	if rest.Count = max(rest.Count, len(rest.Facts)); rest.Count == 0 {
		return nil
	}
	h.state = model.Apply(h.state, model.Record{Seq: h.state.Seq, At: h.state.At, Sum: h.state.Sum, Event: rest})
	return &rest
}

// sameFact reports whether a and b are one fact, whatever their numbers.
func sameFact(a, b model.Record) bool {
	if !a.At.Equal(b.At) || a.By != b.By || model.EventName(a.Event) != model.EventName(b.Event) {
		return false
	}
	x, err := json.Marshal(a.Event)
	y, err2 := json.Marshal(b.Event)
	return err == nil && err2 == nil && bytes.Equal(x, y)
}
