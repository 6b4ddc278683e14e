package compose

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"gonogo/internal/process"
	"gonogo/model"
	"gonogo/model/config"
)

// recreateTimeout is for stopping (10 s by default), making and starting a container.
const recreateTimeout = 90 * time.Second

// projectKeys are common to all that is asked of docker compose.
type projectKeys struct {
	File    string `toml:"file" path:"true" otherwise:"the one that docker compose finds in dir" help:"the Compose file"`
	Project string `toml:"project" otherwise:"what docker compose makes of the file's folder" help:"the project's name"`
	process.Settings
}

type actionKeys struct {
	Service string `toml:"service" required:"true" help:"the service's name in the Compose file"`
	projectKeys
}

type readerKeys struct {
	Compose string `toml:"compose" required:"true" help:"the service whose containers are seen"`
	projectKeys
}

// Kind returns the kind "compose".
func Kind() config.ActionKind {
	return config.ActionKind{
		Doc:   "a service of a Compose project, recreated",
		Keys:  config.KeysOf[actionKeys](),
		Build: buildAction, Lint: lint,
		SeenByDefault: seenByDefault, Idempotent: true, Timeout: recreateTimeout,
		ReaderKeys:  config.KeysOf[readerKeys](),
		BuildReader: buildReader,
	}
}

// seenByDefault: what is recreated is another container.
func seenByDefault(p config.Part) (config.Part, bool) {
	values := map[string]any{"compose": p.Table.String("service")}
	for _, key := range []string{"file", "project", "dir", "env", "pass_env"} {
		if p.Table.Has(key) {
			values[key] = p.Table.Any(key)
		}
	}
	return config.Part{ID: p.ID, Kind: "compose", Table: config.NewTable(values), Dir: p.Dir}, true
}

// lint finds names that are wrong, which are errors.
func lint(p config.Part) []config.Finding {
	var found []config.Finding
	for _, key := range []string{"service", "project"} {
		if !p.Table.Has(key) {
			continue
		}
		if err := checkName(p.Table.String(key)); err != nil {
			found = append(found, config.Finding{Key: key, Message: err.Error()})
		}
	}
	settings := config.Into[process.Settings](p.Table, p.Dir)
	for _, name := range settings.PassEnv {
		if err := process.CheckName(name); err != nil {
			found = append(found, config.Finding{Key: "pass_env", Message: err.Error()})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(settings.Env)) {
		if err := process.CheckName(name); err != nil {
			found = append(found, config.Finding{Key: "env", Message: err.Error()})
		}
	}
	return found
}

// namePattern matches the name of a service or project: no option.
var namePattern = regexp.MustCompile(`^[A-Za-z0-9_.][A-Za-z0-9_.-]{0,254}$`)

func checkName(name string) error {
	if !namePattern.MatchString(name) {
		return fmt.Errorf("expected a name of letters, digits, _, . and - (no - in front), found %q", model.Inert(name[:min(len(name), 60)]))
	}
	return nil
}

// service is one service of a project.
type service struct {
	*process.Surroundings
	name, file, project string
}

// dockers are the variables that docker and compose look at: they are passed on by themselves.
func dockers() []string {
	return []string{
		"DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "DOCKER_API_VERSION", "SSH_AUTH_SOCK",
		"COMPOSE_FILE", "COMPOSE_PROJECT_NAME", "COMPOSE_PROFILES", "COMPOSE_ENV_FILES",
	}
}

// newService makes the service that key calls name.
func newService(p config.Part, key, name string, k projectKeys) (*service, error) {
	if err := checkName(name); err != nil {
		return nil, fmt.Errorf("%s: %w", key, err)
	}
	if k.Project != "" {
		if err := checkName(k.Project); err != nil {
			return nil, fmt.Errorf("project: %w", err)
		}
	}
	around, err := k.Prepare(p.Dir)
	if err != nil {
		return nil, err
	}
	around.Pass = append(around.Pass, dockers()...)
	return &service{around, name, k.File, k.Project}, nil
}

// compose returns a call of docker compose.
func (s *service) compose(args ...string) []string {
	argv := []string{"docker", "compose"}
	if s.file != "" {
		argv = append(argv, "-f", s.file)
	}
	if s.project != "" {
		argv = append(argv, "-p", s.project)
	}
	return append(argv, args...)
}

// spec returns how docker is run: in C's language, as its errors are read.
func (s *service) spec(argv []string) process.Spec {
	return s.Spec(argv, map[string]string{"LC_ALL": "C"})
}

// explain adds what to do to the error of a call of docker.
func explain(err error) error {
	var ended *process.Ended
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &ended):
		return fmt.Errorf("%w; it is docker with its compose plugin that is needed", err)
	case ended.Cause != nil:
		return err
	case strings.Contains(ended.Last, "docker --help"): // it does not know the command compose, or takes -f for its own
		return fmt.Errorf("%w; install the compose plugin of docker", err)
	case strings.Contains(ended.Last, "permission denied"):
		return fmt.Errorf("%w; run gonogo as a user who may use docker, or name its host in DOCKER_HOST", err)
	case strings.Contains(ended.Last, "Cannot connect to the Docker daemon"):
		return fmt.Errorf("%w; or name its host in DOCKER_HOST", err)
	case strings.Contains(ended.Last, "no configuration file provided"):
		return fmt.Errorf("%w; say where it is with file or dir", err)
	case strings.Contains(ended.Last, "no such service"):
		return fmt.Errorf("%w; see docker compose config --services", err)
	}
	return err
}

// Action recreates a service.
type Action struct{ *service }

func buildAction(p config.Part) (model.Action, error) {
	k := config.Into[actionKeys](p.Table, p.Dir)
	s, err := newService(p, "service", k.Service, k.projectKeys)
	if err != nil {
		return nil, err
	}
	return &Action{s}, nil
}

func (a *Action) argv() []string {
	return a.compose("up", "-d", "--force-recreate", "--no-deps", a.name)
}

// Preview shows the call of docker compose. args play no part.
func (a *Action) Preview(model.Args) model.Preview {
	line := "run " + strings.Join(a.argv(), " ")
	if a.Dir != "" {
		line += " in " + a.Dir
	}
	return model.Preview{Title: "recreate " + a.name, Lines: []string{model.Inert(line)}}
}

// Check reports whether docker is there; it runs nothing.
func (a *Action) Check() error {
	s := a.spec(a.argv())
	_, err := process.Lookup(s.Argv, s.Dir, s.Env)
	return explain(err)
}

// Do recreates the service's containers; log gets what docker prints.
func (a *Action) Do(ctx context.Context, _ model.Args, log io.Writer) error {
	s := a.spec(a.argv())
	if log == nil {
		log = io.Discard
	}
	s.Log = log
	err := explain(process.Run(ctx, s))
	if err != nil {
		return fmt.Errorf("docker compose up %s: %w", a.name, err)
	}
	return nil
}
