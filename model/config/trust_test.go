package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestConfigOfAnotherUserIsRefusedUnlessNamed: what was found lying about in a
// folder does not run as whoever stands there; what was named runs with a warning.
func TestConfigOfAnotherUserIsRefusedUnlessNamed(t *testing.T) {
	const me, root, other = 1000, 0, 1001
	for name, test := range map[string]struct {
		owner owned
		uid   int
		named bool
		fails bool
		warns string
	}{
		"mine":             {owner: owned{uid: me}, uid: me},
		"root's":           {owner: owned{uid: root}, uid: me},
		"another's":        {owner: owned{uid: other}, uid: me, fails: true},
		"by sudo":          {owner: owned{uid: me}, uid: root, fails: true},
		"another's, named": {owner: owned{uid: other}, uid: me, named: true, warns: "belongs to"},
		"by sudo, named":   {owner: owned{uid: me}, uid: root, named: true, warns: "belongs to"},
		"not known":        {owner: owned{uid: -1}, uid: me},
		"anyone writes":    {owner: owned{uid: me, anyone: true}, uid: me, warns: "anyone can write"},
		"anyone replaces":  {owner: owned{uid: me, dirAnyone: true}, uid: me, named: true, warns: "anyone can replace"},
	} {
		t.Run(name, func(t *testing.T) {
			test.owner.file = "/home/shop/config.toml"
			warnings, err := (&Config{owner: test.owner}).Trust(test.named, test.uid)
			if errors.Is(err, ErrStranger) != test.fails || (err != nil) != test.fails {
				t.Errorf("got %v", err)
			}
			if test.fails && !strings.Contains(err.Error(), "-c /home/shop/config.toml") {
				t.Errorf("it does not say what to do: %v", err)
			}
			if text := strings.Join(warnings, "; "); (text != "") != (test.warns != "") || !strings.Contains(text, test.warns) {
				t.Errorf("warns %q, want %q", text, test.warns)
			}
		})
	}
}

func TestWhoCanWriteAConfig(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "config.toml")
	if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	look := func(file, folder os.FileMode) owned {
		t.Helper()
		if err := errors.Join(os.Chmod(path, file), os.Chmod(dir, folder)); err != nil {
			t.Fatal(err)
		}
		_, o, err := readFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return o
	}
	if o := look(0o644, 0o755); o.uid != os.Geteuid() || o.anyone || o.dirAnyone {
		t.Errorf("got %+v", o)
	}
	if o := look(0o666, 0o777); !o.anyone || !o.dirAnyone {
		t.Errorf("open to all: %+v", o)
	}
	if o := look(0o644, 0o777|os.ModeSticky); o.anyone || o.dirAnyone {
		t.Errorf("sticky: %+v", o)
	}
}
