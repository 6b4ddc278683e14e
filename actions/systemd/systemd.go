package systemd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"gonogo/internal/process"
	"gonogo/internal/secret"
	"gonogo/model"
	"gonogo/model/config"
)

// restartTimeout is how long systemd itself waits for a unit to stop, by default.
const restartTimeout = 90 * time.Second

// adviceTimeout is how long an error waits for what systemd says of the unit.
const adviceTimeout = 3 * time.Second

// Kind returns the kind "systemd".
func Kind() config.ActionKind {
	user := config.Key{Name: "user", Type: config.Bool, Help: "whether it is a unit of the user's own systemd; default: false, the system's"}
	return config.ActionKind{
		Doc: "a unit of systemd, restarted",
		Keys: []config.Key{
			{Name: "unit", Type: config.String, Required: true, Help: "the unit's name, such as shop.service"},
			{Name: "command", Type: config.String, OneOf: []string{"restart", "reload", "start", "stop"}, Help: "what is done with it; default: restart"},
			user,
		},
		Build: buildAction, Lint: lint,
		SeenByDefault: seenByDefault, Idempotent: true, Timeout: restartTimeout,
		ReaderKeys: []config.Key{
			{Name: "systemd", Type: config.String, Required: true, Help: "the unit whose start is seen, such as shop.service"},
			user,
		},
		BuildReader: buildReader,
	}
}

// verbOf returns what the action of part p does with its unit.
func verbOf(p config.Part) string {
	if verb := p.Table.String("command"); verb != "" {
		return verb
	}
	return "restart"
}

// seenByDefault: a restart makes a new InvocationID. A reload, a stop, and the start of
// what runs make none.
func seenByDefault(p config.Part) (config.Part, bool) {
	values := map[string]any{"systemd": p.Table.String("unit"), "user": p.Table.Bool("user")}
	return config.Part{ID: p.ID, Kind: "systemd", Table: config.NewTable(values), Dir: p.Dir}, verbOf(p) == "restart"
}

func lint(p config.Part) []config.Finding {
	if !p.Table.Has("unit") { // which was said
		return nil
	}
	if err := checkUnit(p.Table.String("unit")); err != nil {
		return []config.Finding{{Key: "unit", Message: err.Error()}}
	}
	return nil
}

// unitName matches one unit's name: no option, and no pattern that stands for several.
var unitName = regexp.MustCompile(`^[A-Za-z0-9:_.\\@][A-Za-z0-9:_.\\@-]{0,254}$`)

func checkUnit(name string) error {
	if !unitName.MatchString(name) {
		return fmt.Errorf("expected the name of one unit, such as shop.service, found %q", model.Inert(name[:min(len(name), 60)]))
	}
	return nil
}

// unit is one unit of the system's systemd or the user's.
type unit struct {
	name    string
	user    bool
	dir     string
	secrets *secret.Set // what nothing may show that systemctl prints
}

// EachMask calls do with the secrets that are taken out of all that systemctl prints.
func (u unit) EachMask(do func(*secret.Set)) { do(u.secrets) }

func newUnit(p config.Part, key string) (unit, error) {
	u := unit{name: p.Table.String(key), user: p.Table.Bool("user"), dir: p.Dir, secrets: &secret.Set{}}
	if err := checkUnit(u.name); err != nil {
		return u, fmt.Errorf("%s: %w", key, err)
	}
	return u, nil
}

// argv returns a call of systemctl, which must not ask for a password on our terminal.
func (u unit) argv(verb string, options ...string) []string {
	argv := []string{"systemctl", "--no-ask-password"}
	if u.user {
		argv = append(argv, "--user")
	}
	argv = append(append(argv, verb), options...)
	return append(argv, u.name)
}

func (u unit) spec(argv []string) process.Spec {
	env := process.Environ([]string{"DBUS_SESSION_BUS_ADDRESS"}, map[string]string{"LC_ALL": "C", "SYSTEMD_PAGER": "cat"})
	return process.Spec{Argv: argv, Dir: u.dir, Env: env, Secrets: u.secrets}
}

// journal names the command that shows why the unit did not start.
func (u unit) journal() string {
	if u.user {
		return "journalctl --user -u " + u.name
	}
	return "journalctl -u " + u.name
}

// Action does something with a unit.
type Action struct {
	unit
	verb string
}

func buildAction(p config.Part) (model.Action, error) {
	u, err := newUnit(p, "unit")
	if err != nil {
		return nil, err
	}
	return &Action{u, verbOf(p)}, nil
}

// Preview shows the call of systemctl. args play no part.
func (a *Action) Preview(model.Args) model.Preview {
	return model.Preview{Title: a.verb + " " + a.name, Lines: []string{"run " + strings.Join(a.argv(a.verb), " ")}}
}

// Check reports whether systemctl is there; it runs nothing.
func (a *Action) Check() error {
	s := a.spec(a.argv(a.verb))
	_, err := process.Lookup(s.Argv, s.Dir, s.Env)
	return explainMissing(err)
}

// Do runs systemctl until the job is done; log gets what it prints. An error
// says what the unit's state makes of it, and what to do.
func (a *Action) Do(ctx context.Context, _ model.Args, log io.Writer) error {
	s := a.spec(a.argv(a.verb))
	if log == nil {
		log = io.Discard
	}
	s.Log = log
	err := process.Run(ctx, s)
	if err == nil {
		return nil
	}
	var ended *process.Ended
	if !errors.As(err, &ended) {
		return explainMissing(err)
	}
	if ended.Cause != nil {
		return fmt.Errorf("systemctl %s %s: %w; systemd may still be at it", a.verb, a.name, err)
	}
	return fmt.Errorf("systemctl %s %s: %w%s", a.verb, a.name, err, a.advice(ctx, ended.Last))
}

// advice says what to do about a call that failed, by what it said and the unit's state.
func (a *Action) advice(ctx context.Context, said string) string {
	for _, words := range []string{"authentication required", "Access denied", "Permission denied", "Operation not permitted"} {
		if strings.Contains(said, words) {
			return "; run gonogo as root, allow it by a polkit rule, or set user = true for a unit of the user's own"
		}
	}
	ctx, done := context.WithTimeout(ctx, adviceTimeout)
	defer done()
	st, err := a.show(ctx)
	switch {
	case err != nil:
		return ""
	case st.missing() != nil:
		return "; " + st.missing().Error()
	case st.active == "failed":
		return "; the unit has failed: see " + a.journal()
	}
	return ""
}

// explainMissing adds what to do where there is no systemctl.
func explainMissing(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w; where no systemd runs, restart by an action of kind exec or compose", err)
}
