package config

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestChangedConfigLoadsOrSaysWhere: whatever is done to the lines of a config that
// loads, it loads, or gives problems on lines that exist. It never panics.
func TestChangedConfigLoadsOrSaysWhere(t *testing.T) {
	var seeds [][]string
	for _, dir := range []string{"good", "lint"} {
		for _, file := range fixtures(t, filepath.Join("testdata", dir)) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			seeds = append(seeds, strings.Split(string(data), "\n"))
		}
	}
	values := []string{"true", "-1", "0.7", `""`, `"0s"`, `"1d"`, `"keep"`, `"ask:remove"`, `"25%"`, `"> 0"`, `"env:"`, "[]", `["a", "a"]`, "[{}]", "{}", "{ a = 1 }", "1979-05-27"}
	kinds := testKinds()
	rapid.Check(t, func(t *rapid.T) {
		lines := append([]string{}, rapid.SampledFrom(seeds).Draw(t, "seed")...)
		for range rapid.IntRange(1, 4).Draw(t, "changes") {
			at, other := rapid.IntRange(0, len(lines)-1).Draw(t, "line"), rapid.IntRange(0, len(lines)-1).Draw(t, "other")
			key, _, isKey := strings.Cut(lines[at], "=")
			switch rapid.IntRange(0, 4).Draw(t, "how") {
			case 0: // gone
				lines[at] = ""
			case 1: // somewhere else
				lines[at], lines[other] = lines[other], lines[at]
			case 2: // of another key
				if _, value, ok := strings.Cut(lines[other], "="); ok && isKey {
					lines[at] = key + "=" + value
				}
			case 3: // another value
				if isKey {
					lines[at] = key + "= " + rapid.SampledFrom(values).Draw(t, "value")
				}
			case 4: // another name
				lines[at] = strings.Replace(lines[at], rapid.SampledFrom([]string{"a", "e", "o", "[", "."}).Draw(t, "letter"), "", 1)
			}
		}
		cfg, err := parseWith("/etc/gonogo/config.toml", []byte(strings.Join(lines, "\n")), kinds, testFile)
		var found Problems
		switch {
		case err != nil && cfg == nil && errors.As(err, &found) && len(found) > 0:
		case err == nil && cfg != nil:
			found = slices.Concat(cfg.Warnings, cfg.Refused)
		default:
			t.Fatalf("config %v and error %v", cfg, err)
		}
		for _, p := range found {
			if p.Line < 0 || p.Line > len(lines) || p.Line == 0 && strings.Contains(p.Key, ".") && err == nil || p.Message == "" {
				t.Errorf("line %d of %d: %s", p.Line, len(lines), p)
			}
		}
	})
}
