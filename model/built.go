package model

import "errors"

// Parts are the working parts of a rollout, built from its config: sources and
// actions add theirs, the engine and the commands use them.
type Parts struct {
	Sources   map[string]BuiltSource
	Switches  map[FlagID]Switch
	Effective map[FlagID]Reader // of flags whose effective value can be read back
	Actions   map[ActionID]Action
	Seen      map[ActionID]Reader // changes when the action happened
	Probes    map[string]Reader   // of http verifications and checks
	Witnesses map[string]Witness  // of verifications by a source
	Silencers map[SilenceID]Silencer
	Identity  func() string // what machine this really is; may be nil, may be slow
	// Missing says which parts could not be made, such as for want of a secret. Each
	// of them is there, and answers with that error.
	Missing []error
}

// BuiltSource is a source with its kind, for people.
type BuiltSource struct {
	Kind   string
	Source Source
}

// Each calls do for every part, with what it is part of: "action restart".
func (p *Parts) Each(do func(what string, part any)) {
	for id, s := range p.Sources {
		do("source "+id, s.Source)
	}
	each(p.Switches, "flag ", "", do)
	each(p.Effective, "flag ", ".effective", do)
	each(p.Actions, "action ", "", do)
	each(p.Seen, "action ", ".seen", do)
	each(p.Probes, "", "", do)
	each(p.Witnesses, "", "", do)
	each(p.Silencers, "silence ", "", do)
}

func each[ID ~string, P any](parts map[ID]P, before, after string, do func(string, any)) {
	for id, part := range parts {
		do(before+string(id)+after, part)
	}
}

// ErrMistake is in the error of a part that cannot be made whatever the environment: its
// config is wrong.
var ErrMistake = errors.New("a mistake in the config")

// Checker is a part that can say whether it could be used, such as an action whose
// program must be there. It changes nothing.
type Checker interface {
	Check() error
}
