package ui

import (
	"errors"
	"testing"
	"testing/synctest"

	"gonogo/model"
)

// withTexts is s with what a plan says beside numbers.
func withTexts(s *model.Snapshot) *model.Snapshot {
	r := s.Rollout
	r.Service = "vecsec"
	r.Links = []model.Link{{Name: "runbook", URL: "https://wiki.example/r"}}
	r.Metrics[0].Link = "https://board.example/errors"
	r.Risks = []model.Risk{{Title: "Data of another tenant", Mitigation: "a test by tenant", Contingency: "roll back at once"}}
	r.Guides = []model.Guide{{Metric: "errors", Title: "Many errors", Causes: []string{"the store is down"}, Steps: []string{"look at the store", "restart it"}, Link: "https://wiki.example/e"}}
	r.Flags[0].Scope = []string{"every query"}
	p := &r.Phases[1]
	p.Owner, p.Objectives, p.Activities = "ana", []string{"See that it is safe\x1b[2J"}, []string{"Watch the board"}
	p.Links = []model.Link{{Name: "second", URL: "https://board.example/2"}}
	return s
}

// TestThePlansOwnWordsAreAKeyAway: about tells of the phase and the rollout, why of the guide.
func TestThePlansOwnWordsAreAKeyAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, withTexts(someSnapshot()))
		for _, want := range []string{"Objectives", "See that it is safe␛[2J", "Activities", "guide: Many errors · e shows it"} {
			d.sees(want)
		}
		d.press("i")
		for _, want := range []string{"Phase Internal", "ana", "Watch the board", "https://board.example/2", "vecsec", "real: touches every query", "Data of another tenant", "if it happens: roll back at once"} {
			d.sees(want)
		}
		d.press("esc", "e")
		for _, want := range []string{"Many errors", "the store is down", "1. look at the store", "2. restart it", "https://wiki.example/e", "https://board.example/errors"} {
			d.sees(want)
		}
	})
}

// TestALinkOpensOrIsSaidInFull: the one of the line at once, several by a menu; where no browser is
// at hand, or it does not open, the address stands on screen.
func TestALinkOpensOrIsSaidInFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := withTexts(someSnapshot())
		s.Rollout.Guides = nil
		d := newDesk(t, s)
		d.press("o")
		d.sees("copied, to open where you sit: https://board.example/errors")
		var opened []string
		d.m.o.Open = func(address string) error { opened = append(opened, address); return nil }
		d.press("o")
		d.sees("opening https://board.example/errors")
		d.press("tab", "o") // the checklist: nothing of its own
		d.sees("Internal: second")
		d.press("down", "enter")
		if len(opened) != 2 || opened[1] != "https://wiki.example/r" {
			t.Errorf("opened %q", opened)
		}
		d.m.o.Open = func(string) error { return errors.New("no such program") }
		d.press("o", "enter")
		d.sees("https://board.example/2 did not open (no such program)")
	})
}
