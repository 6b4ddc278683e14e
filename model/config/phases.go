package config

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"gonogo/model"
)

func (c *checker) phases() {
	if phases, ok := c.doc["phase"].(map[string]any); len(phases) == 0 && (ok || c.doc["phase"] == nil) {
		c.fail("phase", "missing: expected at least one table [phase.NAME]")
	}
	c.each("phase", func(id, path string, raw any) {
		t, _ := c.table(path, raw, phaseKeys(), false)
		p := model.Phase{
			ID: model.PhaseID(id), Title: titleOr(t, id),
			Soak: t.Duration("soak", 0), Limit: t.Duration("limit", 0), Watch: t.Duration("watch", 0),
			Gate: texts[model.MetricID](c.refs(path, "gate", t, "metric")),
		}
		if p.Limit > 0 && p.Limit < p.Soak {
			c.fail(join(path, "limit"), "expected at least soak (%s), found %s", quote(t.String("soak")), quote(t.String("limit")))
		}
		if t.Has("flags") {
			p.Flags = c.settings(join(path, "flags"), t.Any("flags"), askInPhase)
		}
		if t.Has("check") {
			p.Checks = c.checks(join(path, "check"), t.Any("check"))
		}
		p.Freeze = texts[model.MetricID](c.refs(path, "freeze", t, "metric"))
		if name := t.String("rollback"); t.Has("rollback") && c.ref(join(path, "rollback"), "rollback", name) {
			p.Rollback = model.RollbackID(name)
		}
		c.cfg.Rollout.Phases = append(c.cfg.Rollout.Phases, p)
	})
}

// checks reads a phase's checks. Those without an id get one made from their
// text, which is another than all those that are written.
func (c *checker) checks(path string, raw any) []model.Check {
	list, ok := raw.([]any)
	if !ok {
		c.fail(path, "expected a list of tables like [{ text = \"…\" }], found %s", found(raw))
		return nil
	}
	var out []model.Check
	taken := map[model.CheckID]bool{}
	for i, e := range list {
		at := element(path, i)
		t, ok := c.table(at, e, c.checkKeysOf(e), false)
		check := model.Check{ID: model.CheckID(t.String("id")), Text: model.Inert(strings.TrimSpace(t.String("text")))}
		if ok {
			c.howChecked(at, t, &check)
		}
		if t.Has("id") {
			switch {
			case !idPattern.MatchString(string(check.ID)):
				c.fail(join(at, "id"), "expected letters, digits, _, - and . (64 at most, no - or . in front), found %s", quote(string(check.ID)))
			case taken[check.ID]:
				c.fail(join(at, "id"), "%s is the id of another check of this phase", quote(string(check.ID)))
			}
			taken[check.ID] = true
		}
		if slices.ContainsFunc(out, func(o model.Check) bool { return o.Text == check.Text && o.Text != "" }) {
			c.fail(join(at, "text"), "%s is another check of this phase already", quote(check.Text))
		}
		out = append(out, check)
	}
	for i := range out {
		if out[i].ID == "" {
			out[i].ID = freeID(out[i].Text, taken)
			taken[out[i].ID] = true
		}
	}
	return out
}

// freeID returns a short id for text that is not taken.
func freeID(text string, taken map[model.CheckID]bool) model.CheckID {
	base := slug(text)
	id := model.CheckID(base)
	for n := 2; taken[id]; n++ {
		id = model.CheckID(base + "-" + strconv.Itoa(n))
	}
	return id
}

// slug returns text in small letters and digits, with one - for whatever else
// there is between them, cut at about 40 letters; "check" where nothing is left.
func slug(text string) string {
	const most = 40
	var b strings.Builder
	n, gap := 0, false
	for _, r := range strings.ToLower(text) {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			if gap = n > 0; n >= most-8 {
				break
			}
			continue
		}
		if n >= most {
			break
		}
		if gap {
			b.WriteByte('-')
			n++
		}
		b.WriteRune(r)
		n, gap = n+1, false
	}
	if n == 0 {
		return "check"
	}
	return b.String()
}
