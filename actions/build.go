package actions

import (
	"errors"
	"fmt"
	"strings"

	"gonogo/internal/secret"
	"gonogo/model"
	"gonogo/model/config"
)

// Built is everything of a config that can be switched, run or read.
type Built struct {
	Switches  map[model.FlagID]model.Switch
	Effective map[model.FlagID]model.Reader
	Actions   map[model.ActionID]model.Action
	Seen      map[model.ActionID]model.Reader
	Probes    map[string]model.Reader
}

// Build makes what cfg names. The error joins those of all that could not be made;
// each of these is there, and answers with that error until it can be made.
func Build(cfg *config.Config) (Built, error) {
	kinds := Builders()
	var errs []error
	fails := func(what string, err error) {
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", what, err))
		}
	}
	b := Built{Switches: map[model.FlagID]model.Switch{}, Actions: map[model.ActionID]model.Action{}}
	for _, f := range cfg.Rollout.Flags {
		part := cfg.Switches[f.ID]
		sw, err := kinds[part.Kind].BuildSwitch(part, f)
		fails(fmt.Sprintf("flag %q", f.ID), err)
		if err != nil {
			sw = laterSwitch{func() (model.Switch, error) { return kinds[part.Kind].BuildSwitch(part, f) }}
		}
		b.Switches[f.ID] = sw
	}
	for id, part := range cfg.Actions {
		action, err := kinds[part.Kind].Build(part)
		fails(fmt.Sprintf("action %q", id), err)
		if err != nil {
			action = laterAction{func() (model.Action, error) { return kinds[part.Kind].Build(part) }}
		}
		b.Actions[id] = action
	}
	b.Effective = readers(kinds, cfg.Effective, "effective value of flag", fails)
	b.Seen = readers(kinds, cfg.Seen, "what shows action", fails)
	b.Probes = readers(kinds, cfg.Probes, "probe", fails)
	shareSecrets(b)
	return b, errors.Join(errs...)
}

// masked is a part that takes secrets out of what it shows.
type masked interface{ EachMask(do func(*secret.Set)) }

// shareSecrets makes every part know the secrets of all: a program that gets
// one may print it, and so may one that reads what another was given.
func shareSecrets(b Built) {
	var parts []masked
	add := func(part any) {
		if m, ok := part.(masked); ok {
			parts = append(parts, m)
		}
	}
	for _, part := range b.Switches {
		add(part)
	}
	for _, part := range b.Actions {
		add(part)
	}
	for _, part := range b.Effective {
		add(part)
	}
	for _, part := range b.Seen {
		add(part)
	}
	for _, part := range b.Probes {
		add(part)
	}
	var all secret.Set
	for _, m := range parts {
		m.EachMask(all.Join)
	}
	for _, m := range parts {
		m.EachMask(func(s *secret.Set) { s.Join(&all) })
	}
}

func readers[ID ~string](kinds map[string]config.ActionKind, parts map[ID]config.Part, what string, fails func(string, error)) map[ID]model.Reader {
	out := make(map[ID]model.Reader, len(parts))
	for id, part := range parts {
		r, err := kinds[part.Kind].BuildReader(part)
		fails(fmt.Sprintf("%s %q", what, id), err)
		if err != nil {
			r = laterReader{func() (model.Reader, error) { return kinds[part.Kind].BuildReader(part) }}
		}
		out[id] = r
	}
	return out
}

// Preview returns what the configured action will do, in one line, inert; ""
// if it cannot be made, which Build reports.
func Preview(part config.Part) string {
	kind := Builders()[part.Kind]
	if kind.Build == nil {
		return ""
	}
	action, err := kind.Build(part)
	if err != nil {
		return ""
	}
	return model.Inert(strings.Join(action.Preview(nil).Lines, "; "))
}
