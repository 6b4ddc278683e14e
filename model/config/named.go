package config

import (
	"strings"

	"gonogo/model"
)

// named reads the checks that several phases share: [check.NAME].
func (r checkReader) named() {
	r.namedChecks = map[string]model.Check{}
	r.each("check", func(id, path string, raw any) {
		t, ok := r.table(path, raw, r.keysOf(raw), false)
		k := Into[checkKeys](t, "")
		if k.ID != nil {
			r.fail(join(path, "id"), "its name is its id: remove it")
		}
		r.namedChecks[id] = r.check(path, k, t, ok, model.CheckID(id))
		if !r.checkUsed(id) {
			r.warn(path, "no phase has it: expected check = [%s, …] in one, or remove it", quote(id))
		}
	})
}

// checkUsed reports whether a phase names the check.
func (r checkReader) checkUsed(name string) bool {
	for _, id := range r.names("phase") {
		list, _ := r.written("phase", id, "check").([]any)
		for _, e := range list {
			if e == any(name) {
				return true
			}
		}
	}
	return false
}

// check returns the check that keys describe; ok: they could be read.
func (r checkReader) check(path string, k checkKeys, t Table, ok bool, id model.CheckID) model.Check {
	c := model.Check{
		ID: id, Text: model.Inert(strings.TrimSpace(k.Text)), Link: model.Inert(k.Link),
		Group: model.Inert(strings.TrimSpace(k.Group)), OneOf: model.Inert(strings.TrimSpace(k.OneOf)),
	}
	r.link(join(path, "link"), k.Link)
	if ok {
		r.howChecked(path, k, t, &c)
	}
	return c
}
