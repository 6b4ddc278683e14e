package panel

import (
	"math"
	"strconv"
	"time"

	"gonogo/model"
	"gonogo/model/evidence"
	"gonogo/ui/theme"
)

// whyTest is what counted events prove, and how far they are from it.
func whyTest(p Props, line *model.Line, w int) [][]span {
	t := line.Test
	if t == nil {
		return nil
	}
	out := proofLine(w, "passes", &t.Go, "below")
	out = append(out, proofLine(w, "fails", &t.Fail, "above")...)
	if t.Warn != nil {
		out = append(out, proofLine(w, "warns", t.Warn, "above")...)
	}
	if t.Over != nil {
		out = append(out, proofLine(w, "over", t.Over, "below")...)
	}
	recent := badOf(t.Recent.Counts) + " in the last " + model.FormatDuration(t.Recent.Over)
	if t.Doubt {
		recent += ", which speaks against the target"
	}
	out = append(out, field(w, "recent", theme.Normal, recent)...)
	out = append(out, whyParts(t, w)...)
	if text := seesText(t.Sees, line.Rate, p.soak()); text != "" {
		out = append(out, field(w, "sees", theme.Normal, text)...)
	}
	return append(out, field(w, "chances", theme.Dim, "a false FAIL in this attempt at most "+percent(t.Promise)+" (α "+short(t.Alpha)+"), to pass what is as poor as the alert "+percent(t.Beta)+" (β)")...)
}

// whyParts are the parts that fail, and the worst of the others.
func whyParts(t *model.Sequential, w int) [][]span {
	if t.PartsAll == 0 {
		return nil
	}
	out := field(w, "parts", theme.Normal, strconv.Itoa(t.PartsAll)+" by "+t.By+", each judged on its own; the worst, in the last "+model.FormatDuration(t.Recent.Over)+":")
	for i := range t.Parts {
		p := &t.Parts[i]
		style := theme.Normal
		if p.State != model.Pass {
			style = theme.Strong
		}
		out = append(out, field(w, "", style, p.Part+"  "+string(p.State)+"  "+badOf(p.Last)+", "+percent(p.Last.Share())+", evidence "+number(max(float64(p.Fail.Log), 0))+" of "+number(float64(p.Fail.Bound)))...)
	}
	return out
}

// proofLine is one test: what it has proved by what, or how far it is.
func proofLine(w int, name string, p *model.Proof, side string) [][]span {
	about := side + " " + model.FormatValue(model.Ratio, float64(p.Share))
	if p.Times > 0 {
		about = side + " " + percent(float64(p.Times)) + " of the control"
	}
	if p.Proved {
		return field(w, name, theme.Strong, "confirmed "+about+": "+badOf(p.Counts))
	}
	const n = 21
	bar := []rune("├───────────────────┤")
	at := 0
	if bound := float64(p.Bound); bound > 0 {
		at = int(min(max(float64(p.Log)/bound, 0), 1) * (n - 1))
	}
	bar[at] = '●'
	return [][]span{append(field(w, name, theme.Normal, about+": "+badOf(p.Counts)+" ")[0],
		span{theme.Strong, string(bar)}, span{theme.Normal, " evidence " + number(max(float64(p.Log), 0)) + " of " + number(float64(p.Bound))})}
}

func badOf(k evidence.Counts) string {
	text := count(k.Bad) + " bad of " + count(k.Total) + " events"
	if k.ControlTotal > 0 {
		text += " (control: " + count(k.ControlBad) + " of " + count(k.ControlTotal) + ")"
	}
	return text
}

// soak is that of the phase that the rollout stands in, or of the first; 0: none.
func (p Props) soak() time.Duration {
	if p.Snap == nil || p.Snap.Rollout == nil {
		return 0
	}
	if phase := p.Snap.Rollout.JudgedPhase(p.Snap.State.Phase); phase != nil {
		return phase.Soak
	}
	return 0
}

// seesText says the smallest regressions that would be seen at this traffic, and when.
func seesText(all []model.Sight, rate float64, soak time.Duration) string {
	text := ""
	for _, s := range all[:min(len(all), 3)] {
		if text != "" {
			text += ", "
		}
		text += short(s.Ratio) + "× after about " + count(significant(s.Events)) + " (" + model.FormatDuration(s.After.Round(1e9))
		if soak > 0 && s.After > soak {
			text += ", longer than the soak"
		}
		text += ")"
	}
	if text != "" {
		text += " at " + short(rate) + "/s"
	}
	return text
}

// significant rounds to two digits: it is an estimate.
func significant(v float64) float64 {
	if v < 100 || math.IsInf(v, 0) {
		return v
	}
	step := math.Pow(10, math.Floor(math.Log10(v))-1)
	return math.Round(v/step) * step
}

func percent(v float64) string { return model.FormatValue(model.Ratio, v) }

func short(v float64) string { return strconv.FormatFloat(v, 'g', 3, 64) }

// number writes a number of a test, short.
func number(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) }
