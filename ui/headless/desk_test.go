package headless

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"gonogo/model"
)

// desk is a seat beside which an engine stands that does as it is told: it folds what
// intents lead to, and ends each plan with outcome.
type desk struct {
	mu      sync.Mutex
	s       model.Snapshot
	boxes   []chan *model.Snapshot
	asked   []model.Intent
	outcome model.Outcome
	refuses error
}

func newDesk() *desk {
	on, off := model.BoolValue(true), model.BoolValue(false)
	r := &model.Rollout{
		ID: "shop", Title: "Shop", Environment: model.Environment{Name: "test"},
		Flags:     []model.Flag{{ID: "real", Type: model.Bool, Safe: off, Effective: true}},
		Phases:    []model.Phase{{ID: "half", Title: "Half", Flags: []model.Setting{{Flag: "real", Value: on}}, Checks: []model.Check{{ID: "logs", Text: "Logs look right", Kind: model.CheckSign}}}},
		Rollbacks: []model.Rollback{{ID: "off", Title: "Off", Emergency: true, Scope: model.ScopeSafe, Budget: time.Minute, Verify: []model.Verify{{Kind: model.VerifyFlag, Flag: "real", Is: off, Within: time.Second}}}},
	}
	d := &desk{outcome: model.Verified, s: model.Snapshot{Rollout: r, At: time.Unix(1000, 0), State: model.State{Flags: map[model.FlagID]model.FlagState{"real": {Stored: on, Effective: on}}}}}
	d.s.Gate = model.Verdict{Headline: model.GO}
	return d
}

func (d *desk) Run(ctx context.Context) error { <-ctx.Done(); return nil }
func (d *desk) Silent() (model.Silence, bool) { return model.Silence{}, false }

func (d *desk) Subscribe() (<-chan *model.Snapshot, func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	box := make(chan *model.Snapshot, 256)
	d.boxes = append(d.boxes, box)
	for range 3 { // a command waits for a second look, and one that asks who is in a list for a third
		d.publish()
	}
	return box, func() {}
}

// publish hands out the snapshot. The caller holds mu.
func (d *desk) publish() {
	d.s.At, d.s.Seq = d.s.At.Add(time.Second), d.s.State.Seq
	for _, box := range d.boxes {
		s := d.s
		box <- &s
	}
}

func (d *desk) record(events ...model.Event) {
	for _, e := range events {
		d.s.State = model.Apply(d.s.State, model.Record{Seq: d.s.State.Seq + 1, At: d.s.At, By: model.Actor{Name: "ana"}, Event: e})
	}
}

func (d *desk) Submit(_ context.Context, in model.Intent) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked = append(d.asked, in)
	answer := model.Answer{Intent: in.ID, At: d.s.At}
	if d.refuses != nil {
		answer.Err, answer.Refused = d.refuses.Error(), true
		d.s.Answers = append(slices.Clone(d.s.Answers), answer)
		d.publish()
		return nil
	}
	switch in.Kind {
	case model.ArmEnter, model.ArmFlip, model.ArmRollback, model.ArmDrill:
		d.arm(in)
		if in.Yes {
			d.run(model.PlanID(in.ID))
		}
	case model.Fire:
		d.run(in.Plan)
	case model.Veto, model.Cancel:
		d.record(model.PlanVetoed{Plan: in.Plan, Reason: in.Reason})
	case model.ReadMetric:
		d.read(in)
	}
	d.s.Answers = append(slices.Clone(d.s.Answers), answer)
	d.publish()
	return nil
}

func (d *desk) arm(in model.Intent) {
	kind := map[model.IntentKind]model.PlanKind{model.ArmEnter: model.PlanEnter, model.ArmFlip: model.PlanFlip, model.ArmRollback: model.PlanRollback, model.ArmDrill: model.PlanDrill}[in.Kind]
	d.record(model.PlanArmed{Plan: model.Plan{
		ID: model.PlanID(in.ID), Kind: kind, Title: "Off", Rollback: in.Rollback, Phase: in.Phase, Hash: "0123456789abcdef", Budget: time.Minute,
		Steps: []model.Step{{Stage: model.StageContain, Kind: model.StepSet, Title: "real: true → false", Changes: []model.Change{{Flag: "real", From: model.BoolValue(true), To: model.BoolValue(false)}}, Timeout: time.Second}},
	}})
	d.publish()
}

