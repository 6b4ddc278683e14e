package config

import (
	"slices"
	"time"

	"gonogo/model"
)

// lintLadder looks at a rollback in several levels: each must be smaller than
// the one before, and wait until its metrics can say something.
func lintLadder(in *finished, path string, b *model.Rollback) findings {
	var out findings
	before := map[model.FlagID]model.Value{}
	for i, level := range b.Levels {
		at := element(path, i)
		out = append(out, lintWait(in, at, level)...)
		for _, set := range level.Set {
			f := in.Rollout.Flag(set.Flag)
			if f == nil {
				continue
			}
			was, now := -1, width(f, set.Value)
			if v, ok := before[f.ID]; ok {
				was = width(f, v)
			}
			if was >= 0 && now >= was {
				out.warn(join(join(at, "flags"), string(f.ID)), "%s is no less than the %s of a level before it, so it narrows nothing: expected the levels from large to small",
					quote(set.Value.String()), quote(before[f.ID].String()))
			}
			before[f.ID] = set.Value
		}
	}
	return out
}

// lintWait looks for a wait that is over before a metric of until can be
// believed: what it looks back over must fill anew, then three readings must hold.
func lintWait(in *finished, path string, level model.Level) findings {
	var out findings
	for _, id := range level.Until {
		m := in.metric(id)
		if m == nil || level.Wait == 0 {
			continue
		}
		if need := m.Settle + model.PassesNeeded*m.Every; level.Wait < need {
			settles := ""
			if m.Settle > 0 {
				settles = "says nothing for " + model.FormatDuration(m.Settle) + " after a level, and then "
			}
			out.warn(join(path, "wait"), "%s is too short for %s, which %sis believed after %d readings, one every %s: expected at least %s",
				model.FormatDuration(level.Wait), quote(string(id)), settles, model.PassesNeeded, model.FormatDuration(m.Every), asWritten(need))
		}
	}
	return out
}

// lintRehearsal says what a real drill does where that is critical.
func lintRehearsal(in *finished, path string, b *model.Rollback) findings {
	var out findings
	if e := &in.Rollout.Environment; b.Rehearse == model.RehearseReal && e.Critical {
		out.warn(path, "a real drill does all that the rollback does, in %s, which is critical: it sets the flags, restarts what serves, and leaves them so; expected \"dry\", which observes everything and changes nothing, unless that is meant",
			quote(e.Name))
	}
	return out
}

// takes is how long the stages of a rollback may last.
type takes struct{ set, run, rest, verify time.Duration }

func (t takes) sum() time.Duration { return t.set + t.run + t.rest + t.verify }

// actionsTake adds up the timeouts of the actions, each counted once, and of
// those that make the flags live.
func actionsTake(in *finished, run []model.ActionID, flags []*model.Flag) time.Duration {
	actions := slices.Clone(run)
	for _, f := range flags {
		actions = append(actions, f.Apply...)
	}
	slices.Sort(actions)
	sum := time.Duration(0)
	for _, id := range slices.Compact(actions) {
		if a := in.Rollout.Action(id); a != nil {
			sum += a.Timeout
		}
	}
	return sum
}

// ladderTakes adds up the steps of rollback b: in each, flags are set, actions
// run, the flags are seen in effect, then it rests. The rest is verified at the end.
func ladderTakes(in *finished, b *model.Rollback) takes {
	var t takes
	within := map[model.FlagID]time.Duration{}
	last := time.Duration(0)
	for _, v := range b.Verify {
		if v.Kind == model.VerifyFlag {
			within[v.Flag] = v.Within
		}
		if v.Kind != model.VerifyFlag || !v.Is.IsZero() {
			last = max(last, v.Within)
		}
	}
	for _, level := range b.Levels {
		flags, seen := in.flagsOf(level.Set), time.Duration(0)
		for _, f := range flags {
			d, ok := within[f.ID]
			if !ok {
				d = time.Minute
			}
			seen = max(seen, d)
		}
		if len(flags) > 0 {
			t.set += model.SetTimeout
		}
		t.run += actionsTake(in, level.Run, flags)
		t.rest += level.Wait
		t.verify += seen
	}
	t.verify += last
	return t
}

// runOf returns every action that rollback b lists.
func runOf(b *model.Rollback) []model.ActionID {
	run := slices.Clone(b.Run)
	for _, level := range b.Levels {
		run = append(run, level.Run...)
	}
	return run
}
