package engine

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"log/syslog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"gonogo/model"
	"gonogo/model/journal"
)

const (
	wordFacts = 512       // facts that are kept, at most
	wordBytes = 512 << 10 // and their size as JSON
	wordFor   = time.Second
)

// foreseen returns what is left to be journaled of facts that no journal has,
// nil for nothing. It is read from both places where it may have been left.
func foreseen(dir string) *model.Unaudited {
	here, there := readWord(wordPath(dir)), readWord(trusted(elsewhere(dir)))
	if here == nil || there != nil && there.Count >= here.Count {
		here = there
	}
	return here
}

func readWord(path string) *model.Unaudited {
	if path == "" {
		return nil
	}
	b, err := ReadPlain(path, 4*wordBytes)
	if errors.Is(err, os.ErrNotExist) || err != nil && !exists(path) {
		return nil
	}
	u := &model.Unaudited{}
	if err != nil || json.Unmarshal(b, u) != nil || u.Count <= 0 {
		return &model.Unaudited{Count: 1, Reason: unauditedName + " cannot be read"} // it is there: something happened
	}
	u.Reason = model.Inert(u.Reason)
	return u
}

// recall folds what an engine before this one left word of. What reached the
// journal all the same counts once.
func (l *ledger) recall() {
	if l.word == nil {
		return
	}
	l.word.Facts = slices.DeleteFunc(l.word.Facts, func(f model.Record) bool {
		return slices.ContainsFunc(l.tail, func(r model.Record) bool { return sameFact(f, r) })
	})
	l.state = model.Apply(l.state, model.Record{Seq: l.state.Seq, At: l.state.At, Sum: l.state.Sum, Event: *l.word})
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

// leaveWord keeps the facts of a plan that no journal has, so that they are
// known ever after, whatever happens to this engine.
func (l *ledger) leaveWord(events []model.Event) {
	for _, e := range events {
		switch e := e.(type) {
		case model.PlanFired, model.StepIntended, model.StepEnded, model.PlanVetoed:
			l.acted = true
		case model.PlanEnded:
			l.acted = true
			l.syslog(fmt.Sprintf("UNAUDITED: plan %s of %s ended %s: %s", e.Plan, l.dir, e.Outcome, e.Summary))
		}
	}
	if !l.acted || l.fenced != nil || l.dir == "" {
		return
	}
	u := model.Unaudited{Count: l.state.Unaudited - l.audited, Reason: model.Inert(l.why().Error())}
	if l.word != nil {
		u.Facts = slices.Clone(l.word.Facts)
	}
	u.Facts = append(append(u.Facts, l.begun()...), l.held...)
	if u.Count > 0 {
		l.keeper.keep(l.dir, u)
	}
}

// begun returns how the plan began whose facts are held, where its journal was
// taken away: the next engine may not find it.
func (l *ledger) begun() []model.Record {
	p := l.state.Plan
	if p == nil || !errors.Is(l.memory, journal.ErrMoved) {
		return nil
	}
	var out []model.Record
	for _, r := range l.tail {
		if r.Seq < p.ArmedSeq || len(l.held) > 0 && r.Seq >= l.held[0].Seq {
			continue
		}
		switch r.Event.(type) {
		case model.PlanArmed, model.PlanFired, model.StepIntended, model.StepEnded:
			out = append(out, r)
		}
	}
	return out
}

// why returns why facts are in memory only.
func (l *ledger) why() error {
	return cmp.Or(l.reason, l.memory, errNoAnswer)
}

// forget removes the word once the journal tells of all of it: rather twice than never.
func (l *ledger) forget() {
	if l.writing.untold == 0 && l.word == nil && l.memory == nil {
		l.keeper.drop(l.dir)
	}
}

// lastWord sees that the word is left, as far as it can be in a second, and
// says on stderr what no journal has.
func (l *ledger) lastWord() {
	l.keeper.wait(wordFor)
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.acted || l.state.Unaudited == l.audited {
		return
	}
	for _, r := range l.held {
		if e, ok := r.Event.(model.PlanEnded); ok {
			fmt.Fprintf(os.Stderr, "gonogo: UNAUDITED: plan %s ended %s at %s: %s; no journal has it: %s\n", model.Inert(string(e.Plan)), e.Outcome,
				r.At.UTC().Format(time.RFC3339), e.Summary, model.Inert(l.why().Error()))
		}
	}
	if err := l.keeper.failed(); err != nil {
		fmt.Fprintf(os.Stderr, "gonogo: not even %s could be written (%s): write down what happened\n", wordPath(l.dir), model.Inert(err.Error()))
	}
}

// syslog tells the system's log, as well as it can, and waits for nothing.
func (l *ledger) syslog(text string) {
	if l.log != nil {
		go l.log(model.Inert(text)) // ends with the system's answer; nobody waits for it
	}
}

// SystemLog writes text to the system's log, if there is one.
func SystemLog(text string) {
	if w, err := syslog.New(syslog.LOG_WARNING|syslog.LOG_USER, "gonogo"); err == nil {
		_ = w.Warning(text)
		_ = w.Close()
	}
}

// packed returns u as JSON of a bounded size: what matters least is left out
// first. It never leaves out how a plan ended.
func packed(u model.Unaudited) ([]byte, error) {
	for _, keep := range []func(model.Event) bool{
		func(model.Event) bool { return true },
		func(e model.Event) bool { _, seen := e.(model.FlagObserved); return !seen },
		plansOnly,
	} {
		facts := slices.DeleteFunc(slices.Clone(u.Facts), func(r model.Record) bool { return !keep(r.Event) })
		b, err := json.Marshal(model.Unaudited{Count: u.Count, Reason: u.Reason, Facts: facts})
		if err != nil || len(facts) <= wordFacts && len(b) <= wordBytes {
			return b, err
		}
	}
	ends := slices.DeleteFunc(slices.Clone(u.Facts), func(r model.Record) bool { _, ended := r.Event.(model.PlanEnded); return !ended })
	return json.Marshal(model.Unaudited{Count: u.Count, Reason: u.Reason, Facts: ends[max(0, len(ends)-wordFacts):]})
}

// plansOnly is true for what tells of plans as a whole.
func plansOnly(e model.Event) bool {
	switch e.(type) {
	case model.PlanArmed, model.PlanVetoed, model.PlanFired, model.PlanEnded, model.PhaseLeft, model.PhaseEntered, model.Recovered:
		return true
	}
	return false
}

func wordPath(dir string) string { return filepath.Join(dir, unauditedName) }
