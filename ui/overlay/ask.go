package overlay

import (
	"fmt"
	"strings"

	"gonogo/model"
	"gonogo/model/words"
)

// Unsign asks whether to take the signature of c back.
func Unsign(s Scene, c *model.Check, signed model.CheckState) Overlay {
	title := "Take back the signature of " + model.Inert(c.Text)
	if signed.By.Name != "" {
		title += ", by " + model.Inert(signed.By.Name)
	}
	o := question(title+"?", "take it back", "keep it", submits(model.Intent{Kind: model.Unsign, Check: c.ID}))
	o.until = whilePhase(s)
	return o
}

// Adopt asks whether to take the changed config of that hash: a letter alone does not.
func Adopt(hash string, changes []string) Overlay {
	items := []item{
		{text: "no: stay with the one in use", do: nothing},
		{text: "yes: adopt it", do: submits(model.Intent{Kind: model.Adopt, Reason: hash})},
	}
	for _, line := range changes { // to read; enter on one closes the menu
		items = append(items, item{text: "  " + model.Inert(line), do: nothing})
	}
	return &menu{
		until: func(s Scene) string {
			if s.Live.ConfigChanged != hash {
				return "too late: the config changed again, or was adopted"
			}
			return ""
		},
		title: "Adopt the changed config " + Short(hash) + "? Gates, flags and rollbacks are those of the new one",
		items: items,
	}
}

// Short returns the first characters of a hash.
func Short(hash string) string {
	hash = model.Inert(hash)
	return hash[:min(12, len(hash))]
}

// stopPlan asks whether the running plan p shall stop at the next step's boundary.
func stopPlan(p *model.PlanState) Overlay {
	return &menu{
		until: whileRuns(p.Plan.ID),
		title: "Stop \"" + model.Inert(p.Plan.Title) + "\" after the step that runs?",
		items: []item{
			{"esc", "no: let it go on", nothing},
			{"", "yes: stop it, half done as it will be", submits(model.Intent{Kind: model.Cancel, Plan: p.Plan.ID})},
		},
	}
}

// Flip asks what f shall be, which is now. A bool that is known has only one
// other value, and that is wanted at once.
func Flip(f *model.Flag, now model.Value) (Overlay, Want) {
	set := func(v model.Value) model.Intent { return model.Intent{Kind: model.ArmFlip, Flag: f.ID, Value: v} }
	if f.Type == model.Bool && now.Type == model.Bool {
		return nil, Submit(set(model.BoolValue(!now.Equal(model.BoolValue(true)))))
	}
	title := "Set " + model.Inert(string(f.ID)) + ", which is " + now.String()
	if len(f.Scope) > 0 {
		title += "; it touches " + model.Inert(strings.Join(f.Scope, ", "))
	}
	if f.Type == model.Bool {
		choose := func(v bool) item { return item{text: fmt.Sprint(v), do: submits(set(model.BoolValue(v)))} }
		return &menu{title: title, items: []item{choose(false), choose(true)}, arms: true}, Want{}
	}
	hint := "a " + string(f.Type)
	if f.Type == model.List {
		hint = "a list, comma separated"
		if f.Empty != "" {
			hint += "; empty means " + f.Empty
		}
	}
	return &prompt{
		title: title, hint: hint, input: newInput("› ", now.Encode()), arms: true,
		done: func(_ Scene, text string) (Want, string) {
			v, err := model.ParseValue(f.Type, text)
			if err != nil {
				return Want{}, err.Error()
			}
			return Submit(set(v)), ""
		},
	}, Want{}
}

// Baselines asks whose baseline to freeze: that of the metric here, of all that
// rest on one, or of one of these.
func Baselines(r *model.Rollout, s *model.Snapshot, here model.MetricID) (Overlay, Want) {
	o := &menu{title: "Freeze a baseline: the mean of what was read lately, which later values are compared with"}
	offer := func(text string, ids ...model.MetricID) {
		o.items = append(o.items, item{text: model.Inert(text), do: submits(model.Intent{Kind: model.Freeze, Metrics: ids})})
	}
	if m := r.Metric(here); m != nil {
		offer(baselineText(s, m), here)
	}
	var rest []model.MetricID
	for i := range r.Metrics {
		if r.Metrics[i].OnBaseline() {
			rest = append(rest, r.Metrics[i].ID)
		}
	}
	if len(rest) > 1 {
		offer("all that rest on one: "+words.List(rest), rest...)
	}
	for _, id := range rest {
		if id != here {
			offer(baselineText(s, r.Metric(id)), id)
		}
	}
	if len(o.items) == 0 {
		return nil, Say("no target or alert rests on a baseline, and there is no metric under the cursor")
	}
	return o, Want{}
}

// baselineText is a metric with what it reads now, and the baseline that this would replace.
func baselineText(s *model.Snapshot, m *model.Metric) string {
	text := string(m.ID)
	if l, ok := s.Lines[m.ID]; ok && l.HasValue {
		text += ", now " + model.FormatValue(m.Unit, float64(l.Value))
	}
	if m.Baseline > 0 {
		text += ", the mean of its last " + model.FormatDuration(m.Baseline)
	}
	if b, ok := s.State.Baselines[m.ID]; ok {
		return text + " · in place of " + model.FormatValue(m.Unit, float64(b.Value)) + " of " + b.At.UTC().Format("2 Jan 15:04Z")
	}
	return text + " · none is frozen yet"
}
