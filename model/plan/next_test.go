package plan

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"gonogo/model"
)

// scene is a rollback at a moment, for a table: two flags in one file that a
// restart makes live, a list that hangs on the first and is live at once, a
// restart, and a verify.
type scene struct {
	p model.PlanState
	f Facts
}

func newScene() *scene {
	off, now := model.BoolValue(false), time.Unix(1e9, 0)
	set := func(id model.FlagID, to model.Value, wave int, after ...model.FlagID) model.Step {
		return model.Step{Kind: model.StepSet, Changes: []model.Change{{Flag: id, To: to}}, Wave: wave, After: after, Timeout: time.Second}
	}
	s := &scene{f: Facts{
		Rollout: &model.Rollout{Flags: []model.Flag{
			{ID: "real", Type: model.Bool, Apply: []model.ActionID{"restart"}}, {ID: "extra", Type: model.Bool, Apply: []model.ActionID{"restart"}},
			{ID: "list", Type: model.List, Empty: "everyone", Needs: []model.FlagID{"real"}},
		}},
		Stores: map[model.FlagID]string{"real": "file", "extra": "file"}, Reads: map[model.FlagID]bool{"real": true},
		Busy: map[int]time.Time{}, Now: now, Began: now, Looking: map[Look]time.Time{}, Looks: map[Look]Seen{},
	}}
	s.p.Plan = model.Plan{Kind: model.PlanRollback, Steady: time.Second, Steps: []model.Step{
		set("real", off, 0), set("extra", off, 0), set("list", model.ListValue(), 1, "real"),
		{Kind: model.StepRun, Action: "restart", Timeout: time.Second},
		{Kind: model.StepVerify, Verify: &model.Verify{Kind: model.VerifyHTTP}, Timeout: time.Second},
	}}
	s.p.Steps = make([]model.StepState, len(s.p.Plan.Steps))
	return s
}

// ended ends steps with an outcome, now.
func (s *scene) ended(o model.Outcome, steps ...int) *scene {
	for _, n := range steps {
		s.p.Steps[n] = model.StepState{Tries: 1, Started: s.f.Now, Ended: s.f.Now, Outcome: o}
	}
	return s
}

// busy has steps under way since a time ago.
func (s *scene) busy(since time.Duration, steps ...int) *scene {
	for _, n := range steps {
		s.f.Busy[n] = s.f.Now.Add(-since)
	}
	return s
}

// sees has the master looked at just now: in its store, and in the running service.
func (s *scene) sees(stored, running bool) *scene {
	s.f.Looks[Look{Flag: "real"}] = Seen{Value: model.BoolValue(stored), OK: true, At: s.f.Now}
	s.f.Looks[Look{Flag: "real", Running: true}] = Seen{Value: model.BoolValue(running), OK: true, At: s.f.Now}
	return s
}

func (s *scene) with(change func(*scene)) *scene {
	change(s)
	return s
}

// says is what Next answers, in short: "set 0 1", "look real", "skip 2", "wait 2s", "DONE VERIFIED".
func (s *scene) says() string {
	var out []string
	do := Next(&s.p, &s.f)
	for _, e := range do.End {
		out = append(out, fmt.Sprintf("%s %d", e.Outcome, e.Step))
	}
	for _, j := range do.Begin {
		text := string(j.Kind)
		for _, l := range j.Looks {
			text += " " + string(l.Flag)
			if l.Running {
				text += " running"
			}
		}
		out = append(out, text+strings.Trim(strings.TrimSuffix(fmt.Sprint(" ", j.Steps), "[]"), "[]"))
	}
	for i := range out {
		out[i] = strings.TrimSpace(strings.NewReplacer("[", "", "]", "", "  ", " ").Replace(out[i]))
	}
	switch {
	case do.Done != nil:
		out = append(out, "DONE "+string(do.Done.Outcome))
	case len(out) == 0 && do.Wait.IsZero():
		out = append(out, "wait")
	case len(out) == 0:
		out = append(out, "wait "+do.Wait.Sub(s.f.Now).String())
	}
	return strings.Join(out, ", ")
}

