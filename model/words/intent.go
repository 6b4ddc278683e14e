package words

import (
	"fmt"
	"strings"

	"gonogo/model"
)

// Intent says what an intent asks for, in one inert line.
func Intent(in model.Intent) string {
	var text string
	switch in.Kind {
	case model.ArmEnter:
		text = "advance"
		if in.Phase != "" {
			text += " to " + string(in.Phase)
		}
	case model.ArmFlip:
		text = fmt.Sprintf("set %s to %s", in.Flag, in.Value)
	case model.ArmRollback:
		text = "emergency rollback"
		switch {
		case in.Flag != "":
			text = "take " + string(in.Flag) + " back to its safe value"
		case in.Rollback != "":
			text = "rollback " + string(in.Rollback)
		}
		if len(in.Remove) > 0 {
			text += ", out: " + some(in.Remove)
		}
	case model.ArmDrill:
		text = "rehearse " + string(in.Rollback)
	case model.Fire:
		text = "fire the plan"
	case model.Veto:
		text = "veto the plan"
	case model.Cancel:
		text = "stop the plan at its next step"
	case model.Sign:
		text = "sign " + string(in.Check)
	case model.Unsign:
		text = "take back the signature of " + string(in.Check)
	case model.Acknowledge:
		text = "acknowledge"
	case model.HoldOn:
		text = "hold"
	case model.Resume:
		text = "resume"
	case model.Adopt:
		return "adopt config " + model.Inert(Short(in.Reason))
	case model.LookConfig:
		text = "read the config on disk"
	case model.ConfirmLast:
		text = "confirm the last rollback"
	case model.VerifyLast:
		text = "look at the last rollback again"
	case model.Refresh:
		text = "look at every flag"
	case model.RunCheck:
		text = "run check " + string(in.Check)
	case model.Freeze:
		text = "freeze every baseline"
		if len(in.Metrics) > 0 {
			text = "freeze the baseline of " + List(in.Metrics)
		}
	case model.RecordGates:
		text = "note how the gates were rehearsed"
	case model.OpenSilence:
		text = "silence " + string(in.Silence) + " for " + model.FormatDuration(in.For)
	case model.EndSilence:
		text = "end silence " + string(in.Silence)
	case model.ReadMetric:
		text = "read " + List(in.Metrics) + " as " + in.Value.String()
	default:
		text = string(in.Kind)
	}
	return model.Inert(because(text, in.Reason))
}

// List joins names: "a", "a and b", "a, b and c".
func List[T ~string](names []T) string {
	var b strings.Builder
	for i, name := range names {
		switch {
		case i > 0 && i == len(names)-1:
			b.WriteString(" and ")
		case i > 0:
			b.WriteString(", ")
		}
		b.WriteString(string(name))
	}
	return b.String()
}

// some names the first few of many.
func some(names []string) string {
	const most = 6
	if len(names) <= most {
		return List(names)
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}
