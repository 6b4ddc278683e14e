package plan

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"gonogo/model"
)

// concrete turns the wishes among settings into values: a share of a flag's
// population, or what is there without what a person picked. A way down never
// makes a list longer. Its error says what cannot be told.
func concrete(r *model.Rollout, s *model.State, settings []model.Setting, down bool, remove []string) ([]model.Setting, error) {
	out := slices.Clone(settings)
	for i, set := range out {
		f := r.Flag(set.Flag)
		if f == nil {
			continue
		}
		var err error
		switch set.Value.Type {
		case model.Share:
			out[i].Value, err = share(f, s.Flags[f.ID].Stored, set.Value, down)
		case model.Remove:
			out[i].Value, err = without(f, s.Flags[f.ID].Stored, remove)
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// share returns the list that holds v per cent of f's population, rounded down.
// Those already on it stay, in their order; a way up fills it with the first others.
func share(f *model.Flag, from, v model.Value, down bool) (model.Value, error) {
	percent, err := strconv.ParseFloat(v.Text, 64)
	if err != nil || len(f.Population) == 0 {
		return model.Value{}, refuse("%s is to be %s, but its population is not known", f.ID, v)
	}
	n := int(math.Floor(percent*float64(len(f.Population))/100 + 1e-9))
	if n == 0 && f.Empty == "everyone" {
		return model.Value{}, refuse("%s of %d is nobody, but to the service an empty %s means everyone: name a larger share, or switch its master off", v, len(f.Population), f.ID)
	}
	items := from.Items
	switch {
	case from.IsZero():
		return model.Value{}, refuse("%s was not observed, so who stays on it cannot be told: look at its store, or take a rollback that names its value", f.ID)
	case len(items) == 0 && f.Empty == "everyone":
		items = f.Population
	}
	if n <= len(items) {
		return model.ListValue(slices.Clone(items[:n])...), nil
	}
	if down {
		return from, nil
	}
	items = slices.Clone(items)
	for _, item := range f.Population {
		if len(items) >= n {
			break
		}
		if !slices.Contains(items, item) {
			items = append(items, item)
		}
	}
	return model.ListValue(items...), nil
}

// without returns what f holds, without remove.
func without(f *model.Flag, from model.Value, remove []string) (model.Value, error) {
	items := from.Items
	if len(items) == 0 && f.Empty == "everyone" && from.Type != "" {
		items = f.Population
	}
	switch {
	case from.IsZero():
		return model.Value{}, refuse("%s was not observed, so nothing can be taken out of it: look at its store", f.ID)
	case len(items) == 0 && f.Empty == "everyone":
		return model.Value{}, refuse("%s is empty, which means everyone: without its population nobody can be taken out of it", f.ID)
	case len(items) == 0:
		return model.Value{}, refuse("%s is empty: there is nobody to take out", f.ID)
	case len(remove) == 0:
		return model.Value{}, refuse("pick which to take out of %s: %s", f.ID, some(items))
	}
	for _, item := range remove {
		if !slices.Contains(items, item) {
			return model.Value{}, refuse("%s does not hold %q: it holds %s", f.ID, model.Inert(item), some(items))
		}
	}
	stay := slices.DeleteFunc(slices.Clone(items), func(item string) bool { return slices.Contains(remove, item) })
	if len(stay) == 0 && f.Empty == "everyone" {
		return model.Value{}, refuse("an empty %s means everyone, so the last one cannot be taken out: switch its master off instead", f.ID)
	}
	return model.ListValue(stay...), nil
}

// some names the first few of items.
func some(items []string) string {
	const most = 12
	if len(items) <= most {
		return model.Inert(strings.Join(items, ", "))
	}
	return fmt.Sprintf("%s and %d more", model.Inert(strings.Join(items[:most], ", ")), len(items)-most)
}
