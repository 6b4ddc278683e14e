package compose

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

// recreateTimeout is for stopping (10 s by default), making and starting a container.
const recreateTimeout = 90 * time.Second

// Kind returns the kind "compose".
func Kind() config.ActionKind {
	common := []config.Key{
		{Name: "file", Type: config.String, Help: "the Compose file; default: the one that docker compose finds in dir"},
		{Name: "project", Type: config.String, Help: "the project's name; default: what docker compose makes of the file's folder"},
		{Name: "dir", Type: config.String, Help: "the folder to run in; default: the config's"},
		{Name: "pass_env", Type: config.Strings, Help: "names of gonogo's own environment variables that the Compose file needs, besides those of docker"},
	}
	return config.ActionKind{
		Doc: "a service of a Compose project, recreated",
		Keys: append([]config.Key{
			{Name: "service", Type: config.String, Required: true, Help: "the service's name in the Compose file"},
		}, common...),
		Build: buildAction, Lint: lint,
		SeenByDefault: seenByDefault, Idempotent: true, Timeout: recreateTimeout,
		ReaderKeys: append([]config.Key{
			{Name: "compose", Type: config.String, Required: true, Help: "the service whose containers are seen"},
		}, common...),
		BuildReader: buildReader,
	}
}

// seenByDefault: what is recreated is another container.
func seenByDefault(p config.Part) (config.Part, bool) {
	values := map[string]any{"compose": p.Table.String("service")}
	for _, key := range []string{"file", "project", "dir", "pass_env"} {
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
	for _, name := range p.Table.Strings("pass_env") {
		if err := process.CheckName(name); err != nil {
			found = append(found, config.Finding{Key: "pass_env", Message: err.Error()})
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
	name, file, project, dir string
	pass                     []string   // names of variables
	secrets                  secret.Set // what nothing may show that docker prints
}

// EachMask calls do with the secrets that are taken out of all that docker prints.
func (s *service) EachMask(do func(*secret.Set)) { do(&s.secrets) }

func newService(p config.Part, key string) (*service, error) {
	s := &service{
		name: p.Table.String(key), file: p.Table.Path("file", p.Dir), project: p.Table.String("project"), dir: p.Table.Path("dir", p.Dir),
		pass: []string{
			"DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "DOCKER_API_VERSION", "SSH_AUTH_SOCK",
			"COMPOSE_FILE", "COMPOSE_PROJECT_NAME", "COMPOSE_PROFILES", "COMPOSE_ENV_FILES",
		},
	}
	if s.dir == "" {
		s.dir = p.Dir
	}
	if err := checkName(s.name); err != nil {
		return nil, fmt.Errorf("%s: %w", key, err)
	}
	if s.project != "" {
		if err := checkName(s.project); err != nil {
			return nil, fmt.Errorf("project: %w", err)
		}
	}
	for _, name := range p.Table.Strings("pass_env") {
		if err := process.CheckName(name); err != nil {
			return nil, fmt.Errorf("pass_env: %w", err)
		}
		s.pass = append(s.pass, name)
	}
	s.secrets.AddEnv(p.Table.Strings("pass_env")...)
	return s, nil
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

func (s *service) spec(argv []string) process.Spec {
	return process.Spec{Argv: argv, Dir: s.dir, Env: process.Environ(s.pass, map[string]string{"LC_ALL": "C"}), Secrets: &s.secrets}
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
	s, err := newService(p, "service")
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
	if a.dir != "" {
		line += " in " + a.dir
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
