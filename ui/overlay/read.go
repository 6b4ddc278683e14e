package overlay

import (
	"strings"

	"gonogo/model"
	"gonogo/model/words"
)

// Reads asks what a person read: of the metric here, if people read that, else of
// one that they choose.
func Reads(s Scene, here model.MetricID) (Overlay, Want) {
	r, snap := s.Rollout()
	if r == nil {
		return nil, Fail(NoEngine)
	}
	var all []*model.Metric
	for i := range r.Metrics {
		if m := &r.Metrics[i]; m.Read != nil {
			if m.ID == here {
				return readValue(s, m), Want{}
			}
			all = append(all, m)
		}
	}
	switch len(all) {
	case 0:
		return nil, Say("no metric of this config is read by people")
	case 1:
		return readValue(s, all[0]), Want{}
	}
	o := &menu{title: "Which metric did you read?"}
	for _, m := range all {
		text := titleOf(m) + " · " + lastRead(s, snap, m)
		o.items = append(o.items, item{text: text, do: func(s Scene) (Overlay, Want) { return readValue(s, m), Want{} }})
	}
	return o, Want{}
}

// readValue asks for the value of m, and then for a note.
func readValue(s Scene, m *model.Metric) Overlay {
	hint := "such as " + model.SampleAmount(m.Unit)
	for _, where := range []string{m.Read.From, m.Read.Link} {
		if where != "" {
			hint += " · " + model.Inert(where)
		}
	}
	if snap := s.Seen; snap != nil {
		hint += " · " + lastRead(s, snap, m)
	}
	return &prompt{
		until: whileRead(m), title: "What did you read of " + titleOf(m) + "?", hint: hint, input: newInput("› ", ""),
		next: func(_ Scene, text string) (Overlay, string) {
			v, err := model.ParseAmount(text, m.Unit)
			if err != nil {
				return nil, err.Error()
			}
			return readNote(m, strings.TrimSpace(text), model.FormatValue(m.Unit, v)), ""
		},
	}
}

// readNote asks for a note beside the value of m as it was written, and submits both.
func readNote(m *model.Metric, text, shown string) Overlay {
	id := m.ID
	return &prompt{
		until: whileRead(m), title: titleOf(m) + " is " + shown, hint: "a note, such as what it is of, and of when; or none", input: newInput("› ", ""), arms: true,
		done: func(_ Scene, note string) (Want, string) {
			return Submit(model.Intent{Kind: model.ReadMetric, Metrics: []model.MetricID{id}, Value: model.Value{Type: model.Text, Text: text}, Reason: strings.TrimSpace(note)}), ""
		},
	}
}

func titleOf(m *model.Metric) string {
	if m.Title != "" {
		return model.Inert(m.Title)
	}
	return model.Inert(string(m.ID))
}

// lastRead says who read m last.
func lastRead(s Scene, snap *model.Snapshot, m *model.Metric) string {
	got, ok := snap.State.Readings[m.ID]
	if !ok {
		return "nobody has read it"
	}
	return model.FormatValue(got.Unit, float64(got.Value)) + " by " + model.Inert(got.By.Name) + " " + words.Age(s.Now.Sub(got.At)) + " ago"
}

// whileRead holds while people read m, in its unit.
func whileRead(m *model.Metric) until {
	id, unit := m.ID, m.Unit
	return func(s Scene) string {
		if r := s.Live.Rollout; r != nil {
			if now := r.Metric(id); now == nil || now.Read == nil || now.Unit != unit {
				return "too late: the config that was adopted has it otherwise"
			}
		}
		return ""
	}
}
