package overlay

import (
	"slices"

	"gonogo/model"
	"gonogo/model/words"
	"gonogo/ui/panel"
)

// WaysDown offers every way down: one flag, some taken out of a list, a few
// flags, a step down, this phase's flags, everything.
func WaysDown(s Scene) (Overlay, Want) {
	r, snap := s.Rollout()
	if r == nil {
		return nil, Fail(NoEngine)
	}
	o := &ladder{until: whilePhase(s), title: "Roll back: enter arms it and shows what it will do, d rehearses it"}
	o.rungs = append(o.rungs, flagRung(r, snap))
	own := model.RollbackID("")
	if p := r.Phase(snap.State.Phase); p != nil {
		own = p.Rollback
	}
	down := make([]*model.Rollback, 0, len(r.Rollbacks))
	for i := range r.Rollbacks {
		down = append(down, &r.Rollbacks[i])
	}
	slices.SortStableFunc(down, func(a, b *model.Rollback) int { return size(a) - size(b) })
	for _, b := range down {
		g := rollbackRung(r, snap, b)
		if b.Emergency {
			g.Key = "!"
		}
		if b.ID == own {
			g.Mark = "this phase's own"
		}
		o.rungs = append(o.rungs, g)
	}
	return o, Want{}
}

// WayDown chooses one rollback, as WaysDown offers it: what it does is shown before it fires.
func WayDown(s Scene, id model.RollbackID) (Overlay, Want) {
	r, snap := s.Rollout()
	if r == nil {
		return nil, Fail(NoEngine)
	}
	b := r.Rollback(id)
	if b == nil {
		return nil, Fail("there is no rollback %s", model.Inert(string(id)))
	}
	g := rollbackRung(r, snap, b)
	if g.Off != "" {
		return nil, Fail("%s: %s", model.Inert(g.Title), g.Off)
	}
	return g.do(s)
}

// size orders rollbacks from small to large.
func size(b *model.Rollback) int {
	switch {
	case removes(b) != nil:
		return 0
	case len(b.Levels) > 0:
		return 2
	case b.Scope == model.ScopePhase:
		return 3
	case b.Scope == model.ScopeSafe:
		return 4
	}
	return 1
}

// removes returns the setting of b that a person picks items for, or nil.
func removes(b *model.Rollback) *model.Setting {
	for i := range b.Set {
		if b.Set[i].Value.Type == model.Remove {
			return &b.Set[i]
		}
	}
	return nil
}

// unsafeFlags are the flags that are not at their safe value, as far as is known.
func unsafeFlags(r *model.Rollout, s *model.Snapshot) []*model.Flag {
	var out []*model.Flag
	for i := range r.Flags {
		f := &r.Flags[i]
		if f.SafeKeep || f.Safe.IsZero() {
			continue
		}
		st := s.State.Flags[f.ID]
		if st.Stored.Equal(f.Safe) && (st.Effective.IsZero() || st.Effective.Equal(f.Safe)) {
			continue
		}
		out = append(out, f)
	}
	return out
}

// flagRung is the smallest way down.
func flagRung(r *model.Rollout, s *model.Snapshot) rung {
	all := unsafeFlags(r, s)
	g := rung{Rung: panel.Rung{Title: "One flag…", Touches: "one of " + flagNames(all)}, do: chooseFlag}
	if len(all) == 0 {
		g.Touches, g.Off = "", "every flag that has a safe value is at it"
	}
	return g
}

// chooseFlag offers the flags that are not at their safe value.
func chooseFlag(s Scene) (Overlay, Want) {
	r, snap := s.Rollout()
	if r == nil {
		return nil, Fail(NoEngine)
	}
	o := &ladder{until: whilePhase(s), title: "Take one flag back to its safe value: enter arms it"}
	for _, f := range unsafeFlags(r, snap) {
		touches := shown(f, snap.State.Flags[f.ID].Current()) + " → " + shown(f, f.Safe)
		if len(f.Apply) > 0 {
			touches += ", then " + words.List(f.Apply)
		}
		o.rungs = append(o.rungs, rung{
			Rung: panel.Rung{Title: string(f.ID), Touches: touches},
			do:   submits(model.Intent{Kind: model.ArmRollback, Flag: f.ID}),
		})
	}
	return o, Want{}
}

// rollbackRung is a rollback of the config.
func rollbackRung(r *model.Rollout, s *model.Snapshot, b *model.Rollback) rung {
	id := b.ID
	g := rung{
		Rung: panel.Rung{Title: b.Title, Touches: touches(r, s, b)}, drill: id,
		do: submits(model.Intent{Kind: model.ArmRollback, Rollback: id}),
	}
	if g.Title == "" {
		g.Title = string(id)
	}
	phase := r.Phase(s.State.Phase)
	set := removes(b)
	switch {
	case set != nil:
		g.Title += "…"
		g.Off = cannotPick(r, s, set.Flag)
		flag := set.Flag
		g.do = func(s Scene) (Overlay, Want) { return Pick(s, id, flag), Want{} }
	case b.Scope != model.ScopePhase:
	case phase == nil:
		g.Off = "no phase was entered"
	case len(phase.Flags) == 0:
		g.Off = "this phase sets no flag"
	}
	return g
}
