package ui

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"pgregory.net/rapid"

	"gonogo/model"
	"gonogo/ui/overlay"
)

// ways returns s with a rollback of every size, the largest first.
func ways(s *model.Snapshot) *model.Snapshot {
	r := *s.Rollout
	list := func(text string) model.Setting {
		return model.Setting{Flag: "tenants", Value: model.Value{Type: model.Share, Text: text}}
	}
	r.Rollbacks = []model.Rollback{
		{ID: "off", Title: "Everything off", Emergency: true, Budget: time.Minute, Scope: model.ScopeSafe},
		{ID: "phase", Title: "This phase", Budget: time.Minute, Scope: model.ScopePhase},
		{ID: "fewer", Title: "Fewer tenants", Budget: time.Hour, Scope: model.ScopeSet, Levels: []model.Level{
			{Set: []model.Setting{list("25")}, Wait: 5 * time.Minute, Until: []model.MetricID{"errors"}}, {Set: []model.Setting{list("10")}}}},
		{ID: "one", Title: "Real off", Budget: time.Minute, Scope: model.ScopeSet, Set: []model.Setting{{Flag: "real", Value: model.BoolValue(false)}}},
		{ID: "some", Title: "Some tenants out", Budget: time.Minute, Scope: model.ScopeSet, Rehearse: model.RehearseReal,
			Set: []model.Setting{{Flag: "tenants", Value: model.Value{Type: model.Remove}}}},
	}
	c := *s
	c.Rollout = &r
	return &c
}

// listed returns s with these tenants.
func listed(s *model.Snapshot, items ...string) *model.Snapshot {
	return next(s, func(c *model.Snapshot) {
		c.State.Flags = map[model.FlagID]model.FlagState{
			"real": {Stored: model.BoolValue(true)}, "tenants": {Stored: model.ListValue(items...)},
			"ratio": {Stored: model.Value{Type: model.Number, Text: "0"}},
		}
	})
}

func tenants(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("tenant-%03d", i)
	}
	return out
}

func TestLadderGoesFromSmallToLarge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, listed(ways(someSnapshot()), tenants(15)...))
		d.press("b")
		got, at := d.screen(), 0
		for _, text := range []string{"One flag…", "one of real, tenants", "Some tenants out…", "tenants, 15 now: those that you pick go out", "Real off", "real true → false",
			"Fewer tenants", "tenants 15 → 25%, waits 5m, then tenants → 10%", "This phase", "real back as before this phase", "this phase's own",
			"Everything off", "every flag to its safe value: real, tenants and ratio"} {
			i := strings.Index(got[at:], text)
			if i < 0 {
				t.Fatalf("%q does not come next:\n%s", text, got)
			}
			at += i
		}
	})
}

func TestLadderSays(t *testing.T) {
	for _, c := range []struct {
		name string
		snap *model.Snapshot
		keys []string
		says string
	}{
		{"no phase", next(ways(someSnapshot()), func(s *model.Snapshot) { s.State.Phase = "" }), []string{"b", "down", "down", "down", "down", "enter"}, "no phase was entered"},
		{"all flags are safe", next(ways(someSnapshot()), func(s *model.Snapshot) {
			s.State.Flags = map[model.FlagID]model.FlagState{"real": {Stored: model.BoolValue(false)}, "tenants": {Stored: model.ListValue()},
				"ratio": {Stored: model.Value{Type: model.Number, Text: "0"}}}
		}), []string{"b", "up", "up", "enter"}, "every flag that has a safe value is at it"},
		{"an empty list that means everyone", listed(ways(someSnapshot())), []string{"b", "down", "enter"}, "which means everyone"},
		{"a list of one", listed(ways(someSnapshot()), "acme"), []string{"b", "down", "enter"}, "only one is in tenants"},
		{"a list that is not known", next(ways(someSnapshot()), func(s *model.Snapshot) { s.State.Flags = nil }), []string{"b", "down", "enter"}, "is not known"},
		{"enter too soon", ways(someSnapshot()), []string{"b", "enter"}, "too soon"},
		{"one flag has no drill", ways(someSnapshot()), []string{"b", "d"}, "a drill is of a rollback"},
		{"a drill is offered", ways(someSnapshot()), []string{"b", "down", "down", "d"}, "nothing will be changed"},
		{"a real one says so", ways(someSnapshot()), []string{"b", "down", "d"}, "REAL DRILL"},
		{"and when the last was", next(ways(someSnapshot()), func(s *model.Snapshot) {
			s.State.Drills = map[model.RollbackID]model.Drill{"one": {At: bubbleStart().Add(-49 * time.Hour), How: model.RehearseDry, Outcome: model.Ready, Took: time.Second, Budget: time.Minute}}
		}), []string{"b", "down", "down", "d"}, "rehearsed 2d ago, dry, READY, took 1.0s of 1m"},
		{"or that there was none", ways(someSnapshot()), []string{"b", "down", "down", "d"}, "never rehearsed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesk(t, c.snap)
				d.press(c.keys...)
				d.none()
				d.sees(c.says)
			})
		})
	}
}

