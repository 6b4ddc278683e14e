package ui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"gonogo/model"
)

// TestOwnKeysAreBesideTheUsual: so that what the screen and the manual say stays true.
func TestOwnKeysAreBesideTheUsual(t *testing.T) {
	all, err := withKeys(map[string]string{"advance": "n", "note": "ctrl+n"})
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range []tea.KeyPressMsg{{Code: 'n', Text: "n"}, {Code: 'a', Text: "a"}} {
		if c := all.find(k); c == nil || c.name != "advance" {
			t.Errorf("%s is %+v", k, c)
		}
	}
	if c := all.named("advance"); c.key.Help().Key != "a n" {
		t.Errorf("help says %q", c.key.Help().Key)
	}
	if c := newCommands().named("advance"); c.key.Help().Key != "a" {
		t.Error("the usual keys have changed")
	}
}

func TestKeysThatCannotBe(t *testing.T) {
	for name, c := range map[string]struct{ command, key, want string }{
		"taken":          {"advance", "b", `advance: "b" is the key of back already`},
		"the emergency":  {"advance", "!", `"!" is the key of rollback already`},
		"of moving":      {"advance", "j", `"j" is the key of moving about already`},
		"no command":     {"fly", "F", `no command has the name "fly": expected one of advance, back`},
		"its own":        {"rollback", "R", "the emergency key is ! on every screen"},
		"no key":         {"advance", "nn", `expected a key such as "n"`},
		"an empty key":   {"advance", "", `expected a key such as "n"`},
		"a control key":  {"advance", "\x1b", `expected a key such as "n"`},
		"an empty name":  {"", "n", "no command has the name"},
		"to end at once": {"advance", "ctrl+c", `"ctrl+c" is the key of`},
	} {
		if err := CheckKeys(map[string]string{c.command: c.key}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	if err := CheckKeys(map[string]string{"advance": "n", "back": "n"}); err == nil || !strings.Contains(err.Error(), "already") {
		t.Errorf("one key for two: %v", err)
	}
}

// TestASCIIOnlyWhereTheTerminalSaysSo: a terminal that says nothing of itself is taken to show all.
func TestASCIIOnlyWhereTheTerminalSaysSo(t *testing.T) {
	for env, want := range map[string]bool{
		"": false, "LANG=C.UTF-8": false, "LANG=de_DE.utf8": false, "LANG=C": true, "LANG=C.UTF-8 LC_ALL=POSIX": true,
		"TERM=linux LANG=C.UTF-8": true, "TERM=xterm": false, "LC_CTYPE=en_US.ISO-8859-1 LANG=C.UTF-8": true,
	} {
		if got := asciiOnly(tea.EnvMsg(strings.Fields(env))); got != want {
			t.Errorf("%q: %t", env, got)
		}
	}
}

// TestWhatIsWrongWithSettingsIsSaidOnTheScreen: and keeps nobody from the rollout.
func TestWhatIsWrongWithSettingsIsSaidOnTheScreen(t *testing.T) {
	m := newModel(t.Context(), nil, make(chan *model.Snapshot), Options{width: 100, height: 30, Say: "ui.toml:3: \x1b[2J", Keys: map[string]string{"advance": "b"}})
	m.eyes.take(someSnapshot())
	if screen := m.draw(); !strings.Contains(screen, "ui.toml:3: ␛[2J") {
		t.Errorf("it is not said:\n%s", screen)
	}
	if c := m.keys.named("advance"); c.key.Help().Key != "a" {
		t.Errorf("advance has the keys %q", c.key.Help().Key)
	}
}
