package config

import (
	"net/url"
	"slices"
	"strings"

	"gonogo/model"
)

// peopleReader reads the metrics that people read.
type peopleReader struct{ *draft }

// Why a metric that people read cannot have a key that others may.
const (
	readSeldom  = "people read it now and then, and nobody sees the time between: remove it; read.every says how long a reading counts"
	readNoCount = "people read a value, not events: remove it, or take a source, which counts"
	readAnew    = "after each change it must be read anew anyway: remove it"
	readEvery   = "people read it: expected every in read, which says how long a reading counts"
	readNoBase  = "a baseline is the mean of many readings, and people take few: expected a number, or another metric"
)

// notRead are the keys that a metric which people read cannot have, with why.
var notRead = []struct {
	why  string
	keys []string
}{
	{readSeldom, []string{"for", "alert_for"}},
	{readNoCount, []string{"bad", "good", "variant", "asked", "total", "by", "gone", "count", "min_count", "on_empty", "alpha", "beta"}},
	{readAnew, []string{"settle"}},
	{readEvery, []string{"every", "timeout", "stale_after"}},
	{readNoBase, []string{"baseline"}},
}

// readByPeopleNot reports whether a metric that people read cannot have the key.
func readByPeopleNot(key string) bool {
	for _, not := range notRead {
		if slices.Contains(not.keys, key) {
			return true
		}
	}
	return false
}

// counting are the keys of kinds of sources that are refused by name.
func counting() []Key {
	var out []Key
	for _, name := range []string{"bad", "good", "variant", "total", "by", "gone", "count"} {
		out = append(out, Key{Name: name, Type: Any})
	}
	return out
}

// metric completes m, which people read as k says; values are as they are written.
func (r peopleReader) metric(path string, values map[string]any, k *readKeys, m *model.Metric) {
	for _, not := range notRead {
		for _, key := range not.keys {
			if _, there := values[key]; there {
				r.fail(join(path, key), "%s", not.why)
			}
		}
	}
	for key, t := range map[string]*model.Target{"target": m.Target, "alert": m.Alert} {
		if t != nil && t.Of == model.OfBaseline {
			r.fail(join(path, key), "%s", readNoBase)
		}
	}
	r.link(join(join(path, "read"), "link"), k.Link)
	m.Read = &model.PeopleRead{From: model.Inert(strings.TrimSpace(k.From)), Link: model.Inert(k.Link), Every: k.Every}
	m.For, m.AlertFor, m.MinCount, m.EmptyZero, m.Settle = 0, 0, 0, false, 0
	if k.Every > 0 {
		m.Every, m.StaleAfter = k.Every, k.Every
	}
}

// link checks the address of something to look at.
func (d *draft) link(path, link string) {
	if link != "" && !isAddress(link) {
		d.fail(path, noAddress, found(link))
	}
}

const noAddress = "expected an address like https://…, found %s"

func isAddress(link string) bool {
	u, err := url.Parse(link)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && model.Inert(link) == link
}

// notByPeople refuses a value of metric id at path, where gonogo itself must see
// within a short time how it is.
func (d *draft) notByPeople(path string, id model.MetricID) {
	if d.cfg.Rollout.ValueByPeople(id) {
		d.fail(path, "%s rests on what people read, and nobody may be there to read it: expected a metric that comes from a source", quote(string(id)))
	}
}

// notFrozen refuses the baselines of metrics that people read, in the list at path.
func (d *draft) notFrozen(path string, t Table, ids []model.MetricID) {
	for _, id := range ids {
		if m := d.cfg.Rollout.Metric(id); m != nil && m.Read != nil {
			d.fail(d.listed(path, "freeze", t, string(id)), "%s is read by people: a baseline is the mean of many readings, and they take few", quote(string(id)))
		}
	}
}

// listed returns the path of name in the list under key.
func (d *draft) listed(path, key string, t Table, name string) string {
	at := join(path, key)
	if list, ok := t.Any(key).([]any); ok {
		at = element(at, max(slices.Index(list, any(name)), 0))
	}
	return at
}
