package compose

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"gonogo/internal/process"
	"gonogo/model"
	"gonogo/model/config"
)

const (
	maxShown = 64 << 10 // bytes of what docker prints
	shortID  = 12       // digits of a container's id, as docker itself shows it
	between  = ", "
)

// Reader reads which containers of a service run.
type Reader struct{ *service }

func buildReader(p config.Part) (model.Reader, error) {
	k := config.Into[readerKeys](p.Table, p.Dir)
	s, err := newService(p, "compose", k.Compose, k.projectKeys)
	if err != nil {
		return nil, err
	}
	return &Reader{s}, nil
}

// Read returns ID@START of each container of the service, in alphabetical
// order: the first 12 digits of its id, and when it was started last. It is an
// error that none is there, or that one does not run.
func (r *Reader) Read(ctx context.Context) (string, error) {
	ps, err := r.ask(ctx, r.compose("ps", "-q", r.name))
	if err != nil {
		return "", fmt.Errorf("docker compose ps %s: %w", r.name, err)
	}
	ids := strings.Fields(ps)
	if len(ids) == 0 {
		return "", fmt.Errorf("no container of %s runs: see docker compose ps -a and docker compose logs %s", r.name, r.name)
	}
	for _, id := range ids {
		if !isID(id) {
			return "", fmt.Errorf("docker compose ps %s: it printed no container's id: %q", r.name, model.Inert(id[:min(len(id), 60)]))
		}
	}
	text, err := r.ask(ctx, append([]string{"docker", "inspect", "-f", "{{.Id}} {{.State.StartedAt}} {{.State.Running}}"}, ids...))
	if err != nil {
		return "", fmt.Errorf("docker inspect: %w", err)
	}
	return r.parse(text, len(ids))
}

// parse reads a line ID START RUNNING of each of n containers.
func (r *Reader) parse(text string, n int) (string, error) {
	var out []string
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		switch {
		case len(f) == 0:
			continue
		case len(f) != 3 || !isID(f[0]):
			return "", fmt.Errorf("docker inspect: it printed %q: expected a container's id, start and whether it runs", model.Inert(line[:min(len(line), 80)]))
		case f[2] != "true":
			return "", fmt.Errorf("container %s of %s does not run: see docker compose logs %s", f[0][:shortID], r.name, r.name)
		}
		out = append(out, f[0][:shortID]+"@"+model.Inert(f[1]))
	}
	if len(out) != n {
		return "", fmt.Errorf("docker inspect: it knows %d of %d containers", len(out), n)
	}
	slices.Sort(out)
	return strings.Join(out, between), nil
}

// Changed reports whether none of the containers of now is, with the same
// start, among those of before: all were made or started anew.
func (r *Reader) Changed(before, now string) bool {
	old := strings.Split(before, between)
	return now != "" && !slices.ContainsFunc(strings.Split(now, between), func(one string) bool { return slices.Contains(old, one) })
}

// Began implements model.Starter: when the last of the containers was started.
func (r *Reader) Began(text string) (time.Time, bool) {
	var last time.Time
	for one := range strings.SplitSeq(text, between) {
		_, start, _ := strings.Cut(one, "@")
		at, err := time.Parse(time.RFC3339Nano, start)
		if err != nil {
			return time.Time{}, false
		}
		if at.After(last) {
			last = at
		}
	}
	return last, true
}

// Name implements model.Starter: "container 0123456789ab".
func (r *Reader) Name(text string) string {
	var ids []string
	for one := range strings.SplitSeq(text, between) {
		id, _, _ := strings.Cut(one, "@")
		ids = append(ids, id)
	}
	if len(ids) > 1 {
		return "containers " + strings.Join(ids, between)
	}
	return "container " + ids[0]
}

// isID reports whether text is a container's id.
func isID(text string) bool {
	return len(text) >= shortID && strings.Trim(text, "0123456789abcdef") == ""
}

// ask returns what a call of docker prints on stdout.
func (r *Reader) ask(ctx context.Context, argv []string) (string, error) {
	out := &process.Limited{Max: maxShown}
	s := r.spec(argv)
	s.Out, s.Err = out, io.Discard
	if err := process.Run(ctx, s); err != nil {
		return "", explain(err)
	}
	return out.String(), nil
}

var (
	_ model.Comparer = (*Reader)(nil)
	_ model.Starter  = (*Reader)(nil)
)