func (d *desk) run(id model.PlanID) {
	done := map[model.Outcome]model.Outcome{model.Verified: model.StepDone, model.Ready: model.StepDone, model.Inferred: model.StepDone, model.Failed: model.StepFailed, model.NeedsHuman: model.StepHuman}[d.outcome]
	if done == "" {
		done = model.StepUnseen
	}
	d.record(model.PlanFired{Plan: id, How: "enter"}, model.StepIntended{Plan: id, Try: 1})
	d.publish()
	d.record(model.StepEnded{Plan: id, Outcome: done, Detail: "looked"}, model.PlanEnded{Plan: id, Outcome: d.outcome, Summary: "as it was"})
	d.publish()
}

// changes returns the kinds of what was asked.
func (d *desk) kinds() []model.IntentKind {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []model.IntentKind
	for _, in := range d.asked {
		out = append(out, in.Kind)
	}
	return out
}

// says runs a command at the desk, at a terminal where typed is not empty, and returns
// what it prints, its errors, and its status.
func (d *desk) says(t *testing.T, typed string, args ...string) (string, string, int) {
	t.Helper()
	var out, errs bytes.Buffer
	n := 0
	w := &World{
		Out: Inert(&out), Err: Inert(&errs), In: strings.NewReader(typed), Ask: typed != "", Again: t.Context(), Actor: model.Actor{Name: "ana"},
		NewID:   func() model.IntentID { n++; return model.IntentID(fmt.Sprint("intent-", n)) },
		Open:    func(string, Use) (Opened, error) { return Opened{Seat: d, Rollout: d.s.Rollout}, nil },
		Journal: func(string, string, func(model.Record) error) (JournalReport, error) { return JournalReport{}, nil },
	}
	config := ""
	for _, c := range w.Commands(&config) {
		if c.Name() == args[0] {
			c.SetArgs(args[1:])
			c.SilenceErrors, c.SilenceUsage = true, true
			c.SetOut(io.Discard)
			c.SetErr(io.Discard)
			err := c.ExecuteContext(t.Context())
			if err != nil {
				_, _ = io.WriteString(w.Err, err.Error())
			}
			return out.String(), errs.String(), Status(err)
		}
	}
	t.Fatalf("no command %s", args[0])
	return "", "", 0
}

// changing are the commands that make changes, and what each asks of the engine.
var changing = map[model.IntentKind][]string{
	model.ArmRollback: {"rollback"},
	model.ArmEnter:    {"advance"},
	model.ArmFlip:     {"flag", "set", "real", "false"},
}

// TestEachOutcomeHasItsStatus: of a rollback, and of what goes up.
func TestEachOutcomeHasItsStatus(t *testing.T) {
	for outcome, want := range map[model.Outcome]int{
		model.Verified: ExitOK, model.Inferred: ExitUnverified, model.Unverified: ExitUnverified, model.Partial: ExitPartial, model.Failed: ExitFailed,
		model.Cancelled: ExitCancelled, model.Fenced: ExitFenced, model.Refused: ExitRefused, model.NeedsHuman: ExitNeedsHuman,
	} {
		for kind, args := range changing {
			d := newDesk()
			d.outcome = outcome
			out, errs, status := d.says(t, "", append(args, "--yes")...)
			if status != want || !strings.Contains(out+errs, string(outcome)) {
				t.Errorf("%v, %s: status %d, wanted %d: %s%s", args, outcome, status, want, out, errs)
			}
			if got := d.kinds(); len(got) != 1 || got[0] != kind || !d.asked[0].Yes {
				t.Errorf("%v asked %+v", args, d.asked)
			}
		}
	}
}

// TestWithoutATerminalAndYesNothingIsAsked: and the error says what to add.
func TestWithoutATerminalAndYesNothingIsAsked(t *testing.T) {
	for _, args := range changing {
		d := newDesk()
		_, errs, status := d.says(t, "", args...)
		if status != ExitUsage || !strings.Contains(errs, "--yes") || len(d.asked) > 0 {
			t.Errorf("%v: status %d, %q, asked %v", args, status, errs, d.kinds())
		}
	}
}

