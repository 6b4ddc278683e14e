package attach

import (
	"fmt"
	"os"
	"syscall"

	"gonogo/model"
)

// Elsewhere is the error of a seat that may neither be the engine nor attach:
// another user's engine runs.
type Elsewhere struct {
	Text      string
	Transient bool // that engine ends soon, with its command
}

func (e *Elsewhere) Error() string { return e.Text }

// Unwrap makes it a refusal.
func (e *Elsewhere) Unwrap() error { return model.ErrRefused }

// errNoHello says that whoever holds the rollout's name is no engine.
type errNoHello struct{ pid, uid int }

func (e errNoHello) Error() string {
	var a accounts
	return fmt.Sprintf("process %d of %s holds this rollout's name on this host and does not answer as an engine", e.pid, a.of(e.uid).name)
}

// errStranger says that whoever holds the rollout's name is a user whose word
// does not count, whatever they say there.
type errStranger struct{ pid, uid int }

func (e errStranger) Error() string {
	var a accounts
	return fmt.Sprintf("process %d of %s holds this rollout's name on this host, and is neither yours nor root's nor of the owner of the config or the state directory: it is not believed",
		e.pid, a.of(e.uid).name)
}

// unless makes it the end of a seat; one that was attached before stays.
func (e errStranger) unless(visited bool) error {
	if visited {
		return nil
	}
	return fmt.Errorf("%w: %w", model.ErrRefused, e)
}

// ownerOf returns the user whom path belongs to, and whether that is known.
func ownerOf(path string) (int, bool) {
	info, err := os.Stat(path)
	if err != nil || path == "" {
		return 0, false
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return int(st.Uid), true
}
