package config

import (
	"slices"
	"strings"
	"time"

	"gonogo/model"
)

// Why nobody can be asked where a list is set.
const (
	askInPhase     = "a phase says itself whom it is for, and asks nobody: expected the items, or a share like \"25%\""
	askInStep      = "the levels follow each other without a person: expected the items or a share like \"25%\", or \"ask:remove\" in a rollback of its own"
	askInEmergency = "the emergency rollback must need no person: expected the items or a share like \"25%\", or \"ask:remove\" in a rollback of its own"
	askInGuard     = "the guard runs this rollback when nobody is there to be asked: expected the items or a share like \"25%\", or another rollback for the guard"
)

// What a level and its wait need of a budget: by default, and at the very least.
const (
	levelBudget = 5 * time.Minute
	levelLeast  = time.Minute
)

const levelsLike = "expected a list of tables like [{ flags = { NAME = \"25%%\" }, wait = \"10m\" }], found %s"

// whyNotAsk returns why rollback b cannot ask a person for a value; "" if it can.
func (r rollbackReader) whyNotAsk(b *model.Rollback) string {
	switch {
	case b.Emergency:
		return askInEmergency
	case r.guarded(b.ID, "rollback"):
		return askInGuard
	}
	return ""
}

// levels reads a rollback in several levels.
func (r rollbackReader) levels(path string, k rollbackKeys, b *model.Rollback) {
	b.Scope = model.ScopeSet
	for key, there := range map[string]bool{"flags": k.Flags != nil, "run": k.Run != nil} {
		if there {
			r.fail(join(path, key), "the levels say what is set and run: remove it, or put it into a level")
		}
	}
	b.Run = nil
	at := join(path, "levels")
	if b.Emergency {
		r.fail(at, "the emergency rollback must be over at once: expected flags and run here, and the levels in a rollback of their own")
	}
	list, ok := k.Levels.([]any)
	if !ok {
		r.fail(at, levelsLike, found(k.Levels))
		return
	}
	if len(list) == 0 {
		r.fail(at, "is empty: expected at least one level")
		return
	}
	waits := time.Duration(0)
	for i, raw := range list {
		level := r.level(element(at, i), raw)
		waits += level.Wait
		b.Levels = append(b.Levels, level)
	}
	least := waits + time.Duration(len(list))*levelLeast
	switch {
	case k.Budget == 0:
		b.Budget = waits + time.Duration(len(list))*levelBudget
	case b.Budget < least:
		r.fail(join(path, "budget"), "%s cannot be enough for %d levels and %s of waiting between them: expected at least %s, or nothing, which means %s",
			model.FormatDuration(b.Budget), len(list), model.FormatDuration(waits), asWritten(least), asWritten(waits+time.Duration(len(list))*levelBudget))
	}
}

// level reads one level, of a rollback or of a way up.
func (r rollbackReader) level(path string, raw any) model.Level {
	k, t, ok := read[levelKeys](r.reader, path, raw)
	level := model.Level{
		Set:   []model.Setting{},
		Run:   texts[model.ActionID](r.refs(path, "run", t, "action")),
		Wait:  k.Wait,
		Until: texts[model.MetricID](r.refs(path, "until", t, "metric")),
	}
	flags, _ := k.Flags.(map[string]any)
	if k.Flags != nil {
		level.Set = append(level.Set, r.settings(join(path, "flags"), k.Flags, askInStep)...)
	}
	if ok && len(flags) == 0 && len(k.Run) == 0 && (flags != nil || k.Flags == nil) {
		r.fail(path, "does nothing: expected flags to set, or actions to run")
	}
	if len(k.Until) > 0 && k.Wait == 0 {
		r.fail(join(path, "until"), "there would be no time for a reading: expected wait beside it, such as \"10m\"")
	}
	for i, name := range k.Until {
		if r.cfg.Rollout.ByPeople(model.MetricID(name)) {
			r.fail(r.listed(path, "until", t, name), "%s rests on what people read, and nobody may be there to read it: expected metrics that come from sources", quote(name))
		}
		m := r.cfg.Rollout.Metric(model.MetricID(name))
		if m == nil || r.targeted(name) {
			continue
		}
		at := join(path, "until")
		if _, list := t.Any("until").([]any); list {
			at = element(at, i)
		}
		r.fail(at, "%s has no target, so nothing tells how the level went: expected a metric with one", quote(name))
	}
	return level
}

// asksOnce checks that a rollback asks for one list only: what a person picks
// is taken out of one.
func (r rollbackReader) asksOnce(path string, b *model.Rollback) {
	first := ""
	for _, set := range b.Set {
		switch {
		case set.Value.Type != model.Remove:
		case first == "":
			first = string(set.Flag)
		default:
			r.fail(join(path, string(set.Flag)), "%s is asked for already, and only one list can be: expected a rollback of its own", quote(first))
		}
	}
}

// asWritten returns d as it is written in a config.
func asWritten(d time.Duration) string {
	if d > time.Hour { // of which only hours and minutes are shown
		d = (d + time.Minute - 1).Truncate(time.Minute)
	}
	return quote(strings.ReplaceAll(model.FormatDuration(d), " ", ""))
}

// setAt is what a rollback sets at one place: all of it, or one of its levels.
type setAt struct {
	path string // of the table of flags
	set  []model.Setting
	all  []model.Setting // what it and the levels before it set
}

// setsOf returns what rollback b lists, place by place.
func setsOf(b *model.Rollback) []setAt {
	path := join("rollback", string(b.ID))
	if len(b.Levels) == 0 {
		return []setAt{{join(path, "flags"), b.Set, b.Set}}
	}
	var out []setAt
	var all []model.Setting
	for i, level := range b.Levels {
		all = append(all, level.Set...)
		out = append(out, setAt{join(element(join(path, "levels"), i), "flags"), level.Set, slices.Clone(all)})
	}
	return out
}
