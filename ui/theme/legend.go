package theme

import "gonogo/model"

// Sign is a glyph of the screen and what it means.
type Sign struct{ Glyph, Means string }

// Legend returns what the glyphs mean: of the gate's lines and the checklist, of steps and plans, and of charts.
func (t *Theme) Legend() []Sign {
	var out []Sign
	state := func(s model.MetricState, means string) {
		glyph, _ := t.State(s)
		out = append(out, Sign{glyph, means})
	}
	state(model.Pass, "PASS; done, VERIFIED")
	state(model.Fail, "FAIL: beyond the alert, or proved bad; failed")
	state(model.Warn, "WARN: off target")
	state(model.Collecting, "COLLECTING: more events or time needed")
	state(model.Soaking, "SOAKING: the phase's time is not over")
	state(model.Manual, "MANUAL: needs sign-off")
	state(model.Unread, "UNREAD: waits for a reading by people")
	state(model.Held, "HELD: somebody holds the rollout")
	state(model.NoData, "NO-DATA, NO-TRAFFIC: nothing to judge by")
	state(model.NoSeries, "NO-SERIES: nothing has this name")
	state(model.Stale, "STALE: the newest sample is too old")
	state(model.Ambiguous, "AMBIGUOUS: several values; of a step, not confirmed")
	state(model.Down, "DOWN: the source does not answer")
	state(model.Drift, "DRIFT: a flag is not as the phase has it, or not live")
	state(model.Below, "BELOW the phase, or rolling back")
	glyph, _ := t.Outcome(model.StepHuman)
	return append(out,
		Sign{glyph, "a person must do this"},
		Sign{"–", "skipped, spared or cancelled"},
		Sign{"⟳", "a check that gonogo runs itself; ▶ it runs now"},
		Sign{"≈", "stored and set, never read back from the service"},
		Sign{"▲ ▼", "above, below its target"},
		Sign{"┈ ╌", "a chart's target, and its alert"},
		Sign{"▸", "the cursor; on a chart, when something changed"},
	)
}
