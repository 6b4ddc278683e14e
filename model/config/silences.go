package config

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"gonogo/model"
)

// silenceKeys are those of [silence.NAME], besides the source's kind's.
type silenceKeys struct {
	Source string        `toml:"source" required:"true" help:"the [source.NAME] of the alerts, of a kind that can silence them, such as alertmanager"`
	Title  string        `toml:"title" help:"its name on screen" otherwise:"the table's name"`
	AtMost time.Duration `toml:"at_most" default:"2h" least:"1m" help:"for how long it may be opened"`
}

// SilencePart is what opens one [silence.NAME].
type SilencePart struct {
	ID     string
	Source SourcePart
	Table  Table // the kind's SilenceKeys
}

// silenceReader reads the silences that people may open.
type silenceReader struct{ *draft }

func (r silenceReader) silences() {
	r.each("silence", func(id, path string, raw any) {
		values, _ := raw.(map[string]any)
		source, kind := r.silencing(path, values)
		t, ok := r.table(path, raw, slices.Concat(KeysOf[silenceKeys](), kind.SilenceKeys), source == nil)
		k := Into[silenceKeys](t, "")
		if k.AtMost > maxSilence {
			r.fail(join(path, "at_most"), "expected at most %s, found %s: a longer one is forgotten", model.FormatDuration(maxSilence), model.FormatDuration(k.AtMost))
		}
		if !ok || source == nil {
			return
		}
		rest := maps.Clone(t.values)
		for _, key := range KeysOf[silenceKeys]() {
			delete(rest, key.Name)
		}
		part := SilencePart{ID: id, Source: *source, Table: NewTable(rest)}
		if kind.LintSilence != nil {
			r.take(below(path, kind.LintSilence(part)))
		}
		spec := model.SilenceSpec{ID: model.SilenceID(id), Title: cmp.Or(model.Inert(k.Title), id), Source: source.ID, AtMost: k.AtMost}
		if kind.DescribeSilence != nil {
			spec.What = kind.DescribeSilence(part)
		}
		r.asked[source.ID] = true
		r.cfg.Rollout.Silences = append(r.cfg.Rollout.Silences, spec)
		r.cfg.Silencers[spec.ID] = part
	})
}

// maxSilence is how long a silence may be at most.
const maxSilence = 7 * 24 * time.Hour

// silencing returns the source of a silence and its kind; nil where there is none that can.
func (r silenceReader) silencing(path string, values map[string]any) (*SourcePart, SourceKind) {
	name, is := values["source"].(string)
	at := join(path, "source")
	if !is || strings.TrimSpace(name) == "" || !r.ref(at, "source", name) {
		return nil, SourceKind{} // which is said
	}
	s := r.sourceOf(name)
	if s == nil || s.Kind == "" {
		return nil, SourceKind{} // is wrong itself
	}
	kind := r.kinds.Sources[s.Kind]
	if kind.BuildSilencer == nil {
		able := slices.DeleteFunc(slices.Sorted(maps.Keys(r.kinds.Sources)), func(name string) bool { return r.kinds.Sources[name].BuildSilencer == nil })
		r.fail(at, "a source of kind %s has no alerts to silence: expected one of kind %s", s.Kind, cmp.Or(strings.Join(able, " or "), "that can (there is none)"))
		return nil, SourceKind{}
	}
	return s, kind
}
