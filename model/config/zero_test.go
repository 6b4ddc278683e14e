package config

import (
	"strings"
	"testing"
)

// TestCheckRefusesZeroThatARunningRolloutLoads: on_empty = "zero" without a
// denominator loads, so that an engine goes on, is for check to fail on, and
// its metric says why it never passes.
func TestCheckRefusesZeroThatARunningRolloutLoads(t *testing.T) {
	const head = "[rollout]\nid = \"x\"\n[environment]\nname = \"n\"\n[phase.only]\n[rollback.off]\nemergency = true\nflags = {}\nrun = \"x\"\nverify = []\n[action.x]\nkind = \"exec\"\ncommand = [\"x\"]\n" +
		"[source.prom]\nkind = \"prometheus\"\nurl = \"http://127.0.0.1:9090\"\n"
	for name, test := range map[string]struct {
		metric  string
		refused bool
	}{
		"alone":      {"[metric.m]\nsource = \"prom\"\nquery = \"a / b\"\non_empty = \"zero\"\n", true},
		"with count": {"[metric.m]\nsource = \"prom\"\nquery = \"a / b\"\ncount = \"b\"\non_empty = \"zero\"\n", false},
		"with total": {"[metric.m]\nsource = \"prom\"\nquery = \"a / b\"\nbad = \"a\"\ntotal = \"b\"\nunit = \"ratio\"\ntarget = \"< 1%\"\nalert = \"> 5%\"\non_empty = \"zero\"\n", false},
		"counted":    {"[source.app]\nkind = \"log\"\npaths = [\"x\"]\n[metric.m]\nsource = \"app\"\nmatch = \"x\"\nof = \"y\"\non_empty = \"zero\"\n", false},
		"uncounted":  {"[source.app]\nkind = \"log\"\npaths = [\"x\"]\n[metric.m]\nsource = \"app\"\nmatch = \"x\"\non_empty = \"zero\"\n", true},
		"computed":   {"[metric.a]\nsource = \"prom\"\nquery = \"a\"\n[metric.m]\nexpr = \"a + 1\"\non_empty = \"zero\"\n", true},
		"not at all": {"[metric.m]\nsource = \"prom\"\nquery = \"a / b\"\n", false},
	} {
		t.Run(name, func(t *testing.T) {
			cfg, err := Parse("/etc/gonogo/config.toml", []byte(head+test.metric), testKinds())
			if err != nil {
				t.Fatalf("it does not load: %v", err)
			}
			if refused := len(cfg.Refused) > 0; refused != test.refused || (cfg.Rollout.Metric("m").Refused != "") != test.refused {
				t.Errorf("got %v, and %q", cfg.Refused, cfg.Rollout.Metric("m").Refused)
			}
			if test.refused && !strings.Contains(cfg.Refused.Error(), "config.toml:") {
				t.Errorf("no place in %v", cfg.Refused)
			}
		})
	}
}
