package model

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

var updateGolden = flag.Bool("update", false, "write the golden files anew")

// summaryPlan returns a rollout, its state, and a rollback that ended well.
func summaryPlan() (*Rollout, *State, *PlanState) {
	t0 := time.Date(2026, 11, 25, 14, 18, 7, 0, time.UTC)
	r := testRollout()
	r.Title, r.Environment = "Real retrieval", Environment{Name: "production", Critical: true}
	on, off := BoolValue(true), BoolValue(false)
	list := func(n int) Value {
		v := Value{Type: List}
		for i := range n {
			v.Items = append(v.Items, "tenant-"+string(rune('a'+i)))
		}
		return v
	}
	t1 := t0.Add(4 * time.Minute)
	at := func(from, to time.Duration, o Outcome, detail string) StepState {
		return StepState{Tries: 1, Started: t1.Add(from), Ended: t1.Add(to), Outcome: o, Detail: detail}
	}
	p := &PlanState{
		Plan: Plan{
			ID: "p1", Kind: PlanRollback, Title: "Everything off", From: "ten", Rollback: "quick", Emergency: true, Leaves: true, Budget: time.Minute,
			Steps: []Step{
				{N: 0, Stage: StageContain, Kind: StepSet, Title: "set real", Changes: []Change{{"real", on, off}}},
				{N: 1, Stage: StageContain, Kind: StepSet, Title: "set tenants", Changes: []Change{{"tenants", list(15), list(7)}}},
				{N: 2, Stage: StageApply, Kind: StepRun, Title: "restart", Action: "restart"},
				{N: 3, Stage: StageVerify, Kind: StepVerify, Title: "real in effect"},
				{N: 4, Stage: StageVerify, Kind: StepVerify, Title: "errors below 1%"},
			},
		}.Seal(),
		Status: Ended, By: Actor{Name: "ops", Host: "bastion"}, FiredBy: Actor{Name: "ops", Host: "bastion"}, FiredAt: t1,
		ContainedAt: t1.Add(300 * time.Millisecond), VerifiedAt: t1.Add(21 * time.Second), EndedAt: t1.Add(21 * time.Second), Outcome: Verified,
		Steps: []StepState{
			at(0, 200*time.Millisecond, StepDone, ""), at(0, 300*time.Millisecond, StepDone, ""),
			at(time.Second, 4*time.Second, StepDone, "exit status 0"),
			at(4*time.Second, 5*time.Second, StepDone, "false on 8 of 8"), at(4*time.Second, 21*time.Second, StepDone, "0.2%, three times"),
		},
		Joined:   []Actor{{Name: "ana", Host: "desk"}},
		Notified: []Notice{{Action: "team", Title: "team"}, {Action: "team", Title: "team"}, {Action: "page", Title: "pager", Err: "timed out"}},
	}
	s := &State{Seq: 412, Flags: map[FlagID]FlagState{"real": {Stored: off, Effective: off, Want: off}}}
	s.Incident = &Incident{Breach: t0, Why: "errors FAIL: 7% is above 5%", Fired: t1, Contained: p.ContainedAt, Verified: p.VerifiedAt, Plan: "p1", Outcome: Verified}
	return r, s, p
}

