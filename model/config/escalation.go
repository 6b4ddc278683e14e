package config

import (
	"slices"
	"strings"
	"time"

	"gonogo/model"
)

// contactKeys are those of [[contact]].
type contactKeys struct {
	Name string `toml:"name" required:"true" help:"who it is"`
	Role string `toml:"role" help:"what they are here, such as \"Team lead\""`
	How  string `toml:"how" help:"how to reach them: a text, a number, an address"`
}

// escalationKeys are those of [[escalation]].
type escalationKeys struct {
	Level  float64       `toml:"level" required:"true" help:"1, 2 and so on; the first is told first"`
	Who    string        `toml:"who" required:"true" help:"the name or the role of a [[contact]]"`
	After  time.Duration `toml:"after" help:"told once it has lasted so long, such as \"15m\"" otherwise:"at once"`
	On     any           `toml:"on" required:"true" help:"breach, overdue or not verified, or a list of these"`
	Notify []string      `toml:"notify" required:"true" help:"actions that tell them"`
}

// escalationReader reads whom to turn to, and who is told of what lasts.
type escalationReader struct{ *draft }

func (r escalationReader) contacts() {
	textReader(r).lists("contact", func(path string, raw any) {
		k, _, _ := read[contactKeys](r.reader, path, raw)
		c := model.Contact{Name: model.Inert(strings.TrimSpace(k.Name)), Role: model.Inert(strings.TrimSpace(k.Role)), How: model.Inert(k.How)}
		if slices.ContainsFunc(r.cfg.Rollout.Contacts, func(o model.Contact) bool { return o.Name == c.Name }) {
			r.fail(join(path, "name"), "%s is a contact already", quote(k.Name))
		}
		r.cfg.Rollout.Contacts = append(r.cfg.Rollout.Contacts, c)
	})
}

func (r escalationReader) escalations() {
	textReader(r).lists("escalation", func(path string, raw any) {
		k, t, ok := read[escalationKeys](r.reader, path, raw)
		e := model.Escalation{Level: int(k.Level), After: k.After, Who: model.Inert(strings.TrimSpace(k.Who)), On: r.conditions(join(path, "on"), k.On)}
		if t.Has("level") && (k.Level < 1 || k.Level > 99 || k.Level != float64(e.Level)) {
			r.fail(join(path, "level"), "expected a whole number from 1 to 99, found %s", found(k.Level))
		}
		if e.Who != "" && !r.known(e.Who) {
			r.fail(join(path, "who"), "%s", unknown("contact", k.Who, r.people()))
		}
		e.Notify = texts[model.ActionID](r.refs(path, "notify", t, "action"))
		if ok && len(k.Notify) == 0 {
			r.fail(join(path, "notify"), "nobody would hear of it: expected the name of an [action.NAME] that tells them, such as one of kind notify")
		}
		r.cfg.Rollout.Escalations = append(r.cfg.Rollout.Escalations, e)
	})
	r.ladder()
}

// ladder orders the levels, and sees that each waits longer than the one before.
func (r escalationReader) ladder() {
	all := r.cfg.Rollout.Escalations
	slices.SortStableFunc(all, func(a, b model.Escalation) int { return a.Level - b.Level })
	for _, on := range model.Conditions() {
		var last *model.Escalation
		for i := range all {
			e := &all[i]
			if !slices.Contains(e.On, on) {
				continue
			}
			switch {
			case last == nil:
			case last.Level == e.Level:
				r.fail("escalation", "level %d is there twice for %s: expected one, with several actions in notify", e.Level, quote(string(on)))
			case e.After <= last.After:
				r.fail("escalation", "level %d (after %s) does not wait longer than level %d (after %s): expected a longer after", e.Level, quote(model.FormatDuration(e.After)), last.Level, quote(model.FormatDuration(last.After)))
			}
			last = e
		}
	}
	overdue := slices.ContainsFunc(all, func(e model.Escalation) bool { return slices.Contains(e.On, model.OnOverdue) })
	limited := slices.ContainsFunc(r.cfg.Rollout.Phases, func(p model.Phase) bool { return p.Limit > 0 })
	if overdue && !limited && len(r.cfg.Rollout.Phases) > 0 {
		r.warn("escalation", "no phase has a limit, so none is ever overdue: expected limit in a phase")
	}
}

// conditions reads on: one condition, or a list.
func (r escalationReader) conditions(path string, raw any) []model.Condition {
	var names []string
	switch v := raw.(type) {
	case nil:
		return nil
	case string:
		names = []string{v}
	default:
		r.strings(path, raw)
		list, _ := raw.([]any)
		for _, e := range list {
			if s, ok := e.(string); ok {
				names = append(names, s)
			}
		}
	}
	var all []string
	for _, c := range model.Conditions() {
		all = append(all, string(c))
	}
	var out []model.Condition
	for _, name := range names {
		if !slices.Contains(all, name) {
			r.fail(path, "%s", unknown("condition", name, all))
			continue
		}
		out = append(out, model.Condition(name))
	}
	if len(names) == 0 {
		r.fail(path, "is empty: expected breach, overdue or not verified")
	}
	return out
}

// known reports whether somebody has this name or role.
func (r escalationReader) known(who string) bool {
	return slices.ContainsFunc(r.cfg.Rollout.Contacts, func(c model.Contact) bool { return c.Name == who || c.Role == who })
}

func (r escalationReader) people() []string {
	var out []string
	for _, c := range r.cfg.Rollout.Contacts {
		out = append(out, c.Name)
		if c.Role != "" {
			out = append(out, c.Role)
		}
	}
	return out
}
