package headless

import (
	"encoding/json"
	"strings"
	"testing"

	"gonogo/model"
)

// TestAFlagsLineSaysWhatIsKnown: what its store holds, and whether the running service uses it;
// the worst is said, and never that a value is in effect that nobody saw to be.
func TestAFlagsLineSaysWhatIsKnown(t *testing.T) {
	on, off, unset := model.BoolValue(true), model.BoolValue(false), model.Value{Type: model.Unset}
	spec := model.Flag{ID: "real", Type: model.Bool, Effective: true}
	plain := model.Flag{ID: "real", Type: model.Bool}
	restarts := model.Flag{ID: "real", Type: model.Bool, Apply: []model.ActionID{"restart"}}
	for _, c := range []struct {
		name string
		flag model.Flag
		st   model.FlagState
		want string
	}{
		{"in effect", spec, model.FlagState{Stored: on, Effective: on, Want: on}, "true  ✔ in effect"},
		{"never set by gonogo", spec, model.FlagState{Stored: on, Effective: on}, "true  ✔ in effect"},
		{"stored, and that is all", plain, model.FlagState{Stored: on}, "true"},
		{"not said yet", spec, model.FlagState{Stored: on}, "true  ? the service has not said yet"},
		{"inferred", spec, model.FlagState{Stored: on, Effective: on, Inferred: true}, "true  ≈ in effect (inferred)"},
		{"another in effect", spec, model.FlagState{Stored: on, Effective: off}, "true  ≠ not live: the service uses false"},
		{"the service does not say", spec, model.FlagState{Stored: on, EffectErr: "timeout"}, "true  ? the service does not say: timeout"},
		{"drift", spec, model.FlagState{Stored: on, Effective: on, Want: off}, "true  ≠ drift: gonogo set false"},
		{"pending", spec, model.FlagState{Stored: on, Want: on, Pending: true}, "true  … pending"},
		{"pending, by a restart", restarts, model.FlagState{Stored: on, Want: on, Pending: true}, "true  … pending"},
		{"pending, of one that is in effect once it is stored", plain, model.FlagState{Stored: on, Want: on, Pending: true}, "true"},
		{"nothing stored", spec, model.FlagState{Stored: unset}, "(unset)  ? nothing is stored: is the name right?"},
		{"nothing stored, and something in use", spec, model.FlagState{Stored: unset, Effective: on}, "(unset)  ? nothing is stored, the service uses true: is the name right?"},
		{"nothing stored, and something inferred", spec, model.FlagState{Stored: unset, Effective: on, Inferred: true}, "(unset)  ? nothing is stored: is the name right?"},
		{"not readable", spec, model.FlagState{Stored: on, StoredErr: "no such file", Effective: on}, "true  not readable: no such file"},
	} {
		s := &model.Snapshot{State: model.State{Flags: map[model.FlagID]model.FlagState{"real": c.st}}}
		got := flagLine(s, &c.flag)
		if got != "real           "+c.want {
			t.Errorf("%s: %q, wanted %q", c.name, got, c.want)
		}
	}
	s := &model.Snapshot{}
	if got := flagLine(s, &spec); !strings.Contains(got, "not read yet") || strings.Contains(got, "✔") {
		t.Errorf("of a flag that nothing is known of: %q", got)
	}
}

// TestWhatKeepsAFlagFromAnsweringIsSaid: by `check --live`, with what to do about it.
func TestWhatKeepsAFlagFromAnsweringIsSaid(t *testing.T) {
	on, off, unset := model.BoolValue(true), model.BoolValue(false), model.Value{Type: model.Unset}
	for _, c := range []struct {
		name string
		st   model.FlagState
		says []string
	}{
		{"not read", model.FlagState{}, []string{"flag real was not read", "gonogo check --live"}},
		{"not readable", model.FlagState{StoredErr: "no such file", Stored: on}, []string{"no such file"}},
		{"neither readable nor said", model.FlagState{StoredErr: "no such file", EffectErr: "timeout"}, []string{"no such file", "timeout"}},
		{"nothing stored", model.FlagState{Stored: unset, Effective: on}, []string{"the service uses true", "gonogo flag set real VALUE"}},
		{"not said", model.FlagState{Stored: on}, []string{"does effective name the right place?"}},
		{"said otherwise", model.FlagState{Stored: on, Effective: off}, []string{"true is stored, but the service uses false: restart it"}},
	} {
		err := liveFlagTrouble(&model.Flag{ID: "real", Effective: true}, c.st)
		for _, text := range c.says {
			if err == nil || !strings.Contains(err.Error(), text) {
				t.Errorf("%s: %v does not say %q", c.name, err, text)
			}
		}
	}
	if err := liveFlagTrouble(&model.Flag{ID: "real"}, model.FlagState{Stored: on}); err != nil {
		t.Errorf("a flag that nobody reads back: %v", err)
	}
}