func TestLadderArms(t *testing.T) {
	for _, c := range []struct {
		name string
		keys []string
		want model.Intent
	}{
		{"one flag", []string{"b", "down", "up", "enter", "down", "down", "up", "up", "enter"}, model.Intent{Kind: model.ArmRollback, Flag: "real"}},
		{"another flag", []string{"b", "down", "up", "enter", "down", "up", "down", "enter"}, model.Intent{Kind: model.ArmRollback, Flag: "tenants"}},
		{"some out", []string{"b", "down", "down", "up", "enter", "space", "down", "down", "space", "enter"},
			model.Intent{Kind: model.ArmRollback, Rollback: "some", Remove: []string{"tenant-000", "tenant-002"}}},
		{"some out, found", []string{"b", "down", "down", "up", "enter", "/", "0", "1", "1", "enter", "space", "enter"},
			model.Intent{Kind: model.ArmRollback, Rollback: "some", Remove: []string{"tenant-011"}}},
		{"a few flags", []string{"b", "down", "down", "enter"}, model.Intent{Kind: model.ArmRollback, Rollback: "one"}},
		{"steps down", []string{"b", "down", "down", "down", "enter"}, model.Intent{Kind: model.ArmRollback, Rollback: "fewer"}},
		{"this phase", []string{"b", "down", "down", "down", "down", "enter"}, model.Intent{Kind: model.ArmRollback, Rollback: "phase"}},
		{"everything", []string{"b", "down", "down", "down", "down", "down", "enter"}, model.Intent{Kind: model.ArmRollback, Rollback: "off"}},
		{"a drill", []string{"b", "down", "down", "d", "down", "up", "enter"}, model.Intent{Kind: model.ArmDrill, Rollback: "one"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesk(t, listed(ways(someSnapshot()), tenants(15)...))
				d.press(c.keys...)
				got := d.one()
				if got.Kind != c.want.Kind || got.Flag != c.want.Flag || got.Rollback != c.want.Rollback || !slices.Equal(got.Remove, c.want.Remove) || got.Yes {
					t.Errorf("submitted %+v\nwant %+v", got, c.want)
				}
				if got.Seen != d.m.eyes.live.Seq {
					t.Errorf("it rests on record %d, not %d", got.Seen, d.m.eyes.live.Seq)
				}
				if d.m.over != nil {
					t.Error("the menu is still there")
				}
			})
		})
	}
}

func TestPickerRefuses(t *testing.T) {
	for _, c := range []struct {
		name string
		keys []string
		says string
	}{
		{"nothing picked", []string{"down", "up", "enter"}, "pick which to take out"},
		{"all, where empty means everyone", []string{"space", "down", "space", "enter"}, "an empty tenants means everyone"},
		{"put back again", []string{"space", "space", "enter"}, "pick which to take out"},
		{"counts", []string{"space"}, "1 of 2 out, 1 stays"},
		{"esc drops the filter first", []string{"/", "x", "esc"}, "0 of 2 out, 2 stay"},
		{"a filter that finds nothing", []string{"/", "q"}, "no match for q"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesk(t, listed(ways(someSnapshot()), "acme", "globex"))
				d.press("b", "down", "down", "up", "enter")
				d.press(c.keys...)
				d.none()
				d.sees(c.says)
			})
		})
	}
}

// TestPickOutOfEveryone takes some out of an empty list that lets everyone in,
// where who that is is known.
func TestPickOutOfEveryone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		snap := listed(ways(someSnapshot()))
		r := *snap.Rollout
		r.Flags = slices.Clone(r.Flags)
		for i := range r.Flags {
			if r.Flags[i].ID == "tenants" {
				r.Flags[i].Population = tenants(30)
			}
		}
		snap.Rollout = &r
		d := newDesk(t, snap)
		d.press("b")
		d.sees("tenants, everyone (30) now")
		d.press("down", "down", "up", "enter", "down", "space")
		d.sees("1 of 30 out, 29 stay")
		d.press("enter")
		if got := d.one(); !slices.Equal(got.Remove, []string{"tenant-001"}) {
			t.Errorf("takes out %v", got.Remove)
		}
	})
}

// What is picked is by name: a list that changes meanwhile takes nobody else out.
func TestPickerFollowsTheList(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, listed(ways(someSnapshot()), "acme", "globex", "initech"))
		d.press("b", "down", "down", "up", "enter", "down", "space")
		d.snap(listed(d.m.eyes.live, "initech", "umbrella", "globex"))
		d.press("enter")
		if got := d.one(); !slices.Equal(got.Remove, []string{"globex"}) {
			t.Errorf("takes out %v", got.Remove)
		}
	})
}

