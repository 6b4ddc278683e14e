package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gonogo/model"
	"gonogo/model/config"
)

// configEvery is how often the config on disk is looked at.
const configEvery = 2 * time.Second

// later hands an intent to the goroutine that reads the config: a disk that
// hangs must hold up no other intent.
func (e *Engine) later(in model.Intent) error {
	select {
	case e.adopts <- in:
		return errLater
	default:
		return errors.New("the config on disk is being read: try again")
	}
}

// watchConfig reads the config on disk when its hash is another, tells what it
// would change, and takes it when a person adopts it.
func (e *Engine) watchConfig(ctx context.Context) {
	tick := time.NewTicker(configEvery)
	defer tick.Stop()
	missed, looked := 0, e.o.Rollout.ConfigHash
	for {
		select {
		case <-ctx.Done():
			return
		case in := <-e.adopts:
			e.answer(in.ID, e.withConfig(in))
			looked = ""
			if e.next != nil {
				e.turnAway()
				e.end()
				return
			}
		case <-tick.C:
			if e.o.ConfigHash == nil {
				continue
			}
			hash, err := e.o.ConfigHash()
			switch {
			case err != nil: // an editor may be at it
				if missed++; missed == 2 {
					e.tellConfig("the config on disk cannot be read: " + err.Error())
					looked = ""
				}
				continue
			case hash != looked:
				_, _ = e.lookConfig(hash)
			}
			missed, looked = 0, hash
		}
	}
}

// turnAway answers the intents that came too late for this config.
func (e *Engine) turnAway() {
	for {
		select {
		case in := <-e.adopts:
			e.answer(in.ID, refuse("another config was adopted just now: look again"))
		default:
			return
		}
	}
}

// withConfig answers an intent that needs the config on disk.
func (e *Engine) withConfig(in model.Intent) error {
	fresh, err := e.lookConfig("")
	if err != nil {
		return refuse("the config on disk does not load, so the engine goes on with the one it has: %s", strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	if in.Kind == model.LookConfig {
		return nil
	}
	return e.adopt(in, fresh)
}

// lookConfig reads the config on disk and tells what it is: the one that runs,
// another that loads, or one that does not. hash is the file's, where it is known.
func (e *Engine) lookConfig(hash string) (Options, error) {
	fresh := e.o
	if e.o.Reload != nil && hash != e.o.Rollout.ConfigHash {
		var err error
		if fresh, err = e.o.Reload(false); err != nil {
			e.tellConfig("the config on disk does not load: " + err.Error())
			return Options{}, err
		}
		hash = fresh.Rollout.ConfigHash
	}
	running, adopted := e.o.Rollout.ConfigHash, e.ledger.State().ConfigHash
	e.mu.Lock()
	defer e.mu.Unlock()
	e.config = configTrouble("", e.parts.Missing)
	switch {
	case hash != "" && hash != running:
		e.changed, e.changes = hash, config.Changes(e.o.Text.Data, fresh.Text.Data)
	case adopted == "" || adopted == running:
		e.changed, e.changes = "", nil
	default:
		e.changed, e.changes = running, sinceLastGood(e.o)
	}
	poke(e.facts)
	return fresh, nil
}

// tellConfig tells what is wrong with the config on disk, and which one runs.
func (e *Engine) tellConfig(text string) {
	t := e.o.Text
	if e.o.Trouble != "" {
		text += fmt.Sprintf("; this engine runs the last config that ran, of %s, %.12s", t.At.UTC().Format("2006-01-02 15:04:05Z"), t.Hash)
	} else {
		text += fmt.Sprintf("; the engine goes on with the one it has, %.12s", t.Hash)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.config = configTrouble(text, e.parts.Missing)
	poke(e.facts)
}

// configTrouble puts together what is wrong with the config on disk and with parts.
func configTrouble(text string, missing []error) string {
	all := make([]string, 0, 1+len(missing))
	if text != "" {
		all = append(all, text)
	}
	for _, err := range missing {
		all = append(all, err.Error())
	}
	return model.Inert(strings.ReplaceAll(strings.Join(all, "; "), "\n", "; "))
}

// sinceLastGood says what is other in o's config than in the last one that was not waiting to be adopted.
func sinceLastGood(o Options) []string {
	last, err := LastGood(o.Dir)
	if err != nil {
		return nil
	}
	return config.Changes(last.Data, o.Text.Data)
}

// adopt takes the config on disk. One that this engine runs with already is
// only journaled; with another the engine ends, and its seat goes on with that.
func (e *Engine) adopt(in model.Intent, fresh Options) error {
	state := e.ledger.State()
	hash, running := fresh.Rollout.ConfigHash, e.o.Rollout.ConfigHash
	switch {
	case in.Reason != "" && in.Reason != hash:
		return refuse("the file was changed again since you looked: look at what it changes now, then adopt that")
	case hash == running && (state.ConfigHash == "" || state.ConfigHash == hash):
		return refuse("the config did not change")
	}
	if hash != running {
		if p := state.ActivePlan(); p != nil {
			return refuse("%q is %s: let it end, or cancel it, before the config changes under it", p.Plan.Title, p.Status)
		}
		if err := mayReplace(e.o, fresh); err != nil {
			return err
		}
	}
	if err := e.ledger.Record(in.By, in.ID, model.ConfigAdopted{Hash: hash, Previous: state.ConfigHash}); err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.changed, e.changes = "", nil
	if hash != running {
		e.next = &fresh
	} else if err := e.o.Text.keep(e.o.Dir); err != nil {
		e.config = configTrouble("the config could not be kept for a day on which it does not load: "+err.Error(), e.parts.Missing)
	}
	return nil
}

// mayReplace names what cannot change while an engine runs.
func mayReplace(now, fresh Options) error {
	end := "end the engine, change it, and start it again"
	switch {
	case fresh.Rollout.ID != now.Rollout.ID:
		return refuse("rollout.id cannot change while the engine runs (it is %q): %s", now.Rollout.ID, end)
	case fresh.Dir != now.Dir:
		return refuse("rollout.state_dir cannot change while the engine runs (it is %s): %s", now.Dir, end)
	case fresh.Rollout.Anchor != now.Rollout.Anchor:
		return refuse("journal.anchor cannot change while the engine runs (it is %q): %s", now.Rollout.Anchor, end)
	}
	return nil
}

// keepConfig keeps the config as the last that ran, unless it waits to be
// adopted, or is that one already.
func (e *Engine) keepConfig() {
	if e.changed != "" || len(e.o.Text.Data) == 0 {
		return
	}
	if last, err := LastGood(e.o.Dir); err == nil && last.Hash == e.o.Text.Hash && last.Path == e.o.Text.Path && sameFiles(last.Files, e.o.Text.Files) {
		return
	}
	if err := e.o.Text.keep(e.o.Dir); err != nil {
		e.config = configTrouble(fmt.Sprintf("the config could not be kept for a day on which it does not load: %v", err), e.parts.Missing)
	}
}

func sameFiles(a, b map[string][]byte) bool {
	if len(a) != len(b) {
		return false
	}
	for path, data := range a {
		if string(b[path]) != string(data) {
			return false
		}
	}
	return true
}
