package headless

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gonogo/model"
)

// TestAGateIsWaitedForNoLongerThanAsked: GO ends the wait at once, anything else stands until
// the time is over, and is the status then. Of no duration nothing is waited for.
func TestAGateIsWaitedForNoLongerThanAsked(t *testing.T) {
	for _, c := range []struct {
		name   string
		wait   string
		now    model.Headline
		then   model.Headline // what it says after a minute
		status int
		took   time.Duration
	}{
		{"GO already", "10m", model.GO, "", ExitOK, 0},
		{"GO after a while", "10m", model.Hold, model.GO, ExitOK, time.Minute},
		{"HOLD for all the time", "10m", model.Hold, "", ExitHold, 10 * time.Minute},
		{"worse in the end", "10m", model.Hold, model.NoGo, ExitNoGo, 10 * time.Minute},
		{"GO too late", "30s", model.Hold, model.GO, ExitHold, 30 * time.Second},
		{"not waited for", "", model.Hold, model.GO, ExitHold, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesk()
				d.s.Gate = model.Verdict{Headline: c.now}
				if c.then != "" {
					timer := time.AfterFunc(time.Minute, func() {
						d.mu.Lock()
						defer d.mu.Unlock()
						d.s.Gate = model.Verdict{Headline: c.then}
						d.publish()
					})
					defer timer.Stop()
				}
				began := time.Now()
				out, errs, status := d.says(t, "", "gate", "--wait", c.wait)
				if took := time.Since(began); status != c.status || took != c.took {
					t.Errorf("status %d after %v, wanted %d after %v\n%s%s", status, took, c.status, c.took, out, errs)
				}
			})
		})
	}
}

// TestAWaitThatIsNoDurationIsAMistake: said before anything is asked or waited for.
func TestAWaitThatIsNoDurationIsAMistake(t *testing.T) {
	for _, text := range []string{"10", "soon", "0s", "-1m", "1h 2m"} {
		_, errs, status := newDesk().says(t, "", "gate", "--wait", text)
		if status != ExitUsage || !strings.Contains(errs, "is no duration: expected something like 30s or 10m") || !strings.Contains(errs, "--wait: ") {
			t.Errorf("%q: status %d, %q", text, status, errs)
		}
	}
}

// TestASourceThatHangsHoldsUpNoWayDown: `flag list` waits as long as the slowest metric may take,
// a rollback for half a second.
func TestASourceThatHangsHoldsUpNoWayDown(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
		took time.Duration
	}{
		{"flag list", []string{"flag", "list"}, 21 * time.Second},
		{"gate", []string{"gate"}, 21 * time.Second},
		{"status", []string{"status"}, 21 * time.Second},
		{"rollback", []string{"rollback", "--yes"}, 500 * time.Millisecond},
		{"rollback, dry", []string{"rollback", "--dry-run"}, 500 * time.Millisecond},
		{"sign", []string{"sign", "logs"}, 0},
		{"hold", []string{"hold", "--reason", "x"}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesk()
				d.s.Rollout.Metrics = []model.Metric{{ID: "error", Timeout: 20 * time.Second}}
				d.s.Waiting = 1
				began := time.Now()
				out, errs, status := d.says(t, "", c.args...)
				if took := time.Since(began); took != c.took || status == ExitInternal {
					t.Errorf("status %d after %v, wanted %v\n%s%s", status, took, c.took, out, errs)
				}
			})
		})
	}
}

// TestAStatusDuringARollbackIsSoonThere: whoever asks wants to know how it goes, whatever hangs.
func TestAStatusDuringARollbackIsSoonThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk()
		d.s.Rollout.Metrics = []model.Metric{{ID: "error", Timeout: 20 * time.Second}}
		d.arm(model.Intent{ID: "by-bob", Kind: model.ArmRollback})
		d.record(model.PlanFired{Plan: "by-bob", How: "enter"})
		d.s.Waiting = 1
		began := time.Now()
		out, _, status := d.says(t, "", "status")
		if took := time.Since(began); took != quietFor || status != ExitOK || !strings.Contains(out, "Last plan: Off, running") {
			t.Errorf("status %d after %v\n%s", status, took, out)
		}
	})
}

// TestAnEngineThatGivesNoAnswerIsNotWaitedForForever: and it is not taken for done.
func TestAnEngineThatGivesNoAnswerIsNotWaitedForForever(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		said, status := command(t, *standing(), "hold", "--reason", "a freeze")
		if status != ExitInternal || !strings.Contains(said, "the engine gave no answer") || strings.Contains(said, "held\n") {
			t.Errorf("status %d: %s", status, said)
		}
	})
}

// TestAnAnswerSaysWhetherItWasRefused: what gonogo fails at has another status than what may
// not be.
func TestAnAnswerSaysWhetherItWasRefused(t *testing.T) {
	for _, c := range []struct {
		name   string
		answer model.Answer
		status int
	}{
		{"taken", model.Answer{}, ExitOK},
		{"refused", model.Answer{Err: "the gate says NO-GO", Refused: true}, ExitRefused},
		{"failed at", model.Answer{Err: "the disk is full"}, ExitInternal},
	} {
		err := answerError(c.answer)
		if Status(err) != c.status || err != nil && err.Error() != c.answer.Err {
			t.Errorf("%s: status %d, %v", c.name, Status(err), err)
		}
	}
}

// TestEachErrorHasItsStatus: also wrapped, and where everything was said already.
func TestEachErrorHasItsStatus(t *testing.T) {
	for _, c := range []struct {
		name string
		err  error
		want int
		says string
	}{
		{"none", nil, ExitOK, ""},
		{"a mistake on the command line", usage("there is no %s", "way"), ExitUsage, "there is no way"},
		{"said already", Exit{Status: ExitPartial}, ExitPartial, "exit status 21"},
		{"beside another", errors.Join(errors.New("a pipe broke"), Exit{Status: ExitHold}), ExitHold, ""},
		{"of another package", errors.Join(model.ErrRefused), ExitRefused, ""},
		{"unknown", errors.New("x"), ExitInternal, "x"},
		{"of an outcome that is not known", ofOutcome("LUCKY"), ExitInternal, ""},
		{"of a headline that is not known", ofHeadline("MAYBE"), ExitUnknown, ""},
		{"of no headline", ofHeadline(""), ExitUnknown, ""},
		{"of a rollback that runs", ofHeadline(model.GateRollingBack), ExitNoGo, ""},
		{"of one that is not confirmed", ofHeadline(model.GateNotSafe), ExitNoGo, ""},
	} {
		if got := Status(c.err); got != c.want || c.says != "" && c.err.Error() != c.says {
			t.Errorf("%s: %d, wanted %d: %v", c.name, got, c.want, c.err)
		}
	}
	reason := errors.New("why")
	if err := (Exit{ExitUnknown, reason}); !errors.Is(err, reason) {
		t.Error("an exit hides its reason")
	}
}