// TestAPersonFiresWhatIsShown: by its id and hash, with the word, and not with another.
func TestAPersonFiresWhatIsShown(t *testing.T) {
	for _, args := range changing {
		d := newDesk()
		out, errs, status := d.says(t, "yes\n", args...)
		if status != ExitOK || !strings.Contains(out, "0123456789ab") || !strings.Contains(errs, `Type "yes"`) {
			t.Errorf("%v: status %d\n%s%s", args, status, out, errs)
		}
		if n := len(d.asked); n != 2 || d.asked[0].Yes || d.asked[1].Kind != model.Fire || d.asked[1].Hash != "0123456789abcdef" || d.asked[1].Plan != "intent-1" {
			t.Errorf("%v asked %+v", args, d.asked)
		}
		d = newDesk()
		out, errs, status = d.says(t, "no\n", args...)
		if status != ExitCancelled || slices.Contains(d.kinds(), model.Fire) || d.s.State.Plan.Status != model.Vetoed {
			t.Errorf("%v, no: status %d, asked %v\n%s%s", args, status, d.kinds(), out, errs)
		}
	}
}

// TestADryRunAsksNothing: it shows what would be, and says so.
func TestADryRunAsksNothing(t *testing.T) {
	d := newDesk()
	out, errs, status := d.says(t, "", "rollback", "--dry-run")
	if status != ExitOK || len(d.asked) > 0 || !strings.Contains(out, "nothing was armed, nothing was done") || !strings.Contains(out, "real") {
		t.Errorf("status %d, asked %v\n%s%s", status, d.kinds(), out, errs)
	}
	out, _, status = d.says(t, "", "rollback", "--dry-run", "--json")
	var plan model.Plan
	if err := json.Unmarshal([]byte(out), &plan); err != nil || status != ExitOK || len(plan.Steps) == 0 || len(d.asked) > 0 {
		t.Errorf("status %d, %v: %s", status, err, out)
	}
}

// TestTheGatesHeadlineIsItsStatus: as text and as one JSON object.
func TestTheGatesHeadlineIsItsStatus(t *testing.T) {
	for headline, want := range map[model.Headline]int{
		model.GO: ExitOK, model.NoGo: ExitNoGo, model.Hold: ExitHold, model.Unknown: ExitUnknown,
	} {
		d := newDesk()
		d.s.Gate = model.Verdict{Headline: headline, Reasons: []string{"because"}}
		out, errs, status := d.says(t, "", "gate")
		if status != want || !strings.Contains(out, string(headline)) {
			t.Errorf("%s: status %d, wanted %d: %s%s", headline, status, want, out, errs)
		}
		out, _, status = d.says(t, "", "gate", "--json")
		var got map[string]any
		if err := json.Unmarshal([]byte(out), &got); err != nil || status != want || strings.Count(strings.TrimSpace(out), "\n}") > 1 {
			t.Errorf("%s: status %d, %v: %s", headline, status, err, out)
		}
	}
}

// TestWhatIsAskedIsWhatWasTyped: names, values and reasons.
func TestWhatIsAskedIsWhatWasTyped(t *testing.T) {
	for _, c := range []struct {
		args []string
		want model.Intent
	}{
		{[]string{"hold", "--reason", "a freeze"}, model.Intent{Kind: model.HoldOn, Reason: "a freeze"}},
		{[]string{"resume"}, model.Intent{Kind: model.Resume}},
		{[]string{"sign", "logs", "--note", "looked"}, model.Intent{Kind: model.Sign, Check: "logs", Reason: "looked"}},
		{[]string{"flag", "set", "real", "false", "--yes"}, model.Intent{Kind: model.ArmFlip, Flag: "real", Value: model.BoolValue(false)}},
		{[]string{"rollback", "off", "--yes"}, model.Intent{Kind: model.ArmRollback, Rollback: "off"}},
		{[]string{"rollback", "--yes"}, model.Intent{Kind: model.ArmRollback, Rollback: "off"}},
		{[]string{"read", "crash", "0.3%", "--note", "both"}, model.Intent{Kind: model.ReadMetric, Metrics: []model.MetricID{"crash"}, Value: model.Value{Type: model.Text, Text: "0.3%"}, Reason: "both"}},
		{[]string{"baseline", "freeze", "error"}, model.Intent{Kind: model.Freeze, Metrics: []model.MetricID{"error"}}},
	} {
		d := newDesk()
		d.s.Rollout.Metrics = []model.Metric{{ID: "error"}, {ID: "crash", Unit: model.Ratio, Read: &model.PeopleRead{Every: time.Hour}}}
		d.record(model.PhaseEntered{Phase: "half", Attempt: 1})
		out, errs, _ := d.says(t, "", c.args...)
		if len(d.asked) == 0 {
			t.Errorf("%v asked nothing: %s%s", c.args, out, errs)
			continue
		}
		got := d.asked[0]
		if got.Kind != c.want.Kind || got.Reason != c.want.Reason || got.Check != c.want.Check || got.Flag != c.want.Flag ||
			!got.Value.Equal(c.want.Value) || c.want.Rollback != "" && got.Rollback != c.want.Rollback && got.Rollback != "" || !slices.Equal(got.Metrics, c.want.Metrics) || got.By.Name != "ana" {
			t.Errorf("%v asked %+v, wanted %+v", c.args, got, c.want)
		}
	}
}

