// Package paneltest makes snapshots for tests of what is drawn: a whole rollout
// in a chosen condition, the same for the same options. It starts nothing and
// is imported by tests only.
package paneltest

import (
	"fmt"
	"math"
	"time"

	"gonogo/model"
)

// Condition is where the rollout stands.
type Condition string

// The conditions that Snapshot knows.
const (
	NotStarted Condition = "not started" // before the first phase
	Soaking    Condition = "soaking"     // at 10%, every metric passes, the soak is not served
	Go         Condition = "go"          // at 10%, every line passes
	NoGo       Condition = "no-go"       // errors fail, one metric is stale, one source is down
	Armed      Condition = "armed"       // and the emergency rollback counts down
	Running    Condition = "running"     // the emergency rollback runs
	Verified   Condition = "verified"    // it ended well
	Partial    Condition = "partial"     // it ended with a restart that failed

	GuardArmed  Condition = "guard armed"  // as no-go, and the guard counts down to its rollback
	GuardVetoed Condition = "guard vetoed" // and a person vetoed that
	Checked     Condition = "checked"      // as soaking, with checks of every kind
	Again       Condition = "again"        // at 10% a second time, against the gate and overdue
	SteppedDown Condition = "stepped down" // a breach, and a way down in two levels holds after the first
	Spared      Condition = "spared"       // and it ended there, verified
	OpenStill   Condition = "open still"   // a rollback ended unverified: the incident is open
	DrillArmed  Condition = "drill armed"  // a dry drill of the emergency rollback waits for enter
	DrillReal   Condition = "drill real"   // as that, a real one
	DrillReady  Condition = "drill ready"  // the dry one ended well
	Drifted     Condition = "drifted"      // as go, but for a flag that was changed by hand
	Below       Condition = "below"        // as soaking, before a flag was set to less
	HeldGo      Condition = "held"         // as go, but for a hold
	Evidence    Condition = "evidence"     // as soaking, errors are decided sequentially, and p95 rests on a baseline
)

// Options says what a snapshot holds.
type Options struct {
	Condition Condition
	Metrics   int // at least 4; 0: 6
	Points    int // of each chart, 15 s apart; 0: 60
}

// Now returns the moment that every snapshot is of.
func Now() time.Time { return time.Date(2026, 11, 24, 14, 22, 7, 0, time.UTC) }

// Snapshot returns a snapshot as o says.
func Snapshot(o Options) *model.Snapshot {
	if o.Metrics == 0 {
		o.Metrics = 6
	}
	if o.Points == 0 {
		o.Points = 60
	}
	o.Metrics = max(o.Metrics, 4)
	r := rollout(o)
	s := &model.Snapshot{
		Seq: 42, At: Now().Add(-200 * time.Millisecond), Rollout: r,
		Lines: map[model.MetricID]model.Line{}, Series: map[model.MetricID]model.Series{},
		Sources:  []model.SourceHealth{{ID: "prom", Kind: "prometheus", OK: true, LastOK: Now().Add(-time.Second)}},
		Engine:   model.EngineInfo{PID: 4711, Host: "bastion", Since: Now().Add(-50 * time.Hour), Version: "test", Viewers: 1},
		Identity: "vecsec-prod-1",
	}
	s.State = state(o, r)
	for i := range r.Metrics {
		m := &r.Metrics[i]
		s.Series[m.ID] = series(o, i, m)
		s.Lines[m.ID] = line(o, i, m)
	}
	if o.Condition == Evidence {
		evidence(r, s)
	}
	if o.Condition == Checked {
		s.Checks = []model.LiveCheck{{Check: "load", Since: Now().Add(-12 * time.Second), Line: "4 of 9 suites passed"}}
	}
	if o.Condition == Checked {
		s.State.Drills = map[model.RollbackID]model.Drill{"quick": {At: Now().Add(-50 * time.Hour), By: person("ana"), How: model.RehearseDry,
			Outcome: model.Ready, Took: 14 * time.Second, Budget: 2 * time.Minute}}
	}
	s.Gate = verdict(o, r, s)
	s.Tail = tail(o)
	p := plan(o, r)
	if down := wayDown(o, s); down != nil {
		p = down
	}
	if p != nil {
		s.State.Plan = p
		if p.Status == model.Running {
			s.Live = []model.LiveStep{{Step: 2, Line: "vecsec: waiting for pid 3120 to end"}}
		}
		if !p.FiredAt.IsZero() {
			s.State.LastDown = p
		}
	}
	stand(s)
	return s
}

