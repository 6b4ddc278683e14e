package config

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"gonogo/model"
)

var perCent = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?$`)

// wish reads what may stand for the value of the list f: "25%", a share of its
// population, or "ask:remove", what a person takes out of it. noAsk says why
// nobody can be asked; "" where one can. It reports whether raw is a text, which only
// a wish can be.
func (d *draft) wish(path string, f *model.Flag, raw any, noAsk string) (model.Value, bool) {
	text, ok := raw.(string)
	if !ok || f.Type != model.List {
		return model.Value{}, false
	}
	number, share := strings.CutSuffix(text, "%")
	switch {
	case text == "ask:remove" && noAsk != "":
		d.fail(path, "%s", noAsk)
	case text == "ask:remove":
		return model.Value{Type: model.Remove}, true
	case share:
		return d.share(path, f, number), true
	case noAsk != "":
		d.fail(path, "%s is a list: expected a list of texts like [\"a\", \"b\"] or a share like \"25%%\", found %s", quote(string(f.ID)), found(raw))
	default:
		d.fail(path, "%s is a list: expected a list of texts like [\"a\", \"b\"], a share like \"25%%\", or \"ask:remove\", found %s", quote(string(f.ID)), found(raw))
	}
	return model.Value{}, true
}

// share reads number as per cent of the population of f.
func (d *draft) share(path string, f *model.Flag, number string) model.Value {
	percent, err := strconv.ParseFloat(number, 64)
	if !perCent.MatchString(number) || err != nil || percent <= 0 || percent > 100 {
		d.fail(path, "expected a share of more than 0 and at most 100 per cent, like \"25%%\", found %s", quote(number+"%"))
		return model.Value{}
	}
	v := model.Value{Type: model.Share, Text: strconv.FormatFloat(percent, 'f', -1, 64)}
	switch {
	case d.written("flag", string(f.ID), "population") == nil:
		d.fail(path, "of how many is not known: expected population = \"file:PATH\" in [%s], with everything that the list may hold", join("flag", string(f.ID)))
	case len(f.Population) > 0 && f.Empty == "everyone" && width(f, v) == 0:
		d.fail(path, "%s of %d is nobody, but to the service an empty list means everyone: expected a larger share, or a master flag turned off instead", v, len(f.Population))
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
