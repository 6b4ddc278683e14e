package words

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gonogo/model"
)

var updateGolden = flag.Bool("update", false, "write the golden files anew")

// summaryPlan returns a rollout, its state, and a rollback that ended well.
func summaryPlan() (*model.Rollout, *model.State, *model.PlanState) {
	t0 := time.Date(2026, 11, 25, 14, 18, 7, 0, time.UTC)
	r := &model.Rollout{
		ID: "r", Title: "Real retrieval", Environment: model.Environment{Name: "production", Critical: true},
		Flags:  []model.Flag{{ID: "real", Type: model.Bool}, {ID: "tenants", Type: model.List, Empty: "everyone"}, {ID: "exports", Type: model.Bool}},
		Phases: []model.Phase{{ID: "staging", Title: "Staging"}, {ID: "ten", Title: "10%"}, {ID: "all", Title: "All"}},
	}
	on, off := model.BoolValue(true), model.BoolValue(false)
	list := func(n int) model.Value {
		v := model.Value{Type: model.List}
		for i := range n {
			v.Items = append(v.Items, "tenant-"+string(rune('a'+i)))
		}
		return v
	}
	t1 := t0.Add(4 * time.Minute)
	at := func(from, to time.Duration, o model.Outcome, detail string) model.StepState {
		return model.StepState{Tries: 1, Started: t1.Add(from), Ended: t1.Add(to), Outcome: o, Detail: detail}
	}
	p := &model.PlanState{
		Plan: model.Plan{
			ID: "p1", Kind: model.PlanRollback, Title: "Everything off", From: "ten", Rollback: "quick", Emergency: true, Leaves: true, Budget: time.Minute,
			Steps: []model.Step{
				{N: 0, Stage: model.StageContain, Kind: model.StepSet, Title: "set real", Changes: []model.Change{{Flag: "real", From: on, To: off}}},
				{N: 1, Stage: model.StageContain, Kind: model.StepSet, Title: "set tenants", Changes: []model.Change{{Flag: "tenants", From: list(15), To: list(7)}}},
				{N: 2, Stage: model.StageApply, Kind: model.StepRun, Title: "restart", Action: "restart"},
				{N: 3, Stage: model.StageVerify, Kind: model.StepVerify, Title: "real in effect"},
				{N: 4, Stage: model.StageVerify, Kind: model.StepVerify, Title: "errors below 1%"},
			},
		}.Seal(),
		Status: model.Ended, By: model.Actor{Name: "ops", Host: "bastion"}, FiredBy: model.Actor{Name: "ops", Host: "bastion"}, FiredAt: t1,
		ContainedAt: t1.Add(300 * time.Millisecond), VerifiedAt: t1.Add(21 * time.Second), EndedAt: t1.Add(21 * time.Second), Outcome: model.Verified,
		Steps: []model.StepState{
			at(0, 200*time.Millisecond, model.StepDone, ""), at(0, 300*time.Millisecond, model.StepDone, ""),
			at(time.Second, 4*time.Second, model.StepDone, "exit status 0"),
			at(4*time.Second, 5*time.Second, model.StepDone, "false on 8 of 8"), at(4*time.Second, 21*time.Second, model.StepDone, "0.2%, three times"),
		},
		Joined:   []model.Actor{{Name: "ana", Host: "desk"}},
		Notified: []model.Notice{{Action: "team", Title: "team"}, {Action: "team", Title: "team"}, {Action: "page", Title: "pager", Err: "timed out"}},
	}
	s := &model.State{Seq: 412, Flags: map[model.FlagID]model.FlagState{"real": {Stored: off, Effective: off, Want: off}}}
	s.Incident = &model.Incident{Breach: t0, Why: "errors FAIL: 7% is above 5%", Fired: t1, Contained: p.ContainedAt, Verified: p.VerifiedAt, Plan: "p1", Outcome: model.Verified}
	return r, s, p
}

