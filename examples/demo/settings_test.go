package demo

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestParseEnv(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		text string
		want map[string]string
	}{
		"empty":                    {"", map[string]string{}},
		"plain":                    {"A=1\nB=two\n", map[string]string{"A": "1", "B": "two"}},
		"no line break at the end": {"A=1", map[string]string{"A": "1"}},
		"carriage returns":         {"A=1\r\nB=2\r\n", map[string]string{"A": "1", "B": "2"}},
		"comments":                 {"# A=1\n  # A=2\nA=3 # three\nB=#x\nC=a#b\n", map[string]string{"A": "3", "B": "", "C": "a#b"}},
		"quotes":                   {"A=\"x # y\" # z\nB='\"'\nC=\"open\n", map[string]string{"A": "x # y", "B": `"`, "C": `"open`}},
		"export and blanks":        {"  export A = 1 \nexport B=\n", map[string]string{"A": "1", "B": ""}},
		"the last one counts":      {"A=1\nA=2\n", map[string]string{"A": "2"}},
		"equals signs":             {"A=b=c\n=x\nnothing\n", map[string]string{"A": "b=c"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := parseEnv([]byte(c.text)); !maps.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestLoadSettings(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		text string
		real bool
		on   []string // of tenant_a, tenant_b
	}{
		"as it comes":        {envText, false, nil},
		"off with tenants":   {realKey + "=false\n" + tenantsKey + "=tenant_a\n", false, nil},
		"on for everyone":    {realKey + "=true\n", true, []string{"tenant_a", "tenant_b"}},
		"on for one":         {realKey + "=1\n" + tenantsKey + "=' , tenant_b,'\n", true, []string{"tenant_b"}},
		"neither on nor off": {realKey + "=perhaps\n", false, nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, envName), []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := loadSettings(dir)
			if err != nil || s.real != c.real {
				t.Errorf("real %v, %v; want %v", s.real, err, c.real)
			}
			var on []string
			for _, tenant := range []string{"tenant_a", "tenant_b"} {
				if s.covers(tenant) {
					on = append(on, tenant)
				}
			}
			if !slices.Equal(on, c.on) {
				t.Errorf("on for %v, want %v", on, c.on)
			}
		})
	}
	if s, err := loadSettings(t.TempDir()); err == nil || s.real {
		t.Errorf("without a .env: %+v, %v", s, err)
	}
}

// FuzzParseEnv holds that what is written plainly is read back, whatever stands before it.
func FuzzParseEnv(f *testing.F) {
	f.Add(envText, "tenant_a,tenant_b")
	f.Add("A='\nB=\"\r\n", "x")
	f.Fuzz(func(t *testing.T, before, value string) {
		got := parseEnv([]byte(before + "\nKEY='" + value + "'\n"))["KEY"]
		if !strings.ContainsAny(value, "'\n") && got != value {
			t.Errorf("got %q, want %q", got, value)
		}
	})
}
