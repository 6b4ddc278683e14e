package config

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"gonogo/model"
)

// Why nobody can be asked where a list is set.
const (
	askInPhase     = "a phase says itself whom it is for, and asks nobody: expected the items, or a share like \"25%\""
	askInStep      = "the steps follow each other without a person: expected the items or a share like \"25%\", or \"ask:remove\" in a rollback of its own"
	askInEmergency = "the emergency rollback must need no person: expected the items or a share like \"25%\", or \"ask:remove\" in a rollback of its own"
	askInGuard     = "the guard runs this rollback when nobody is there to be asked: expected the items or a share like \"25%\", or another rollback for the guard"
)

// What a step and its rest need of a budget: by default, and at the very least.
const (
	stepBudget = 5 * time.Minute
	stepLeast  = time.Minute
)

const stepsLike = "expected a list of tables like [{ flags = { NAME = \"25%%\" }, hold = \"10m\" }], found %s"

func stepKeys() []Key {
	return []Key{
		{Name: "flags", Type: Any, Help: "a table of flags and values"},
		{Name: "run", Type: Strings, Help: "actions to run"},
		{Name: "hold", Type: Duration, Help: "how long it rests after the step; default: not at all"},
		{Name: "until", Type: Strings, Help: "metrics that, on target after the rest, end the way down"},
	}
}

// whyNotAsk returns why rollback b cannot ask a person for a value; "" if it can.
func (c *checker) whyNotAsk(b *model.Rollback) string {
	guard, _ := c.doc["guard"].(map[string]any)
	switch {
	case b.Emergency:
		return askInEmergency
	case guard["rollback"] == string(b.ID):
		return askInGuard
	}
	return ""
}

// steps reads a way down in several steps.
func (c *checker) steps(path string, t Table, b *model.Rollback) {
	b.Scope = model.ScopeSet
	for _, key := range []string{"flags", "run"} {
		if t.Has(key) {
			c.fail(join(path, key), "the steps say what is set and run: remove it, or put it into a step")
		}
	}
	b.Run = nil
	at := join(path, "steps")
	if b.Emergency {
		c.fail(at, "the emergency rollback must be over at once: expected flags and run here, and the steps in a rollback of their own")
	}
	list, ok := t.Any("steps").([]any)
	if !ok {
		c.fail(at, stepsLike, found(t.Any("steps")))
		return
	}
	if len(list) == 0 {
		c.fail(at, "is empty: expected at least one step")
		return
	}
	holds := time.Duration(0)
	for i, raw := range list {
		level := c.step(element(at, i), raw)
		holds += level.Hold
		b.Steps = append(b.Steps, level)
	}
	least := holds + time.Duration(len(list))*stepLeast
	switch {
	case !t.Has("budget"):
		b.Budget = holds + time.Duration(len(list))*stepBudget
	case b.Budget < least:
		c.fail(join(path, "budget"), "%s cannot be enough for %d steps and %s of rest between them: expected at least %s, or nothing, which means %s",
			model.FormatDuration(b.Budget), len(list), model.FormatDuration(holds), asWritten(least), asWritten(holds+time.Duration(len(list))*stepBudget))
	}
}

// step reads one step of a way down.
func (c *checker) step(path string, raw any) model.Level {
	t, ok := c.table(path, raw, stepKeys(), false)
	level := model.Level{
		Set:   []model.Setting{},
		Run:   texts[model.ActionID](c.refs(path, "run", t, "action")),
		Hold:  c.positive(join(path, "hold"), t, "hold", 0),
		Until: texts[model.MetricID](c.refs(path, "until", t, "metric")),
	}
	flags, _ := t.Any("flags").(map[string]any)
	if t.Has("flags") {
		level.Set = append(level.Set, c.settings(join(path, "flags"), t.Any("flags"), askInStep)...)
	}
	if ok && len(flags) == 0 && len(t.Strings("run")) == 0 && (flags != nil || !t.Has("flags")) {
		c.fail(path, "does nothing: expected flags to set, or actions to run")
	}
	if len(t.Strings("until")) > 0 && !t.Has("hold") {
		c.fail(join(path, "until"), "there would be no time for a reading: expected hold beside it, such as \"10m\"")
	}
	for i, name := range t.Strings("until") {
		m := c.cfg.Rollout.Metric(model.MetricID(name))
		if m == nil || c.written("metric", name, "target") != nil {
			continue
		}
		at := join(path, "until")
		if _, list := t.Any("until").([]any); list {
			at = element(at, i)
		}
		c.fail(at, "%s has no target, so nothing tells whether the step was enough: expected a metric with one", quote(name))
	}
	return level
}

