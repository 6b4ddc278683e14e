package config

import (
	"gonogo/model"
	"regexp"
	"slices"
)

// unixGroup is what a group may be called.
var unixGroup = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]{0,63}$`)

// access reads who but the engine's user may attach.
func (top topReader) access() {
	k, _, _ := optional[accessKeys](top.reader, "access")
	if k.Group != "" && !unixGroup.MatchString(k.Group) {
		top.fail("access.group", "expected the name of a unix group, found %s", quote(k.Group))
		return
	}
	top.cfg.Rollout.Access.Group = k.Group
}

// personKeys are those of a person of [access.people].
type personKeys struct {
	Unix   string   `toml:"unix" required:"true" help:"the user that they log in as"`
	Titles []string `toml:"titles" required:"true" help:"what they may approve as"`
}

// people reads who has which titles. It comes before the phases, which ask for them.
func (top topReader) people() {
	access, _ := top.doc["access"].(map[string]any)
	all, ok := access["people"].(map[string]any)
	if !ok {
		if access["people"] != nil {
			top.fail("access.people", "expected a table like { ana = { unix = \"ana\", titles = [\"tech-lead\"] } }, found %s", found(access["people"]))
		}
		return
	}
	users := map[string]string{}
	for _, name := range top.inOrder("access.people", all) {
		path := join("access.people", name)
		k, _, ok := read[personKeys](top.reader, path, all[name])
		if !ok {
			continue
		}
		if !unixGroup.MatchString(k.Unix) {
			top.fail(join(path, "unix"), "expected the name of a unix user, found %s", quote(k.Unix))
		}
		if other, taken := users[k.Unix]; taken {
			top.fail(join(path, "unix"), "%s is %s already: expected one person for each user", quote(k.Unix), other)
		}
		users[k.Unix] = name
		top.cfg.Rollout.Access.People = append(top.cfg.Rollout.Access.People, model.Person{Name: model.Inert(name), Unix: k.Unix, Titles: inert(k.Titles)})
	}
}

// approve checks the titles that a phase asks for: somebody must have each.
func (r phaseReader) approve(path string, t Table) []string {
	var known []string
	for _, p := range r.cfg.Rollout.Access.People {
		for _, title := range p.Titles {
			if !slices.Contains(known, title) {
				known = append(known, title)
			}
		}
	}
	var out []string
	for _, title := range t.Strings("approve") {
		switch at := r.listed(path, "approve", t, title); {
		case !slices.Contains(known, title):
			r.fail(at, "nobody could approve it: %s", unknown("title "+quote(title), title, known))
		case slices.Contains(out, title):
			r.fail(at, "%s is listed twice", quote(title))
		default:
			out = append(out, title)
		}
	}
	return out
}
