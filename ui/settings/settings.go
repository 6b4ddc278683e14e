// Package settings reads ui.toml: how a person wants the cockpit to look, and which keys it has.
//
// It is a person's own file, beside every rollout, and says nothing about one. A mistake in it
// is an error with file, line and remedy, and nothing of the file counts then.
package settings

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"gonogo/internal/safefile"
	"gonogo/ui/theme"
)

const (
	maxSize  = 64 << 10 // how large the file may be, in bytes
	patience = 2 * time.Second
)

// Settings are what the file says. The zero value is what counts without one.
type Settings struct {
	Look  theme.Look
	ASCII *bool             // nil: as the terminal is
	Keys  map[string]string // by the name of a command

	path, text string
}

type file struct {
	Theme   string            `toml:"theme"`
	ASCII   *bool             `toml:"ascii"`
	Colours map[string]any    `toml:"colours"`
	Keys    map[string]string `toml:"keys"`
}

// Path returns where the file is: ui.toml in gonogo's folder below config, which is the
// user's folder of configs.
func Path(config string) string { return filepath.Join(config, "gonogo", "ui.toml") }

// Load reads the file at path; one that is not there is the zero Settings.
func Load(path string) (Settings, error) {
	text, err := safefile.Read(path, safefile.Limits{Size: maxSize, Patience: patience})
	if errors.Is(err, fs.ErrNotExist) {
		return Settings{}, nil
	}
	if err != nil {
		return Settings{}, err // which names the file
	}
	s := Settings{path: path, text: string(text)}
	var f file
	meta, err := toml.Decode(s.text, &f)
	if parse := (toml.ParseError{}); errors.As(err, &parse) {
		return Settings{}, fmt.Errorf("%s:%d: %s", path, parse.Position.Line, parse.Message)
	}
	if err != nil {
		return Settings{}, fmt.Errorf("%s: %w", path, err)
	}
	for _, key := range meta.Undecoded() {
		return Settings{}, s.Wrong(key[len(key)-1], "unknown key %q: expected theme, ascii, [colours] or [keys]", key.String())
	}
	s.ASCII, s.Keys = f.ASCII, f.Keys
	if s.Look.Name = f.Theme; f.Theme != "" && !slices.Contains(theme.Names(), f.Theme) {
		return Settings{}, s.Wrong("theme", "unknown theme %q: expected one of %s", f.Theme, strings.Join(theme.Names(), ", "))
	}
	s.Look.Colours = make(map[theme.Style]theme.Colour, len(f.Colours))
	for name, value := range f.Colours {
		role, ok := theme.Role(name)
		if !ok {
			return Settings{}, s.Wrong(name, "nothing has the name %q that could have a colour: expected one of %s", name, strings.Join(theme.Roles(), ", "))
		}
		colour, err := theme.ParseColour(fmt.Sprint(value))
		if err != nil {
			return Settings{}, s.Wrong(name, "%s, found %q", err, fmt.Sprint(value))
		}
		s.Look.Colours[role] = colour
	}
	return s, nil
}

// Wrong is an error about a key of the file, with its line.
func (s Settings) Wrong(key, format string, args ...any) error {
	at := s.path
	found := regexp.MustCompile(`(?m)^[ \t\[]*"?` + regexp.QuoteMeta(key) + `"?[ \t]*[=\]]`)
	if i := found.FindStringIndex(s.text); i != nil {
		at = fmt.Sprintf("%s:%d", s.path, 1+strings.Count(s.text[:i[0]], "\n"))
	}
	return fmt.Errorf("%s: %s", at, fmt.Sprintf(format, args...))
}

// Choose overrides s by what the command line says: the name of a theme, and whether to
// draw with ASCII only, as a bool is written; each may be empty.
func (s Settings) Choose(name, ascii string) (Settings, error) {
	if name != "" {
		if !slices.Contains(theme.Names(), name) {
			return s, fmt.Errorf("--theme: unknown theme %q: expected one of %s", name, strings.Join(theme.Names(), ", "))
		}
		s.Look.Name = name
	}
	if ascii != "" {
		only, err := strconv.ParseBool(ascii)
		if err != nil {
			return s, fmt.Errorf("--ascii: expected true or false, found %q", ascii)
		}
		s.ASCII = &only
	}
	return s, nil
}
