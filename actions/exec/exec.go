package exec

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"gonogo/internal/process"
	"gonogo/model"
	"gonogo/model/config"
)

// maxValue is how long a printed value may be, in bytes.
const maxValue = 64 << 10

type actionKeys struct {
	Command []string `toml:"command" required:"true" help:"the program and its arguments"`
	process.Settings
}

type switchKeys struct {
	Get []string `toml:"get" required:"true" help:"a program that prints the value; nothing: unset"`
	Set []string `toml:"set" required:"true" help:"a program that stores it: {value} in an argument, and GONOGO_VALUE"`
	process.Settings
}

type readerKeys struct {
	Exec []string `toml:"exec" required:"true" help:"a program that prints the value"`
	process.Settings
}

// Kind returns the kind "exec".
func Kind() config.ActionKind {
	return config.ActionKind{
		Doc:         "a program: an argv, never a shell",
		Keys:        config.KeysOf[actionKeys](),
		Build:       buildAction,
		Lint:        lintAction,
		Facts:       facts,
		SwitchKeys:  config.KeysOf[switchKeys](),
		BuildSwitch: buildSwitch,
		LintSwitch:  lintSwitch,
		ReaderKeys:  config.KeysOf[readerKeys](),
		BuildReader: buildReader,
	}
}

// checkArgv returns an error if there is no program in key's argv.
func checkArgv(key string, argv []string) error {
	if len(argv) == 0 || argv[0] == "" {
		return fmt.Errorf("%s: it is empty: expected a program and its arguments, [\"systemctl\", \"restart\", \"app\"]", key)
	}
	for _, arg := range argv {
		if strings.ContainsRune(arg, 0) {
			return fmt.Errorf("%s: there is a zero byte in an argument", key)
		}
	}
	return nil
}

// printed runs argv and returns what it prints, without the blanks around it.
func printed(ctx context.Context, around *process.Surroundings, argv []string) (string, error) {
	out := &process.Limited{Max: maxValue}
	s := around.Spec(argv, nil)
	s.Out, s.Err = out, io.Discard
	if err := process.Run(ctx, s); err != nil {
		return "", err
	}
	return strings.TrimSpace(out.String()), nil
}

// Action is a program to run.
type Action struct {
	*process.Surroundings
	argv []string
}

func buildAction(p config.Part) (model.Action, error) {
	k := config.Into[actionKeys](p.Table, p.Dir)
	if err := checkArgv("command", k.Command); err != nil {
		return nil, err
	}
	around, err := k.Prepare(p.Dir)
	if err != nil {
		return nil, err
	}
	return &Action{around, k.Command}, nil
}

// Preview shows the argv, the folder, and the names of the variables that are
// set. args play no part.
func (a *Action) Preview(model.Args) model.Preview {
	line := "run " + a.Given.Mask(quote(a.argv))
	if a.Dir != "" {
		line += " in " + model.Inert(a.Dir)
	}
	if len(a.Own) > 0 {
		line += " with " + strings.Join(slices.Sorted(maps.Keys(a.Own)), ", ")
	}
	return model.Preview{Title: a.Given.Mask(quote(a.argv[:1])), Lines: []string{line}}
}

// Check reports whether the program is there and may be run; it runs nothing.
func (a *Action) Check() error {
	_, err := process.Lookup(a.argv, a.Dir, process.Environ(a.Pass, a.Own))
	return err
}

// Do runs the program; log gets what it prints, stdout and stderr, as it comes.
func (a *Action) Do(ctx context.Context, _ model.Args, log io.Writer) error {
	if log == nil {
		log = io.Discard
	}
	s := a.Spec(a.argv, nil)
	s.Log = log
	return process.Run(ctx, s)
}

// Reader is a program that prints a value.
type Reader struct {
	*process.Surroundings
	argv []string
}

func buildReader(p config.Part) (model.Reader, error) {
	k := config.Into[readerKeys](p.Table, p.Dir)
	if err := checkArgv("exec", k.Exec); err != nil {
		return nil, err
	}
	around, err := k.Prepare(p.Dir)
	if err != nil {
		return nil, err
	}
	return &Reader{around, k.Exec}, nil
}

// Read runs the program and returns what it prints on stdout.
func (r *Reader) Read(ctx context.Context) (string, error) {
	return printed(ctx, r.Surroundings, r.argv)
}

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
