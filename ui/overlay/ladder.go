package overlay

import (
	tea "charm.land/bubbletea/v2"

	"gonogo/model"
	"gonogo/model/words"
	"gonogo/ui/keyboard"
	"gonogo/ui/panel"
)

// rung is one way down.
type rung struct {
	panel.Rung
	drill model.RollbackID // what d rehearses; empty: nothing
	do    Act
}

// ladder offers ways down, from small to large; choosing one arms it, nothing more.
type ladder struct {
	plain
	until
	title string
	rungs []rung
	at    int
}

func (o *ladder) Keys() []Binding      { return both(wayKeys(), listKeys()) }
func (o *ladder) Open() keyboard.Open  { return keyboard.Open{Dead: keyboard.Dead} }
func (o *ladder) Move(by int, _ Scene) { o.at = min(max(0, o.at+by), max(0, len(o.rungs)-1)) }

func (o *ladder) Update(k tea.KeyPressMsg, s Scene) (Overlay, Want) {
	switch meaning(o.Keys(), k) {
	case down:
		o.Move(1, s)
	case up:
		o.Move(-1, s)
	case leave:
		return nil, Want{}
	case askQuit:
		return o, Want{AskQuit: true}
	case drillIt:
		if g, ok := at(o.rungs, o.at); ok && g.drill != "" {
			next, want := Rehearse(s, g.drill)
			if next == nil {
				next = o
			}
			return next, want
		}
		return o, Say("a drill is of a rollback of the config: choose one")
	case take:
		g, ok := at(o.rungs, o.at)
		if ok && g.Off == "" {
			return g.do(s)
		}
		if ok {
			return o, Fail("%s: %s", g.Title, g.Off)
		}
	}
	return o, Want{}
}

func (o *ladder) View(_ Scene, p panel.Props) string {
	p.Cursor = o.at
	all := make([]panel.Rung, len(o.rungs))
	for i := range o.rungs {
		all[i] = o.rungs[i].Rung
	}
	box, _ := frame(p, panel.LadderBox(p, o.title, all), 0)
	return box
}

// Rehearse offers a drill of rollback id; enter arms it, nothing more.
func Rehearse(s Scene, id model.RollbackID) (Overlay, Want) {
	r, snap := s.Rollout()
	if r == nil {
		return nil, Fail(NoEngine)
	}
	b := r.Rollback(id)
	if s.ReadOnly {
		return nil, Fail(ReadOnly)
	}
	if b == nil {
		return nil, Fail("there is no rollback %s", id)
	}
	kind := model.Plan{Kind: model.PlanDrill, Drill: b.Rehearse}
	last, known := snap.State.Drills[id]
	means := "nothing will be changed"
	if b.Rehearse == model.RehearseReal {
		means = "this RUNS the rollback"
	}
	return &ladder{
		until: whilePhase(s),
		title: "Rehearse " + b.Title + ": enter arms the drill",
		rungs: []rung{{
			Rung: panel.Rung{Title: words.Drill(&kind), Touches: means + " · " + words.LastDrill(last, known, s.Now)},
			do:   submits(model.Intent{Kind: model.ArmDrill, Rollback: id}),
		}, {
			Rung: panel.Rung{Title: "leave it"}, do: nothing,
		}},
	}, Want{}
}
