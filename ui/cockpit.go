package ui

import (
	"time"

	"gonogo/model"
	"gonogo/ui/overlay"
	"gonogo/ui/panel"
	"gonogo/ui/theme"
)

// cockpit is what the commands of the panels see and change: everything on
// screen but the boxes over it.
type cockpit struct {
	eyes     eyes
	board    board
	status   status
	plan     overlay.Plan
	now      time.Time
	theme    *theme.Theme
	who      string // the person at the keys
	readOnly bool
	keys     commands
}

// scene is what an overlay knows.
func (c *cockpit) scene() overlay.Scene {
	return overlay.Scene{Seen: c.eyes.seen(), Live: c.eyes.live, Now: c.now, ReadOnly: c.readOnly}
}

// props is what everything is drawn from, without a place on the screen.
func (c *cockpit) props() panel.Props {
	return panel.Props{Snap: c.eyes.seen(), Now: c.now, Theme: c.theme, Frozen: c.eyes.frozen, Who: c.who, ReadOnly: c.readOnly}
}

// planVisible reports whether the plan's box is on screen.
func (c *cockpit) planVisible() bool { return c.plan.Visible(c.scene()) }

// whoOf names a person.
func whoOf(a model.Actor) string {
	if a.Host == "" {
		return a.Name
	}
	return a.Name + "@" + a.Host
}
