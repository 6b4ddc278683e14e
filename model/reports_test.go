package model

import (
	"testing"
	"time"
)

// TestAReportIsDueOnce: each day or week on the clocks of its zone, once the rollout has begun; of
// a phase that was left, an incident that is over, and the last phase at GO.
func TestAReportIsDueOnce(t *testing.T) {
	at := func(text string) time.Time {
		v, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	r := &Rollout{Phases: []Phase{{ID: "a"}, {ID: "b"}}}
	began := State{Phase: "a", Attempts: []Attempt{{Phase: "a", N: 1, Entered: at("2026-11-20T10:00:00Z")}}}
	left := State{Phase: "b", Headline: GO, Attempts: []Attempt{{Phase: "a", N: 1, Entered: at("2026-11-20T10:00:00Z"), Left: at("2026-11-22T10:00:00Z")}, {Phase: "b", N: 1, Entered: at("2026-11-22T10:00:00Z")}}}
	back := State{Phase: "", Incident: &Incident{Verified: at("2026-11-22T11:00:00Z")}, Attempts: []Attempt{{Phase: "a", N: 1, Entered: at("2026-11-20T10:00:00Z"), Left: at("2026-11-22T10:00:00Z"), Back: true}}}
	nine := 9 * time.Hour
	for _, c := range []struct {
		name string
		s    State
		spec ReportSpec
		now  string
		want string // empty: not due
	}{
		{"nothing has begun", State{}, ReportSpec{Kind: ReportDaily, At: nine}, "2026-11-25T12:00:00Z", ""},
		{"before the first time", began, ReportSpec{Kind: ReportDaily, At: nine}, "2026-11-21T08:59:59Z", ""},
		{"each day", began, ReportSpec{Kind: ReportDaily, At: nine}, "2026-11-21T09:00:00Z", "2026-11-21T09:00:00Z"},
		{"elsewhere", began, ReportSpec{Kind: ReportDaily, At: nine, Zone: "Europe/Berlin"}, "2026-11-21T08:30:00Z", "2026-11-21T08:00:00Z"},
		{"each week, on Wednesday", began, ReportSpec{Kind: ReportWeekly, At: 2*24*time.Hour + nine}, "2026-11-26T12:00:00Z", "2026-11-25T09:00:00Z"},
		{"the week before", left, ReportSpec{Kind: ReportWeekly, At: 2*24*time.Hour + nine}, "2026-12-01T12:00:00Z", "2026-11-25T09:00:00Z"},
		{"a phase that goes on", began, ReportSpec{Kind: ReportPhase}, "2026-11-25T12:00:00Z", ""},
		{"a phase that was left", left, ReportSpec{Kind: ReportPhase}, "2026-11-25T12:00:00Z", "2026-11-22T10:00:00Z"},
		{"a phase that was rolled back", back, ReportSpec{Kind: ReportPhase}, "2026-11-25T12:00:00Z", ""},
		{"an incident", back, ReportSpec{Kind: ReportIncident}, "2026-11-25T12:00:00Z", "2026-11-22T11:00:00Z"},
		{"the end", left, ReportSpec{Kind: ReportFinal}, "2026-11-25T12:00:00Z", "2026-11-22T10:00:00Z"},
		{"not the end yet", began, ReportSpec{Kind: ReportFinal}, "2026-11-25T12:00:00Z", ""},
	} {
		got, _, due := c.s.ReportDue(r, &c.spec, at(c.now))
		if due != (c.want != "") || due && !got.Equal(at(c.want)) {
			t.Errorf("%s: due %v at %s, wanted %q", c.name, due, got, c.want)
		}
		made := applyReport(c.s, ReportMade{Kind: c.spec.Kind, Of: got})
		if _, _, again := made.ReportDue(r, &c.spec, at(c.now)); again {
			t.Errorf("%s: due again", c.name)
		}
	}
}