// TestNext reads like the contract: contain, apply, verify, stand.
func TestNext(t *testing.T) {
	off := model.BoolValue(false)
	up := func(s *scene) { s.p.Plan.Kind = model.PlanEnter }
	alone := func(s *scene) { s.f.Rollout.Flags[1].Apply, s.f.Stores["extra"] = nil, "" } // extra, in a store of its own, live at once
	openMaster := func(s *scene) { s.p.Plan.Steps[2].Changes[0] = model.Change{Flag: "extra", To: model.BoolValue(true)} }
	for _, c := range []struct {
		name string
		s    *scene
		want string
	}{
		{"what narrows goes first, one file in one write", newScene(), "set 0 1"},
		{"what widens waits for it", newScene().busy(0, 0, 1), "wait 2s"},
		{"on the way down no longer than 2 s, then it looks at its master", newScene().busy(2*time.Second, 0, 1), "look real"},
		{"on the way up it waits", newScene().busy(time.Minute, 0, 1).with(up), "wait"},
		{"a master that opens waits on the way down too", newScene().busy(time.Minute, 0, 1).with(openMaster), "wait 2s"},
		{"what was set is looked at in its store", newScene().ended(model.StepDone, 0, 1), "look real"},
		{"and in the running service", newScene().ended(model.StepDone, 0, 1).with(func(s *scene) {
			s.f.Looks[Look{Flag: "real"}] = Seen{Value: off, OK: true}
		}), "look real running"},
		{"a look from before the last effect says nothing", newScene().ended(model.StepDone, 0, 1).sees(false, false).with(func(s *scene) { s.f.Effects = 1 }), "look real"},
		{"a master that is seen off lets its list be emptied", newScene().ended(model.StepDone, 0, 1).sees(false, false), "set 2"},
		{"one that runs on leaves it for after the restart", newScene().ended(model.StepDone, 0, 1).sees(false, true), "run 3"},
		{"a flag that failed does not stop the others", newScene().ended(model.StepFailed, 0).ended(model.StepDone, 1).sees(true, true), "run 3"},
		{"but does on the way up", newScene().ended(model.StepFailed, 0).ended(model.StepDone, 1).with(up), "skipped 2, skipped 3, skipped 4"},
		{"the restart waits for a flag that it makes live", newScene().ended(model.StepDone, 0, 2).busy(time.Minute, 1), "wait"},
		{"and 2 s for any other", newScene().ended(model.StepDone, 0, 2).busy(time.Second, 1).with(alone), "wait 1s"},
		{"but no longer for a store that hangs", newScene().ended(model.StepDone, 0, 2).busy(2*time.Second, 1).with(alone), "run 3"},
		{"on the way up it waits for all", newScene().ended(model.StepDone, 0, 2).busy(2*time.Second, 1).with(alone).with(up), "wait"},
		{"the verifies wait for it", newScene().ended(model.StepDone, 0, 2, 3).busy(time.Minute, 1).with(alone), "wait"},
		{"another process takes up what hung", newScene().ended(model.StepDone, 0, 2, 3).with(alone), "set 1"},
		{"after the restart it looks again", newScene().ended(model.StepDone, 0, 1, 3).sees(false, true).with(func(s *scene) { s.f.Effects = 1 }), "look real"},
		{"and again, as long as the service may need", newScene().ended(model.StepDone, 0, 1, 3).sees(false, true), "wait 250ms"},
		{"and then gives the list up", newScene().ended(model.StepDone, 0, 1, 3).with(func(s *scene) { s.f.Now = s.f.Now.Add(lateFor) }).sees(false, true), "skipped 2"},
		{"where nothing changed nothing is restarted", newScene().ended(model.StepAlready, 0, 1, 2).sees(false, false).with(func(s *scene) {
			s.f.Reads["extra"] = true
			s.f.Looks[Look{Flag: "extra", Running: true}] = Seen{Value: off, OK: true}
		}), "already 3"},
		{"where that is not certain it is", newScene().ended(model.StepAlready, 0, 1, 2).sees(false, false), "run 3"},
		{"a restart that was begun and has no end is looked at first", newScene().ended(model.StepDone, 0, 1, 2).with(func(s *scene) { s.p.Steps[3].Tries = 1 }), "run 3"},
		{"then the verifies", newScene().ended(model.StepDone, 0, 1, 2, 3), "verify 4"},
		{"a restart that failed does not stop them", newScene().ended(model.StepDone, 0, 1, 2).ended(model.StepFailed, 3), "verify 4"},
		{"what was confirmed is looked at again", newScene().ended(model.StepDone, 0, 1, 2, 3, 4), "stand 0 1 2 3 4"},
		{"what failed is not", newScene().ended(model.StepDone, 0, 1, 2, 3).ended(model.StepUnseen, 4), "DONE UNVERIFIED"},
		{"a cancel waits for what is under way", newScene().ended(model.StepDone, 0, 1, 2).busy(0, 3).with(func(s *scene) { s.f.Stop.Cancelled = true }), "wait"},
		{"and skips the rest", newScene().ended(model.StepDone, 0, 1, 2, 3).with(func(s *scene) { s.f.Stop.Cancelled = true }), "skipped 4"},
		{"a lost fence outweighs all", newScene().ended(model.StepDone, 0, 1, 2, 3).ended(model.StepFailed, 4).with(func(s *scene) { s.f.Stop.Fence = "gone" }), "DONE FENCED"},
		{"a person is needed", newScene().ended(model.StepDone, 0, 1, 2).ended(model.StepHuman, 3).ended(model.StepDone, 4), "DONE NEEDS-HUMAN"},
		{"nothing could be set", newScene().ended(model.StepFailed, 0, 1, 2, 3, 4), "DONE FAILED"},
		{"some of it was", newScene().ended(model.StepFailed, 0).ended(model.StepDone, 1, 2, 3, 4), "DONE PARTIAL"},
	} {
		if got := c.s.says(); got != c.want {
			t.Errorf("%s: Next says %q, want %q", c.name, got, c.want)
		}
	}
}

