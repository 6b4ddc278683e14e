package ui

import (
	"slices"

	"gonogo/model"
	"gonogo/ui/overlay"
	"gonogo/ui/panel"
)

// argument is what may stand behind a command's name in the palette.
type argument struct {
	what string
	list func(overlay.Scene) []overlay.Arg
	run  func(*cockpit, string) (overlay.Overlay, overlay.Want)
	// changes says that it changes something with that, though the command alone does not.
	changes bool
}

// arguments are those of the commands, by name.
var arguments = map[string]argument{
	"advance":  {what: "PHASE", list: phasesAhead, run: advanceTo},
	"back":     {what: "ROLLBACK", list: rollbackNames, run: backBy},
	"check":    {what: "CHECK", list: checkNames, run: atCheck(toggle)},
	"note":     {what: "CHECK", list: checkNames, run: atCheck(signNote)},
	"flags":    {what: "FLAG", list: flagNames, run: atFlag, changes: true},
	"baseline": {what: "METRIC", list: onBaselines, run: freezeOf},
	"read":     {what: "METRIC", list: readByPeople, run: readOf},
	"why":      {what: "LINE", list: lineNames, run: whyOf},
	"zoom":     {what: "PANEL", list: panelNames, run: zoomTo},
}

// named makes arguments of things: each with its name and what is said of it.
func named[T any](all []T, of func(T) (name, does string)) []overlay.Arg {
	var out []overlay.Arg
	for _, x := range all {
		name, does := of(x)
		if does == name {
			does = ""
		}
		out = append(out, overlay.Arg{Name: name, Does: does})
	}
	return out
}

func phasesAhead(s overlay.Scene) []overlay.Arg {
	r, snap := s.Rollout()
	if r == nil {
		return nil
	}
	next := r.Upward(&snap.State)
	if next == nil {
		return nil
	}
	return named(r.Phases[r.PhaseIndex(next.ID):], func(p model.Phase) (string, string) { return string(p.ID), p.Title })
}

func advanceTo(c *cockpit, id string) (overlay.Overlay, overlay.Want) {
	if r, _ := c.scene().Rollout(); r == nil {
		return early()
	}
	return submits(model.Intent{Kind: model.ArmEnter, Phase: model.PhaseID(id)})
}

func rollbackNames(s overlay.Scene) []overlay.Arg {
	r, _ := s.Rollout()
	if r == nil {
		return nil
	}
	return named(r.Rollbacks, func(b model.Rollback) (string, string) { return string(b.ID), b.Title })
}

func backBy(c *cockpit, id string) (overlay.Overlay, overlay.Want) {
	return overlay.WayDown(c.scene(), model.RollbackID(id))
}

func checkNames(s overlay.Scene) []overlay.Arg {
	return named(panel.CheckRows(panel.Props{Snap: s.Seen, Now: s.Now}), func(c model.Check) (string, string) { return string(c.ID), c.Text })
}

// atCheck runs a command as if the cursor were on a check.
func atCheck(run func(*cockpit) (overlay.Overlay, overlay.Want)) func(*cockpit, string) (overlay.Overlay, overlay.Want) {
	return func(c *cockpit, id string) (overlay.Overlay, overlay.Want) {
		c.board.filter = ""
		i := slices.IndexFunc(panel.CheckRows(c.board.here(c.props())), func(x model.Check) bool { return string(x.ID) == id })
		if i < 0 {
			return nil, overlay.Fail("there is no check %s in this phase", model.Inert(id))
		}
		c.board.focus, c.board.at[panelChecklist] = panelChecklist, i
		return run(c)
	}
}

func flagNames(s overlay.Scene) []overlay.Arg {
	r, snap := s.Rollout()
	if r == nil {
		return nil
	}
	return named(r.Flags, func(f model.Flag) (string, string) {
		return string(f.ID), "is " + snap.State.Flags[f.ID].Current().Brief()
	})
}

func atFlag(c *cockpit, id string) (overlay.Overlay, overlay.Want) {
	c.board.filter = ""
	i := slices.IndexFunc(panel.FlagRows(c.board.here(c.props())), func(f model.Flag) bool { return string(f.ID) == id })
	if i < 0 {
		return nil, overlay.Fail("there is no flag %s", model.Inert(id))
	}
	c.board.focus, c.board.at[panelFlags] = panelFlags, i
	return flip(c)
}

func metricsThat(s overlay.Scene, is func(*model.Metric) bool) []overlay.Arg {
	r, _ := s.Rollout()
	if r == nil {
		return nil
	}
	var all []model.Metric
	for i := range r.Metrics {
		if is(&r.Metrics[i]) {
			all = append(all, r.Metrics[i])
		}
	}
	return named(all, func(m model.Metric) (string, string) { return string(m.ID), m.Title })
}

func onBaselines(s overlay.Scene) []overlay.Arg { return metricsThat(s, (*model.Metric).OnBaseline) }

func readByPeople(s overlay.Scene) []overlay.Arg {
	return metricsThat(s, func(m *model.Metric) bool { return m.Read != nil })
}

func freezeOf(c *cockpit, id string) (overlay.Overlay, overlay.Want) {
	if r, _ := c.scene().Rollout(); r == nil {
		return early()
	}
	return submits(model.Intent{Kind: model.Freeze, Metrics: []model.MetricID{model.MetricID(id)}})
}

func readOf(c *cockpit, id string) (overlay.Overlay, overlay.Want) {
	return overlay.Reads(c.scene(), model.MetricID(id))
}

// lineName is what a line of the gate goes by.
func lineName(l model.Line) (name, title string) {
	switch {
	case l.Metric != "":
		return string(l.Metric), l.Title
	case l.Check != "":
		return string(l.Check), l.Title
	case l.Flag != "":
		return string(l.Flag), l.Title
	}
	return l.Title, ""
}

func lineNames(s overlay.Scene) []overlay.Arg {
	return named(panel.GateLines(panel.Props{Snap: s.Seen, Now: s.Now}), lineName)
}

func whyOf(c *cockpit, id string) (overlay.Overlay, overlay.Want) {
	c.board.filter = ""
	i := slices.IndexFunc(panel.GateLines(c.board.here(c.props())), func(l model.Line) bool { name, _ := lineName(l); return name == id })
	if i < 0 {
		return nil, overlay.Fail("the gate has no line %s", model.Inert(id))
	}
	c.board.focus, c.board.at[panelGate] = panelGate, i
	return explain(c)
}

func panelNames(overlay.Scene) []overlay.Arg {
	return named(panelOrder(), func(name string) (string, string) { return name, "" })
}

func zoomTo(c *cockpit, name string) (overlay.Overlay, overlay.Want) {
	if !slices.Contains(panelOrder(), name) {
		return nil, overlay.Fail("there is no panel %s", model.Inert(name))
	}
	c.board.focus, c.board.zoomed = name, false
	c.board.zoom(c.props())
	return nil, overlay.Want{}
}
