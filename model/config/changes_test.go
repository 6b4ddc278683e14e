package config

import (
	"slices"
	"testing"
)

// TestChangesNameEveryKeyThatDiffers: a person who adopts a config is shown all of it.
func TestChangesNameEveryKeyThatDiffers(t *testing.T) {
	before := "[flag.real]\nfile = \"a.env\"\nsafe = true\n[metric.p95]\n[phase.one]\ngate = [\"error\"]\n"
	after := "# a comment\n[phase.one]\ngate = [\"error\", \"p95\"]\n[flag.real]\nfile = \"b.env\"\nsafe = true\nevery = \"1s\"\n[rollback.slow]\nsteps = [{ run = [\"x\"] }]\n"
	want := []string{
		`+ flag.real.every: "1s"`, `~ flag.real.file: "a.env" → "b.env"`, "- metric.p95", `~ phase.one.gate: ["error"] → ["error", "p95"]`, "+ rollback.slow",
	}
	if got := Changes([]byte(before), []byte(after)); !slices.Equal(got, want) {
		t.Errorf("changes:\n%q\nwanted\n%q", got, want)
	}
	for _, same := range []string{before, "# other words\n" + before, "not [toml"} {
		if got := Changes([]byte(before), []byte(same)); len(got) != 0 {
			t.Errorf("changes of %q: %q", same, got)
		}
	}
	if got := Changes([]byte("[a]\n"), []byte("[a.b]\nc = \"x\\u001b[31m\"\n")); !slices.Equal(got, []string{"+ a.b"}) {
		t.Errorf("%q", got)
	}
}
