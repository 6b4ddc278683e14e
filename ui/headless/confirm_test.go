package headless

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"gonogo/model"
)

// down returns a desk whose last rollback ended so.
func down(t *testing.T, outcome model.Outcome) *desk {
	t.Helper()
	d := newDesk()
	d.outcome = outcome
	d.says(t, "", "rollback", "--yes")
	d.asked = nil
	if d.s.State.LastDown == nil || d.s.State.LastDown.Status != model.Ended {
		t.Fatalf("no rollback ended: %+v", d.s.State.LastDown)
	}
	return d
}

// TestALookAgainSaysWhatItShows: an unconfirmed rollback is confirmed by it or not, a confirmed
// one is still in effect or not, and nothing else is asked of the engine.
func TestALookAgainSaysWhatItShows(t *testing.T) {
	for _, c := range []struct {
		name    string
		outcome model.Outcome
		looks   model.Event // what the look shows
		status  int
		says    string
	}{
		{"in doubt, in effect", model.Unverified, model.Confirmed{Plan: "intent-1", How: model.ByVerify}, ExitOK, "confirmed: Off, which had ended UNVERIFIED\n"},
		{"in doubt still", model.Unverified, model.NotConfirmed{Plan: "intent-1", Reason: "real is true"}, ExitUnverified, "not confirmed: Off: real is true\n"},
		{"inferred, in effect", model.Inferred, model.Confirmed{Plan: "intent-1", How: model.ByVerify}, ExitOK, "confirmed: Off, which had ended INFERRED\n"},
		{"verified, in effect still", model.Verified, model.StillConfirmed{Plan: "intent-1"}, ExitOK, "still in effect: Off, which had ended VERIFIED\n"},
		{"verified, and no more", model.Verified, model.NotConfirmed{Plan: "intent-1", Reason: "real is true"}, ExitUnverified, "not confirmed: Off: real is true\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, asJSON := range []bool{false, true} {
				d := down(t, c.outcome)
				d.then = map[model.IntentKind]func(model.Intent){model.VerifyLast: func(model.Intent) { d.looked(c.looks) }}
				args := []string{"rollback", "--verify"}
				if asJSON {
					args = append(args, "--json")
				}
				out, errs, status := d.says(t, "", args...)
				if status != c.status || !slices.Equal(d.kinds(), []model.IntentKind{model.VerifyLast}) {
					t.Errorf("status %d, wanted %d, asked %v\n%s%s", status, c.status, d.kinds(), out, errs)
				}
				if !asJSON {
					if out != c.says {
						t.Errorf("%q", out)
					}
					continue
				}
				var got struct {
					Outcome model.Outcome `json:"outcome"`
					Text    string        `json:"text"`
				}
				if err := json.Unmarshal([]byte(out), &got); err != nil || got.Outcome != c.outcome || !strings.Contains(got.Text, "Off") {
					t.Errorf("%v: %s", err, out)
				}
			}
		})
	}
}

// looked has the engine record what a look shows, soon after it was asked for.
func (d *desk) looked(e model.Event) {
	d.publish()
	go func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.s.At = d.s.At.Add(time.Second)
		d.record(e)
		d.publish()
	}()
}

// TestALookAgainEndsWhereAnotherRollbackBegins: it would never be told how the one before stands.
func TestALookAgainEndsWhereAnotherRollbackBegins(t *testing.T) {
	d := down(t, model.Unverified)
	d.then = map[model.IntentKind]func(model.Intent){model.VerifyLast: func(model.Intent) {
		d.arm(model.Intent{ID: "by-bob", Kind: model.ArmRollback})
		d.record(model.PlanFired{Plan: "by-bob", How: "enter"})
	}}
	_, errs, status := d.says(t, "", "rollback", "--verify")
	if status != ExitCancelled || !strings.Contains(errs, `"Off" took its place`) {
		t.Errorf("status %d: %s", status, errs)
	}
}

// TestAPersonsWordConfirmsARollback: with what shows it, which the engine is told; a blank
// is no reason.
func TestAPersonsWordConfirmsARollback(t *testing.T) {
	confirms := func(d *desk) {
		d.then = map[model.IntentKind]func(model.Intent){model.ConfirmLast: func(in model.Intent) {
			d.record(model.Confirmed{Plan: "intent-1", How: model.ByPerson, Reason: in.Reason})
		}}
	}
	for _, c := range []struct {
		name, reason string
		status       int
		says         string
	}{
		{"with a reason", "the log says off", ExitOK, "confirmed: Off, which had ended UNVERIFIED\n"},
		{"without one", "", ExitUsage, ""},
		{"with blanks", "  \t", ExitUsage, ""},
	} {
		d := down(t, model.Unverified)
		confirms(d)
		out, errs, status := d.says(t, "", "rollback", "--confirm", "--reason", c.reason)
		if status != c.status || out != c.says {
			t.Errorf("%s: status %d, %q, %q", c.name, status, out, errs)
		}
		if c.status != ExitOK {
			if len(d.asked) > 0 || !strings.Contains(errs, "what shows that the rollback is in effect?") {
				t.Errorf("%s: asked %v, %q", c.name, d.kinds(), errs)
			}
			continue
		}
		if p := d.s.State.LastDown; p.Confirmed != model.ByPerson || p.ConfirmNote != c.reason || p.ConfirmedBy.Name != "ana" {
			t.Errorf("%s: %+v", c.name, p)
		}
	}
}

// TestTheLastRollbackHasTheStatusItEndedWith: and 0 once it was confirmed.
func TestTheLastRollbackHasTheStatusItEndedWith(t *testing.T) {
	for outcome, want := range map[model.Outcome]int{
		model.Verified: ExitOK, model.Unverified: ExitUnverified, model.Inferred: ExitUnverified,
		model.Failed: ExitFailed, model.Partial: ExitPartial, model.NeedsHuman: ExitNeedsHuman,
	} {
		for _, args := range [][]string{{"rollback", "--last"}, {"rollback", "--last", "--json"}} {
			d := down(t, outcome)
			out, errs, status := d.says(t, "", args...)
			if status != want || !strings.Contains(out, string(outcome)) || len(d.asked) > 0 {
				t.Errorf("%s, %v: status %d, wanted %d\n%s%s", outcome, args, status, want, out, errs)
			}
			d.record(model.Confirmed{Plan: "intent-1", How: model.ByPerson, Reason: "seen"})
			if _, _, status := d.says(t, "", args...); status != ExitOK {
				t.Errorf("%s, %v: status %d once it is confirmed", outcome, args, status)
			}
		}
	}
}

// TestALastRollbackThatRunsIsToldToItsEnd: by who asks for it in the midst of it.
func TestALastRollbackThatRunsIsToldToItsEnd(t *testing.T) {
	d := newDesk()
	d.arm(model.Intent{ID: "by-bob", Kind: model.ArmRollback})
	d.record(model.PlanFired{Plan: "by-bob", How: "enter"}, model.StepIntended{Plan: "by-bob", Try: 1})
	d.later = func() {
		d.record(model.StepEnded{Plan: "by-bob", Outcome: model.StepDone, Detail: "looked"}, model.PlanEnded{Plan: "by-bob", Outcome: model.Partial, Summary: "half of it"})
	}
	out, errs, status := d.says(t, "", "rollback", "--last")
	if status != ExitPartial || !strings.Contains(out, "✔ contain   real: true → false: done, looked\n") || !strings.Contains(out, "PARTIAL Off: half of it\n") {
		t.Errorf("status %d\n%s%s", status, out, errs)
	}
}
