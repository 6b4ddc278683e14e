package report

import (
	"bytes"
	"flag"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gonogo/model"
	"gonogo/model/evidence"
)

var update = flag.Bool("update", false, "write the golden files")

var begin = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

const hostile = "<script>alert(1)</script>|\x1b[31m`*"

func rollout() *model.Rollout {
	return &model.Rollout{ID: "shop", Title: "New checkout", Service: "shop", Environment: model.Environment{Name: "production"},
		Metrics: []model.Metric{{ID: "error", Title: "Errors", Unit: model.Ratio, Target: &model.Target{Op: "<", Value: .01, Text: "< 1%"}, Alert: &model.Target{Op: ">", Value: .05, Text: "> 5%"}},
			{ID: "slo.error", Title: "Errors, 14d", Unit: model.Ratio, SLO: &model.SLO{Of: "error", Over: 14 * 24 * time.Hour}, Target: &model.Target{Op: "<", Value: .01, Text: "< 1%"}}},
		Phases: []model.Phase{
			{ID: "ten", Title: "10%", Soak: time.Hour, Limit: 2 * time.Hour, Checks: []model.Check{{ID: "logs", Text: "Logs are clean"}}},
			{ID: "half", Title: "50%", Soak: 2 * time.Hour},
			{ID: "all", Title: "Everyone"},
		}}
}

// flight is a rollout up to half of everybody, and back.
func flight() []model.Record {
	ana, guard := model.Actor{Name: "ana", Host: "desk"}, model.Actor{Name: "guard", Host: "desk", Via: model.ViaGuard}
	at := func(h float64) time.Time { return begin.Add(time.Duration(h * float64(time.Hour))) }
	enter := func(id model.PlanID, phase model.PhaseID, headline model.Headline, override bool, reason string) model.Plan {
		return model.Plan{ID: id, Kind: model.PlanEnter, Title: "Enter", Phase: phase, Leaves: true, Headline: headline, Override: override, Reason: reason, Budget: time.Minute}
	}
	down := model.Plan{ID: "p3", Kind: model.PlanRollback, Title: "Everything off", Rollback: "off", Guard: true, Leaves: true, Headline: model.NoGo, Budget: time.Minute}
	drill := model.Plan{ID: "p0", Kind: model.PlanDrill, Title: "Drill", Rollback: "off", Drill: model.RehearseDry, Budget: time.Minute}
	all := []struct {
		h  float64
		by model.Actor
		ev model.Event
	}{
		{-2, ana, model.PlanArmed{Plan: drill}},
		{-2, ana, model.PlanFired{Plan: "p0", How: "enter"}},
		{-1.99, ana, model.PlanEnded{Plan: "p0", Outcome: model.Ready}},
		{0, ana, model.PlanArmed{Plan: enter("p1", "ten", model.Hold, false, "")}},
		{0, ana, model.PlanFired{Plan: "p1", How: "enter"}},
		{0, ana, model.PlanEnded{Plan: "p1", Outcome: model.Verified}},
		{0, ana, model.PhaseEntered{Phase: "ten", Attempt: 1, Plan: "p1"}},
		{1, ana, model.Progress{Phase: "ten", Attempt: 1, Soak: time.Hour}},
		{1, ana, model.MetricRead{Metric: "error", Value: .003, Unit: model.Ratio, Note: "vendor's page"}},
		{1.1, ana, model.CheckSigned{Phase: "ten", Attempt: 1, Check: "logs", Note: hostile, Proofs: []model.Proven{{Metric: "error", Says: "confirmed below 5% by 80 events, 0% bad"}}}},
		{1.2, model.Actor{Name: "gonogo", Via: model.ViaEngine}, model.GateChanged{Phase: "ten", From: model.Hold, To: model.GO, Proofs: []model.Proven{{Metric: "error", Counts: evidence.Counts{Total: 90}, Says: "confirmed below 5% by 90 events, 0% bad"}}}},
		{1.5, ana, model.PlanArmed{Plan: enter("p2", "half", model.GO, false, "")}},
		{1.5, ana, model.PlanFired{Plan: "p2", How: "enter"}},
		{1.5, ana, model.PlanEnded{Plan: "p2", Outcome: model.Verified}},
		{1.5, ana, model.PhaseEntered{Phase: "half", Attempt: 1, Plan: "p2", Override: "the release is due"}},
		{2, guard, model.PlanArmed{Plan: down}},
		{2.1, guard, model.PlanFired{Plan: "p3", How: "countdown", Breach: at(1.9), Why: "Errors: confirmed above 5%"}},
		{2.2, guard, model.PlanEnded{Plan: "p3", Outcome: model.Verified}},
		{2.2, guard, model.Recovered{Plan: "p3", Breach: at(1.9), Fired: at(2.1), Contained: at(2.15), Verified: at(2.2)}},
		{2.2, guard, model.PhaseLeft{From: "half", To: "ten"}},
		{2.5, ana, model.HoldChanged{Held: true, Reason: "until it is mended"}},
	}
	var out []model.Record
	for i, r := range all {
		out = append(out, model.Record{Seq: uint64(i) + 1, At: at(r.h), By: r.by, Event: r.ev})
	}
	return out
}