// TestARefusalHasItsStatusAndItsReason: and nothing is said to be done.
func TestARefusalHasItsStatusAndItsReason(t *testing.T) {
	for _, args := range [][]string{{"rollback", "--yes"}, {"advance", "--yes"}, {"hold", "--reason", "x"}, {"sign", "logs"}} {
		d := newDesk()
		d.record(model.PhaseEntered{Phase: "half", Attempt: 1})
		d.refuses = errors.New("the gate says NO-GO: look at it")
		out, errs, status := d.says(t, "", args...)
		if status != ExitRefused || !strings.Contains(errs, "the gate says NO-GO: look at it") {
			t.Errorf("%v: status %d\n%s%s", args, status, out, errs)
		}
	}
}

// TestNothingHostileIsPrinted: whatever names, reasons and details hold. JSON has it escaped, and whole.
func TestNothingHostileIsPrinted(t *testing.T) {
	const hostile = "x\x1b]0;owned\x07\x9b31m\u202e\u200by"
	d := newDesk()
	r := d.s.Rollout
	r.Title, r.Environment.Name, r.Flags[0].Title, r.Phases[0].Title, r.Phases[0].Checks[0].Text, r.Rollbacks[0].Title = hostile, hostile, hostile, hostile, hostile, hostile
	d.s.Gate = model.Verdict{Headline: model.NoGo, Phase: "half", Reasons: []string{hostile}, Lines: []model.Line{{Metric: "error", Title: hostile, State: model.Fail, Reason: hostile}}}
	d.s.Lines = map[model.MetricID]model.Line{"error": d.s.Gate.Lines[0]}
	d.s.Identity, d.s.Journal, d.s.ConfigTrouble = hostile, hostile, hostile
	d.s.State.Flags = map[model.FlagID]model.FlagState{"real": {StoredErr: hostile, EffectErr: hostile}}
	d.record(model.PhaseEntered{Phase: "half", Attempt: 1})
	for _, args := range [][]string{
		{"status"}, {"status", "--json"}, {"gate"}, {"gate", "--json"}, {"flag", "list"}, {"flag", "list", "--json"}, {"flag", "get", "real"}, {"flag", "get", "real", "--json"},
		{"rollback", "--dry-run"}, {"rollback", "--dry-run", "--json"}, {"rollback", "--yes"}, {"rollback", "--last"}, {"rollback", "--last", "--json"},
	} {
		out, errs, _ := d.says(t, "", args...)
		for _, c := range out + errs {
			if unicode.IsControl(c) && c != '\n' || c == '\u202e' || c == '\u200b' {
				t.Errorf("%v prints %q: %q", args, c, out+errs)
				break
			}
		}
	}
}

// TestAnUnknownFlagIsNotAskedFor: nor a value that it cannot have.
func TestAnUnknownFlagIsNotAskedFor(t *testing.T) {
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"flag", "get", "reel"}, `there is no flag "reel"; known: real`}, {[]string{"flag", "set", "reel", "true", "--yes"}, `there is no flag "reel"`},
		{[]string{"flag", "set", "real", "maybe", "--yes"}, "true"},
	} {
		d := newDesk()
		out, errs, status := d.says(t, "", c.args...)
		if status != ExitUsage || !strings.Contains(errs, c.says) || len(d.asked) > 0 {
			t.Errorf("%v: status %d, asked %v: %s%s", c.args, status, d.kinds(), out, errs)
		}
	}
}
