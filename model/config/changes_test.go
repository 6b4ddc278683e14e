package config

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
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

// TestNoChangeOfAValueLooksLikeNone: values that are written alike without their quotes
// differ, and what is too long to show whole is shown where it differs. Only spelling is no change.
func TestNoChangeOfAValueLooksLikeNone(t *testing.T) {
	long := strings.Repeat("sum by (tenant) ", 20)
	for _, c := range []struct{ name, was, is, want string }{
		{"a text for a number", `1`, `"1"`, `~ a.b: 1 → "1"`},
		{"a text for a bool", `true`, `"true"`, `~ a.b: true → "true"`},
		{"one argument for two", `["rm", "-f", "x"]`, `["rm", "-f x"]`, `~ a.b: ["rm", "-f", "x"] → ["rm", "-f x"]`},
		{"a text that looks like a list", `["x"]`, `"[x]"`, `~ a.b: ["x"] → "[x]"`},
		{"in a table in a list", `[{ c = "1" }]`, `[{ c = 1 }]`, `~ a.b: [{ c = "1" }] → [{ c = 1 }]`},
		{"a key of an inline table", `{ c = "x" }`, `{ c = "x", d = 1 }`, `+ a.b.d: 1`},
		{"a key that is gone", `{ c = "x", d = [] }`, `{ c = "x" }`, `- a.b.d: []`},
		{"a value for a table", `{ c = "x" }`, `"safe"`, `~ a.b: { c = "x" } → "safe"`},
		{"spelling", `"x"`, `'x'`, ""},
		{"spelling of a number", `1000`, `1_000`, ""},
		{"spelling of a whole number", `1`, `1.0`, ""},
		{"spelling of a list", `["x"]`, "[\n  'x', # the first\n]", ""},
		{"what acts on a terminal", `"x"`, `"\u001b[2J\u202e"`, `~ a.b: "x" → "␛[2J⍰"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Changes([]byte("[a]\nb = "+c.was+"\n"), []byte("[a]\nb = "+c.is+"\n"))
			if strings.Join(got, "\n") != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
	for name, ends := range map[string][2]string{
		"a long text":  {`"` + long + `[5m]"`, `"` + long + `[9m]"`},
		"a long list":  {`["` + strings.Repeat(`tenant", "`, 60) + `[5m]"]`, `["` + strings.Repeat(`tenant", "`, 60) + `[9m]"]`},
		"a long table": {`[{ c = "` + long + `", d = "[5m]" }]`, `[{ c = "` + long + `", d = "[9m]" }]`},
	} {
		t.Run(name, func(t *testing.T) {
			got := Changes([]byte("[a]\nb = "+ends[0]+"\n"), []byte("[a]\nb = "+ends[1]+"\n"))
			if len(got) != 1 || !strings.Contains(got[0], "5m") || !strings.Contains(got[0], "9m") {
				t.Fatalf("%q does not show where they differ", got)
			}
			if n := utf8.RuneCountInString(got[0]); n > 500 {
				t.Errorf("%d characters", n)
			}
		})
	}
}
