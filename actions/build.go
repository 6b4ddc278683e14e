package actions

import (
	"fmt"
	"strings"

	"gonogo/internal/secret"
	"gonogo/model"
	"gonogo/model/config"
)

// Build adds to parts what cfg names that can be switched, run or read. What could not
// be made is in parts.Missing; it is there all the same, and fails with that error until
// it can be made. It comes last: then all that parts has is guarded, see secret.Guard.
func Build(cfg *config.Config, parts *model.Parts) {
	kinds := Builders()
	fails := func(what string, err error) {
		if err != nil {
			parts.Missing = append(parts.Missing, fmt.Errorf("%s: %w", what, err))
		}
	}
	parts.Switches, parts.Actions = map[model.FlagID]model.Switch{}, map[model.ActionID]model.Action{}
	for _, f := range cfg.Rollout.Flags {
		part := cfg.Switches[f.ID]
		sw, err := kinds[part.Kind].BuildSwitch(part, f)
		fails(fmt.Sprintf("flag %q", f.ID), err)
		if err != nil {
			sw = laterSwitch{func() (model.Switch, error) { return kinds[part.Kind].BuildSwitch(part, f) }}
		}
		parts.Switches[f.ID] = sw
	}
	for id, part := range cfg.Actions {
		action, err := kinds[part.Kind].Build(part)
		fails(fmt.Sprintf("action %q", id), err)
		if err != nil {
			action = laterAction{func() (model.Action, error) { return kinds[part.Kind].Build(part) }}
		}
		parts.Actions[id] = action
	}
	parts.Effective = readers(kinds, cfg.Effective, "effective value of flag", fails)
	parts.Seen = readers(kinds, cfg.Seen, "what shows action", fails)
	parts.Probes = readers(kinds, cfg.Probes, "probe", fails)
	secret.Guard(parts)
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