func build(span Span) *Report {
	r := rollout()
	b := NewBuilder(r, span)
	for _, rec := range flight() {
		b.Add(rec)
	}
	var points []model.Point
	for i := range 60 {
		v := .002 + float64(i%5)/1000
		if i > 40 && i < 50 {
			v = .08
		}
		if i == 20 {
			v = math.NaN()
		}
		points = append(points, model.Point{At: begin.Add(time.Duration(i) * 3 * time.Minute), V: v})
	}
	b.AddChart(&r.Metrics[0], points)
	b.AddSLO(&r.Metrics[1], points[:1])
	return b.Finish("")
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is other than it was (-update writes it):\n%s", name, got)
	}
}

// TestTheReportTellsTheFlight: phases planned against actual, who decided what on which
// evidence, what went wrong and how long it took, and what is left to do.
func TestTheReportTellsTheFlight(t *testing.T) {
	r := build(Span{Kind: Final, To: begin.Add(3 * time.Hour)})
	for name, write := range map[string]func(*bytes.Buffer) error{
		"final.md":   func(b *bytes.Buffer) error { return r.Markdown(b) },
		"final.html": func(b *bytes.Buffer) error { return r.HTML(b) },
		"phases.csv": func(b *bytes.Buffer) error { return r.TimelineCSV(b) },
		"phases.md":  func(b *bytes.Buffer) error { return r.TimelineMarkdown(b) },
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		golden(t, name, b.String())
	}
}

// TestAReportIsOfItsTime: what came before or after is not in it.
func TestAReportIsOfItsTime(t *testing.T) {
	r := build(Span{Kind: Daily, From: begin.Add(2 * time.Hour), To: begin.Add(150 * time.Minute)})
	if len(r.Decisions) != 2 || len(r.Incidents) != 1 || len(r.Signatures) != 0 || len(r.Drills) != 0 || len(r.Readings) != 0 {
		t.Errorf("decisions %+v, incidents %+v, signatures %+v", r.Decisions, r.Incidents, r.Signatures)
	}
	if got := r.Decisions[0]; got.Outcome != model.Verified || got.By != "guard" {
		t.Errorf("the rollback: %+v", got)
	}
}