// upset reports whether the rollout is in trouble.
func (c Condition) upset() bool {
	switch c {
	case NoGo, Armed, Running, Partial, GuardArmed, GuardVetoed, SteppedDown, OpenStill:
		return true
	}
	return false
}

// guarded reports whether the rollout has a guard.
func (c Condition) guarded() bool { return c == GuardArmed || c == GuardVetoed }

var roles = [...]string{"success", "error", "latency", "fallback"}

func rollout(o Options) *model.Rollout {
	r := &model.Rollout{
		ID: "vector", Title: "Real vector retrieval", Service: "vecsec", ConfigPath: "vecsec.toml",
		Environment: model.Environment{Name: "production", Critical: true},
		Emergency:   model.Emergency{Confirm: model.ConfirmCountdown, Countdown: 5 * time.Second},
	}
	var gate []model.MetricID
	for i := range o.Metrics {
		m := metric(i)
		r.Metrics = append(r.Metrics, m)
		if i < 6 {
			gate = append(gate, m.ID)
		}
	}
	r.Flags = []model.Flag{
		{ID: "real", Title: "Real retrieval", Kind: "dotenv", Store: "file", Type: model.Bool, Safe: model.BoolValue(false), Effective: true, Apply: []model.ActionID{"restart"}, Every: 15 * time.Second},
		{ID: "tenants", Title: "Tenants", Kind: "dotenv", Store: "file", Type: model.List, SafeKeep: true, Needs: []model.FlagID{"real"}, Empty: "everyone", Effective: true, Every: 15 * time.Second},
		{ID: "cache", Title: "Cache", Kind: "exec", Type: model.Bool, Safe: model.BoolValue(true), Every: 15 * time.Second},
	}
	r.Actions = []model.ActionSpec{{ID: "restart", Title: "Restart vecsec", Kind: "exec", Timeout: 90 * time.Second, Seen: true, Preview: "run systemctl restart vecsec"}}
	check := []model.Check{{ID: "e2e", Text: "End-to-end suite passes"}, {ID: "leak", Text: "No leakage between tenants"}, {ID: "complaints", Text: "No complaints"}}
	const day = 24 * time.Hour
	r.Phases = []model.Phase{
		{ID: "staging", Title: "Staging", Soak: day, Limit: 2 * day, Gate: gate, Checks: check[:1]},
		{ID: "internal", Title: "Internal", Soak: 2 * day, Gate: gate, Checks: check[:2]},
		{ID: "p10", Title: "10% of tenants", Soak: 3 * day, Limit: 5 * day, Gate: gate, Checks: check, Flags: []model.Setting{{Flag: "real", Value: model.BoolValue(true)}}},
		{ID: "p50", Title: "50%", Soak: 5 * day, Limit: 7 * day, Gate: gate},
		{ID: "everyone", Title: "Everyone", Gate: gate},
	}
	if o.Condition == Checked {
		r.Phases[2].Checks = everyCheck()
		r.Actions = append(r.Actions, model.ActionSpec{ID: "suite", Title: "End-to-end suite", Kind: "exec", Timeout: 10 * time.Minute, Preview: "run ./e2e.sh"})
	}
	if o.Condition.guarded() {
		r.Guard = &model.Guard{Rollback: "quick", On: []model.MetricID{"error", "success"}, Countdown: time.Minute, Veto: 15 * time.Minute, Mode: model.GuardArmed}
	}
	r.Rollbacks = []model.Rollback{{ID: "quick", Title: "Real retrieval off", Emergency: true, Budget: 2 * time.Minute, Scope: model.ScopeSafe}}
	return r
}

