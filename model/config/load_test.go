package config

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"gonogo/model"
)

const least = "rollout.id = \"least\"\nenvironment.name = \"laptop\"\n[phase.only]\n"

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	fifo := filepath.Join(dir, "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "loop")
	if err := os.Symlink(link, link); err != nil {
		t.Fatal(err)
	}
	cases := []struct{ name, path, want string }{
		{"missing", filepath.Join(dir, "none.toml"), "none.toml: there is no such file: run `gonogo demo` to see gonogo at work, or copy config.toml.example and name it with -c FILE"},
		{"directory", dir, ": is a directory: name the config file in it with -c FILE"},
		{"empty", write("empty", ""), "empty: is empty: copy config.toml.example over it, or run `gonogo demo` to see gonogo at work"},
		{"huge", write("huge", strings.Repeat("# 3456789\n", 105_000)), "huge: is larger than 1 MiB, so it is probably no config: name another file with -c FILE"},
		{"fifo", fifo, "fifo: is no regular file: a config is read again later, so it must stay where it is"},
		{"link to itself", link, "loop: cannot be read: too many levels of symbolic links"},
		{"not UTF-8", write("utf16", "\xff\xfe[\x00r\x00"), "utf16:1: is not UTF-8: save it as UTF-8"},
		{"NUL", write("nul", "a = \"\x00\"\n"), "nul:1: invalid TOML: "},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			cfg, err := Load(c.path, testKinds())
			if err == nil || cfg != nil {
				t.Fatalf("got %v, %v: want an error", cfg, err)
			}
			if !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), c.path) {
				t.Errorf("got  %s\nwant %s…%s", err, c.path, c.want)
			}
		})
	}
	t.Run("good", func(t *testing.T) {
		cfg, err := Load(write("config.toml", least), testKinds())
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256([]byte(least))
		if r := cfg.Rollout; r.ConfigHash != hex.EncodeToString(sum[:]) || r.ConfigPath != filepath.Join(dir, "config.toml") || cfg.Dir != dir {
			t.Errorf("hash %s, path %s, dir %s", r.ConfigHash, r.ConfigPath, cfg.Dir)
		}
	})
	t.Run("with a byte order mark and CRLF", func(t *testing.T) {
		text := "\xef\xbb\xbf" + strings.ReplaceAll(least, "\n", "\r\n")
		cfg, err := Load(write("bom.toml", text), testKinds())
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256([]byte(text))
		if cfg.Rollout.ConfigHash != hex.EncodeToString(sum[:]) {
			t.Error("the hash is not that of the file's bytes")
		}
	})
}

func TestParseRelative(t *testing.T) {
	t.Chdir(t.TempDir())
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := Parse("sub/config.toml", []byte(least+"[rollout.links]\n"), testKinds())
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(here, "sub"); cfg.Dir != want || cfg.StateDir != "" {
		t.Errorf("dir %q, state %q: want %q and none", cfg.Dir, cfg.StateDir, want)
	}
}

