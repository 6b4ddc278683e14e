package config

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// withPopulation is a config with one list, of which file holds the population.
func withPopulation(file string) string {
	return least + "[flag.on]\nkind = \"dotenv\"\nfile = \".env\"\nkey = \"A\"\ntype = \"list\"\nempty = \"nobody\"\nsafe = []\npopulation = \"file:" + file + "\"\n"
}

// TestPopulationFile reads files as Load does: beside the config, and within bounds.
func TestPopulationFile(t *testing.T) {
	dir := t.TempDir()
	config := filepath.Join(dir, "config.toml")
	numbered := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "tenant_%d\n", i)
		}
		return b.String()
	}
	cases := []struct {
		name, text string
		items      int
		first      string
		err        string
	}{
		{"plain", "a\nb\n", 2, "a", ""},
		{"byte order mark, CRLF, comments, no last line break", "\xef\xbb\xbf# all\r\n\r\n a b \r\n  # more\r\nc", 2, "a b", ""},
		{"a # within an item", "a#1\n", 1, "a#1", ""},
		{"as many as may be", numbered(maxPopulationItems), maxPopulationItems, "tenant_0", ""},
		{"too many", numbered(maxPopulationItems + 10), 0, "", "names.txt:100001: more than 100000 items"},
		{"too large", strings.Repeat("#"+strings.Repeat(" ", 1023)+"\n", 8192), 0, "", "names.txt: is larger than 8 MiB"},
		{"twice", "a\n\nb\na\n", 0, "", `names.txt:4: "a" is listed twice, first on line 1`},
		{"not UTF-8", "a\n\xfe\n", 0, "", "names.txt:2: is not UTF-8: save the file as UTF-8"},
		{"an escape sequence", "a\x1b[31m\n", 0, "", `names.txt:1: holds characters that cannot be seen: "a␛[31m"`},
		{"NUL", "\x00\n", 0, "", `names.txt:1: holds characters that cannot be seen: "␀"`},
		{"empty", "", 0, "", "is empty: expected everything that the list may hold"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			for file, text := range map[string]string{"names.txt": c.text, "config.toml": withPopulation("names.txt")} {
				if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			cfg, err := Load(config, testKinds())
			if c.err != "" {
				if want := config + ":11: flag.on.population: " + c.err; err == nil || err.Error() != want {
					t.Fatalf("got  %v\nwant %s", err, want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := cfg.Rollout.Flags[0].Population; len(got) != c.items || got[0] != c.first {
				t.Errorf("%d items, the first is %q: want %d and %q", len(got), got[0], c.items, c.first)
			}
		})
	}
}

// TestPopulationAndHash: the hash is that of the config file alone, whatever
// the population's file holds.
func TestPopulationAndHash(t *testing.T) {
	text := withPopulation("/names.txt")
	var hashes []string
	for _, names := range []string{"a\nb\n", "c\n"} {
		cfg, err := parseWith("/x/config.toml", []byte(text), testKinds(), func(path string) ([]byte, error) {
			if path != "/names.txt" {
				t.Errorf("read %s", path)
			}
			return []byte(names), nil
		})
		if err != nil {
			t.Fatal(err)
		}
		hashes = append(hashes, cfg.Rollout.ConfigHash)
	}
	if len(slices.Compact(hashes)) != 1 {
		t.Errorf("hashes %v", hashes)
	}
}

// FuzzPopulation: whatever a file holds, its items come back the same from a
// store that keeps them comma separated.
func FuzzPopulation(f *testing.F) {
	for _, seed := range []string{"a\nb\n", "# c\n a \r\n", "a,b\n", "\xff\n", "a\na\n", "\x1b[0m"} {
		f.Add([]byte(seed))
	}
	text := []byte(withPopulation("names.txt"))
	kinds := testKinds()
	f.Fuzz(func(t *testing.T, data []byte) {
		cfg, err := parseWith("/x/config.toml", text, kinds, func(string) ([]byte, error) { return data, nil })
		if err != nil {
			return
		}
		items := cfg.Rollout.Flags[0].Population
		if len(items) == 0 {
			t.Fatal("no items and no error")
		}
		for _, item := range items {
			if badItem(item) != "" || strings.TrimSpace(item) != item || item == "" {
				t.Errorf("item %q", item)
			}
		}
	})
}
