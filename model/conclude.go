package model

import "slices"

// Conclude fills in what follows from the verdict's lines and notes: the worst
// line makes the headline, in the order of MetricState.Severity, and only PASS
// on every line is GO. Every verdict that is shown or acted on comes of it.
// Before is the verdict before this one, whose words are used again where they still fit.
func (v *Verdict) Conclude(before Verdict) {
	v.Worst, v.Passed = Pass, 0
	same := len(before.Lines) == len(v.Lines) && before.Reasons != nil && slices.Equal(before.Notes, v.Notes)
	for i := range v.Lines {
		line := &v.Lines[i]
		if same {
			was := &before.Lines[i]
			same = was.State == line.State && was.Title == line.Title && was.Reason == line.Reason
		}
		if line.State == Pass {
			v.Passed++
			continue
		}
		if line.State.Severity() > v.Worst.Severity() {
			v.Worst = line.State
		}
	}
	v.Headline = v.Worst.Headline()
	if same {
		v.Reasons = before.Reasons
		return
	}
	var open []int
	for i := range v.Lines {
		if v.Lines[i].State != Pass {
			open = append(open, i)
		}
	}
	slices.SortStableFunc(open, func(a, b int) int { return v.Lines[b].State.Severity() - v.Lines[a].State.Severity() })
	v.Reasons = nil
	for _, i := range open {
		v.Reasons = append(v.Reasons, v.Lines[i].Title+": "+v.Lines[i].Reason)
	}
	v.Reasons = append(v.Reasons, v.Notes...)
}
