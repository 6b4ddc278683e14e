package headless

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"gonogo/model"
)

// tenants returns a desk with a list that may be taken down in part, as its store holds v.
func tenants(v model.Value, empty string) *desk {
	d := newDesk()
	r := d.s.Rollout
	r.Flags = append(r.Flags, model.Flag{ID: "tenants", Type: model.List, Empty: empty})
	r.Rollbacks = append(r.Rollbacks, model.Rollback{ID: "some", Title: "Some", Scope: model.ScopeSet, Set: []model.Setting{{Flag: "tenants", Value: model.Value{Type: model.Remove}}}})
	d.s.State.Flags["tenants"] = model.FlagState{Stored: v}
	return d
}

// TestOnlyWhatIsListedIsTakenOut: what is in the list is told to who does not say what, and to
// who names another; nothing is asked of the engine then.
func TestOnlyWhatIsListedIsTakenOut(t *testing.T) {
	some := model.ListValue("ana", "bob", "eve\x1b[2J")
	const listed = "in it are: ana, bob, eve␛[2J"
	for _, c := range []struct {
		name, empty, remove string
		holds               model.Value
		takes               []string
		says                string
	}{
		{"one", "nobody", "bob", some, []string{"bob"}, ""},
		{"two, with blanks", "nobody", " ana , bob,", some, []string{"ana", "bob"}, ""},
		{"none named", "nobody", "", some, nil, "--remove A,B; " + listed},
		{"one that is not in it", "nobody", "ana,zoe", some, nil, `"zoe" is not in tenants; ` + listed},
		{"of what was not read", "nobody", "ana", model.Value{}, nil, "who is in tenants is not known"},
		{"of everyone, who nobody knows", "everyone", "ana", model.ListValue(), nil, "which means everyone"},
		{"of nobody", "nobody", "ana", model.ListValue(), nil, `"ana" is not in tenants`},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := tenants(c.holds, c.empty)
			out, errs, status := d.says(t, "", "rollback", "some", "--yes", "--remove", c.remove)
			if c.says == "" {
				if status != ExitOK || len(d.asked) != 1 || !slices.Equal(d.asked[0].Remove, c.takes) {
					t.Errorf("status %d, asked %+v: %s%s", status, d.asked, out, errs)
				}
				return
			}
			if status != ExitUsage || len(d.asked) > 0 || !strings.Contains(errs, c.says) || bare(out+errs) {
				t.Errorf("status %d, asked %v, %q", status, d.kinds(), errs)
			}
		})
	}
}

// TestContradictionsOfARollbackAreRefused: before anything is asked of the engine.
func TestContradictionsOfARollbackAreRefused(t *testing.T) {
	for _, c := range []struct{ args, says string }{
		{"off --flag real", "either --flag, or the name of a rollback"},
		{"--flag real --remove ana", "either --flag, or the name of a rollback"},
		{"--flag reel", `there is no flag "reel"`},
		{"off --remove ana", `--remove is for a rollback that takes some out of a list; "off" does not`},
		{"--last --verify", "one of --last, --verify and --confirm"},
		{"--verify --confirm --reason x", "one of --last, --verify and --confirm"},
		{"--reason x", "--reason goes with --confirm"},
		{"--verify --reason x", "--reason goes with --confirm"},
		{"--confirm", "--confirm needs --reason"},
		{"--last", "there was no rollback"},
		{"--verify", "there was no rollback"},
	} {
		d := tenants(model.ListValue("ana"), "nobody")
		out, errs, status := d.says(t, "", append([]string{"rollback", "--yes"}, strings.Fields(c.args)...)...)
		if status != ExitUsage || len(d.asked) > 0 || !strings.Contains(errs, c.says) {
			t.Errorf("%s: status %d, asked %v: %s%s", c.args, status, d.kinds(), out, errs)
		}
	}
}

// TestNobodyKnowsTheLastRollbackOfADamagedJournal: that there was none would be a guess.
func TestNobodyKnowsTheLastRollbackOfADamagedJournal(t *testing.T) {
	for _, flag := range []string{"--last", "--verify"} {
		d := tenants(model.ListValue("ana"), "nobody")
		d.s.State.Damaged = "record 7 was edited"
		out, errs, status := d.says(t, "", "rollback", "--yes", flag)
		if status != ExitUnknown || !strings.Contains(errs, "record 7 was edited, so whether there was a rollback is not known") {
			t.Errorf("%s: status %d: %s%s", flag, status, out, errs)
		}
	}
}