// TestFlagsAreListedAsTheyWereObserved: a line each in the config's order, or one JSON object.
func TestFlagsAreListedAsTheyWereObserved(t *testing.T) {
	d := newDesk()
	d.s.Rollout.Flags = append(d.s.Rollout.Flags, model.Flag{ID: "cache", Type: model.Bool})
	d.s.State.Flags["cache"] = model.FlagState{StoredErr: "no such file"}
	out, errs, status := d.says(t, "", "flag", "list")
	if want := "real           true  ✔ in effect\ncache          ?  not readable: no such file\n"; status != ExitOK || out != want {
		t.Errorf("status %d: %q%s", status, out, errs)
	}
	out, _, status = d.says(t, "", "flag", "list", "--json")
	var got map[string]model.FlagState
	if err := json.Unmarshal([]byte(out), &got); err != nil || status != ExitOK || len(got) != 2 || got["cache"].StoredErr != "no such file" {
		t.Errorf("status %d, %v: %s", status, err, out)
	}
}

// TestBaselinesAreListed: in the config's order, only those that are frozen, with who froze them.
func TestBaselinesAreListed(t *testing.T) {
	d := newDesk()
	d.s.Rollout.Metrics = []model.Metric{{ID: "latency", Unit: model.Seconds}, {ID: "error", Unit: model.Ratio}, {ID: "never"}}
	at := d.s.At.UTC().Format("2006-01-02 15:04:05Z")
	d.record(model.BaselineFrozen{Metric: "error", Value: 0.002, Window: 5, Points: 7}, model.BaselineFrozen{Metric: "latency", Value: 0.25, Window: 3600e9, Points: 60})
	out, errs, status := d.says(t, "", "baseline", "list")
	lines := strings.Split(out, "\n")
	if status != ExitOK || len(lines) != 3 || !strings.HasPrefix(lines[1], "error ") ||
		lines[0] != "latency          250ms  the mean of 60 readings over 1h, frozen "+at+" by ana" {
		t.Errorf("status %d\n%s%s", status, out, errs)
	}
	out, _, status = d.says(t, "", "baseline", "list", "--json")
	var got map[string]model.Baseline
	if err := json.Unmarshal([]byte(out), &got); err != nil || status != ExitOK || len(got) != 2 || got["error"].Points != 7 {
		t.Errorf("status %d, %v: %s", status, err, out)
	}
	if _, errs, status := d.says(t, "", "baseline", "freeze", "errors"); status != ExitUsage || !strings.Contains(errs, `there is no metric "errors"`) || len(d.asked) > 0 {
		t.Errorf("status %d, asked %v: %s", status, d.kinds(), errs)
	}
}

// TestWhatNeedsAReasonIsNotAskedWithoutOne: and what needs none is said to be done.
func TestWhatNeedsAReasonIsNotAskedWithoutOne(t *testing.T) {
	d := newDesk()
	if _, errs, status := d.says(t, "", "hold"); status != ExitUsage || !strings.Contains(errs, "hold needs --reason") || len(d.asked) > 0 {
		t.Errorf("status %d, asked %v: %s", status, d.kinds(), errs)
	}
	for _, c := range []struct{ args, says string }{{"hold --reason freeze", "held\n"}, {"resume", "resumed\n"}} {
		if out, errs, status := newDesk().says(t, "", strings.Fields(c.args)...); status != ExitOK || out != c.says {
			t.Errorf("%s: status %d, %q%s", c.args, status, out, errs)
		}
	}
}