func TestSummary(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*model.Rollout, *model.State, *model.PlanState)
	}{
		{"verified", func(*model.Rollout, *model.State, *model.PlanState) {}},
		{"running", func(_ *model.Rollout, s *model.State, p *model.PlanState) {
			p.Status, p.Outcome, p.VerifiedAt, p.EndedAt = model.Running, "", time.Time{}, time.Time{}
			p.Steps[3].Outcome, p.Steps[4] = "", model.StepState{}
			p.Notified = nil
			s.Incident.Verified, s.Incident.Outcome = time.Time{}, ""
		}},
		{"partial", func(_ *model.Rollout, s *model.State, p *model.PlanState) {
			p.Outcome, p.ContainedAt, p.VerifiedAt = model.Partial, time.Time{}, time.Time{}
			p.Summary = "tenants could not be set"
			p.Steps[1].Outcome, p.Steps[1].Detail = model.StepFailed, "dotenv: /srv/app/.env: permission denied"
			s.Incident.Verified, s.Incident.Contained, s.Incident.Outcome = time.Time{}, time.Time{}, model.Partial
			s.Flags["tenants"] = model.FlagState{Stored: model.ListValue("a", "b"), Want: model.ListValue("a")}
		}},
		{"unverified", func(_ *model.Rollout, s *model.State, p *model.PlanState) {
			p.Outcome, p.VerifiedAt = model.Unverified, time.Time{}
			p.Steps[3].Outcome, p.Steps[3].Detail = model.StepUnseen, "still true on 2 of 8"
			p.Plan.Guard, p.Plan.Emergency, p.Plan.Reason = true, false, "errors FAIL: 7% is above 5%"
			p.By, p.FiredBy, p.Joined = model.Actor{Name: "guard"}, model.Actor{Name: "guard"}, nil
			s.Incident.Verified, s.Incident.Outcome = time.Time{}, model.Unverified
			s.Flags["real"] = model.FlagState{Stored: model.BoolValue(false), Effective: model.BoolValue(true), Want: model.BoolValue(false)}
		}},
		{"unaudited", func(_ *model.Rollout, s *model.State, p *model.PlanState) {
			s.Unaudited, s.Incident = 3, nil
		}},
		{"drill", func(_ *model.Rollout, s *model.State, p *model.PlanState) {
			p.Plan.Kind, p.Plan.Drill, p.Plan.Emergency, p.Plan.Phase = model.PlanDrill, model.RehearseDry, false, "ten"
			p.Outcome, p.ContainedAt, p.VerifiedAt, p.Notified, p.Joined = model.Ready, time.Time{}, time.Time{}, nil, nil
			p.Steps[0].Detail, p.Steps[1].Detail = "real can be read: true", "tenants can be read: 15"
			s.Incident = nil
		}},
		{"real drill that failed", func(_ *model.Rollout, s *model.State, p *model.PlanState) {
			p.Plan.Drill, p.Plan.Emergency = model.RehearseReal, false
			p.Outcome, p.VerifiedAt = model.Unverified, time.Time{}
			p.Steps[4].Outcome, p.Steps[4].Detail = model.StepUnseen, "no reading"
			s.Incident = nil
		}},
		{"step down", func(_ *model.Rollout, s *model.State, p *model.PlanState) {
			p.Plan.Title, p.Plan.Emergency, p.Plan.Leaves, p.Plan.Phase = "Fewer tenants", false, false, "ten"
			p.Plan.Steps = []model.Step{
				{N: 0, Level: 1, Stage: model.StageContain, Kind: model.StepSet, Title: "set tenants", Changes: p.Plan.Steps[1].Changes},
				{N: 1, Level: 1, Stage: model.StageHold, Kind: model.StepHold, Title: "hold 5m until errors is on target", Until: []model.MetricID{"errors"}},
				{N: 2, Level: 2, Stage: model.StageContain, Kind: model.StepSet, Title: "set tenants", Changes: []model.Change{{Flag: "tenants", From: model.ListValue("a", "b"), To: model.ListValue("a")}}},
				{N: 3, Stage: model.StageVerify, Kind: model.StepVerify, Title: "tenants in effect"},
			}
			p.Steps = []model.StepState{p.Steps[1], p.Steps[4], {Outcome: model.StepSpared, Started: p.EndedAt, Ended: p.EndedAt}, p.Steps[3]}
		}},
		{"vetoed", func(_ *model.Rollout, s *model.State, p *model.PlanState) {
			p.Status, p.Outcome, p.FiredAt, p.FiredBy, p.Note, p.Joined, p.Notified = model.Vetoed, model.Cancelled, time.Time{}, model.Actor{}, "load test", nil, nil
			p.ContainedAt, p.VerifiedAt, p.Steps, s.Incident = time.Time{}, time.Time{}, make([]model.StepState, 5), nil
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, s, p := summaryPlan()
			p.Steps, p.Plan.Steps = slices.Clone(p.Steps), slices.Clone(p.Plan.Steps)
			c.change(r, s, p)
			p.Plan.Hash = strings.Repeat("0123456789abcdef", 4)
			got := Summary(r, s, p)
			file := filepath.Join("testdata", "summary", strings.ReplaceAll(c.name, " ", "-")+".txt")
			if *updateGolden {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
			if n := strings.Count(got, "\n"); n > 28 {
				t.Errorf("%d lines are too many for a chat", n)
			}
		})
	}
}

