package ui

import (
	"fmt"
	"strings"

	"gonogo/model"
	"gonogo/model/words"
	"gonogo/ui/overlay"
)

// answered says what became of the intent in. One that was refused for want of
// a reason is asked for again, with one, unless a text is typed just then.
func answered(s overlay.Scene, in model.Intent, a model.Answer, typing bool) (overlay.Overlay, overlay.Want) {
	if a.Err == "" {
		return nil, overlay.Want{Say: doneText(s.Live, in)}
	}
	why := strings.TrimPrefix(model.Inert(a.Err), "refused: ")
	switch {
	case !a.NeedsReason || in.Reason != "":
	case typing:
		why += " · close the text field and ask again"
	case in.Kind == model.Veto:
		return overlay.Veto(s, in.Plan), overlay.Want{}
	default:
		return overlay.Reason(s, in, why), overlay.Want{}
	}
	return nil, overlay.Fail("%s: %s", words.Intent(in), why)
}

// doneText is the good news of an intent, empty where the screen shows it anyway.
func doneText(s *model.Snapshot, in model.Intent) string {
	switch in.Kind {
	case model.Freeze:
		return frozenText(s, in)
	case model.Sign:
		return "signed " + string(in.Check) + " · space asks to take it back"
	case model.ReadMetric:
		return readText(s, in)
	case model.OpenSilence:
		return "silencing " + string(in.Silence) + ": journaled, and asked for · S ends it"
	case model.EndSilence:
		return "ending the silence of " + string(in.Silence)
	case model.Unsign:
		return "took back the signature of " + string(in.Check)
	case model.RunCheck:
		return "running " + string(in.Check) + " · e on it shows what it prints"
	case model.HoldOn:
		if on := words.GoesOn(&s.State); on != "" {
			return "held: " + on
		}
		return "held: nobody can advance · H resumes"
	case model.Resume:
		return "resumed"
	case model.Adopt:
		return "the changed config was adopted"
	case model.Refresh:
		return "asked every flag again"
	case model.Cancel:
		return "the plan will stop after the step that runs"
	}
	return ""
}

// readText says what a reading was taken as.
func readText(s *model.Snapshot, in model.Intent) string {
	var parts []string
	for _, id := range in.Metrics {
		if got, ok := s.State.Readings[id]; ok {
			parts = append(parts, string(id)+" read as "+model.FormatValue(got.Unit, float64(got.Value)))
		}
	}
	return strings.Join(parts, ", ")
}

// frozenText says what came of freezing baselines.
func frozenText(s *model.Snapshot, in model.Intent) string {
	if s.Rollout == nil {
		return ""
	}
	var parts []string
	for _, id := range in.Metrics {
		b, ok := s.State.Baselines[id]
		metric := s.Rollout.Metric(id)
		if !ok || metric == nil {
			continue
		}
		parts = append(parts, fmt.Sprintf("%s at %s, the mean of %d readings", id, model.FormatValue(metric.Unit, float64(b.Value)), b.Points))
	}
	return "frozen: " + strings.Join(parts, ", ")
}
