package config

import (
	"time"

	"gonogo/model"
)

// leastHistory and mostHistory are how much history a rehearsal of gates may be asked for.
const (
	leastHistory = time.Hour
	mostHistory  = 365 * 24 * time.Hour
)

// gatesCheck reads a check that holds while the gates were rehearsed on history not long ago.
func (r checkReader) gatesCheck(path string, k checkKeys, check *model.Check) {
	switch {
	case k.History > mostHistory:
		r.fail(join(path, "history"), "expected at most 365d, found %s", model.FormatDuration(k.History))
	case k.History > 0 && k.History < leastHistory:
		r.fail(join(path, "history"), "expected at least 1h, found %s: less shows nothing", model.FormatDuration(k.History))
	}
	if k.Every > 0 {
		r.fail(join(path, "every"), "a rehearsal counts for as long as within says: remove it")
	}
	if k.Within == 0 {
		r.fail(join(path, "within"), "missing: expected how long a rehearsal counts, such as \"7d\"")
	}
	check.Kind, check.History, check.Within = model.CheckGates, k.History, k.Within
}
