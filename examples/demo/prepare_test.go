package demo

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
)

// parsed is what the tests look at in a demo's config.
type parsed struct {
	Source map[string]struct {
		Kind, URL string
		Targets   []string
	}
	Action map[string]struct{ Command []string }
	Flag   map[string]struct {
		File, Key string
		Effective struct{ HTTP string }
	}
	Phase map[string]struct {
		Flags struct{ Tenants []string }
	}
}

func load(t *testing.T, dir string) parsed {
	t.Helper()
	var c parsed
	if _, err := toml.DecodeFile(filepath.Join(dir, configName), &c); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestPrepare(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), `an "odd" \ näme <&>`)
	if err := Prepare(dir, "/proc/self/exe", "127.0.0.1:4711"); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("directory: %v, %v; want mode 0700", info.Mode(), err)
	}
	for _, name := range []string{configName, envName, tenantsName} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v; want mode 0600", name, info.Mode(), err)
		}
		if text, err := os.ReadFile(filepath.Join(dir, name)); err != nil || bytes.Contains(text, []byte("\r")) {
			t.Errorf("%s: %v, or a carriage return", name, err)
		}
	}
	c := load(t, dir)
	if s := c.Source["prom"]; s.Kind != "scrape" || len(s.Targets) != 1 || s.Targets[0] != "http://127.0.0.1:4711/metrics" {
		t.Errorf("source %+v", s)
	}
	if got := c.Action["restart"].Command; len(got) != 3 || got[0] != "/proc/self/exe" || got[1] != "demo-restart" || got[2] != dir {
		t.Errorf("restart by %q", got)
	}
	if f := c.Flag["real"]; f.File != envName || f.Key != realKey || f.Effective.HTTP != "http://127.0.0.1:4711/flags" {
		t.Errorf("flag %+v", f)
	}

	// A second time, for a server: all is made anew but the .env.
	edit(t, filepath.Join(dir, envName), realKey+"=false", realKey+"=true")
	if err := PreparePrometheus(dir, "/proc/self/exe", "127.0.0.1:4712", "http://127.0.0.1:9090"); err != nil {
		t.Fatal(err)
	}
	if s := load(t, dir).Source["prom"]; s.Kind != "prometheus" || s.URL != "http://127.0.0.1:9090" {
		t.Errorf("source %+v", s)
	}
	if s, err := loadSettings(dir); err != nil || !s.real {
		t.Errorf("settings %+v, %v", s, err)
	}
}

// TestTheConfigFitsTheTraffic holds the phases to the shares that they are called by.
func TestTheConfigFitsTheTraffic(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := Prepare(dir, "x", "127.0.0.1:1"); err != nil {
		t.Fatal(err)
	}
	tenants := strings.Fields(tenantsText)
	if len(tenants) != 30 {
		t.Errorf("%d tenants, want 30", len(tenants))
	}
	for phase, want := range map[string]float64{"internal": 1. / 30, "ten": 0.1, "quarter": 8. / 30, "half": 0.5, "all": 1} {
		on := settings{real: true, tenants: load(t, dir).Phase[phase].Flags.Tenants}
		if got := newTraffic(on, tenants, 0, 1, newMeters(tenants)).share; got != want {
			t.Errorf("phase %s: %v of the tenants, want %v", phase, got, want)
		}
	}
}

func TestPrepareRefuses(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		name, text string // a file in the directory; empty: the directory is a file
		want       string
	}{
		"somebody's config":            {configName, "[rollout]\n", "holds something else"},
		"somebody's settings":          {envName, "PRECIOUS=1\n", "holds something else"},
		"a config that is a directory": {filepath.Join(configName, "x"), "x", "holds something else"},
		"a file":                       {"", "", "not a directory"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "demo")
			path := filepath.Join(dir, c.name)
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			err := Prepare(dir, "x", "127.0.0.1:1")
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if text, err := os.ReadFile(path); err != nil || string(text) != c.text {
				t.Errorf("%s is now %q, %v", path, text, err)
			}
		})
	}
	if err := Prepare(filepath.Join(t.TempDir(), "\xff"), "x", "127.0.0.1:1"); err == nil {
		t.Error("a directory name that no config can hold was taken")
	}
}

func TestRemoveTemp(t *testing.T) {
	t.Parallel()
	keep := t.TempDir()
	if err := removeTemp(keep); err == nil || gone(t, keep) {
		t.Errorf("%s: %v, gone: %v", keep, err, gone(t, keep))
	}
	temp := filepath.Join(keep, tempPrefix+"1")
	if err := os.MkdirAll(filepath.Join(temp, "state"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := removeTemp(temp); err != nil || !gone(t, temp) {
		t.Errorf("%s: %v, gone: %v", temp, err, gone(t, temp))
	}
}
