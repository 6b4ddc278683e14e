package systemd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"

	"gonogo/internal/process"
	"gonogo/model"
	"gonogo/model/config"
)

// maxShown is how much of what systemctl show prints is taken, in bytes.
const maxShown = 64 << 10

// state is what systemd says of a unit, see systemctl(1), show, and the D-Bus
// properties of units in org.freedesktop.systemd1(5).
type state struct {
	unit              unit
	load, active, sub string
	invocation        string // 128 bits in hex; new with every start
	pid               string // of the main process; 0: none
	started           string // the main process, in µs of the monotonic clock; 0: never
	result            string
}

// missing returns why the unit is none that could be started, and what to do about it.
func (s state) missing() error {
	name := s.unit.name
	switch s.load {
	case "not-found":
		list := "systemctl list-unit-files"
		if s.unit.user {
			list = "systemctl --user list-unit-files"
		}
		return fmt.Errorf("systemd knows no unit %s: see %s for its name, and run systemctl daemon-reload if it is new", name, list)
	case "masked":
		return fmt.Errorf("%s is masked, so it cannot start: systemctl unmask it", name)
	case "error", "bad-setting":
		return fmt.Errorf("the file of %s is wrong: see systemctl status %s and systemd-analyze verify", name, name)
	}
	return nil
}

// show asks systemd for the state of the unit.
func (u unit) show(ctx context.Context) (state, error) {
	out := &process.Limited{Max: maxShown}
	s := u.spec(u.argv("show", "-p", "InvocationID", "-p", "MainPID", "-p", "ActiveState", "-p", "SubState",
		"-p", "LoadState", "-p", "Result", "-p", "ExecMainStartTimestampMonotonic"))
	s.Out, s.Err = out, io.Discard
	if err := process.Run(ctx, s); err != nil {
		var ended *process.Ended
		if !errors.As(err, &ended) {
			err = explainMissing(err)
		}
		return state{}, fmt.Errorf("systemctl show %s: %w", u.name, err)
	}
	return parseShow(u, out.String()), nil
}

// parseShow reads lines of KEY=VALUE.
func parseShow(u unit, text string) state {
	st := state{unit: u}
	for line := range strings.Lines(text) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		value = model.Inert(value)
		switch key {
		case "InvocationID":
			st.invocation = value
		case "MainPID":
			st.pid = value
		case "ActiveState":
			st.active = value
		case "SubState":
			st.sub = value
		case "LoadState":
			st.load = value
		case "Result":
			st.result = value
		case "ExecMainStartTimestampMonotonic":
			st.started = value
		}
	}
	return st
}

// Reader reads which start of a unit runs. It is safe for concurrent use.
type Reader struct {
	unit
	mu   sync.Mutex
	last state // as it was read last
}

func buildReader(p config.Part) (model.Reader, error) {
	u, err := newUnit(p, "systemd")
	if err != nil {
		return nil, err
	}
	return &Reader{unit: u}, nil
}

// Read returns the unit's InvocationID: another one is another start. A systemd
// that has none (before 232) gives PID@START of the main process, START in µs
// of the monotonic clock. It is an error that the unit is not active: while it
// starts, and between the starts of one that crashes, nothing was seen.
func (r *Reader) Read(ctx context.Context) (string, error) {
	st, err := r.show(ctx)
	if err != nil {
		return "", err
	}
	if err := st.missing(); err != nil {
		return "", err
	}
	switch st.active {
	case "active":
	case "failed":
		return "", fmt.Errorf("%s has failed (%s): see %s", r.name, st.result, r.journal())
	case "":
		return "", fmt.Errorf("systemctl show %s: it says nothing of ActiveState", r.name)
	default:
		return "", fmt.Errorf("%s is %s (%s), not active: see systemctl status %s", r.name, st.active, st.sub, r.name)
	}
	r.mu.Lock()
	r.last = st
	r.mu.Unlock()
	if text := st.text(); text != "" {
		return text, nil
	}
	return "", fmt.Errorf("%s is active, but systemd names neither an InvocationID nor a main process: say how it is seen with pidfile, metric or http", r.name)
}

// text is what tells this start from any other; empty where systemd says nothing of it.
func (s state) text() string {
	switch {
	case strings.Trim(s.invocation, "0") != "":
		return s.invocation
	case strings.Trim(s.pid, "0") != "" && strings.Trim(s.started, "0") != "":
		return s.pid + "@" + s.started
	}
	return ""
}

// Began implements model.Starter, of the start that was read last.
func (r *Reader) Began(text string) (time.Time, bool) {
	r.mu.Lock()
	st := r.last
	r.mu.Unlock()
	us, err := strconv.ParseInt(st.started, 10, 64)
	up, ok := monotonic()
	if st.text() != text || err != nil || us <= 0 || !ok {
		return time.Time{}, false
	}
	return time.Now().Add(time.Duration(us)*time.Microsecond - up), true
}

// Name implements model.Starter: "pid 4711".
func (r *Reader) Name(text string) string {
	r.mu.Lock()
	st := r.last
	r.mu.Unlock()
	if st.text() == text && strings.Trim(st.pid, "0") != "" {
		return "pid " + st.pid
	}
	return "start " + text
}

var _ model.Starter = (*Reader)(nil)
