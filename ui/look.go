package ui

import (
	"encoding/json"
	"fmt"
	"strings"

	"gonogo/model"
	"gonogo/model/words"
	"gonogo/ui/overlay"
)

// The commands that change what is shown, or copy it.

func rangeBy(n int) func(*cockpit) (overlay.Overlay, overlay.Want) {
	return func(c *cockpit) (overlay.Overlay, overlay.Want) {
		if d := c.board.rangeBy(c.props(), n); d != 0 {
			return says("charts show the last %s", model.FormatDuration(d))
		}
		return says("charts show the whole phase")
	}
}

// explain opens the why of the line under the cursor, or of the worst one.
func explain(c *cockpit) (overlay.Overlay, overlay.Want) {
	r, s := c.scene().Rollout()
	if r == nil {
		return early()
	}
	line, ok := c.board.line(c.props())
	if !ok {
		line, ok = at(s.Gate.Lines, worst(s.Gate.Lines))
	}
	if !ok {
		return says("there is nothing to explain yet")
	}
	return overlay.Why(line), overlay.Want{}
}

func zoom(c *cockpit) (overlay.Overlay, overlay.Want) {
	c.board.zoom(c.props())
	return nil, overlay.Want{}
}

func freeze(c *cockpit) (overlay.Overlay, overlay.Want) {
	c.eyes.freeze()
	c.board.clamp(c.props())
	return nil, overlay.Want{}
}

// find filters the rows of all panels while its text is typed.
func find(c *cockpit) (overlay.Overlay, overlay.Want) {
	return overlay.Find(c.board.filter), overlay.Want{}
}

func showHelp(*cockpit) (overlay.Overlay, overlay.Want) { return nil, overlay.Want{Help: true} }

func quit(*cockpit) (overlay.Overlay, overlay.Want) { return nil, overlay.Want{Leave: true} }

func askQuit(*cockpit) (overlay.Overlay, overlay.Want) { return nil, overlay.Want{AskQuit: true} }

func suspend(*cockpit) (overlay.Overlay, overlay.Want) { return nil, overlay.Want{Suspend: true} }

// openHere opens what is under the cursor.
func openHere(c *cockpit) (overlay.Overlay, overlay.Want) {
	switch c.board.focus {
	case panelFlags:
		return flip(c)
	case panelGate:
		return explain(c)
	case panelChecklist:
		if check := c.board.check(c.props()); check != nil && check.Kind == model.CheckDrill {
			return overlay.Rehearse(c.scene(), check.Drill)
		}
		if _, ok := c.board.line(c.props()); ok {
			return explain(c)
		}
	}
	return zoom(c)
}

// escape undoes one thing of the view at a time.
func escape(c *cockpit) (overlay.Overlay, overlay.Want) {
	switch {
	case c.status.text != "":
		return nil, overlay.Want{Hush: true}
	case c.board.filter != "":
		c.board.find(c.props(), "")
	case c.board.zoomed:
		return zoom(c)
	case c.eyes.frozen:
		return freeze(c)
	}
	return nil, overlay.Want{}
}

// copyHere copies what is under the cursor.
func copyHere(c *cockpit) (overlay.Overlay, overlay.Want) {
	r, s := c.scene().Rollout()
	if r == nil {
		return early()
	}
	p := c.props()
	if l, ok := c.board.line(p); ok {
		return copies("the line", overlay.LineText(l))
	}
	switch c.board.focus {
	case panelFlags:
		if f := c.board.flag(p); f != nil {
			st := s.State.Flags[f.ID]
			return copies("the flag", fmt.Sprintf("%s: stored %s, effective %s", f.ID, st.Stored, st.Effective))
		}
	case panelChecklist:
		if check := c.board.check(p); check != nil {
			return copies("the check", check.Text)
		}
	case panelLog:
		if rec, ok := c.board.record(p); ok {
			return copies("the record", recordText(rec))
		}
	}
	return copies("where the rollout stands", standText(r, s))
}

func copies(what, text string) (overlay.Overlay, overlay.Want) {
	return nil, overlay.Want{Copy: text, Say: "copied " + what}
}

func recordText(r model.Record) string {
	text := r.At.UTC().Format("2006-01-02 15:04:05Z") + " " + r.By.Name + " " + words.Describe(r)
	if b, err := json.Marshal(r.Event); err == nil {
		text += "\n" + string(b)
	}
	return strings.TrimSpace(text)
}

func standText(r *model.Rollout, s *model.Snapshot) string {
	v := s.VerdictAt(s.At)
	phase := string(s.State.Phase)
	if phase == "" {
		phase = "before the first phase"
	}
	lines := append([]string{fmt.Sprintf("%s on %s: %s, %s at %s", r.Title, r.Environment.Name, phase,
		v.Headline, s.At.UTC().Format("2006-01-02 15:04:05Z"))}, v.Reasons...)
	return strings.Join(lines, "\n")
}
