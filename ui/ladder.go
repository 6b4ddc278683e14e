package ui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gonogo/model"
	"gonogo/ui/panel"
	"gonogo/ui/words"
)

// rung is one way down.
type rung struct {
	panel.Rung
	drill model.RollbackID // what d rehearses; empty: nothing
	run   func(*Model) tea.Cmd
}

// ladder offers ways down, from small to large; choosing one arms it, nothing more.
type ladder struct {
	box
	drawn
	until
	title string
	rungs []rung
	at    int
}

func (o *ladder) keys(k *keyMap) []command { return k.ladderKeys() }
func (o *ladder) move(_ *Model, by int)    { o.at = min(max(0, o.at+by), max(0, len(o.rungs)-1)) }

func (o *ladder) enter(m *Model) tea.Cmd {
	r, ok := at(o.rungs, o.at)
	switch {
	case !ok:
		return nil
	case r.Off != "":
		m.fail("%s: %s", r.Title, r.Off)
		return nil
	case o.early(m):
		return nil
	case m.lone.hurried(m.now, bangAlone):
		m.failAlone()
		return nil
	}
	m.over = nil
	return r.run(m)
}

func (o *ladder) draw(m *Model, p panel.Props) string {
	o.note(m)
	p.Cursor = o.at
	all := make([]panel.Rung, len(o.rungs))
	for i := range o.rungs {
		all[i] = o.rungs[i].Rung
	}
	return panel.LadderBox(p, o.title, all)
}

// chooseRollback offers every way down: one flag, some taken out of a list, a
// few flags, a step down, this phase's flags, everything.
func (m *Model) chooseRollback() tea.Cmd {
	r, s := m.ready()
	if r == nil {
		return nil
	}
	o := &ladder{until: m.whilePhase(), title: "Roll back: enter arms it and shows what it will do, d rehearses it"}
	o.rungs = append(o.rungs, m.flagRung(r, s))
	own := model.RollbackID("")
	if p := r.Phase(s.State.Phase); p != nil {
		own = p.Rollback
	}
	down := make([]*model.Rollback, 0, len(r.Rollbacks))
	for i := range r.Rollbacks {
		down = append(down, &r.Rollbacks[i])
	}
	slices.SortStableFunc(down, func(a, b *model.Rollback) int { return size(a) - size(b) })
	for _, b := range down {
		g := m.rollbackRung(r, s, b)
		if b.Emergency {
			g.Key = "!"
		}
		if b.ID == own {
			g.Mark = "this phase's own"
		}
		o.rungs = append(o.rungs, g)
	}
	m.open(o)
	return nil
}

// size orders rollbacks from small to large.
func size(b *model.Rollback) int {
	switch {
	case removes(b) != nil:
		return 0
	case len(b.Steps) > 0:
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
func (m *Model) flagRung(r *model.Rollout, s *model.Snapshot) rung {
	all := unsafeFlags(r, s)
	g := rung{Rung: panel.Rung{Title: "One flag…", Touches: "one of " + flagNames(all)}, run: (*Model).chooseFlag}
	if len(all) == 0 {
		g.Touches, g.Off = "", "every flag that has a safe value is at it"
	}
	return g
}

func flagNames(all []*model.Flag) string {
	names := make([]string, len(all))
	for i, f := range all {
		names[i] = string(f.ID)
	}
	return strings.Join(names, ", ")
}

// chooseFlag offers the flags that are not at their safe value.
func (m *Model) chooseFlag() tea.Cmd {
	r, s := m.ready()
	if r == nil {
		return nil
	}
	o := &ladder{until: m.whilePhase(), title: "Take one flag back to its safe value: enter arms it"}
	for _, f := range unsafeFlags(r, s) {
		id := f.ID
		touches := shown(f, s.State.Flags[id].Current()) + " → " + shown(f, f.Safe)
		if len(f.Apply) > 0 {
			touches += ", then " + words.List(f.Apply)
		}
		o.rungs = append(o.rungs, rung{
			Rung: panel.Rung{Title: string(id), Touches: touches},
			run:  func(m *Model) tea.Cmd { return m.arm(model.Intent{Kind: model.ArmRollback, Flag: id}) },
		})
	}
	m.open(o)
	return nil
}

// rollbackRung is a rollback of the config.
func (m *Model) rollbackRung(r *model.Rollout, s *model.Snapshot, b *model.Rollback) rung {
	id := b.ID
	g := rung{
		Rung: panel.Rung{Title: b.Title, Touches: touches(r, s, b)}, drill: id,
		run: func(m *Model) tea.Cmd { return m.arm(model.Intent{Kind: model.ArmRollback, Rollback: id}) },
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
		g.run = func(m *Model) tea.Cmd { return m.pick(id, flag) }
	case b.Scope != model.ScopePhase:
	case phase == nil:
		g.Off = "no phase was entered"
	case len(phase.Flags) == 0:
		g.Off = "this phase sets no flag"
	}
	return g
}

// touches says in one line what a rollback changes and runs.
func touches(r *model.Rollout, s *model.Snapshot, b *model.Rollback) string {
	var parts []string
	switch {
	case len(b.Steps) > 0:
		for i, l := range b.Steps {
			text := settings(s, l.Set, i == 0)
			if l.Hold > 0 && i < len(b.Steps)-1 {
				text += ", holds " + model.FormatDuration(l.Hold)
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

// rehearseHere offers a drill of what the cursor is on.
func (m *Model) rehearseHere() tea.Cmd {
	o, ok := m.over.(*ladder)
	if !ok {
		return nil
	}
	g, ok := at(o.rungs, o.at)
	if !ok || g.drill == "" {
		m.say("a drill is of a rollback of the config: choose one")
		return nil
	}
	return m.rehearse(g.drill)
}

// rehearse offers a drill of rollback id; enter arms it, nothing more.
func (m *Model) rehearse(id model.RollbackID) tea.Cmd {
	r, s := m.ready()
	if r == nil {
		return nil
	}
	b := r.Rollback(id)
	if m.o.ReadOnly {
		m.failReadOnly()
		return nil
	}
	if b == nil {
		m.fail("there is no rollback %s", id)
		return nil
	}
	kind := model.Plan{Kind: model.PlanDrill, Drill: b.Rehearse}
	last, known := s.State.Drills[id]
	means := "nothing will be changed"
	if b.Rehearse == model.RehearseReal {
		means = "this RUNS the rollback"
	}
	m.open(&ladder{
		until: m.whilePhase(),
		title: "Rehearse " + b.Title + ": enter arms the drill",
		rungs: []rung{{
			Rung: panel.Rung{Title: words.Drill(&kind), Touches: means + " · " + words.LastDrill(last, known, m.now)},
			run:  func(m *Model) tea.Cmd { return m.arm(model.Intent{Kind: model.ArmDrill, Rollback: id}) },
		}, {
			Rung: panel.Rung{Title: "leave it"}, run: func(*Model) tea.Cmd { return nil },
		}},
	})
	return nil
}
