package execute

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"gonogo/model"
	"gonogo/model/words"
)

// Missing looks once, and changes nothing: it returns what keeps the ended
// rollback p from being VERIFIED now, or "", and whether waiting will not help. Of one
// that was confirmed before, again, what gonogo cannot find out by itself stands as it
// was confirmed.
func Missing(ctx context.Context, e Engine, t Tools, p *model.PlanState, again bool) (why string, final bool) {
	l := stander{looker{newSite(p.Plan, "", e, &t)}}
	for id, to := range p.LastSet() {
		f := l.flag(id)
		if s := l.flagStands(ctx, f, to, true); s.why != "" {
			return s.why, false
		}
		if len(f.Apply) > 0 && !l.reads(f) && !again {
			return fmt.Sprintf("%s: running value not checked; an effective = … for it lets gonogo confirm it, or confirm it yourself: gonogo rollback --confirm --reason TEXT", id), true
		}
	}
	verifies := 0
	for n, st := range p.Plan.Steps {
		o := p.Steps[n].Outcome
		switch {
		case st.Kind == model.StepSet && !o.OK() && !again:
			return fmt.Sprintf("%s: it was not set (%s): roll back again", st.Title, words.Outcome(o)), true
		case st.Kind != model.StepVerify:
			continue
		case st.Verify.Kind == model.VerifyRun && !o.OK() && !again:
			return fmt.Sprintf("%s: what an action tells is not run again: run it, then gonogo rollback --confirm --reason TEXT", st.Title), true
		}
		verifies++
		if why := l.missing(ctx, st.Verify, p.Steps[n]); why != "" {
			return st.Title + ": " + why, false
		}
	}
	if len(p.LastSet()) == 0 && verifies == 0 {
		return "it set nothing and verifies nothing", true
	}
	return "", false
}

// missing looks once at a verify of a rollback that has ended. Unlike while
// one runs, no reading is no evidence.
func (l *stander) missing(ctx context.Context, v *model.Verify, st model.StepState) string {
	ok, why := true, ""
	switch v.Kind {
	case model.VerifyFlag:
		return l.flagStands(ctx, l.flag(v.Flag), v.Is, true).why
	case model.VerifyMetric:
		m := l.tools.Rollout.Metric(v.Metric)
		got, have := l.engine.Reading(v.Metric)
		if !have || m == nil {
			return "no reading yet"
		}
		if age := l.tools.Now().Sub(got.At); age > m.StaleAfter {
			return "its last reading is " + model.FormatDuration(age.Truncate(time.Second)) + " old"
		}
		ok, why = l.holds(m, v.Target, got, time.Time{})
	case model.VerifyManual:
		if st.SignedAt.IsZero() {
			return "nobody signed it"
		}
	case model.VerifySource:
		ok, why = l.lookEvidence(ctx, v, st, time.Time{})
	case model.VerifyHTTP:
		ok, why = l.lookProbe(ctx, v)
	}
	if ok {
		return ""
	}
	return cmp.Or(why, "it does not hold")
}
