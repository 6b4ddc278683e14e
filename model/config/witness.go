package config

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"gonogo/model"
	"gonogo/model/gate"
)

// byWitness are the keys of a verify that name a source which bears witness to it.
func byWitness() []string { return []string{"log", "source"} }

// witnessKeys are the keys of a verify by a source, besides those of the source's kind.
func witnessKeys(by string) []Key {
	return []Key{
		{Name: by, Type: String, Required: true, Help: "the name of a [source.NAME]"},
		{Name: "after", Type: Duration, Help: "not looked at sooner, after the restarts; default: at once"},
		{Name: "within", Type: Duration, Help: "time for it, after the restarts; default: 60s"},
	}
}

// witness reads a verify whose evidence a source finds. by is the key that names the source.
func (c *checker) witness(path, by string, values map[string]any) model.Verify {
	v := model.Verify{Kind: model.VerifySource, Witness: path}
	source, kind := c.bearsWitness(path, by, values)
	t, ok := c.table(path, values, append(witnessKeys(by), kind.WitnessKeys...), source == nil)
	v.After = c.positive(join(path, "after"), t, "after", 0)
	v.Within = c.positive(join(path, "within"), t, "within", defaultWithin)
	if v.After >= v.Within {
		c.fail(join(path, "after"), "there is no time left to look: expected less than within (%s), found %s", model.FormatDuration(v.Within), quote(t.String("after")))
	}
	if !ok || source == nil {
		return v
	}
	part := WitnessPart{ID: path, Source: *source, Table: t}
	if t.Has("is") {
		if part.Is = c.plainTarget(join(path, "is"), t.String("is")); part.Is == nil {
			return v
		}
		if zeroMeets(part.Is) && v.After == 0 {
			c.fail(join(path, "after"), "missing: %s holds at once, before anything could have happened: expected after, such as \"30s\"", quote(part.Is.Text))
		}
	}
	if kind.LintWitness != nil {
		c.findings(path, kind.LintWitness(part))
	}
	rest := maps.Clone(t.values)
	for _, k := range witnessKeys(by) {
		delete(rest, k.Name)
	}
	part.Table = NewTable(rest)
	v.Title = source.ID + " bears witness"
	if kind.DescribeWitness != nil {
		v.Title = kind.DescribeWitness(part)
	}
	v.Silent = part.Silent()
	c.asked[source.ID] = true
	c.cfg.Witnesses[path] = part
	return v
}

// bearsWitness returns the source that the key by names, and its kind. It
// returns nil where there is none, or none that can bear witness.
func (c *checker) bearsWitness(path, by string, values map[string]any) (*SourcePart, SourceKind) {
	name, ok := values[by].(string)
	at := join(path, by)
	if !ok || strings.TrimSpace(name) == "" {
		return nil, SourceKind{} // which table says
	}
	if !c.ref(at, "source", name) {
		return nil, SourceKind{}
	}
	s := c.sourceOf(name)
	if s == nil || s.Kind == "" {
		return nil, SourceKind{} // is wrong itself
	}
	kind := c.kinds.Sources[s.Kind]
	switch {
	case by == "log" && s.Kind != "log":
		c.fail(at, "%s is not of kind log but %s: expected one that is, or source = %s", quote(name), s.Kind, quote(name))
	case kind.BuildWitness == nil:
		c.fail(at, "a source of kind %s cannot bear witness: expected one of kind %s, or a verify by { metric = \"…\" }", s.Kind,
			cmp.Or(strings.Join(c.witnessKinds(), " or "), "that can (there is none)"))
	default:
		return s, kind
	}
	return nil, SourceKind{}
}

func (c *checker) witnessKinds() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(c.kinds.Sources)), func(name string) bool { return c.kinds.Sources[name].BuildWitness == nil })
}

// plainTarget reads the target at path of what is no metric: it compares with a number.
func (c *checker) plainTarget(path, text string) *model.Target {
	t, err := gate.ParseTarget(text, model.Plain)
	switch {
	case err != nil:
		c.fail(path, "%s", err)
		return nil
	case t.Of != "":
		c.fail(path, "there is no metric to compare with here: expected a number, such as \"> 0\", found %s", quote(text))
		return nil
	}
	return &t
}

// silence refuses a rollback that would be verified by nothing being there,
// and by nothing else: so it would be of a service that is down.
func (c *checker) silence(path string, b *model.Rollback) {
	if slices.ContainsFunc(b.Verify, c.proves) {
		return
	}
	for i := range b.Verify {
		if w, ok := c.cfg.Witnesses[b.Verify[i].Witness]; ok && w.Silent() {
			c.fail(join(element(path, i), "is"), "silence proves nothing alone (%s): add a verify that only the running service can satisfy, such as { flag = \"…\" }, "+
				"or the same source with is = \"> 0\"", quote(w.Is.Text))
		}
	}
}

// proves reports whether v is positive evidence: nothing old, and not satisfied by silence.
func (c *checker) proves(v model.Verify) bool {
	switch v.Kind {
	case model.VerifyRun:
		facts := c.actionFacts(v.Action)
		return facts.OldLines == "" && !facts.Silent
	case model.VerifyMetric:
		return !c.silent(c.cfg.Rollout.Metric(v.Metric), v.Target)
	case model.VerifySource:
		w := c.cfg.Witnesses[v.Witness]
		return !w.Silent()
	}
	return true
}
