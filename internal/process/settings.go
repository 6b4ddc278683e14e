package process

import (
	"fmt"
	"maps"
	"slices"

	"gonogo/internal/secret"
)

// Settings are the keys that every kind takes which runs a program. A kind embeds
// them in the struct that declares its keys.
type Settings struct {
	Dir     string            `toml:"dir" path:"true" otherwise:"the config's" help:"the folder to run in"`
	Env     map[string]string `toml:"env" help:"more environment variables; secrets as env:NAME or file:PATH"`
	PassEnv []string          `toml:"pass_env" otherwise:"a few harmless ones" help:"names of gonogo's own environment variables to pass on"`
}

// Check returns an error if a name in s cannot be that of a variable. It begins
// with the key.
func (s Settings) Check() error {
	for _, name := range s.PassEnv {
		if err := CheckName(name); err != nil {
			return fmt.Errorf("pass_env: %w", err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Env)) {
		if err := CheckName(name); err != nil {
			return fmt.Errorf("env: %w", err)
		}
	}
	return nil
}

// Surroundings are what a part's programs run in: a folder, variables, and what must
// not be seen of these. They are safe for concurrent use.
type Surroundings struct {
	Dir     string            // absolute
	Own     map[string]string // the variables that the config sets
	Pass    []string          // the names of those passed on
	Given   secret.Set        // the secrets among Own, which no preview may show
	Secrets secret.Set        // what nothing may show that a program prints: Given, and what is passed on
}

// Prepare makes the surroundings that s describes, and reads the secrets in it. Paths
// are relative to dir, which is also where programs run if s does not say.
func (s Settings) Prepare(dir string) (*Surroundings, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	out := &Surroundings{Dir: s.Dir, Pass: slices.Clone(s.PassEnv)}
	if out.Dir == "" {
		out.Dir = dir
	}
	var err error
	if out.Own, err = out.Given.ResolveMap(s.Env, dir); err != nil {
		return nil, fmt.Errorf("env: %w", err)
	}
	out.Secrets.Join(&out.Given)
	out.Secrets.AddEnv(s.PassEnv...)
	return out, nil
}

// EachMask calls do with the secrets that are taken out of all that programs print.
func (s *Surroundings) EachMask(do func(*secret.Set)) { do(&s.Secrets) }

// Spec returns how argv is run: more are variables besides those of the config,
// over which they win.
func (s *Surroundings) Spec(argv []string, more map[string]string) Spec {
	set := maps.Clone(s.Own)
	maps.Copy(set, more)
	return Spec{Argv: argv, Dir: s.Dir, Env: Environ(s.Pass, set), Secrets: &s.Secrets}
}
