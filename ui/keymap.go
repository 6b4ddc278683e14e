package ui

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
)

// KeyError says why a command cannot have the key that somebody gave it.
type KeyError struct{ Command, Why string }

func (e *KeyError) Error() string { return e.Command + ": " + e.Why }

// CheckKeys reports the first of these keys, by the name of a command, that cannot be.
func CheckKeys(own map[string]string) error {
	_, err := withKeys(own)
	return err
}

// keysOf returns the commands with a person's own keys, or the usual ones where those cannot be.
func keysOf(own map[string]string) commands {
	all, err := withKeys(own)
	if err != nil {
		return newCommands()
	}
	return all
}

// aKey is what the terminal may say of a key that types something, or that has a name.
var aKey = regexp.MustCompile(`^([^\s\pC]|space|(ctrl|alt)\+[a-z]|f([1-9]|1[0-2])|insert|delete)$`)

// withKeys returns the commands with a person's own keys beside those of the manual, which texts on
// the screen name; or a *KeyError.
func withKeys(own map[string]string) (commands, error) {
	all := newCommands()
	var names []string
	for name := range own {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		c, k := all.named(name), own[name]
		switch {
		case name == "" || c == nil:
			return nil, &KeyError{name, fmt.Sprintf("no command has the name %q: expected one of %s", name, strings.Join(all.names(), ", "))}
		case all.isEmergencyName(name):
			return nil, &KeyError{name, "the emergency key is ! on every screen: remove this line"}
		case !aKey.MatchString(k):
			return nil, &KeyError{name, fmt.Sprintf("expected a key such as \"n\", \"ctrl+n\", \"f5\" or \"space\", found %q", k)}
		}
		if i := slices.IndexFunc(all, func(other command) bool { return slices.Contains(other.key.Keys(), k) }); i >= 0 {
			what := all[i].name
			if what == "" {
				what = "moving about"
			}
			return nil, &KeyError{name, fmt.Sprintf("%q is the key of %s already: expected another", k, what)}
		}
		c.key = key.NewBinding(key.WithKeys(append(c.key.Keys(), k)...), key.WithHelp(strings.TrimSpace(c.key.Help().Key+" "+k), c.key.Help().Desc))
	}
	return all, nil
}

func (all commands) names() []string {
	var out []string
	for _, c := range all {
		if c.name != "" && !all.isEmergencyName(c.name) {
			out = append(out, c.name)
		}
	}
	return out
}

func (all commands) isEmergencyName(name string) bool { return name == all[0].name }
