package config

import (
	"slices"
	"strings"
	"time"

	"gonogo/model"
)

// guideKeys are those of [[guide]].
type guideKeys struct {
	When   guideWhenKeys `toml:"when" required:"true" help:"what it is for: { metric = NAME }, and state where it is for one only"`
	Title  string        `toml:"title" required:"true" help:"its name, such as \"High fallback rate\""`
	Causes []string      `toml:"causes" help:"what may be behind it"`
	Steps  []string      `toml:"steps" help:"what to do, in order"`
	Link   string        `toml:"link" help:"where more is written, http or https"`
}

type guideWhenKeys struct {
	Metric string `toml:"metric" required:"true" help:"the name of a [metric.NAME]"`
	State  string `toml:"state" oneof:"FAIL,WARN,NO-TRAFFIC,NO-DATA,NO-SERIES,STALE,AMBIGUOUS,DOWN" help:"the one state it is for" otherwise:"FAIL and WARN"`
}

// riskKeys are those of [[risk]].
type riskKeys struct {
	Title       string `toml:"title" required:"true" help:"what may go wrong"`
	Mitigation  string `toml:"mitigation" help:"what keeps it from that"`
	Contingency string `toml:"contingency" help:"what is done if it does"`
}

// afterKeys are those of [after].
type afterKeys struct {
	Check any `toml:"check" required:"true" help:"what people do once the last phase has stood: [{ text = …, after = \"14d\" }]"`
}

// afterCheckKeys are those of a check of [after].
type afterCheckKeys struct {
	Text  string        `toml:"text" required:"true" help:"what is to be done, for people"`
	ID    *string       `toml:"id" help:"its name in commands" otherwise:"made from the text"`
	After time.Duration `toml:"after" help:"due so long after the last phase was entered" otherwise:"at once"`
	Every time.Duration `toml:"every" positive:"true" help:"how long a signature counts" otherwise:"for ever"`
	Link  string        `toml:"link" help:"an address that shows more, http or https"`
}

// textReader reads what a plan says to people.
type textReader struct{ *draft }

// lists calls do for every table of [[name]].
func (r textReader) lists(name string, do func(path string, raw any)) {
	raw, there := r.doc[name]
	if !there {
		return
	}
	list, ok := raw.([]any)
	if !ok {
		r.fail(name, "expected tables [[%s]], found %s", name, found(raw))
		return
	}
	for i, e := range list {
		do(element(name, i), e)
	}
}

func (r textReader) guides() {
	r.lists("guide", func(path string, raw any) {
		k, _, ok := read[guideKeys](r.reader, path, raw)
		at := join(path, "when")
		if k.When.Metric != "" && !r.ref(join(at, "metric"), "metric", k.When.Metric) || !ok {
			return
		}
		if len(k.Causes)+len(k.Steps) == 0 && k.Link == "" {
			r.fail(path, "helps nobody: expected causes, steps or link")
		}
		r.link(join(path, "link"), k.Link)
		r.cfg.Rollout.Guides = append(r.cfg.Rollout.Guides, model.Guide{
			Metric: model.MetricID(k.When.Metric), State: model.MetricState(k.When.State), Title: model.Inert(k.Title),
			Causes: inert(k.Causes), Steps: inert(k.Steps), Link: model.Inert(k.Link),
		})
	})
}

func (r textReader) risks() {
	r.lists("risk", func(path string, raw any) {
		k, _, _ := read[riskKeys](r.reader, path, raw)
		r.cfg.Rollout.Risks = append(r.cfg.Rollout.Risks, model.Risk{
			Title: model.Inert(k.Title), Mitigation: model.Inert(k.Mitigation), Contingency: model.Inert(k.Contingency),
		})
	})
}

// signOff returns the signatures of the plan that k asks for.
func signOff(k rolloutKeys) []model.Check {
	var out []model.Check
	for _, s := range []struct{ id, did, who string }{
		{"plan-created", "created", k.CreatedBy}, {"plan-reviewed", "reviewed", k.ReviewedBy}, {"plan-approved", "approved", k.ApprovedBy},
	} {
		if who := strings.TrimSpace(s.who); who != "" {
			out = append(out, model.Check{ID: model.CheckID(s.id), Kind: model.CheckPlan, Text: "Plan " + s.did + " by " + model.Inert(who)})
		}
	}
	return out
}

// after adds what is to be done after the last phase to its checks.
func (r textReader) after() {
	k, t, ok := optional[afterKeys](r.reader, "after")
	phases := r.cfg.Rollout.Phases
	if !ok || len(phases) == 0 {
		return
	}
	list, is := t.Any("check").([]any)
	if !is {
		r.fail("after.check", "expected a list of tables like [{ text = \"…\", after = \"14d\" }], found %s", found(k.Check))
		return
	}
	last := &phases[len(phases)-1]
	taken := map[model.CheckID]bool{}
	for _, c := range last.Checks {
		taken[c.ID] = true
	}
	for i, e := range list {
		at := element("after.check", i)
		k, _, _ := read[afterCheckKeys](r.reader, at, e)
		c := model.Check{Text: model.Inert(strings.TrimSpace(k.Text)), After: k.After, Every: k.Every, Link: model.Inert(k.Link)}
		r.link(join(at, "link"), k.Link)
		if k.ID != nil {
			c.ID = model.CheckID(*k.ID)
			switch {
			case !idPattern.MatchString(*k.ID):
				r.fail(join(at, "id"), "expected letters, digits, _, - and . (64 at most, no - or . in front), found %s", quote(*k.ID))
			case taken[c.ID]:
				r.fail(join(at, "id"), "%s is the id of another check of the last phase", quote(*k.ID))
			}
		} else {
			c.ID = freeID(c.Text, taken)
		}
		taken[c.ID] = true
		if slices.ContainsFunc(last.Checks, func(o model.Check) bool { return o.Text == c.Text && c.Text != "" }) {
			r.fail(join(at, "text"), "%s is another check of the last phase already", quote(c.Text))
		}
		last.Checks = append(last.Checks, c)
	}
}

// links reads a table of addresses, in the order written. Those that nothing could open are left
// out; wrong says so.
func (d *draft) links(path string, all map[string]string, wrong func(path, format string, args ...any)) []model.Link {
	raw := make(map[string]any, len(all))
	for name := range all {
		raw[name] = nil
	}
	var out []model.Link
	for _, name := range d.inOrder(path, raw) {
		if !isAddress(all[name]) {
			wrong(join(path, name), noAddress, found(all[name]))
			continue
		}
		out = append(out, model.Link{Name: model.Inert(name), URL: model.Inert(all[name])})
	}
	return out
}

// signOffIDs refuses checks of the first phase that are called as a signature of the plan.
func (r textReader) signOffIDs() {
	phases := r.cfg.Rollout.Phases
	if len(phases) == 0 {
		return
	}
	for i, c := range phases[0].Checks {
		if r.cfg.Rollout.PlanCheck(c.ID) != nil {
			r.fail(element(join(join("phase", string(phases[0].ID)), "check"), i), "%s is the name of the plan's own signature: expected another id", quote(string(c.ID)))
		}
	}
}