// TestNothingInAReportActs: no text from outside becomes markup, a formula or an escape.
func TestNothingInAReportActs(t *testing.T) {
	r := build(Span{Kind: Final, To: begin.Add(3 * time.Hour)})
	r.Phases[0].Title = "=cmd|' /C calc'!A0"
	r.Charts[0].Title, r.Charts[0].Target = hostile, hostile
	var md, page, sheet bytes.Buffer
	if r.Markdown(&md) != nil || r.HTML(&page) != nil || r.TimelineCSV(&sheet) != nil {
		t.Fatal("it cannot be written")
	}
	if strings.Contains(page.String(), "<script>") || strings.Contains(md.String(), "<script>") {
		t.Error("a note became markup")
	}
	if strings.Contains(md.String()+sheet.String(), "\x1b") {
		t.Error("an escape sequence came through")
	}
	if !strings.Contains(sheet.String(), "'=cmd") {
		t.Errorf("a formula came through:\n%s", sheet.String())
	}
}

// TestAReportOfNothingIsShort: before anything happened it says so.
func TestAReportOfNothingIsShort(t *testing.T) {
	r := NewBuilder(rollout(), Span{Kind: Final, To: begin}).Finish("the journal is damaged: record 1")
	var b bytes.Buffer
	if err := r.Markdown(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"It stands: not started", "**It may be incomplete:** the journal is damaged", "- enter 10%"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("want %q in\n%s", want, b.String())
		}
	}
	if r.HTML(&b) != nil {
		t.Error("nor as HTML")
	}
}

// FuzzChart draws whatever values come.
func FuzzChart(f *testing.F) {
	f.Add(0.0, 1.0, math.NaN(), 5.0, "ratio")
	f.Add(math.MaxFloat64, -math.MaxFloat64, 0.0, math.Inf(1), "")
	f.Add(1e-320, 1e-320, 1e-320, 1e-320, "seconds")
	f.Fuzz(func(t *testing.T, a, b, target, alert float64, unit string) {
		c := Chart{Unit: model.Unit(unit), TargetAt: target, AlertAt: alert, Points: []model.Point{{At: begin, V: a}, {At: begin.Add(time.Hour), V: b}}}
		if got := c.svg(begin, begin.Add(time.Hour)); len(got) > 100_000 {
			t.Errorf("%d bytes", len(got))
		}
	})
}

// TestAPhaseThatWasOnlyTriedWasNotEntered: what counts is that it was, not that its plan fired.
func TestAPhaseThatWasOnlyTriedWasNotEntered(t *testing.T) {
	b := NewBuilder(rollout(), Span{Kind: Final, To: begin.Add(time.Hour)})
	plan := model.Plan{ID: "p1", Kind: model.PlanEnter, Phase: "half", Title: "Enter 50%"}
	for i, ev := range []model.Event{model.PlanArmed{Plan: plan}, model.PlanFired{Plan: "p1"}, model.PlanEnded{Plan: "p1", Outcome: model.Partial}} {
		b.Add(model.Record{Seq: uint64(i) + 1, At: begin.Add(time.Duration(i) * time.Minute), Event: ev})
	}
	if d := b.Finish("").Decisions; len(d) != 1 || d[0].What != "tried to enter 50%" || d[0].Outcome != model.Partial {
		t.Errorf("%+v", d)
	}
}

// TestNoTextIsMarkup: a title, a phase or a trouble is shown as it is, wherever it stands.
func TestNoTextIsMarkup(t *testing.T) {
	const evil = "<img src=x> ![a](b) # [c](d) `e` *f* ~g~ &h;"
	r := rollout()
	r.Title, r.Service, r.Environment.Name, r.Phases[0].Title = evil, evil, evil, evil
	b := NewBuilder(r, Span{Kind: Final, To: begin.Add(time.Hour)})
	b.Add(model.Record{Seq: 1, At: begin, Event: model.PhaseEntered{Phase: r.Phases[0].ID, Attempt: 1}})
	rep := b.Finish(evil)
	rep.Open = append(rep.Open, evil)
	var md bytes.Buffer
	if err := rep.Markdown(&md); err != nil {
		t.Fatal(err)
	}
	for _, raw := range []string{"<img", "![", "[c]", "`e`", " *f", " ~g", "&h;", " # ["} {
		if strings.Contains(md.String(), raw) {
			t.Errorf("%q is in the report:\n%s", raw, md.String())
		}
	}
}