func TestProblems(t *testing.T) {
	_, err := Parse("x.toml", []byte("a = 1\nb = 2\n"), testKinds())
	var one Problem
	if !errors.As(err, &one) {
		t.Fatalf("no Problem in %v", err)
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok || len(joined.Unwrap()) != 5 {
		t.Errorf("want 5 problems: %v", err)
	}
	hostile := Problem{File: "a\x1b[31m", Line: 3, Key: "k", Message: "m"}
	if got, want := hostile.Error(), "a␛[31m:3: k: m"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestNoHTTPReader(t *testing.T) {
	kinds := testKinds()
	delete(kinds.Actions, "http")
	text := least + "[rollback.off]\nemergency = true\nflags = \"safe\"\nverify = [{ http = \"http://127.0.0.1/\" }]\n"
	_, err := Parse("x.toml", []byte(text), kinds)
	if want := "x.toml:7: rollback.off.verify[0]: nothing here can read http"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestDefaults(t *testing.T) {
	base := least + "[source.p]\nkind = \"page\"\ntargets = []\n[metric.m]\nsource = \"p\"\n"
	cases := []struct {
		name, text                 string
		every, timeout, staleAfter time.Duration
		countdown                  time.Duration
	}{
		{"nothing said", "", 15 * time.Second, 10 * time.Second, 2 * time.Minute, 3 * time.Second},
		{"often", "every = \"2s\"", 2 * time.Second, 2 * time.Second, 2 * time.Minute, 3 * time.Second},
		{"seldom", "every = \"5m\"", 5 * time.Minute, 10 * time.Second, 15 * time.Minute, 3 * time.Second},
		{"critical", "[environment]\ncritical = true", 15 * time.Second, 10 * time.Second, 2 * time.Minute, 5 * time.Second},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			text := base + c.text
			if strings.Contains(c.text, "critical") {
				text = strings.Replace(base, "environment.name = \"laptop\"", "environment = { name = \"laptop\", critical = true }", 1)
			}
			cfg, err := Parse("x.toml", []byte(text), testKinds())
			if err != nil {
				t.Fatal(err)
			}
			m := cfg.Rollout.Metrics[0]
			if m.Every != c.every || m.Timeout != c.timeout || m.StaleAfter != c.staleAfter || cfg.Rollout.Emergency.Countdown != c.countdown {
				t.Errorf("every %s, timeout %s, stale after %s, countdown %s: want %s, %s, %s, %s",
					m.Every, m.Timeout, m.StaleAfter, cfg.Rollout.Emergency.Countdown, c.every, c.timeout, c.staleAfter, c.countdown)
			}
			if cfg.Rollout.Emergency.Confirm != model.ConfirmCountdown {
				t.Errorf("confirm %q", cfg.Rollout.Emergency.Confirm)
			}
		})
	}
}

// TestOrder: the order of phases is that of the file, however many there are.
func TestOrder(t *testing.T) {
	var text strings.Builder
	text.WriteString("rollout.id = \"x\"\nenvironment.name = \"n\"\n")
	var want []string
	for i := range 50 {
		name := fmt.Sprintf("p%d", i*37%50)
		want = append(want, name)
		fmt.Fprintf(&text, "[phase.%s]\ntitle = \"[phase.z]\"\n", name)
	}
	cfg, err := Parse("x.toml", []byte(text.String()), testKinds())
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range cfg.Rollout.Phases {
		if string(p.ID) != want[i] {
			t.Fatalf("phase %d is %s, want %s", i, p.ID, want[i])
		}
	}
}

func TestNearest(t *testing.T) {
	known := []string{"alert", "alert_for", "every", "timeout", "for", "is"}
	for name, want := range map[string]string{
		"alertfor": "alert_for", "alert-for": "alert_for", "Alert_For": "alert_for", "alret": "alert", "evry": "every",
		"fro": "for", "time_out": "timeout", "population": "", "x": "", "": "", "isn": "is", strings.Repeat("alert", 50): "",
	} {
		if got := nearest(name, known); got != want {
			t.Errorf("nearest(%q) = %q, want %q", name, got, want)
		}
	}
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"kitten", "sitting", 3}, {"ab", "ba", 1}, {"abc", "abc", 0}} {
		if got := distance(c.a, c.b); got != c.want {
			t.Errorf("distance(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

func TestChoices(t *testing.T) {
	many := strings.Split(strings.Repeat("x ", 30), " ")
	if got := choices("known", many); strings.Count(got, "x") != 24 || !strings.HasSuffix(got, ", …") {
		t.Errorf("thirty choices: %s", got)
	}
	if got := quote(strings.Repeat("ä", 100)); len([]rune(got)) != 63 {
		t.Errorf("a long text: %s", got)
	}
}

func TestSlug(t *testing.T) {
	for text, want := range map[string]string{
		"No tenant data leakage": "no-tenant-data-leakage", "  CPU, memory & disk  ": "cpu-memory-disk", "…": "check", "": "check",
		strings.Repeat("ab", 30): strings.Repeat("ab", 20), "one two three four five six seven eight nine": "one-two-three-four-five-six-seven",
	} {
		if got := slug(text); got != want {
			t.Errorf("slug(%q) = %q, want %q", text, got, want)
		}
	}
}

// TestSyntaxKeepsSecrets: the TOML library quotes what it cannot read, which
// may be a secret that somebody wrote without quotes.
func TestSyntaxKeepsSecrets(t *testing.T) {
	for _, value := range []string{
		"hunter2", "trueHunter2", "123456789hunter2", "0x12hunter2", "1_23456__7", "12345678901234567890123", "+hunter2", "1234.", "0123456789",
		"\"hunter2\\x\"", "\"hunter2\\q\"", "'hunter2", "\"hunter2\" hunter2", "[hunter2]", "{ a = hunter2 }", "1979-99-99", "12345678e", "\"\\uD800hunter2\"",
	} {
		_, err := Parse("x.toml", []byte("[a]\npassword = "+value+"\n"), testKinds())
		if err == nil {
			t.Errorf("%s was read", value)
			continue
		}
		for _, part := range []string{"hunter", "Hunter", "12345", "1_23", "1979"} {
			if strings.Contains(err.Error(), part) {
				t.Errorf("%s: the error tells %q: %v", value, part, err)
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, pattern := range []string{"testdata/good/*.toml", "testdata/bad/*.toml", "testdata/lint/*.toml"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			f.Fatalf("no seeds: %v", err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	kinds := testKinds()
	f.Fuzz(func(t *testing.T, data []byte) {
		cfg, err := parseWith("/x/config.toml", data, kinds, func(string) ([]byte, error) { return data, nil })
		if (err == nil) == (cfg == nil) {
			t.Fatalf("config %v and error %v", cfg, err)
		}
		var found []Problem
		if err != nil {
			var all Problems
			if !errors.As(err, &all) || len(all) == 0 {
				t.Fatalf("%T: %v", err, err)
			}
			found = all
		} else {
			found = cfg.Warnings
			sound(t, cfg)
		}
		for _, p := range found {
			if text := p.String(); text != model.Inert(text) || p.Message == "" {
				t.Errorf("%q is not inert", text)
			}
			if lines := strings.Count(string(data), "\n") + 1; p.Line < 0 || p.Line > lines {
				t.Errorf("line %d of %d: %s", p.Line, lines, p)
			}
		}
	})
}

// sound checks what the rest of gonogo relies on.
func sound(t *testing.T, cfg *Config) {
	t.Helper()
	r := &cfg.Rollout
	for _, m := range r.Metrics {
		if m.Every <= 0 || m.Timeout <= 0 || m.Timeout > m.Every || m.StaleAfter <= 0 || m.Title == "" {
			t.Errorf("metric %+v", m)
		}
	}
	for _, fl := range r.Flags {
		if fl.Every <= 0 || fl.SafeKeep != fl.Safe.IsZero() || fl.Effective != (cfg.Effective[fl.ID].Kind != "" || fl.EffectiveMetric != "") || cfg.Switches[fl.ID].Kind == "" {
			t.Errorf("flag %+v", fl)
		}
	}
	for _, p := range r.Phases {
		for _, id := range p.Gate {
			if r.Metric(id) == nil {
				t.Errorf("phase %s: no metric %s", p.ID, id)
			}
		}
		for _, set := range p.Flags {
			if fl := r.Flag(set.Flag); fl == nil || fl.Type != set.Value.Type && (fl.Type != model.List || set.Value.Type != model.Share || len(fl.Population) == 0) {
				t.Errorf("phase %s: setting %+v", p.ID, set)
			}
		}
	}
	if len(r.Phases) == 0 || r.Emergency.Countdown <= 0 || len(r.Rollbacks) > 0 && r.EmergencyRollback() == nil {
		t.Errorf("rollout %+v", r)
	}
	for _, b := range r.Rollbacks {
		if b.Budget <= 0 || b.Scope == "" || b.Rehearse == "" || len(b.Levels) > 0 && (b.Scope != model.ScopeSet || len(b.Set)+len(b.Run) > 0) {
			t.Errorf("rollback %+v", b)
		}
		for _, v := range b.Verify {
			if v.Within <= 0 || v.Title == "" || v.Kind == model.VerifyHTTP && cfg.Probes[v.Probe].Kind != "http" ||
				v.Kind == model.VerifySource && cfg.Witnesses[v.Witness].ID != v.Witness || v.After > 0 && v.After >= v.Within {
				t.Errorf("verify %+v", v)
			}
		}
	}
}
