package overlay

import (
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"gonogo/model"
	"gonogo/ui/panel"
)

// aboutBox tells what the plan says of a phase and of the rollout.
type aboutBox struct {
	scrolled
	phase model.PhaseID
}

// About returns a box that tells of a phase, of which there may be none, and of the rollout.
func About(phase model.PhaseID) Overlay { return &aboutBox{phase: phase} }

func (o *aboutBox) Update(k tea.KeyPressMsg, s Scene) (Overlay, Want) {
	want, stays := o.update(k, func() Want {
		const wide = 120
		box := o.box(s, panel.Props{Size: panel.Size{W: wide}, Snap: s.Seen, Now: s.Now})
		text := ""
		for _, line := range box.Body {
			text += ansi.Strip(line) + "\n"
		}
		return Want{Copy: text, Say: "copied this text"}
	})
	if !stays {
		return nil, want
	}
	return o, want
}

func (o *aboutBox) View(s Scene, p panel.Props) string {
	box, offset := frame(p, o.box(s, p), o.offset)
	o.offset = offset
	return box
}

func (o *aboutBox) box(s Scene, p panel.Props) panel.Box {
	r, _ := s.Rollout()
	if r == nil {
		return panel.Box{Body: []string{NoEngine}, Keep: -1}
	}
	return panel.AboutBox(p, r.Phase(o.phase))
}

// Links opens the address that fits what is under the cursor, or offers those of here, the phase
// and the rollout; none: it says so.
func Links(here, around []model.Link) (Overlay, Want) {
	all := append(append([]model.Link(nil), here...), around...)
	switch {
	case len(all) == 0:
		return nil, Say("the plan names no links here: links = { … } in the config adds some")
	case len(here) == 1, len(all) == 1:
		return nil, Want{Open: all[0].URL}
	}
	o := &menu{title: "Open a link"}
	for _, l := range all {
		o.items = append(o.items, item{text: l.Name + "  " + l.URL, do: func(Scene) (Overlay, Want) { return nil, Want{Open: l.URL} }})
	}
	return o, Want{}
}
