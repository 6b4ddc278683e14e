package config

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestAKeptConfigStandsWithoutItsFiles: what was read along with a config once counts, whatever
// became of those files; so a rollback is planned from it when the file on disk is of no use.
func TestAKeptConfigStandsWithoutItsFiles(t *testing.T) {
	dir := t.TempDir()
	path, names := filepath.Join(dir, "config.toml"), filepath.Join(dir, "names.txt")
	text := []byte(withPopulation("names.txt"))
	put := func(items string) {
		t.Helper()
		if err := os.WriteFile(names, []byte(items), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("a\nb\n")
	first, err := Parse(path, text, testKinds())
	if err != nil {
		t.Fatal(err)
	}
	if got := slices.Collect(maps.Keys(first.Files)); !slices.Equal(got, []string{names}) {
		t.Fatalf("it keeps %q, wanted %q", got, names)
	}
	for name, disk := range map[string]func(){
		"changed":    func() { put("c\n") },
		"wrong":      func() { put("c,d\n\x00\n") },
		"taken away": func() { _ = os.Remove(names) },
	} {
		t.Run(name, func(t *testing.T) {
			put("a\nb\n")
			disk()
			kept, err := ParseKept(path, text, first.Files, testKinds())
			if err != nil {
				t.Fatal(err)
			}
			if got := kept.Rollout.Flag("on").Population; !slices.Equal(got, []string{"a", "b"}) {
				t.Errorf("its population is %q", got)
			}
			if kept.Rollout.ConfigHash != first.Rollout.ConfigHash {
				t.Errorf("its hash is %s, and was %s", kept.Rollout.ConfigHash, first.Rollout.ConfigHash)
			}
		})
	}
	put("c\n")
	fresh, err := ParseKept(path, text, nil, testKinds()) // kept by an older gonogo, without its files
	if err != nil || !slices.Equal(fresh.Rollout.Flag("on").Population, []string{"c"}) {
		t.Errorf("what was not kept is not read: %v", err)
	}
}

// TestAListHasItsBoundInTheConfigToo: not only in a file of its own.
func TestAListHasItsBoundInTheConfigToo(t *testing.T) {
	for n, wrong := range map[int]bool{maxPopulationItems: false, maxPopulationItems + 1: true} {
		items := make([]string, n)
		for i := range items {
			items[i] = fmt.Sprintf("\"%x\"", i)
		}
		text := strings.Replace(withPopulation("names.txt"), `"file:names.txt"`, "["+strings.Join(items, ",")+"]", 1)
		_, err := Parse("/etc/gonogo/config.toml", []byte(text), testKinds())
		want := "<nil>"
		if wrong {
			want = fmt.Sprintf("/etc/gonogo/config.toml:11: flag.on.population: holds %d items: expected at most %d", n, maxPopulationItems)
		}
		if got := fmt.Sprint(err); got != want {
			t.Errorf("%d items: %.200s\nwant %s", n, got, want)
		}
	}
}

// TestATitleSaysWhoAnswersWithoutSecrets: of a verify that asks an address, or several. What
// may hold a token stays out.
func TestATitleSaysWhoAnswersWithoutSecrets(t *testing.T) {
	for _, c := range []struct{ http, want string }{
		{`"http://10.0.0.1:8080/flags"`, "10.0.0.1:8080/flags answers"},
		{`["http://10.0.0.1/flags"]`, "10.0.0.1/flags answers"},
		{`["http://10.0.0.1/a", "http://10.0.0.2/b"]`, "10.0.0.1/a, 10.0.0.2/b answer"},
		{`["http://10.0.0.1/a?verbose=1", "env:OTHER", "file:/run/other"]`, "10.0.0.1/a, env:OTHER, file:/run/other answer"},
		{`"nonsense s3cret"`, "http answers"},
		{`"http://[s3cret"`, "http answers"},
		{"\"http://host/\\u001b[2J\"", "http answers"},
		{"\"http://host/%1b\\u202e\"", "host/␛⍰ answers"},
	} {
		text := least + "[rollback.off]\nemergency = true\nflags = {}\nrun = [\"x\"]\nverify = [{ http = " + c.http + " }]\n[action.x]\nkind = \"exec\"\ncommand = [\"x\"]\n"
		cfg, err := Parse("/etc/gonogo/config.toml", []byte(text), testKinds())
		if err != nil {
			t.Errorf("%s: %v", c.http, err)
			continue
		}
		if got := cfg.Rollout.Rollbacks[0].Verify[0].Title; got != c.want {
			t.Errorf("%s: %q, wanted %q", c.http, got, c.want)
		}
	}
}
