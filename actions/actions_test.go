package actions

import (
	"testing"

	"gonogo/model/config"
)

// TestBuilders: what a kind can be it has keys for, and the key that tells a reader's kind.
func TestBuilders(t *testing.T) {
	for name, k := range Builders() {
		t.Run(name, func(t *testing.T) {
			if k.Doc == "" {
				t.Error("no doc")
			}
			if k.Build == nil && k.BuildSwitch == nil && k.BuildReader == nil {
				t.Error("it can be nothing")
			}
			for what, able := range map[string]struct {
				can  bool
				keys []config.Key
			}{
				"action": {k.Build != nil, k.Keys},
				"switch": {k.BuildSwitch != nil, k.SwitchKeys},
				"reader": {k.BuildReader != nil, k.ReaderKeys},
			} {
				if able.can != (len(able.keys) > 0) {
					t.Errorf("%s: can be built: %t, but has %d keys", what, able.can, len(able.keys))
				}
				seen := map[string]bool{}
				for _, key := range able.keys {
					if key.Help == "" || seen[key.Name] {
						t.Errorf("%s: key %q has no help, or is there twice", what, key.Name)
					}
					seen[key.Name] = true
				}
			}
			if k.BuildReader == nil {
				return
			}
			for _, key := range k.ReaderKeys {
				if key.Name == name && key.Required {
					return
				}
			}
			t.Errorf("no required reader key %q", name)
		})
	}
}
