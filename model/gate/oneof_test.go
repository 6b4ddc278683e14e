package gate

import (
	"testing"
	"time"

	"gonogo/model"
)

// TestOneOfSeveralChecksIsEnough: the others are not needed once one holds; one that failed stops
// nothing while another may still hold, and all that failed do.
func TestOneOfSeveralChecksIsEnough(t *testing.T) {
	at := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	r := &model.Rollout{Phases: []model.Phase{{ID: "p", Checks: []model.Check{
		{ID: "run", Text: "Run", Kind: model.CheckRun, OneOf: "proof"}, {ID: "own", Text: "Own"}, {ID: "sign", Text: "Sign", OneOf: "proof"},
	}}}}
	ok, bad := model.CheckState{At: at, By: model.Actor{Name: "ana"}}, model.CheckState{At: at, Ran: true, Failed: true}
	for _, c := range []struct {
		name   string
		checks map[model.CheckID]model.CheckState
		want   [3]model.MetricState
		head   model.Headline
	}{
		{"nothing yet", nil, [3]model.MetricState{model.Manual, model.Manual, model.Manual}, model.Hold},
		{"one holds", map[model.CheckID]model.CheckState{"sign": ok, "own": ok}, [3]model.MetricState{model.Pass, model.Pass, model.Pass}, model.GO},
		{"one holds, another failed", map[model.CheckID]model.CheckState{"sign": ok, "run": bad, "own": ok}, [3]model.MetricState{model.Pass, model.Pass, model.Pass}, model.GO},
		{"one failed", map[model.CheckID]model.CheckState{"run": bad, "own": ok}, [3]model.MetricState{model.Manual, model.Pass, model.Manual}, model.Hold},
		{"all failed", map[model.CheckID]model.CheckState{"run": bad, "sign": bad, "own": ok}, [3]model.MetricState{model.Fail, model.Pass, model.Fail}, model.NoGo},
	} {
		s := &model.State{Phase: "p", Attempts: []model.Attempt{{Phase: "p", N: 1, Entered: at}}, Checks: c.checks}
		v := Decide(r, s, in(nil), 0, at, model.Verdict{})
		for i, want := range c.want {
			if v.Lines[i].State != want {
				t.Errorf("%s: %s is %s (%s), wanted %s", c.name, v.Lines[i].Title, v.Lines[i].State, v.Lines[i].Reason, want)
			}
		}
		if v.Headline != c.head {
			t.Errorf("%s: %s, wanted %s", c.name, v.Headline, c.head)
		}
	}
}