var perCent = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?$`)

// wish reads what may stand for the value of the list f: "25%", a share of its
// population, or "ask:remove", what a person takes out of it. noAsk says why
// nobody can be asked; "" where one can. It reports whether raw is a text, which only
// a wish can be.
func (c *checker) wish(path string, f *model.Flag, raw any, noAsk string) (model.Value, bool) {
	text, ok := raw.(string)
	if !ok || f.Type != model.List {
		return model.Value{}, false
	}
	number, share := strings.CutSuffix(text, "%")
	switch {
	case text == "ask:remove" && noAsk != "":
		c.fail(path, "%s", noAsk)
	case text == "ask:remove":
		return model.Value{Type: model.Remove}, true
	case share:
		return c.share(path, f, number), true
	case noAsk != "":
		c.fail(path, "%s is a list: expected a list of texts like [\"a\", \"b\"] or a share like \"25%%\", found %s", quote(string(f.ID)), found(raw))
	default:
		c.fail(path, "%s is a list: expected a list of texts like [\"a\", \"b\"], a share like \"25%%\", or \"ask:remove\", found %s", quote(string(f.ID)), found(raw))
	}
	return model.Value{}, true
}

// share reads number as per cent of the population of f.
func (c *checker) share(path string, f *model.Flag, number string) model.Value {
	percent, err := strconv.ParseFloat(number, 64)
	if !perCent.MatchString(number) || err != nil || percent <= 0 || percent > 100 {
		c.fail(path, "expected a share of more than 0 and at most 100 per cent, like \"25%%\", found %s", quote(number+"%"))
		return model.Value{}
	}
	v := model.Value{Type: model.Share, Text: strconv.FormatFloat(percent, 'f', -1, 64)}
	switch {
	case c.written("flag", string(f.ID), "population") == nil:
		c.fail(path, "of how many is not known: expected population = \"file:PATH\" in [%s], with everything that the list may hold", join("flag", string(f.ID)))
	case len(f.Population) > 0 && f.Empty == "everyone" && width(f, v) == 0:
		c.fail(path, "%s of %d is nobody, but to the service an empty list means everyone: expected a larger share, or a master flag turned off instead", v, len(f.Population))
	}
	return v
}

// width returns how many the list f holds with value v; -1 where that is not known.
func width(f *model.Flag, v model.Value) int {
	switch v.Type {
	case model.Share:
		percent, err := strconv.ParseFloat(v.Text, 64)
		if err != nil {
			return -1
		}
		return int(math.Floor(percent*float64(len(f.Population))/100 + 1e-9))
	case model.List:
		if len(v.Items) == 0 && f.Empty == "everyone" {
			return math.MaxInt
		}
		return len(v.Items)
	}
	return -1
}

// asksOnce checks that a rollback asks for one list only: what a person picks
// is taken out of one.
func (c *checker) asksOnce(path string, b *model.Rollback) {
	first := ""
	for _, set := range b.Set {
		switch {
		case set.Value.Type != model.Remove:
		case first == "":
			first = string(set.Flag)
		default:
			c.fail(join(path, string(set.Flag)), "%s is asked for already, and only one list can be: expected a rollback of its own", quote(first))
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

// setAt is what a rollback sets at one place: all of it, or one of its steps.
type setAt struct {
	path string // of the table of flags
	set  []model.Setting
	all  []model.Setting // what it and the steps before it set
}

// setsOf returns what rollback b lists, place by place.
func setsOf(b *model.Rollback) []setAt {
	path := join("rollback", string(b.ID))
	if len(b.Steps) == 0 {
		return []setAt{{join(path, "flags"), b.Set, b.Set}}
	}
	var out []setAt
	var all []model.Setting
	for i, level := range b.Steps {
		all = append(all, level.Set...)
		out = append(out, setAt{join(element(join(path, "steps"), i), "flags"), level.Set, slices.Clone(all)})
	}
	return out
}
