package words

import (
	"time"

	"gonogo/model"
)

// silence tells of a silence that came to a status.
func silence(e model.SilenceChanged) string {
	name := "silence " + string(e.Silence)
	switch e.Status {
	case model.SilenceOpening:
		return because(name+" asked for until "+e.Until.UTC().Format("15:04Z"), e.Reason)
	case model.SilenceOpen:
		return because(name+" is open until "+e.Until.UTC().Format("15:04Z"), e.Detail)
	case model.SilenceEnding:
		return because(name+" is to end", e.Reason)
	case model.SilenceEnded:
		return because(name+" has ended", e.Detail)
	case model.SilenceFailed:
		return because(name+" FAILED", e.Detail)
	}
	return name + " " + string(e.Status)
}

// Silenced says how a silence stands at now, in one inert line; empty where there is
// nothing to tell of.
func Silenced(spec *model.SilenceSpec, s model.SilenceState, now time.Time) string {
	left := model.FormatDuration(max(s.Until.Sub(now), 0).Truncate(time.Second))
	by := because(" by "+s.By.Name, s.Reason)
	var text string
	switch {
	case s.Status == model.SilenceFailed:
		text = spec.Title + " was not silenced: " + s.Detail
	case !s.Stands(now):
		return ""
	case s.Status == model.SilenceOpening:
		text = "silencing " + spec.Title + " for " + left + by
	case s.Status == model.SilenceEnding:
		text = "ending the silence of " + spec.Title + ", " + left + " left"
	default:
		text = spec.Title + " is silenced for " + left + " more" + by
	}
	if s.Unsettled() && s.Detail != "" {
		text += " · " + s.Detail
	}
	return model.Inert(text)
}

// failedFor is how long it is said that a silence failed.
const failedFor = 5 * time.Minute

// Silences tells of the alerts that people do not hear of at now, and of what was asked of
// them in vain of late, in the order of the config, each in one inert line.
func Silences(s *model.Snapshot, now time.Time) []string {
	var out []string
	if s.Rollout == nil {
		return nil
	}
	for i := range s.Rollout.Silences {
		spec := &s.Rollout.Silences[i]
		is := s.State.Silences[spec.ID]
		if is.Status == model.SilenceFailed && now.Sub(is.At) > failedFor {
			continue
		}
		if text := Silenced(spec, is, now); text != "" {
			out = append(out, text)
		}
	}
	return out
}
