package overlay

import (
	"strings"
	"time"

	"gonogo/model"
	"gonogo/model/words"
)

// Silences asks which silence to open, or to end.
func Silences(s Scene) (Overlay, Want) {
	r, snap := s.Rollout()
	switch {
	case r == nil:
		return nil, Fail(NoEngine)
	case len(r.Silences) == 0:
		return nil, Say("this config has no silences: [silence.NAME] names one, with a source of kind alertmanager")
	}
	o := &menu{title: "Silence which alerts? Their verdicts stay: what is silenced still fires"}
	for i := range r.Silences {
		spec := &r.Silences[i]
		text := model.Inert(spec.Title) + " · " + model.Inert(spec.What)
		do := func(s Scene) (Overlay, Want) { return silenceFor(spec), Want{} }
		if is := snap.State.Silences[spec.ID]; is.Stands(s.Now) {
			text = words.Silenced(spec, is, s.Now) + " · enter ends it"
			do = func(Scene) (Overlay, Want) {
				return question("End the silence of "+model.Inert(spec.Title)+"?", "end it: people hear of its alerts again", "let it be",
					submits(model.Intent{Kind: model.EndSilence, Silence: spec.ID})), Want{}
			}
		}
		o.items = append(o.items, item{text: text, do: do})
	}
	return o, Want{}
}

// silenceFor asks for how long, and then why.
func silenceFor(spec *model.SilenceSpec) Overlay {
	most := model.FormatDuration(spec.AtMost)
	return &prompt{
		until: whileSilence(spec), title: "Silence " + model.Inert(spec.Title) + " for how long?", hint: "1m to " + most + " · " + model.Inert(spec.What),
		input: newInput("› ", model.FormatDuration(min(30*time.Minute, spec.AtMost))),
		next: func(_ Scene, text string) (Overlay, string) {
			d, err := model.ParseDuration(strings.TrimSpace(text))
			switch {
			case err != nil:
				return nil, err.Error()
			case d < time.Minute || d > spec.AtMost:
				return nil, "expected 1m to " + most
			}
			return silenceWhy(spec, d), ""
		},
	}
}

func silenceWhy(spec *model.SilenceSpec, d time.Duration) Overlay {
	return &prompt{
		until: whileSilence(spec), title: "Silence " + model.Inert(spec.Title) + " for " + model.FormatDuration(d) + ": why?",
		hint: "for who wonders about a silent pager", input: newInput("› ", ""), arms: true,
		done: func(_ Scene, why string) (Want, string) {
			if strings.TrimSpace(why) == "" {
				return Want{}, "a reason is needed"
			}
			return Submit(model.Intent{Kind: model.OpenSilence, Silence: spec.ID, For: d, Reason: strings.TrimSpace(why)}), ""
		},
	}
}

// whileSilence holds while the config has the silence as it is.
func whileSilence(spec *model.SilenceSpec) until {
	was := *spec
	return func(s Scene) string {
		if r := s.Live.Rollout; r != nil {
			if now := r.Silence(was.ID); now == nil || *now != was {
				return "too late: the config that was adopted has it otherwise"
			}
		}
		return ""
	}
}
