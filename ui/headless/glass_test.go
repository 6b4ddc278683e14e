package headless

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"gonogo/model"
)

// mute is a seat whose engine says nothing.
type mute struct{ is model.Silence }

func (m mute) Run(ctx context.Context) error               { <-ctx.Done(); return nil }
func (m mute) Submit(context.Context, model.Intent) error  { return errors.New("it takes nothing") }
func (m mute) Subscribe() (<-chan *model.Snapshot, func()) { return nil, func() {} }
func (m mute) Silent() (model.Silence, bool)               { return m.is, true }

// glassed runs a rollback where the engine is silent until it is ended, and returns which
// state directories were broken open.
func glassed(t *testing.T, is model.Silence, pid int, fails error, typed string, args ...string) (said string, broken []string, asked []model.IntentKind, status int) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		d := newDesk()
		w := &World{
			Out: Inert(&out), Err: Inert(&out), In: strings.NewReader(typed), Ask: typed != "", Again: t.Context(), Actor: model.Actor{Name: "ana"},
			NewID: func() model.IntentID { return "intent-1" },
			Open: func(string, Use) (Opened, error) {
				if len(broken) > 0 {
					return Opened{Seat: d, Rollout: d.s.Rollout}, nil
				}
				return Opened{Seat: mute{is}, Rollout: d.s.Rollout}, nil
			},
			BreakGlass: func(_ context.Context, dir string) (int, error) {
				if fails != nil {
					return 0, fails
				}
				broken = append(broken, dir)
				return pid, nil
			},
		}
		config := ""
		c := w.cmdRollback(&config)
		c.SetArgs(args)
		c.SilenceErrors, c.SilenceUsage = true, true
		err := c.ExecuteContext(t.Context())
		if err != nil {
			out.WriteString(err.Error())
		}
		said, asked, status = out.String(), d.kinds(), Status(err)
	})
	return said, broken, asked, status
}

// TestGlassIsBrokenOnlyWhereItIsAskedForAndConfirmed: a silent engine is ended by who says so
// and types the word, and the rollback goes on without it. One's own engine, a process that is
// none, and a dry run end nothing.
func TestGlassIsBrokenOnlyWhereItIsAskedForAndConfirmed(t *testing.T) {
	silent := model.Silence{PID: 77, Dir: "state"}
	own, foreign := silent, silent
	own.Own, foreign.Foreign = true, "vim"
	for _, c := range []struct {
		name   string
		is     model.Silence
		pid    int
		fails  error
		typed  string
		args   []string
		breaks bool
		status int
		says   []string
	}{
		{"with --yes", silent, 77, nil, "", []string{"--break-glass", "--yes"}, true, ExitOK, []string{"pid 77, holds state", "BREAK-GLASS: ended the engine, pid 77, with SIGKILL", "VERIFIED Off"}},
		{"with the word", silent, 77, nil, "break-glass\nyes\n", []string{"--break-glass"}, true, ExitOK, []string{`Type "break-glass"`, `Type "yes"`, "VERIFIED Off"}},
		{"with another word", silent, 77, nil, "yes\n", []string{"--break-glass"}, false, ExitCancelled, []string{"not confirmed: nothing was done"}},
		{"with nobody there", silent, 77, nil, "", []string{"--break-glass"}, false, ExitUsage, []string{"add --yes"}},
		{"gone meanwhile", silent, 0, nil, "", []string{"--break-glass", "--yes"}, true, ExitOK, []string{"VERIFIED Off"}},
		{"it cannot be ended", silent, 0, errors.New("not permitted"), "", []string{"--break-glass", "--yes"}, false, ExitNeedsHuman, []string{"not permitted"}},
		{"dry", silent, 77, nil, "", []string{"--break-glass", "--dry-run"}, false, ExitOK, []string{"dry run: it would be ended with SIGKILL"}},
		{"not asked for", silent, 77, nil, "", []string{"--yes"}, false, ExitNeedsHuman, []string{"--break-glass", "nothing was changed"}},
		{"one's own", own, 77, nil, "", []string{"--break-glass", "--yes"}, false, ExitNeedsHuman, []string{"does the disk of state hang?"}},
		{"no engine", foreign, 77, nil, "", []string{"--break-glass", "--yes"}, false, ExitNeedsHuman, []string{"process 77 (vim)", "is no engine"}},
		{"a look", silent, 77, nil, "", []string{"--last"}, false, ExitUnknown, []string{"nothing is known"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			said, broken, asked, status := glassed(t, c.is, c.pid, c.fails, c.typed, c.args...)
			if status != c.status || (len(broken) > 0) != c.breaks || c.breaks && broken[0] != "state" {
				t.Errorf("status %d, wanted %d, broken %v\n%s", status, c.status, broken, said)
			}
			for _, text := range c.says {
				if !strings.Contains(said, text) {
					t.Errorf("it does not say %q:\n%s", text, said)
				}
			}
			if rolled := slices.Contains(asked, model.ArmRollback); rolled != c.breaks {
				t.Errorf("asked %v", asked)
			}
			if c.pid == 0 && strings.Contains(said, "BREAK-GLASS: ended") {
				t.Errorf("it says that it ended what was gone:\n%s", said)
			}
		})
	}
}

// TestNothingIsAskedTwiceOfASilentEngine: where it fell silent on an intent, that may still be
// done, and what to do is said with it.
func TestNothingIsAskedTwiceOfASilentEngine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &fainting{desk: newDesk()}
		var out bytes.Buffer
		w := &World{Out: &out, Err: &out, Again: t.Context(), NewID: func() model.IntentID { return "1" },
			Open: func(string, Use) (Opened, error) { return Opened{Seat: d, Rollout: d.s.Rollout}, nil }}
		config := ""
		c := w.cmdRollback(&config)
		c.SetArgs([]string{"--yes"})
		c.SilenceErrors, c.SilenceUsage = true, true
		err := c.ExecuteContext(t.Context())
		if Status(err) != ExitNeedsHuman || !strings.Contains(err.Error(), "may still do it when it wakes: look before you ask again") || d.asks != 1 {
			t.Errorf("status %d after %d intents: %v", Status(err), d.asks, err)
		}
	})
}

// fainting is a desk whose engine falls silent at the first intent.
type fainting struct {
	*desk
	asks int
}

func (f *fainting) Submit(context.Context, model.Intent) error { f.asks++; return nil }
func (f *fainting) Silent() (model.Silence, bool) {
	return model.Silence{PID: 77, Dir: "state"}, f.asks > 0
}
