package docs

import (
	"os"
	"regexp"
	"testing"

	"gonogo/actions"
	"gonogo/model/config"
	"gonogo/sources"
)

// TestEveryKeyIsTold holds the example and the guides to the keys that the kinds
// declare: each is named there, and each says what it is for.
func TestEveryKeyIsTold(t *testing.T) {
	told := ""
	for _, path := range []string{"../config.toml.example", "sources.md", "actions.md"} {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		told += string(data)
	}
	var look func(where string, keys []config.Key)
	look = func(where string, keys []config.Key) {
		for _, k := range keys {
			if !regexp.MustCompile(`\b` + regexp.QuoteMeta(k.Name) + `\b`).MatchString(told) {
				t.Errorf("%s: the key %s is told of nowhere", where, k.Name)
			}
			if k.Help == "" {
				t.Errorf("%s: the key %s says not what it is for", where, k.Name)
			}
			look(where+", "+k.Name, k.Keys)
		}
	}
	for name, kind := range sources.Builders() {
		look("source "+name, kind.Keys)
		look("metric from "+name, kind.MetricKeys)
		look("verify by "+name, kind.WitnessKeys)
	}
	for name, kind := range actions.Builders() {
		look("action "+name, kind.Keys)
		look("flag "+name, kind.SwitchKeys)
		look("reader "+name, kind.ReaderKeys)
	}
}
