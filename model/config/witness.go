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

// witnessKeys returns the keys of a verify by a source, besides those of the
// source's kind, and what a table of them says.
func witnessKeys(by string) ([]Key, func(Table) afterwards) {
	if by == "log" {
		return KeysOf[verifyLogKeys](), func(t Table) afterwards { return Into[verifyLogKeys](t, "").afterwards }
	}
	return KeysOf[verifySourceKeys](), func(t Table) afterwards { return Into[verifySourceKeys](t, "").afterwards }
}

// witness reads a verify whose evidence a source finds. by is the key that names the source.
func (r verifyReader) witness(path, by string, values map[string]any) model.Verify {
	v := model.Verify{Kind: model.VerifySource, Witness: path}
	source, kind := r.bearsWitness(path, by, values)
	keys, times := witnessKeys(by)
	t, ok := r.table(path, values, slices.Concat(keys, kind.WitnessKeys), source == nil)
	k := times(t)
	v.After, v.Within = k.After, k.Within
	if v.After >= v.Within {
		r.fail(join(path, "after"), "there is no time left to look: expected less than within (%s), found %s", model.FormatDuration(v.Within), quote(t.String("after")))
	}
	if !ok || source == nil {
		return v
	}
	part := WitnessPart{ID: path, Source: *source, Table: t}
	if t.Has("is") {
		if part.Is = r.plainTarget(join(path, "is"), t.String("is")); part.Is == nil {
			return v
		}
		if zeroMeets(part.Is) && v.After == 0 {
			r.fail(join(path, "after"), "missing: %s holds at once, before anything could have happened: expected after, such as \"30s\"", quote(part.Is.Text))
		}
	}
	if kind.LintWitness != nil {
		r.take(below(path, kind.LintWitness(part)))
	}
	rest := maps.Clone(t.values)
	for _, k := range keys {
		delete(rest, k.Name)
	}
	part.Table = NewTable(rest)
	v.Title = source.ID + " bears witness"
	if kind.DescribeWitness != nil {
		v.Title = kind.DescribeWitness(part)
	}
	v.Silent = part.Silent()
	r.asked[source.ID] = true
	r.cfg.Witnesses[path] = part
	return v
}

// bearsWitness returns the source that the key by names, and its kind. It
// returns nil where there is none, or none that can bear witness.
func (r verifyReader) bearsWitness(path, by string, values map[string]any) (*SourcePart, SourceKind) {
	name, ok := values[by].(string)
	at := join(path, by)
	if !ok || strings.TrimSpace(name) == "" {
		return nil, SourceKind{} // which table says
	}
	if !r.ref(at, "source", name) {
		return nil, SourceKind{}
	}
	s := r.sourceOf(name)
	if s == nil || s.Kind == "" {
		return nil, SourceKind{} // is wrong itself
	}
	kind := r.kinds.Sources[s.Kind]
	switch {
	case by == "log" && s.Kind != "log":
		r.fail(at, "%s is not of kind log but %s: expected one that is, or source = %s", quote(name), s.Kind, quote(name))
	case kind.BuildWitness == nil:
		r.fail(at, "a source of kind %s cannot bear witness: expected one of kind %s, or a verify by { metric = \"…\" }", s.Kind,
			cmp.Or(strings.Join(r.witnessKinds(), " or "), "that can (there is none)"))
	default:
		return s, kind
	}
	return nil, SourceKind{}
}

func (r verifyReader) witnessKinds() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(r.kinds.Sources)), func(name string) bool { return r.kinds.Sources[name].BuildWitness == nil })
}

// plainTarget reads the target at path of what is no metric: it compares with a number.
func (r verifyReader) plainTarget(path, text string) *model.Target {
	t, err := gate.ParseTarget(text, model.Plain)
	switch {
	case err != nil:
		r.fail(path, "%s", err)
		return nil
	case t.Of != "":
		r.fail(path, "there is no metric to compare with here: expected a number, such as \"> 0\", found %s", quote(text))
		return nil
	}
	return &t
}

// silence refuses a rollback that would be verified by nothing being there,
// and by nothing else: so it would be of a service that is down.
func (r verifyReader) silence(path string, b *model.Rollback) {
	if slices.ContainsFunc(b.Verify, r.finished().proves) {
		return
	}
	for i := range b.Verify {
		if w, ok := r.cfg.Witnesses[b.Verify[i].Witness]; ok && w.Silent() {
			r.fail(join(element(path, i), "is"), "silence proves nothing alone (%s): add a verify that only the running service can satisfy, such as { flag = \"…\" }, "+
				"or the same source with is = \"> 0\"", quote(w.Is.Text))
		}
	}
}
