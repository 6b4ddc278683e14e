package config

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gonogo/model"
)

// TestLint holds every warning to its exact words.
func TestLint(t *testing.T) {
	for _, file := range fixtures(t, "testdata/lint") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			cfg, err := parse(t, file)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, strings.TrimSuffix(file, ".toml")+".txt", strings.ReplaceAll(Problems(cfg.Warnings).Error(), "/etc/gonogo/", "")+"\n")
		})
	}
}

// linted returns what lint says about a config that was read already.
func linted(text string, change func(*model.Rollout)) (string, error) {
	doc := map[string]any{}
	if _, err := decode(text, &doc); err != nil {
		return "", err
	}
	plain(doc)
	in := &finished{kinds: testKinds(), doc: doc, Config: &Config{
		Actions: map[model.ActionID]Part{"old": {Kind: "exec", Table: NewTable(map[string]any{"command": []any{"old"}})}},
	}}
	change(&in.Rollout)
	r := &report{file: "x.toml", index: newIndex(text)}
	r.take(lint(in))
	_, _, warnings := split(r.problems)
	return warnings.Error(), nil
}

// TestLintMore looks at what follows from more than one table.
func TestLintMore(t *testing.T) {
	const text = "rollback = {}\n[metric.error]\nsettle = \"2m\"\n[metric.p95]\n[guard]\non = [\"error\", \"p95\"]\n[phase.one]\ncheck = [\n{},\n{ run = \"old\" },\n]\n"
	alert := &model.Target{Op: ">", Value: 1}
	metrics := func(error, p95 model.Metric) []model.Metric {
		error.ID, p95.ID = "error", "p95"
		return []model.Metric{error, p95}
	}
	acting := func(mode model.GuardMode) *model.Guard {
		return &model.Guard{On: []model.MetricID{"error", "p95", "gone"}, Mode: mode}
	}
	verify := func(within time.Duration) []model.Rollback {
		return []model.Rollback{{ID: "off", Scope: model.ScopeSet, Budget: time.Hour, Verify: []model.Verify{{Kind: model.VerifyMetric, Metric: "error", Within: within}}}}
	}
	cases := []struct {
		name string
		r    model.Rollout
		want string
	}{
		{
			"settles too soon", model.Rollout{Metrics: metrics(model.Metric{Settle: 2 * time.Minute, Window: 5 * time.Minute}, model.Metric{})},
			"x.toml:3: metric.error.settle: 2m is less than the query looks back (5m), so after a restart the time before it still counts: expected at least 5m, or nothing, which means that",
		},
		{"settles never", model.Rollout{Metrics: metrics(model.Metric{Settle: 0, Window: 5 * time.Minute}, model.Metric{})}, ""},
		{
			"settles for a third of the soak", model.Rollout{Metrics: metrics(model.Metric{Target: alert, Settle: 24 * time.Hour}, model.Metric{Target: alert, Settle: 24 * time.Hour, Counted: true}),
				Phases: []model.Phase{{ID: "one", Soak: 72 * time.Hour, Flags: []model.Setting{{Flag: "real"}}, Gate: []model.MetricID{"error", "p95"}}}},
			"x.toml:7: phase.one.gate[0]: \"error\" decides nothing for 1d after each flip or restart, and stops the soak with it, so that 3d of soak takes 4d: expected a shorter window, or settle = \"0s\" in [metric.error] where it does not depend on what the phase sets",
		},
		{
			"settles for a tenth of the soak", model.Rollout{Metrics: metrics(model.Metric{Target: alert, Settle: time.Hour}, model.Metric{}),
				Phases: []model.Phase{{ID: "one", Soak: 10 * time.Hour, Flags: []model.Setting{{Flag: "real"}}, Gate: []model.MetricID{"error"}}}}, "",
		},
		{
			"one bad tenant", model.Rollout{Metrics: metrics(model.Metric{Alert: alert, Counted: true, By: "tenant"}, model.Metric{Alert: alert, Counted: true}), Guard: acting(model.GuardArmed),
				Rollbacks: []model.Rollback{{ID: "some", Scope: model.ScopeSet, Budget: time.Hour, Set: []model.Setting{{Flag: "tenants", Value: model.Value{Type: model.Remove}}}, Verify: verify(time.Hour)[0].Verify}}},
			"x.toml:1: rollback.some: nothing would show that it worked: expected verify = [{ flag = \"…\" }, …]\nx.toml:6: guard.on[0]: \"error\" is judged by tenant, and one bad one would roll all of them back: expected guard.part, the name of a rollback that takes it out",
		},
		{"settles in time", model.Rollout{Metrics: metrics(model.Metric{Settle: 5 * time.Minute, Window: 5 * time.Minute}, model.Metric{})}, ""},
		{"settle not written", model.Rollout{Metrics: metrics(model.Metric{Settle: 5 * time.Minute, Window: 5 * time.Minute}, model.Metric{Window: time.Minute})}, ""},
		{
			"armed", model.Rollout{Metrics: metrics(model.Metric{Alert: alert}, model.Metric{}), Guard: acting(model.GuardArmed)},
			"x.toml:6: guard.on[0]: \"error\" has no alert_for, so a single bad reading sets off a rollback: expected alert_for in [metric.error], such as \"2m\"\n" +
				"x.toml:6: guard.on[1]: \"p95\" has no alert, so it never fails, and the guard never acts on it: expected alert in [metric.p95]",
		},
		{"armed, and patient", model.Rollout{Metrics: metrics(model.Metric{Alert: alert, AlertFor: 1}, model.Metric{Alert: alert, Counted: true}), Guard: acting(model.GuardArmed)}, ""},
		{"notifies", model.Rollout{Metrics: metrics(model.Metric{Alert: alert}, model.Metric{Alert: alert}), Guard: acting(model.GuardNotify)}, ""},
		{
			"notifies of nothing", model.Rollout{Metrics: metrics(model.Metric{Alert: alert}, model.Metric{}), Guard: acting(model.GuardNotify)},
			"x.toml:6: guard.on[1]: \"p95\" has no alert, so it never fails, and the guard never acts on it: expected alert in [metric.p95]",
		},
		{"guard off", model.Rollout{Metrics: metrics(model.Metric{}, model.Metric{}), Guard: acting(model.GuardOff)}, ""},
		{
			"verified too soon", model.Rollout{Metrics: metrics(model.Metric{Settle: time.Hour, Window: 5 * time.Minute}, model.Metric{}), Rollbacks: verify(3 * time.Minute)},
			"x.toml:1: rollback.off: nothing would show that it worked: expected verify = [{ flag = \"…\" }, …]\n" +
				"x.toml:1: rollback.off.verify[0].within: 3m is less than the query looks back (5m), so the trouble before the rollback still counts: expected more, or a metric that looks back less",
		},
		{
			"check by an old line", model.Rollout{Phases: []model.Phase{{ID: "one", Checks: []model.Check{{}, {Kind: model.CheckRun, Action: "old"}}}}},
			"x.toml:10: phase.one.check[1].run: old finds a line in the log however old it is, so one from before would do: " +
				"ask the running service instead, with { flag = \"…\" } or { http = \"http://…\", json = \"…\", is = … }",
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := linted(text, func(r *model.Rollout) { *r = c.r })
			if err != nil || got != c.want {
				t.Errorf("got  %s, %v\nwant %s", got, err, c.want)
			}
		})
	}
	t.Run("guard on a single one", func(t *testing.T) {
		got, err := linted("rollback = {}\n[guard]\non = \"error\"\n", func(r *model.Rollout) {
			*r = model.Rollout{Metrics: metrics(model.Metric{}, model.Metric{}), Guard: &model.Guard{On: []model.MetricID{"error"}, Mode: model.GuardArmed}}
		})
		if want := "x.toml:3: guard.on: \"error\" has no alert, so it never fails, and the guard never acts on it: expected alert in [metric.error]"; err != nil || got != want {
			t.Errorf("got  %s, %v\nwant %s", got, err, want)
		}
	})
}
