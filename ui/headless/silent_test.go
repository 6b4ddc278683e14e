package headless

import (
	"strings"
	"testing"
	"time"

	"gonogo/model"
)

// TestASilentEngineIsNamedWithWhatToDo: who holds what since when, what was done by then, and
// what to do; who only looks knows nothing (12), who wanted a change is needed (26).
func TestASilentEngineIsNamedWithWhatToDo(t *testing.T) {
	since := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, c := range []struct {
		name  string
		is    model.Silence
		asked bool
		says  []string
		not   string
	}{
		{"one's own", model.Silence{Own: true, PID: 7, Dir: "state"}, false, []string{"03:04:05Z", "does the disk of state hang?", "end this gonogo"}, "kill"},
		{"another", model.Silence{PID: 7, Dir: "state"}, false, []string{"pid 7", "holds state", "kill -CONT 7", "--break-glass", "03:04:05Z"}, "root"},
		{"another user's", model.Silence{PID: 7, Dir: "state", User: "ana"}, false, []string{"ana's engine", "kill -CONT 7", "each as ana or root"}, ""},
		{"one that nobody knows", model.Silence{Dir: "state"}, false, []string{"state is held by an engine", "wake it, or end it", "--break-glass"}, "kill"},
		{"deaf", model.Silence{PID: 7, Dir: "state", Deaf: true}, false, []string{"takes nothing", "does the disk of state hang?", "--break-glass"}, "-CONT"},
		{"no engine", model.Silence{PID: 7, Dir: "state", Foreign: "vim"}, false, []string{"process 7 (vim)", "is no engine", "kill 7"}, "--break-glass"},
		{"asked before", model.Silence{PID: 7, Dir: "state"}, true, []string{"may still do it when it wakes"}, "nothing was changed"},
	} {
		c.is.Since = since
		for use, want := range map[Use]int{Look: ExitUnknown, LookDown: ExitUnknown, Change: ExitNeedsHuman, WayDown: ExitNeedsHuman} {
			err := (&Silent{Silence: c.is, asked: c.asked}).exit(use)
			if got := Status(err); got != want {
				t.Errorf("%s, use %d: status %d, wanted %d", c.name, use, got, want)
			}
			looks := use == Look || use == LookDown
			for _, text := range c.says {
				if !strings.Contains(err.Error(), text) && (!looks || !c.asked) {
					t.Errorf("%s, use %d: %q does not say %q", c.name, use, err, text)
				}
			}
			if c.not != "" && strings.Contains(err.Error(), c.not) {
				t.Errorf("%s, use %d: %q says %q", c.name, use, err, c.not)
			}
			if did := strings.Contains(err.Error(), "nothing was asked of it, nothing was changed"); did != (!looks && !c.asked) {
				t.Errorf("%s, use %d: %q", c.name, use, err)
			}
		}
	}
}
