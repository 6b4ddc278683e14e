package headless

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"gonogo/model"
)

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