// A summary of what is missing or hostile is short, inert and does not panic.
func TestSummaryOfAnything(t *testing.T) {
	if got := Summary(nil, nil, nil); got != "" {
		t.Errorf("without a plan: %q", got)
	}
	r, s, p := summaryPlan()
	bad := "\x1b]52;c;eA==\a\u202e" + strings.Repeat("long\n", 500)
	r.Title, r.Environment.Name, p.Summary, p.By.Name, p.Note = bad, bad, bad, bad, bad
	for i := range p.Steps {
		p.Steps[i].Detail, p.Plan.Steps[i].Title = bad, bad
	}
	for range 200 {
		p.Plan.Steps = append(p.Plan.Steps, model.Step{Kind: model.StepVerify, Title: bad})
		p.Plan.Steps[1].Changes[0].From.Items = append(p.Plan.Steps[1].Changes[0].From.Items, bad)
	}
	for _, text := range []string{Summary(r, s, p), Summary(nil, nil, p), Summary(nil, nil, &model.PlanState{})} {
		lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
		for _, l := range lines {
			if model.Inert(l) != l {
				t.Errorf("not inert: %q", l)
			}
		}
		if len(lines) > 60 {
			t.Errorf("%d lines", len(lines))
		}
	}
}

// TestSummarySaysOneThing: the first line and what is not safe never differ.
func TestSummarySaysOneThing(t *testing.T) {
	for _, o := range []model.Outcome{model.Verified, model.Inferred, model.Unverified, model.Partial, model.NeedsHuman} {
		for _, last := range []model.Outcome{model.StepDone, model.StepUnseen} {
			p := &model.PlanState{Plan: summaryDown(), Status: model.Ended, Outcome: o, FiredAt: time.Unix(1, 0), EndedAt: time.Unix(2, 0),
				Steps: []model.StepState{{Outcome: model.StepDone}, {Outcome: last}, {Outcome: model.StepDone}}}
			s := model.State{LastDown: p}
			first, safe := headOf(Summary(&model.Rollout{}, &s, p))
			if (o == model.Verified) != safe || (first == "done and confirmed") != safe {
				t.Errorf("%s with a restart %s: %q, safe %v", o, last, first, safe)
			}
		}
	}
}

// summaryDown is a rollback of one flag, which a restart makes live.
func summaryDown() model.Plan {
	return model.Plan{ID: "a", Kind: model.PlanRollback, Rollback: "down", Steps: []model.Step{
		{Kind: model.StepSet, Changes: []model.Change{{Flag: "real", From: model.BoolValue(true), To: model.BoolValue(false)}}},
		{Kind: model.StepRun, Action: "restart"},
		{Kind: model.StepVerify, Verify: &model.Verify{Kind: model.VerifyFlag, Flag: "real", Is: model.BoolValue(false)}},
	}}
}

// headOf returns what a summary's first line says of the outcome, and whether it
// says that all is safe.
func headOf(text string) (says string, safe bool) {
	first, rest, _ := strings.Cut(text, "\n")
	_, says, _ = strings.Cut(first, ": ")
	_, says, _ = strings.Cut(says, ", ")
	return says, strings.Contains(rest, "not safe: nothing") && !strings.Contains(rest, "NOT SAFE")
}
