package panel

import (
	"cmp"
	"strings"

	"gonogo/model"
	"gonogo/ui/theme"
)

type flagsPanel struct{}

// Flags is what each flag was seen to be: stored, and in effect.
func Flags() Panel { return flagsPanel{} }

func (flagsPanel) Name() string         { return "flags" }
func (flagsPanel) Min() Size            { return Size{30, 3} }
func (flagsPanel) Title(p Props) string { return "Flags" }

// FlagRows returns the flags that the panel's rows show.
func FlagRows(p Props) []model.Flag {
	out := make([]model.Flag, 0, len(p.rollout().Flags))
	for _, f := range p.rollout().Flags {
		if p.matches(f.Title, string(f.ID)) {
			out = append(out, f)
		}
	}
	return out
}

func (flagsPanel) Rows(p Props) int { return len(FlagRows(p)) }

func (flagsPanel) rowAt(p Props, x, y int) int { return rowInList(p, len(FlagRows(p)), x, y) }

func (flagsPanel) Render(p Props) string {
	rows := FlagRows(p)
	name, value := 0, 0
	values := make([]string, len(rows))
	for i := range rows {
		values[i] = flagValue(p.Snap.State.Flags[rows[i].ID])
		name = max(name, cells(string(rows[i].ID)))
		value = max(value, cells(values[i]))
	}
	name = min(name, max(6, p.Size.W/4))
	value = min(value, max(6, p.Size.W*3/10))
	title := []span{{theme.Title, "Flags"}}
	return list(p, len(rows), title, "this rollout has no flags", func(c *canvas, x, y, width, row int) {
		f := &rows[row]
		end := x + width
		c.text(x, y, min(name, width), theme.Strong, string(f.ID))
		x += name + 2
		c.text(x, y, min(value, end-x), theme.Normal, values[row])
		x += value + 2
		c.spans(x, y, end-x, flagStatus(p, f)...)
	})
}

// flagValue shows the stored and the effective value, or the one that both are.
func flagValue(f model.FlagState) string {
	if f.Unapplied() {
		return f.Stored.String() + " / " + f.Effective.String()
	}
	return f.Current().String()
}

// flagStatus says how far a flag's value can be relied upon, the gravest first.
func flagStatus(p Props, f *model.Flag) []span {
	s := p.Snap.State.Flags[f.ID]
	store := cmp.Or(f.Store, "store")
	switch {
	case s.StoredErr != "":
		return []span{{theme.NoGo | theme.Bold, "✖ " + store + ": "}, {theme.Normal, s.StoredErr}}
	case s.Pending:
		return []span{{theme.Hold | theme.Bold, "… pending"}, {theme.Normal, ": to " + s.Want.String()}}
	case s.Drift():
		return []span{{theme.Warn | theme.Bold, "≠ drift"},
			{theme.Normal, ": " + store + " has " + s.Stored.String() + ", gonogo set " + s.Want.String()}}
	case s.EffectErr != "":
		return []span{{theme.NoGo | theme.Bold, "✖ service: "}, {theme.Normal, s.EffectErr}}
	case s.Unapplied():
		return []span{{theme.Warn | theme.Bold, "≠ not live"},
			{theme.Normal, ": " + store + " " + s.Stored.String() + ", service " + s.Effective.String()}}
	case s.Stored.IsZero() && s.Effective.IsZero():
		return []span{{theme.Unknown, "? not seen yet"}}
	}
	out := append(effect(f, s), masters(p, f)...)
	if len(f.Scope) > 0 {
		out = append(out, span{theme.Dim, " · touches " + strings.Join(f.Scope, ", ")})
	}
	return out
}

// effect says of a flag without trouble whether its value is known to be in effect.
func effect(f *model.Flag, s model.FlagState) []span {
	switch {
	case s.Effective.IsZero():
		return []span{{theme.Unknown, "○ stored"}, {theme.Normal, ", running value not checked"}}
	case s.Inferred:
		return []span{{theme.Go, "≈ inferred"}}
	}
	return []span{{theme.Go, "✔ in effect"}}
}

// masters names the flags without which f means nothing and that are off.
func masters(p Props, f *model.Flag) []span {
	var off []string
	for _, need := range f.Needs {
		if p.Snap.State.Flags[need].Current().Equal(model.BoolValue(false)) {
			off = append(off, string(need))
		}
	}
	if len(off) == 0 {
		return nil
	}
	return []span{{theme.Dim, ", inactive: needs " + strings.Join(off, " and ") + " = true"}}
}
