package exec

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"gonogo/internal/process"
	"gonogo/internal/secret"
	"gonogo/model"
	"gonogo/model/config"
)

// maxValue is how long a printed value may be, in bytes.
const maxValue = 64 << 10

// Kind returns the kind "exec".
func Kind() config.ActionKind {
	common := []config.Key{
		{Name: "dir", Type: config.String, Help: "the folder to run in; default: the config's"},
		{Name: "env", Type: config.StringMap, Help: "more environment variables; secrets as env:NAME or file:PATH"},
		{Name: "pass_env", Type: config.Strings, Help: "names of gonogo's own environment variables to pass on"},
	}
	return config.ActionKind{
		Doc: "a program: an argv, never a shell",
		Keys: append([]config.Key{
			{Name: "command", Type: config.Strings, Required: true, Help: "the program and its arguments"},
		}, common...),
		Build: buildAction,
		Lint:  lintAction,
		Facts: facts,
		SwitchKeys: append([]config.Key{
			{Name: "get", Type: config.Strings, Required: true, Help: "a program that prints the value; nothing: unset"},
			{Name: "set", Type: config.Strings, Required: true, Help: "a program that stores it: {value} in an argument, and GONOGO_VALUE"},
		}, common...),
		BuildSwitch: buildSwitch,
		LintSwitch:  lintSwitch,
		ReaderKeys: append([]config.Key{
			{Name: "exec", Type: config.Strings, Required: true, Help: "a program that prints the value"},
		}, common...),
		BuildReader: buildReader,
	}
}

// program is what is common to all that is run.
type program struct {
	dir     string
	own     map[string]string // variables set by the config
	pass    []string
	shown   secret.Set // what a preview must not show
	secrets secret.Set // what nothing may show that the program prints
}

// EachMask calls do with the secrets that are taken out of all that the program prints.
func (g *program) EachMask(do func(*secret.Set)) { do(&g.secrets) }

func newProgram(p config.Part) (*program, error) {
	g := &program{dir: p.Table.Path("dir", p.Dir), pass: p.Table.Strings("pass_env")}
	if g.dir == "" {
		g.dir = p.Dir
	}
	configured := p.Table.StringMap("env")
	for _, name := range slices.Concat(g.pass, slices.Sorted(maps.Keys(configured))) {
		if err := process.CheckName(name); err != nil {
			return nil, fmt.Errorf("env: %w", err)
		}
	}
	var err error
	if g.own, err = g.shown.ResolveMap(configured, p.Dir); err != nil {
		return nil, fmt.Errorf("env: %w", err)
	}
	g.secrets.Join(&g.shown)
	g.secrets.AddEnv(g.pass...)
	return g, nil
}

// argvOf returns key's argv, or an error if there is no program in it.
func argvOf(p config.Part, key string) ([]string, error) {
	argv := p.Table.Strings(key)
	if len(argv) == 0 || argv[0] == "" {
		return nil, fmt.Errorf("%s: it is empty: expected a program and its arguments, [\"systemctl\", \"restart\", \"app\"]", key)
	}
	for _, arg := range argv {
		if strings.ContainsRune(arg, 0) {
			return nil, fmt.Errorf("%s: there is a zero byte in an argument", key)
		}
	}
	return argv, nil
}

func (g *program) spec(argv []string, more map[string]string) process.Spec {
	set := maps.Clone(g.own)
	maps.Copy(set, more)
	return process.Spec{Argv: argv, Dir: g.dir, Env: process.Environ(g.pass, set), Secrets: &g.secrets}
}

// print runs argv and returns what it prints, without the blanks around it.
func (g *program) print(ctx context.Context, argv []string) (string, error) {
	out := &process.Limited{Max: maxValue}
	s := g.spec(argv, nil)
	s.Out, s.Err = out, io.Discard
	if err := process.Run(ctx, s); err != nil {
		return "", err
	}
	return strings.TrimSpace(out.String()), nil
}

// Action is a program to run.
type Action struct {
	*program
	argv []string
}

func buildAction(p config.Part) (model.Action, error) {
	argv, err := argvOf(p, "command")
	if err != nil {
		return nil, err
	}
	g, err := newProgram(p)
	if err != nil {
		return nil, err
	}
	return &Action{g, argv}, nil
}

// Preview shows the argv, the folder, and the names of the variables that are
// set. args play no part.
func (a *Action) Preview(model.Args) model.Preview {
	line := "run " + a.shown.Mask(quote(a.argv))
	if a.dir != "" {
		line += " in " + model.Inert(a.dir)
	}
	if len(a.own) > 0 {
		line += " with " + strings.Join(slices.Sorted(maps.Keys(a.own)), ", ")
	}
	return model.Preview{Title: a.shown.Mask(quote(a.argv[:1])), Lines: []string{line}}
}

// Check reports whether the program is there and may be run; it runs nothing.
func (a *Action) Check() error {
	_, err := process.Lookup(a.argv, a.dir, process.Environ(a.pass, a.own))
	return err
}

// Do runs the program; log gets what it prints, stdout and stderr, as it comes.
func (a *Action) Do(ctx context.Context, _ model.Args, log io.Writer) error {
	if log == nil {
		log = io.Discard
	}
	s := a.spec(a.argv, nil)
	s.Log = log
	return process.Run(ctx, s)
}

// Reader is a program that prints a value.
type Reader struct {
	*program
	argv []string
}

func buildReader(p config.Part) (model.Reader, error) {
	argv, err := argvOf(p, "exec")
	if err != nil {
		return nil, err
	}
	g, err := newProgram(p)
	if err != nil {
		return nil, err
	}
	return &Reader{g, argv}, nil
}

// Read runs the program and returns what it prints on stdout.
func (r *Reader) Read(ctx context.Context) (string, error) { return r.print(ctx, r.argv) }

// quote writes argv so that a person sees where each argument begins and ends.
func quote(argv []string) string {
	var parts []string
	for _, arg := range argv {
		arg = model.Inert(arg)
		if arg == "" || strings.ContainsAny(arg, " '\"\\$`&|;<>()*?#") {
			arg = "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
		}
		parts = append(parts, arg)
	}
	return strings.Join(parts, " ")
}