// TestEveryRollbackIsListedWithItsRehearsal: one that was never rehearsed too; what took longer
// than its budget has not passed.
func TestEveryRollbackIsListedWithItsRehearsal(t *testing.T) {
	d := tenants(model.ListValue(), "nobody")
	at := d.s.At.Add(-time.Hour)
	d.s.Rollout.Rollbacks = append(d.s.Rollout.Rollbacks, model.Rollback{ID: "slow", Rehearse: model.RehearseReal})
	d.s.State.Drills = map[model.RollbackID]model.Drill{
		"off":  {At: at, How: model.RehearseDry, Outcome: model.Ready, Took: time.Second, Budget: time.Minute},
		"slow": {At: at, How: model.RehearseReal, Outcome: model.Verified, Took: time.Hour, Budget: time.Minute},
	}
	out, errs, status := d.says(t, "", "rehearse")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if status != ExitOK || len(lines) != 3 || len(d.asked) > 0 {
		t.Fatalf("status %d, asked %v: %s%s", status, d.kinds(), out, errs)
	}
	for i, want := range [][]string{{"off", "dry, READY"}, {"some", "never rehearsed"}, {"slow", "real, VERIFIED", "OVER its budget"}} {
		for _, text := range want {
			if !strings.Contains(lines[i], text) {
				t.Errorf("%q does not say %q", lines[i], text)
			}
		}
	}
	out, _, status = d.says(t, "", "rehearse", "--json")
	var got struct{ Rollbacks []drillReport }
	if err := json.Unmarshal([]byte(out), &got); err != nil || status != ExitOK || len(got.Rollbacks) != 3 {
		t.Fatalf("status %d, %v: %s", status, err, out)
	}
	for i, want := range []struct{ passed, known bool }{{true, true}, {false, false}, {false, true}} {
		if r := got.Rollbacks[i]; r.Passed != want.passed || (r.Last != nil) != want.known {
			t.Errorf("%+v", r)
		}
	}
}

// TestARehearsalThatChangesTheWorldNeedsYes: a real one does, a dry one asks nobody, and one
// of a rollback that is not there asks nothing of the engine.
func TestARehearsalThatChangesTheWorldNeedsYes(t *testing.T) {
	for _, c := range []struct {
		how    model.Rehearsal
		args   []string
		status int
		asks   bool
	}{
		{model.RehearseDry, []string{"rehearse", "off"}, ExitOK, true},
		{model.RehearseReal, []string{"rehearse", "off"}, ExitUsage, false},
		{model.RehearseReal, []string{"rehearse", "off", "--yes"}, ExitOK, true},
		{model.RehearseDry, []string{"rehearse", "of", "--yes"}, ExitUsage, false},
	} {
		d := newDesk()
		d.s.Rollout.Rollbacks[0].Rehearse = c.how
		out, errs, status := d.says(t, "", c.args...)
		if status != c.status || c.asks != slices.Equal(d.kinds(), []model.IntentKind{model.ArmDrill}) || !c.asks && len(d.asked) > 0 {
			t.Errorf("%v, %s: status %d, asked %v: %s%s", c.args, c.how, status, d.kinds(), out, errs)
		}
	}
}

// TestADrillBeyondItsBudgetIsUnverified: however well it went; one that went wrong says how.
func TestADrillBeyondItsBudgetIsUnverified(t *testing.T) {
	for _, c := range []struct {
		outcome model.Outcome
		took    time.Duration
		want    int
	}{
		{model.Ready, time.Minute, ExitOK}, {model.Verified, time.Minute, ExitOK}, {model.Ready, time.Minute + 1, ExitUnverified},
		{model.Verified, time.Hour, ExitUnverified}, {model.Failed, time.Hour, ExitFailed}, {model.Partial, time.Second, ExitPartial},
	} {
		p := &model.PlanState{Plan: model.Plan{Budget: time.Minute}, Outcome: c.outcome, FiredAt: time.Unix(1, 0), EndedAt: time.Unix(1, 0).Add(c.took)}
		if got := Status(ofDrill(p)); got != c.want {
			t.Errorf("%s after %s: %d, wanted %d", c.outcome, c.took, got, c.want)
		}
	}
}

// TestAVetoIsOfWhatIsArmed: where nothing is, it is refused and asked of nobody.
func TestAVetoIsOfWhatIsArmed(t *testing.T) {
	d := newDesk()
	if _, errs, status := d.says(t, "", "veto"); status != ExitRefused || !strings.Contains(errs, "no plan is armed") || len(d.asked) > 0 {
		t.Errorf("status %d, %q, asked %v", status, errs, d.kinds())
	}
	d.record(model.PlanArmed{Plan: model.Plan{ID: "up", Title: "Up\x1b[2J"}})
	out, errs, status := d.says(t, "", "veto", "--reason", "a freeze")
	if status != ExitOK || out != "vetoed: Up␛[2J\n" || len(d.asked) != 1 || d.asked[0].Plan != "up" || d.asked[0].Reason != "a freeze" {
		t.Errorf("status %d, %q, %q, asked %+v", status, out, errs, d.asked)
	}
}
