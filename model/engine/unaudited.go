package engine

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"gonogo/model"
)

// unauditedName is the file that tells the engines to come of a plan that ran
// while its facts could not be journaled. It is no journal: it only counts them.
const unauditedName = "journal.unaudited"

// foreseen returns what is left to be journaled of facts that no journal has, nil for nothing.
func foreseen(dir string) *model.Unaudited {
	b, err := os.ReadFile(filepath.Join(dir, unauditedName))
	if err != nil {
		return nil
	}
	u := &model.Unaudited{}
	if json.Unmarshal(b, u) != nil || u.Count <= 0 {
		return &model.Unaudited{Count: 1, Reason: unauditedName + " cannot be read"} // it is there: something happened
	}
	u.Reason = model.Inert(u.Reason)
	return u
}

// leaveWord writes how many facts of a plan no journal has, so that it is known
// ever after. It is the best that can be done where not even the journal can be written.
func (l *ledger) leaveWord(events []model.Event) {
	for _, e := range events {
		if _, fired := e.(model.PlanFired); fired {
			l.acted = true
		}
	}
	if !l.acted || l.fenced != nil {
		return
	}
	b, err := json.Marshal(model.Unaudited{Count: l.state.Unaudited - l.audited, Reason: model.Inert(l.memory.Error())})
	if err != nil {
		return
	}
	path := filepath.Join(l.dir, unauditedName)
	if os.WriteFile(path+".new", b, 0o600) == nil {
		_ = os.Rename(path+".new", path)
	}
}

// settle journals what an engine before this one left word of. The word is
// removed once that is durable: rather twice than never.
func (l *ledger) settle() error {
	if l.word == nil {
		return nil
	}
	if err := l.append(l.engine, "", false, *l.word); err != nil {
		return err
	}
	if err := os.Remove(filepath.Join(l.dir, unauditedName)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		l.trouble = model.Inert("facts that are in no journal will be told of again: " + err.Error())
	}
	l.audited += l.word.Count
	l.word = nil
	return nil
}
