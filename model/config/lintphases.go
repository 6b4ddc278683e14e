package config

import (
	"slices"
	"strconv"
	"time"

	"gonogo/model"
)

// lintTimes looks at when phases are planned, and whether anything may go up at all.
func lintTimes(in *finished) findings {
	var out findings
	r := &in.Rollout
	if closedForEver(r) {
		out.fail("closed", "together they leave no time in which anything goes up: expected a gap in the week")
		return out
	}
	for i := range r.Phases {
		p := &r.Phases[i]
		if until, why, closed := r.ClosedAt(p.At); closed && !p.At.IsZero() {
			out.warn(join(join("phase", string(p.ID)), "at"), "is in a closed time (%s): it can be entered from %s on", why, until.UTC().Format("2006-01-02T15:04Z"))
		}
	}
	return out
}

// closedForEver reports whether the times that are closed each week leave no gap.
func closedForEver(r *model.Rollout) bool {
	weekly := model.Rollout{}
	for _, c := range r.Closed {
		if c.Week != nil {
			weekly.Closed = append(weekly.Closed, c)
		}
	}
	begin := time.Now()
	for at := begin; at.Before(begin.Add(15 * 24 * time.Hour)); {
		until, _, closed := weekly.ClosedAt(at)
		if !closed {
			return false
		}
		at = until
	}
	return true
}

// lintAgain looks at the levels by which phase p is entered again: none goes beyond the phase.
func lintAgain(in *finished, p *model.Phase) findings {
	var out findings
	path := join(join("phase", string(p.ID)), "again")
	for n, level := range p.Again {
		for _, set := range level.Set {
			f := in.Rollout.Flag(set.Flag)
			at := slices.IndexFunc(p.Flags, func(s model.Setting) bool { return s.Flag == set.Flag })
			if f == nil || at < 0 || !wider(f, set.Value, p.Flags[at].Value) {
				continue
			}
			out.fail(join(element(path, n), "flags"), "sets %s to %s, which is beyond the %s of the phase itself: expected a step on the way there", quote(string(f.ID)), set.Value.Brief(), p.Flags[at].Value.Brief())
		}
	}
	return out
}

// lintLevels looks at flags that a way up in levels sets: it goes on only once they are seen in effect.
func lintLevels(in *finished, p *model.Phase) findings {
	var out findings
	if len(p.After) == 0 && len(p.Again) == 0 {
		return nil
	}
	seen := func(id model.ActionID) bool { a := in.Rollout.Action(id); return a != nil && a.Seen }
	for _, set := range p.Flags {
		f := in.Rollout.Flag(set.Flag)
		if f == nil || f.Effective || len(f.Apply) == 0 || slices.ContainsFunc(f.Apply, seen) {
			continue
		}
		out.warn(join("phase", string(p.ID)), "it goes up in levels, and nothing would show that %s is in effect, so it would stop there: expected effective in [%s], or seen in [%s]",
			quote(string(f.ID)), join("flag", string(f.ID)), join("action", string(f.Apply[0])))
	}
	return out
}

// wider reports whether v takes flag f farther from its safe value than whole does, as far as that can be told.
func wider(f *model.Flag, v, whole model.Value) bool {
	if f.Type != model.Number || f.SafeKeep {
		return false
	}
	safe, err := strconv.ParseFloat(f.Safe.Text, 64)
	is, err2 := strconv.ParseFloat(v.Text, 64)
	most, err3 := strconv.ParseFloat(whole.Text, 64)
	if err != nil || err2 != nil || err3 != nil {
		return false
	}
	if most >= safe {
		return is > most
	}
	return is < most
}