// Whatever the list, the size and the keys, nothing overflows, and what is
// submitted takes out some, never all where that means everyone.
func TestPickerNeverOverflows(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		synctest.Test(t, func(t *testing.T) {
			items := rapid.SliceOfN(rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"a", "\x1b[2J", "界界界", "\u202e", strings.Repeat("long", 99)})),
				0, rapid.SampledFrom([]int{0, 1, 3, 200}).Draw(rt, "most")).Draw(rt, "items")
			d := newDesk(t, listed(ways(someSnapshot()), items...))
			d.m.show(overlay.Pick(d.m.scene(), "some", "tenants"))
			keys := []string{"space", "space", "down", "up", "/", "esc", "a", "enter", "tab", "pgdown", "?"}
			for range rapid.IntRange(0, 20).Draw(rt, "keys") {
				w, h := rapid.IntRange(1, 130).Draw(rt, "w"), rapid.IntRange(1, 45).Draw(rt, "h")
				d.send(tea.WindowSizeMsg{Width: w, Height: h})
				d.press(rapid.SampledFrom(keys).Draw(rt, "key"))
				if problem := overflows(d.m.View().Content, w, h); problem != "" {
					rt.Fatalf("%d×%d: %s", w, h, problem)
				}
				for _, in := range d.feed.intents() {
					left := slices.DeleteFunc(slices.Clone(items), func(s string) bool { return slices.Contains(in.Remove, s) })
					if in.Kind == model.ArmRollback && (len(in.Remove) == 0 || len(left) == 0) {
						rt.Fatalf("takes out %q of %q", in.Remove, items)
					}
				}
			}
		})
	})
}

func TestDrillCheckOffersToRehearse(t *testing.T) {
	for _, key := range []string{"enter", "space"} {
		synctest.Test(t, func(t *testing.T) {
			s := checkKinds(ways(someSnapshot()), nil)
			s.Rollout.Phases[1].Checks = []model.Check{{ID: "drill", Text: "Rehearsed", Kind: model.CheckDrill, Drill: "off", Within: time.Hour}}
			d := newDesk(t, s)
			d.press("space", key)
			d.sees("Rehearse Everything off")
			d.press("down", "up", "enter")
			if got := d.one(); got.Kind != model.ArmDrill || got.Rollback != "off" {
				t.Errorf("submitted %+v", got)
			}
		})
	}
}

// The emergency key goes before a smaller way down that runs, and before a drill.
func TestEmergencyKeyGoesFirst(t *testing.T) {
	for name, change := range map[string]func(*model.Plan){
		"a smaller way down": func(p *model.Plan) { p.Emergency, p.Rollback = false, "phase" },
		"a real drill":       func(p *model.Plan) { p.Drill = model.RehearseReal },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesk(t, next(running(armed(someSnapshot(), "p1", 0)), func(s *model.Snapshot) { change(&s.State.Plan.Plan) }))
				d.press("!")
				if got := d.one(); got.Kind != model.ArmRollback || got.Rollback != "" {
					t.Errorf("submitted %+v", got)
				}
			})
		})
	}
}

func TestIncidentClockIsAlwaysSeen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := next(over(armed(someSnapshot(), "p1", 0), model.Unverified), func(s *model.Snapshot) {
			s.State.Incident = &model.Incident{Breach: time.Now().Add(-252 * time.Second), Why: "errors FAIL", Fired: time.Now(), Plan: "p1", Outcome: model.Unverified}
		})
		d := newDesk(t, s)
		for _, size := range [][2]int{{120, 40}, {80, 24}, {40, 10}, {20, 5}} {
			d.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
			d.sees("INCIDENT 04:12")
		}
		d.send(tea.WindowSizeMsg{Width: 120, Height: 40})
		d.sees("since the breach, not verified")
		d.wait(3 * time.Second)
		d.sees("INCIDENT 04:15")
		d.snap(next(d.m.eyes.live, func(s *model.Snapshot) { i := *s.State.Incident; i.Verified = time.Now(); s.State.Incident = &i }))
		if strings.Contains(d.screen(), "INCIDENT") {
			t.Error("the clock of an incident that is over still runs")
		}
	})
}

func TestCopySummary(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, over(armed(someSnapshot(), "p1", 0), model.Partial))
		d.press("v", "y")
		d.sees("copied the summary of the plan")
	})
}

// A plan that waits for enter shows no countdown, and waits.
func TestConfirmByEnterWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := someSnapshot()
		s.Rollout.Emergency.Confirm = model.ConfirmEnter
		d := newDesk(t, s)
		d.press("!")
		d.snap(armed(answer(d.m.eyes.live, d.one().ID, ""), "p1", 0))
		d.sees("Enter confirms")
		d.wait(time.Hour)
		d.none()
		if got := d.screen(); strings.Contains(got, "fires in") {
			t.Errorf("a countdown is shown:\n%s", got)
		}
		d.press("enter")
		if got := d.one(); got.Kind != model.Fire || got.Plan != "p1" {
			t.Errorf("submitted %+v", got)
		}
	})
}
