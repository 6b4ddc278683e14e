package actions

import (
	"fmt"
	"testing"

	"gonogo/model"
	"gonogo/model/config"
)

// TestBuildSeesByItself: what a config need not say is built all the same, and
// several instances make different readers of what is in use and of what changed.
func TestBuildSeesByItself(t *testing.T) {
	const text = `
rollout.id = "x"
environment.name = "n"
[phase.only]
[source.page]
kind = "page"
[metric.up]
source = "page"
[action.unit]
kind = "systemd"
unit = "app.service"
[action.once]
kind = "systemd"
unit = "app.service"
idempotent = false
seen = { pidfile = "/run/app.pid" }
[action.reload]
kind = "systemd"
unit = "app.service"
command = "reload"
[action.backend]
kind = "compose"
service = "backend"
[action.hook]
kind = "exec"
command = ["true"]
seen = { http = ["http://a/start", "http://b/start"] }
[action.team]
kind = "notify"
urls = "http://127.0.0.1/hook"
[flag.all]
kind = "dotenv"
file = ".env"
key = "A"
type = "bool"
safe = false
apply = ["unit"]
effective = { http = ["http://a/flags", "http://b/flags"], json = "a" }
[flag.shown]
kind = "dotenv"
file = ".env"
key = "B"
type = "bool"
safe = false
apply = ["unit"]
effective = { metric = "up" }
`
	kinds := config.Kinds{Sources: map[string]config.SourceKind{"page": {}}, Actions: Builders()}
	cfg, err := config.Parse("/etc/gonogo/config.toml", []byte(text), kinds)
	if err != nil {
		t.Fatal(err)
	}
	var b model.Parts
	Build(cfg, &b)
	if len(b.Missing) > 0 {
		t.Fatal(b.Missing)
	}
	for id, want := range map[model.ActionID]string{
		"unit":    "*systemd.Reader true 1m30s",
		"once":    "*process.Reader false 1m30s",
		"reload":  "<nil> true 1m30s",
		"backend": "*compose.Reader true 1m30s",
		"hook":    "*http.Each false 30s",
		"team":    "<nil> false 30s",
	} {
		a := cfg.Rollout.Action(id)
		if got := fmt.Sprintf("%T %t %s", behind(b.Seen[id]), a.Idempotent, a.Timeout); got != want || a.Seen != (b.Seen[id] != nil) {
			t.Errorf("%s: %s, seen %t; want %s", id, got, a.Seen, want)
		}
		if b.Actions[id] == nil {
			t.Errorf("%s: no action", id)
		}
	}
	for _, id := range []model.ActionID{"backend", "hook"} {
		if _, ok := model.Ability[model.Comparer](b.Seen[id]); !ok {
			t.Errorf("%s: %T compares nothing", id, b.Seen[id])
		}
	}
	if got := fmt.Sprintf("%T", behind(b.Effective["all"])); got != "*http.Agreed" {
		t.Errorf("effective: %s", got)
	}
	f := cfg.Rollout.Flag("shown")
	if b.Effective["shown"] != nil || !f.Effective || f.EffectiveMetric != "up" {
		t.Errorf("effective by metric: %T, %+v", b.Effective["shown"], f)
	}
}

// behind returns the part that stands behind its door.
func behind(part any) any {
	if d, ok := part.(interface{ Behind() any }); ok {
		return d.Behind()
	}
	return part
}
