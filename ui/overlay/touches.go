package overlay

import (
	"fmt"
	"strings"

	"gonogo/model"
	"gonogo/model/words"
)

// touches says in one line what a rollback changes and runs.
func touches(r *model.Rollout, s *model.Snapshot, b *model.Rollback) string {
	var parts []string
	switch {
	case len(b.Levels) > 0:
		for i, l := range b.Levels {
			text := settings(s, l.Set, i == 0)
			if l.Wait > 0 && i < len(b.Levels)-1 {
				text += ", waits " + model.FormatDuration(l.Wait)
			}
			parts = append(parts, text)
		}
		return strings.Join(parts, ", then ")
	case b.Scope == model.ScopeSafe:
		var names []model.FlagID
		for i := range r.Flags {
			if !r.Flags[i].SafeKeep {
				names = append(names, r.Flags[i].ID)
			}
		}
		parts = append(parts, "every flag to its safe value: "+words.List(names))
	case b.Scope == model.ScopePhase:
		text := "this phase's flags back as before it"
		if p := r.Phase(s.State.Phase); p != nil && len(p.Flags) > 0 {
			names := make([]model.FlagID, len(p.Flags))
			for i, set := range p.Flags {
				names[i] = set.Flag
			}
			text = words.List(names) + " back as before this phase"
		}
		parts = append(parts, text)
	case len(b.Set) > 0:
		parts = append(parts, settings(s, b.Set, true))
	}
	if len(b.Run) > 0 {
		parts = append(parts, "runs "+words.List(b.Run))
	}
	if len(parts) == 0 {
		return "no flags"
	}
	return strings.Join(parts, ", ")
}

// settings says what is set, where wanted from what it is now.
func settings(s *model.Snapshot, all []model.Setting, from bool) string {
	parts := make([]string, len(all))
	for i, set := range all {
		f := s.Rollout.Flag(set.Flag)
		now := shown(f, s.State.Flags[set.Flag].Current())
		switch {
		case set.Value.Type == model.Remove:
			parts[i] = string(set.Flag) + ", " + now + " now: those that you pick go out"
		case from:
			parts[i] = string(set.Flag) + " " + now + " → " + shown(f, set.Value)
		default:
			parts[i] = string(set.Flag) + " → " + shown(f, set.Value)
		}
	}
	return strings.Join(parts, ", ")
}

// shown is a value in a few words: of a list how many it has.
func shown(f *model.Flag, v model.Value) string {
	if all := f.Everyone(v); all != "" {
		return all
	}
	if v.Type == model.List && len(v.Items) > 3 {
		return fmt.Sprint(len(v.Items))
	}
	return v.String()
}

func flagNames(all []*model.Flag) string {
	names := make([]string, len(all))
	for i, f := range all {
		names[i] = string(f.ID)
	}
	return strings.Join(names, ", ")
}
