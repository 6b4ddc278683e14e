package attach

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gonogo/model/engine"
)

// index is an index of a home directory of its own.
type index struct {
	t    *testing.T
	home string
	dir  string // where configs are
}

func newIndex(t *testing.T) *index {
	t.Helper()
	base := t.TempDir()
	t.Setenv("XDG_STATE_HOME", base)
	x := &index{t: t, home: filepath.Join(base, "gonogo"), dir: t.TempDir()}
	if err := os.MkdirAll(filepath.Join(x.home, indexName), 0o700); err != nil {
		t.Fatal(err)
	}
	return x
}

// config makes a config and returns its path.
func (x *index) config(name string) string {
	x.t.Helper()
	path := filepath.Join(x.dir, name)
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		x.t.Fatal(err)
	}
	return path
}

// put writes the entry of the config named.
func (x *index) put(name string, b []byte) {
	x.t.Helper()
	if err := engine.Replace(entry(x.home, name), b); err != nil {
		x.t.Fatal(err)
	}
}

func (x *index) place(name string, p Place) {
	x.t.Helper()
	b, err := json.Marshal(p)
	if err != nil {
		x.t.Fatal(err)
	}
	x.put(name, b)
}

// TestTheLastEnginesPlaceIsFound: by the config's real path, and by the one that was given,
// also where the config is gone; not by what another config's engine noted.
func TestTheLastEnginesPlaceIsFound(t *testing.T) {
	now := time.Now().UTC()
	at := func(config, dir string, old time.Duration) Place {
		return Place{Config: config, ID: "shop", Dir: dir, PID: 7, At: now.Add(-old)}
	}
	for _, c := range []struct {
		name  string
		set   func(*index) (ask string)
		loads bool
		want  string // its state directory
	}{
		{"as it was given", func(x *index) string {
			path := x.config("shop.toml")
			x.place(path, at(path, "/state/shop", 0))
			return path
		}, true, "/state/shop"},
		{"through a link", func(x *index) string {
			path, link := x.config("shop.toml"), filepath.Join(x.dir, "link.toml")
			_ = os.Symlink(path, link)
			x.place(path, at(path, "/state/shop", 0))
			return link
		}, true, "/state/shop"},
		{"the real one goes before the link, however old", func(x *index) string {
			path, link := x.config("shop.toml"), filepath.Join(x.dir, "link.toml")
			_ = os.Symlink(path, link)
			x.place(path, at(path, "/state/shop", time.Hour))
			x.place(link, at(link, "/state/before", 0))
			return link
		}, false, "/state/shop"},
		{"a link that leads elsewhere by now, which loads", func(x *index) string {
			path, link := x.config("other.toml"), filepath.Join(x.dir, "link.toml")
			_ = os.Symlink(path, link)
			x.place(link, at(link, "/state/before", 0))
			return link
		}, true, ""},
		{"and which does not load", func(x *index) string {
			path, link := x.config("other.toml"), filepath.Join(x.dir, "link.toml")
			_ = os.Symlink(path, link)
			x.place(link, at(link, "/state/before", 0))
			return link
		}, false, "/state/before"},
		{"a config that is gone", func(x *index) string {
			path := filepath.Join(x.dir, "gone.toml")
			x.place(path, at(path, "/state/gone", 0))
			return path
		}, false, "/state/gone"},
		{"a config that is gone from a folder behind a link", func(x *index) string {
			folder := filepath.Join(x.dir, "current")
			_ = os.Mkdir(filepath.Join(x.dir, "release-7"), 0o700)
			_ = os.Symlink(filepath.Join(x.dir, "release-7"), folder)
			path := filepath.Join(x.dir, "release-7", "gone.toml")
			x.place(path, at(path, "/state/gone", 0))
			return filepath.Join(folder, "gone.toml")
		}, false, "/state/gone"},
		{"none noted", func(x *index) string { return x.config("shop.toml") }, false, ""},
		{"another config's", func(x *index) string {
			path := x.config("shop.toml")
			x.place(path, at("/etc/other.toml", "/state/other", 0))
			return path
		}, false, ""},
		{"one without a directory", func(x *index) string {
			path := x.config("shop.toml")
			x.place(path, at(path, "", 0))
			return path
		}, false, ""},
		{"one with a directory that means another elsewhere", func(x *index) string {
			path := x.config("shop.toml")
			x.place(path, at(path, "state/shop", 0))
			return path
		}, false, ""},
		{"one that is broken", func(x *index) string {
			path := x.config("shop.toml")
			x.put(path, []byte(`{"config":"`))
			return path
		}, false, ""},
		{"one that is too long", func(x *index) string {
			path := x.config("shop.toml")
			p := at(path, "/state/shop", 0)
			p.Hash = strings.Repeat("f", indexLength)
			x.place(path, p)
			return path
		}, false, ""},
		{"one that is a link", func(x *index) string {
			path, elsewhere := x.config("shop.toml"), filepath.Join(x.dir, "entry")
			b, _ := json.Marshal(at(path, "/state/shop", 0))
			_ = os.WriteFile(elsewhere, b, 0o600)
			_ = os.Symlink(elsewhere, entry(x.home, path))
			return path
		}, false, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := newIndex(t)
			p, ok := LastPlace(c.set(x), c.loads)
			if p.Dir != c.want || ok != (c.want != "") {
				t.Errorf("%q, %t, wanted %q", p.Dir, ok, c.want)
			}
			if ok && (p.PID != 7 || p.ID != "shop") {
				t.Errorf("%+v", p)
			}
		})
	}
}