func TestSummary(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Rollout, *State, *PlanState)
	}{
		{"verified", func(*Rollout, *State, *PlanState) {}},
		{"running", func(_ *Rollout, s *State, p *PlanState) {
			p.Status, p.Outcome, p.VerifiedAt, p.EndedAt = Running, "", time.Time{}, time.Time{}
			p.Steps[3].Outcome, p.Steps[4] = "", StepState{}
			p.Notified = nil
			s.Incident.Verified, s.Incident.Outcome = time.Time{}, ""
		}},
		{"partial", func(_ *Rollout, s *State, p *PlanState) {
			p.Outcome, p.ContainedAt, p.VerifiedAt = Partial, time.Time{}, time.Time{}
			p.Summary = "tenants could not be set"
			p.Steps[1].Outcome, p.Steps[1].Detail = StepFailed, "dotenv: /srv/app/.env: permission denied"
			s.Incident.Verified, s.Incident.Contained, s.Incident.Outcome = time.Time{}, time.Time{}, Partial
			s.Flags["tenants"] = FlagState{Stored: ListValue("a", "b"), Want: ListValue("a")}
		}},
		{"unverified", func(_ *Rollout, s *State, p *PlanState) {
			p.Outcome, p.VerifiedAt = Unverified, time.Time{}
			p.Steps[3].Outcome, p.Steps[3].Detail = StepUnseen, "still true on 2 of 8"
			p.Plan.Guard, p.Plan.Emergency, p.Plan.Reason = true, false, "errors FAIL: 7% is above 5%"
			p.By, p.FiredBy, p.Joined = Actor{Name: "guard"}, Actor{Name: "guard"}, nil
			s.Incident.Verified, s.Incident.Outcome = time.Time{}, Unverified
			s.Flags["real"] = FlagState{Stored: BoolValue(false), Effective: BoolValue(true), Want: BoolValue(false)}
		}},
		{"unaudited", func(_ *Rollout, s *State, p *PlanState) {
			s.Unaudited, s.Incident = 3, nil
		}},
		{"drill", func(_ *Rollout, s *State, p *PlanState) {
			p.Plan.Kind, p.Plan.Drill, p.Plan.Emergency, p.Plan.Phase = PlanDrill, RehearseDry, false, "ten"
			p.Outcome, p.ContainedAt, p.VerifiedAt, p.Notified, p.Joined = Ready, time.Time{}, time.Time{}, nil, nil
			p.Steps[0].Detail, p.Steps[1].Detail = "real can be read: true", "tenants can be read: 15"
			s.Incident = nil
		}},
		{"real drill that failed", func(_ *Rollout, s *State, p *PlanState) {
			p.Plan.Drill, p.Plan.Emergency = RehearseReal, false
			p.Outcome, p.VerifiedAt = Unverified, time.Time{}
			p.Steps[4].Outcome, p.Steps[4].Detail = StepUnseen, "no reading"
			s.Incident = nil
		}},
		{"step down", func(_ *Rollout, s *State, p *PlanState) {
			p.Plan.Title, p.Plan.Emergency, p.Plan.Leaves, p.Plan.Phase = "Fewer tenants", false, false, "ten"
			p.Plan.Steps = []Step{
				{N: 0, Level: 1, Stage: StageContain, Kind: StepSet, Title: "set tenants", Changes: p.Plan.Steps[1].Changes},
				{N: 1, Level: 1, Stage: StageHold, Kind: StepHold, Title: "hold 5m until errors is on target", Until: []MetricID{"errors"}},
				{N: 2, Level: 2, Stage: StageContain, Kind: StepSet, Title: "set tenants", Changes: []Change{{"tenants", ListValue("a", "b"), ListValue("a")}}},
				{N: 3, Stage: StageVerify, Kind: StepVerify, Title: "tenants in effect"},
			}
			p.Steps = []StepState{p.Steps[1], p.Steps[4], {Outcome: StepSpared, Started: p.EndedAt, Ended: p.EndedAt}, p.Steps[3]}
		}},
		{"vetoed", func(_ *Rollout, s *State, p *PlanState) {
			p.Status, p.Outcome, p.FiredAt, p.FiredBy, p.Note, p.Joined, p.Notified = Vetoed, Cancelled, time.Time{}, Actor{}, "load test", nil, nil
			p.ContainedAt, p.VerifiedAt, p.Steps, s.Incident = time.Time{}, time.Time{}, make([]StepState, 5), nil
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
		p.Plan.Steps = append(p.Plan.Steps, Step{Kind: StepVerify, Title: bad})
		p.Plan.Steps[1].Changes[0].From.Items = append(p.Plan.Steps[1].Changes[0].From.Items, bad)
	}
	for _, text := range []string{Summary(r, s, p), Summary(nil, nil, p), Summary(nil, nil, &PlanState{})} {
		lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
		for _, l := range lines {
			if Inert(l) != l {
				t.Errorf("not inert: %q", l)
			}
		}
		if len(lines) > 60 {
			t.Errorf("%d lines", len(lines))
		}
	}
}
