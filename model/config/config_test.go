package config

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares got with the file at path, or writes it.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (go test -update writes it)", err)
	}
	if got != string(want) {
		t.Errorf("%s differs:\n--- got\n%s\n--- want\n%s", path, got, want)
	}
}

// fixtures returns the TOML files of a directory.
func fixtures(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.toml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no fixtures in %s: %v", dir, err)
	}
	return files
}

// testFile reads what a fixture names in /etc/gonogo from testdata/files.
func testFile(path string) ([]byte, error) {
	return readPopulation("testdata/files/" + strings.TrimPrefix(path, "/etc/gonogo"))
}

// parse reads a fixture as if it were called config.toml in /etc/gonogo.
func parse(t *testing.T, file string) (*Config, error) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return parseWith("/etc/gonogo/config.toml", data, testKinds(), testFile)
}

// TestBad holds every error to its exact words.
func TestBad(t *testing.T) {
	for _, file := range fixtures(t, "testdata/bad") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			cfg, err := parse(t, file)
			if err == nil || cfg != nil {
				t.Fatalf("got %v, %v: want no config and an error", cfg, err)
			}
			var all Problems
			if !errors.As(err, &all) {
				t.Fatalf("%T is no Problems", err)
			}
			if !slices.IsSortedFunc(all, func(a, b Problem) int { return a.Line - b.Line }) {
				t.Error("the problems are not in the order of the lines")
			}
			for i, p := range all {
				if p.Warning || p.Message == "" {
					t.Errorf("problem %d: %+v", i, p)
				}
			}
			text := strings.ReplaceAll(err.Error(), "/etc/gonogo/", "") + "\n"
			for _, secret := range []string{"hunter2", "s3cret"} {
				if strings.Contains(text, secret) {
					t.Errorf("the errors tell a secret: %s", secret)
				}
			}
			golden(t, strings.TrimSuffix(file, ".toml")+".txt", text)
		})
	}
}

// parts writes down what of a config is no part of its Rollout.
func parts(cfg *Config) string {
	var b strings.Builder
	line := func(name string, p Part) {
		fmt.Fprintf(&b, "%s: %s %s %s %v\n", name, p.ID, p.Kind, p.Dir, p.Table.values)
	}
	fmt.Fprintf(&b, "dir %s state %s\n", cfg.Dir, cfg.StateDir)
	for _, s := range cfg.Sources {
		line("source", s.Part)
		for _, m := range s.Metrics {
			fmt.Fprintf(&b, "  metric %s %v\n", m.Metric.ID, m.Table.values)
		}
	}
	write("switch", cfg.Switches, line)
	write("effective", cfg.Effective, line)
	write("action", cfg.Actions, line)
	write("seen", cfg.Seen, line)
	write("probe", cfg.Probes, line)
	for _, k := range slices.Sorted(maps.Keys(cfg.Witnesses)) {
		w := cfg.Witnesses[k]
		fmt.Fprintf(&b, "witness %s: %s of %s %s %v", k, w.ID, w.Source.Kind, w.Source.ID, w.Table.values)
		if w.Is != nil {
			fmt.Fprintf(&b, " is %s %v", w.Is.Op, w.Is.Value)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func write[K ~string](what string, all map[K]Part, line func(string, Part)) {
	for _, k := range slices.Sorted(maps.Keys(all)) {
		line(what+" "+string(k), all[k])
	}
}

// TestGood holds what is read from good files, and the warnings about them.
func TestGood(t *testing.T) {
	for _, file := range fixtures(t, "testdata/good") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			cfg, err := parse(t, file)
			if err != nil {
				t.Fatal(err)
			}
			var warnings strings.Builder
			for _, w := range cfg.Warnings {
				if !w.Warning {
					t.Errorf("%s is no warning", w)
				}
				warnings.WriteString(strings.ReplaceAll(w.String(), "/etc/gonogo/", "") + "\n")
			}
			base := strings.TrimSuffix(file, ".toml")
			golden(t, base+".txt", warnings.String())
			got, err := json.MarshalIndent(cfg.Rollout, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			golden(t, base+".json", string(got)+"\n")
			golden(t, base+".parts", parts(cfg))
		})
	}
}