func metric(i int) model.Metric {
	role := roles[i%len(roles)]
	m := model.Metric{
		ID: model.MetricID(role), Role: role, Source: "prom", Unit: model.Ratio,
		Query: "sum(rate(vecsec_" + role + "_total[5m])) / sum(rate(vecsec_requests_total[5m]))",
		For:   10 * time.Minute, StaleAfter: 2 * time.Minute, Every: 15 * time.Second, Timeout: 10 * time.Second,
	}
	if i >= len(roles) {
		m.ID += model.MetricID(fmt.Sprintf("-%d", i))
	}
	switch role {
	case "success":
		m.Title, m.Target, m.Alert = "Success rate", target("> 99%", ">", .99), target("< 95%", "<", .95)
	case "error":
		m.Title, m.Target, m.Alert = "Error rate", target("< 1%", "<", .01), target("> 5%", ">", .05)
		m.MinCount = 100
	case "latency":
		m.Title, m.Unit, m.Target, m.Alert = "p95 latency", model.Seconds, target("< 3s", "<", 3), target("> 5s", ">", 5)
	case "fallback":
		m.Title, m.Target = "Fallback to mock", target("< 5%", "<", .05)
	}
	if i >= len(roles) {
		m.Title += fmt.Sprintf(" %d", i)
	}
	return m
}

func target(text, op string, v float64) *model.Target {
	return &model.Target{Op: op, Value: v, Text: text}
}

// value returns a metric's value so many points before now.
func value(o Options, i int, m *model.Metric, back int) float64 {
	wave := math.Sin(float64(back)/7+float64(i)) + math.Sin(float64(back)/2.3)/2
	base := m.Target.Value * (0.6 + 0.1*wave)
	if m.Role == "success" {
		base = 0.995 + 0.003*wave
	}
	if o.Condition.upset() && i == 1 && back < 20 {
		base += m.Target.Value * 0.05 * float64(20-back) * 6
	}
	if o.Condition.upset() && i == 0 && back < 20 {
		base -= 0.001 * float64(20-back)
	}
	return base
}

func series(o Options, i int, m *model.Metric) model.Series {
	s := model.Series{}
	for k := o.Points - 1; k >= 0; k-- {
		at := Now().Add(-time.Second - time.Duration(k)*m.Every)
		switch {
		case i == 2 && k > 25 && k < 32:
			continue // nothing was scraped
		case i == 3 && o.Condition.upset() && k < 14:
			continue // it went stale
		case i == 3 && k == 40:
			s.Points = append(s.Points, model.Point{At: at, V: math.NaN()})
			continue
		}
		s.Points = append(s.Points, model.Point{At: at, V: value(o, i, m, k)})
	}
	return s
}

func line(o Options, i int, m *model.Metric) model.Line {
	l := model.Line{
		Metric: m.ID, Title: m.Title, State: model.Pass, Value: model.Float(value(o, i, m, 0)), HasValue: true, Unit: m.Unit,
		Target: m.Target.Text, Threshold: model.Float(m.Target.Value), HasTarget: true,
		SampleAt: Now().Add(-time.Second - time.Duration(i)*time.Second), Held: 3*time.Hour + 12*time.Minute,
		Count: 1234, HasCount: true,
	}
	if m.Alert != nil {
		l.Alert, l.AlertAt, l.HasAlert = m.Alert.Text, model.Float(m.Alert.Value), true
	}
	if !o.Condition.upset() {
		return l
	}
	switch i {
	case 0:
		l.State, l.Held, l.Reason = model.Warn, 4*time.Minute, "outside its target for 4m"
	case 1:
		l.State, l.Held, l.Reason = model.Fail, 4*time.Minute, "alert for 4m"
	case 3:
		l.State, l.Reason, l.SampleAt = model.Stale, "last sample 3m 30s ago", Now().Add(-210*time.Second)
		l.Held = 90 * time.Second
	case 5:
		l.Held = time.Minute
		l.State, l.HasValue, l.SampleAt, l.Reason = model.Down, false, time.Time{}, `source "prom": query: dial tcp 127.0.0.1:9090: connection refused`
	}
	return l
}
