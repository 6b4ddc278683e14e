package panel

import (
	"time"

	"gonogo/model"
)

// stage is where a phase is on the way.
type stage int

const (
	later      stage = iota
	done             // entered and left upwards
	current          // stood in
	skipped          // passed by without being entered
	rolledBack       // left by a rollback, and not entered since
)

// station is a phase and how it stands.
type station struct {
	phase   *model.Phase
	stage   stage
	attempt *model.Attempt // its last; nil: never entered
}

// stations returns every phase in order.
func stations(p Props) []station {
	if !p.known() {
		return nil
	}
	s := &p.Snap.State
	at := p.rollout().PhaseIndex(s.Phase)
	out := make([]station, len(p.rollout().Phases))
	for i := range out {
		st := station{phase: &p.rollout().Phases[i]}
		st.attempt = s.LastAttempt(st.phase.ID)
		switch {
		case i == at:
			st.stage = current
		case i < at && st.attempt == nil:
			st.stage = skipped
		case i < at:
			st.stage = done
		case st.attempt != nil && st.attempt.Back:
			st.stage = rolledBack
		}
		out[i] = st
	}
	return out
}

// soaked returns the time served healthy in the current phase. The gate's soak
// line knows it to the second, the journal to the minute.
func soaked(p Props) time.Duration {
	if !p.known() {
		return 0
	}
	a := p.Snap.State.Attempt()
	if a == nil {
		return 0
	}
	d := a.Soak
	for i := range p.Snap.Gate.Lines {
		if line := &p.Snap.Gate.Lines[i]; line.Metric == "" && line.Check == "" && p.Snap.Gate.Phase == a.Phase {
			d = max(d, line.Held)
		}
	}
	return d
}

// stopped reports that the soak clock of the current phase stands still though
// its minimum is not served, and for how long: 0 where that is not known.
func stopped(p Props) (time.Duration, bool) {
	phase := p.rollout().Phase(p.Snap.State.Phase)
	if phase == nil || p.Snap.Gate.Healthy || soaked(p) >= phase.Soak {
		return 0, false
	}
	var longest time.Duration
	for i := range p.Snap.Gate.Lines {
		line := &p.Snap.Gate.Lines[i]
		if line.Metric != "" && line.State.Severity() >= model.NoTraffic.Severity() {
			longest = max(longest, line.Held)
		}
	}
	return longest, true
}

// remaining returns the least and the most time until the last phase's minimum
// is served, from what each phase still needs up to what it may take. It is
// false where nothing remains.
func remaining(p Props) (lo, hi time.Duration, ok bool) {
	all := stations(p)
	from := p.rollout().PhaseIndex(p.Snap.State.Phase)
	for i, st := range all {
		most := max(st.phase.Limit, st.phase.Soak)
		switch {
		case i < from:
			continue
		case i == from:
			left := max(st.phase.Soak-soaked(p), 0)
			lo += left
			if st.attempt != nil && st.attempt.Left.IsZero() {
				most -= p.Now.Sub(st.attempt.Entered)
			}
			hi += max(most, left)
		default:
			lo += st.phase.Soak
			hi += most
		}
	}
	return lo, hi, hi > 0
}

// eta says when the rest is over: "Sat 28 Nov–Fri 4 Dec", to the minute where
// it is today. Before the first phase it says how long all of it takes.
func eta(p Props) string {
	lo, hi, ok := remaining(p)
	if !ok {
		return ""
	}
	if p.Snap.State.Phase == "" {
		return "all phases take " + span2(lo, hi)
	}
	from, to := p.Now.UTC().Add(lo), p.Now.UTC().Add(hi)
	layout := "Mon 2 Jan"
	if hi < 24*time.Hour {
		layout = "15:04Z"
	}
	a, b := from.Format(layout), to.Format(layout)
	if a == b {
		return "ETA " + a
	}
	return "ETA " + a + "–" + b
}
