package config

import "gonogo/model"

// guard reads what acts without a person.
func (top topReader) guard() {
	k, t, ok := optional[guardKeys](top.reader, "guard")
	g := model.Guard{
		On: texts[model.MetricID](top.refs("guard", "on", t, "metric")), Mode: model.GuardMode(k.Mode),
		Countdown: k.Countdown, Veto: k.Veto,
	}
	g.Notify = texts[model.ActionID](top.refs("guard", "notify", t, "action"))
	if k.On != nil && len(k.On) == 0 {
		top.fail("guard.on", "is empty: expected the metrics whose FAIL it acts on")
	}
	if k.Rollback != "" && top.ref("guard.rollback", "rollback", k.Rollback) {
		g.Rollback = model.RollbackID(k.Rollback)
	}
	if k.Part != "" && top.ref("guard.part", "rollback", k.Part) {
		g.Part = model.RollbackID(k.Part)
		if b := top.cfg.Rollout.Rollback(g.Part); b != nil && b.Asks() == "" {
			top.fail("guard.part", "%s asks for nobody to take out: expected a rollback that sets a list flag to \"ask:remove\"", quote(k.Part))
		}
	}
	if ok {
		top.cfg.Rollout.Guard = &g
	}
}