// TestNextLooksUntilItStood: a rollback that is confirmed is looked at until it has
// stood for its time after the last effect, and at what has fallen three times.
func TestNextLooksUntilItStood(t *testing.T) {
	for _, c := range []struct {
		name string
		last LastLook // began with the last effect
		at   time.Duration
		want string
	}{
		{"it does not stand for long yet", LastLook{Ended: time.Unix(1e9, 0)}, 100 * time.Millisecond, "wait 150ms"},
		{"a look each 250 ms", LastLook{Ended: time.Unix(1e9, 0)}, 250 * time.Millisecond, "stand 0 1 2 3 4"},
		{"it has stood", LastLook{Late: 1, ReadBack: map[model.FlagID]bool{"real": true, "extra": true}}, time.Second, ""},
		{"what has fallen is looked at again", LastLook{Late: 1, Fallen: map[int]string{4: "503"}}, 2 * time.Second, "stand 0 1 2 3 4"},
		{"and ended anew", LastLook{Late: 3, Fallen: map[int]string{4: "503"}}, 2 * time.Second, "unseen 4"},
		{"a flag that flipped back is set again", LastLook{Fallen: map[int]string{2: "flipped"}, Flipped: map[int]model.Value{2: model.ListValue("t1")}}, time.Second, "set-again 2"},
		{"once", LastLook{Late: 3, Fallen: map[int]string{2: "flipped"}, Flipped: map[int]model.Value{2: model.ListValue("t1")}, Again: map[model.FlagID]bool{"list": true}}, time.Second, ""},
		{"and then judged", LastLook{Over: true, ReadBack: map[model.FlagID]bool{"real": true, "extra": true}}, time.Second, "DONE VERIFIED"},
		{"what a restart makes live and was not read back is inferred", LastLook{Over: true}, time.Second, "DONE INFERRED"},
	} {
		s := newScene().ended(model.StepDone, 0, 1, 2, 3, 4)
		c.last.Began, s.f.Last = s.f.Now, c.last
		s.f.Last.Began = s.f.Now
		s.f.Now = s.f.Now.Add(c.at)
		s.sees(false, false)
		if got := s.says(); got != c.want && (c.want != "" || !strings.HasPrefix(got, "wait")) {
			t.Errorf("%s: Next says %q, want %q", c.name, got, c.want)
		}
	}
}