// TestHomeIsBelowTheStateDirectory: of the environment, if that is a path from the root, else
// of the home directory.
func TestHomeIsBelowTheStateDirectory(t *testing.T) {
	for _, c := range []struct{ name, state, home, want string }{
		{"as XDG says", "/var/state", "/home/ana", "/var/state/gonogo"},
		{"without XDG", "", "/home/ana", "/home/ana/.local/state/gonogo"},
		{"XDG without a root", "state", "/home/ana", "/home/ana/.local/state/gonogo"},
	} {
		t.Setenv("XDG_STATE_HOME", c.state)
		t.Setenv("HOME", c.home)
		if got, err := Home(); got != c.want || err != nil {
			t.Errorf("%s: %q, %v, wanted %q", c.name, got, err, c.want)
		}
		if all := homes(); len(all) == 0 || all[0] != c.want {
			t.Errorf("%s: the index is in %v", c.name, all)
		}
	}
	t.Setenv("HOME", "")
	if got, err := Home(); err != nil || !filepath.IsAbs(got) {
		t.Errorf("without an environment: %q, %v", got, err)
	}
}

// TestTheIndexHasOneHomeWhereTheEnvironmentSaysWhatTheSystemDoes: nothing is written twice.
func TestTheIndexHasOneHomeWhereTheEnvironmentSaysWhatTheSystemDoes(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", "")
	t.Setenv("HOME", "")
	if all := homes(); len(all) != 1 {
		t.Errorf("%v", all)
	}
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	if all := homes(); len(all) != 2 || all[0] == all[1] {
		t.Errorf("%v", all)
	}
}

// TestEachConfigHasAnEntryOfItsOwn: and its file's name gives away nothing of its path.
func TestEachConfigHasAnEntryOfItsOwn(t *testing.T) {
	seen := map[string]string{}
	for _, config := range []string{"/a/shop.toml", "/a/shop.tom", "/a/../a/shop.toml", "/b/shop.toml", "", strings.Repeat("x", 1000)} {
		path := entry("/home", config)
		if other, taken := seen[path]; taken {
			t.Errorf("%q and %q have one entry", config, other)
		}
		seen[path] = config
		if base := filepath.Base(path); filepath.Dir(path) != "/home/.index" || len(base) != 32+len(".json") || strings.Contains(base, "shop") {
			t.Errorf("%q is at %s", config, path)
		}
	}
}

// TestAFewStaleEntriesAreLeftAlone: pruning reads every entry, and so waits until there are many.
func TestAFewStaleEntriesAreLeftAlone(t *testing.T) {
	x := newIndex(t)
	x.place("/gone.toml", Place{Config: "/gone.toml", Dir: "/nowhere/at/all"})
	prune(filepath.Join(x.home, indexName))
	if _, err := os.Stat(entry(x.home, "/gone.toml")); err != nil {
		t.Error(err)
	}
	prune(filepath.Join(x.home, "no such folder")) // and breaks nothing
}
