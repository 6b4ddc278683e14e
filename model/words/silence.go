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
