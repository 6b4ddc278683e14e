package sources

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gonogo/model"
	"gonogo/model/config"
)

const evidence = `
rollout.id = "x"
environment.name = "laptop"
[source.app_log]
kind = "log"
paths = ["*.log"]
[source.logs_db]
kind = "sql"
driver = "postgres"
dsn = "env:EVIDENCE_DSN"
[phase.only]
[action.restart]
kind = "restart"
[rollback.off]
emergency = true
flags = {}
run = ["restart"]
verify = [
  { log = "app_log", match = "flag disabled" },
  { source = "logs_db", query = "SELECT count(*) FROM logs WHERE at > $since", is = "> 0", after = "5s", within = "2m" },
]
`

func load(dir, text string) (*config.Config, error) {
	restart := config.ActionKind{Build: func(config.Part) (model.Action, error) { return nil, nil }}
	return config.Parse(filepath.Join(dir, "config.toml"), []byte(text), config.Kinds{Sources: Builders(), Actions: map[string]config.ActionKind{"restart": restart}})
}

func TestWitnesses(t *testing.T) {
	dir := t.TempDir()
	cfg, err := load(dir, evidence)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, v := range cfg.Rollout.Rollbacks[0].Verify {
		got = append(got, fmt.Sprint(v.Kind, " ", v.Witness, " ", v.Title, " ", v.After, " ", v.Within))
	}
	want := "source rollback.off.verify[0] app_log says flag disabled 0s 1m0s\n" +
		"source rollback.off.verify[1] logs_db > 0: SELECT count(*) FROM logs WHERE at > $since 5s 2m0s"
	if text := strings.Join(got, "\n"); text != want {
		t.Errorf("got\n%s\nwant\n%s", text, want)
	}
	var without model.Parts
	Build(cfg, dir, &without)
	if err := errors.Join(without.Missing...); err == nil || !strings.Contains(err.Error(), `rollback.off.verify[1]: source "logs_db": dsn: environment variable EVIDENCE_DSN is not set`) {
		t.Errorf("got %v", err)
	}
	t.Setenv("EVIDENCE_DSN", "postgres://gonogo@127.0.0.1:1/logs")
	var parts model.Parts
	Build(cfg, dir, &parts)
	all := parts.Witnesses
	if len(parts.Missing) > 0 || len(all) != 2 {
		t.Fatalf("got %v, %v", all, parts.Missing)
	}
	path := filepath.Join(dir, "app.log")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("1 flag disabled\n")
	w := all["rollback.off.verify[0]"]
	mark, err := w.Mark(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if shown, seen, err := w.Look(t.Context(), mark); shown || err != nil {
		t.Errorf("an old line: %v, %q, %v", shown, seen, err)
	}
	write("1 flag disabled\n2 flag disabled\n")
	if shown, seen, err := w.Look(t.Context(), mark); !shown || err != nil || seen != "2 flag disabled" {
		t.Errorf("a new line: %v, %q, %v", shown, seen, err)
	}
}

// TestWitnessFindings: what the kinds find wrong has its line.
func TestWitnessFindings(t *testing.T) {
	text := strings.NewReplacer(`"flag disabled"`, `"/flag (/"`, "at > $since", "at > '$since'").Replace(evidence)
	_, err := load("/etc/gonogo", text)
	want := "/etc/gonogo/config.toml:19: rollback.off.verify[0].match: is no regular expression: missing closing ): `flag (`\n" +
		"/etc/gonogo/config.toml:20: rollback.off.verify[1].query: has no $since outside quotes and comments, so rows from before the rollback would count: expected something like \"… AND timestamp > $since\""
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

// TestAlertmanagerFindings: a matcher that does not parse has its line, and a source
// without a watchdog is warned of; what is renewed seldom is stale later.
func TestAlertmanagerFindings(t *testing.T) {
	text := evidence + `
[source.am]
kind = "alertmanager"
url = "http://127.0.0.1:9093"
[metric.pages]
source = "am"
unit = "count"
target = "== 0"
matchers = [
  'service="shop"',
  'severity~"page"',
]
`
	_, err := load("/etc/gonogo", text)
	want := `/etc/gonogo/config.toml:32: metric.pages.matchers[1]: no matcher: expected a label, one of = != =~ !~, and a value, such as service="shop"`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
	cfg, err := load(t.TempDir(), strings.Replace(text, "severity~", "severity=~", 1))
	if err != nil {
		t.Fatal(err)
	}
	if len(cfg.Warnings) != 1 || cfg.Warnings[0].Line != 23 || !strings.Contains(cfg.Warnings[0].Error(), "an Alertmanager that hears of no Prometheus has none either") {
		t.Errorf("got %v", cfg.Warnings)
	}
	if m := cfg.Rollout.Metric("pages"); m.StaleAfter != 5*time.Minute || m.Query != `alerts {service="shop", severity=~"page"}` {
		t.Errorf("got %+v", m)
	}
}
