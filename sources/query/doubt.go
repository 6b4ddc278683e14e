package query

import (
	"fmt"

	"gonogo/model"
	"gonogo/sources/poll"
)

// Doubt returns nil without warnings, else model.ErrPartial with the first of
// them, inert, cut, and without secrets by redact: an answer that its own
// backend warns about is no evidence.
func Doubt(warnings []string, redact func(string) string) error {
	switch n := len(warnings); n {
	case 0:
		return nil
	case 1:
		return fmt.Errorf("%w: %s", model.ErrPartial, poll.Cut(redact(warnings[0]), 200))
	default:
		return fmt.Errorf("%w: %s (and %d more)", model.ErrPartial, poll.Cut(redact(warnings[0]), 200), n-1)
	}
}

// Bound returns model.ErrAmbiguous for an answer of more than MaxSeries.
func Bound(series int) error {
	if series <= MaxSeries {
		return nil
	}
	return fmt.Errorf("%w: %d in the answer, more than the %d that are taken: put sum() around it, or sum by (instance) around a counter",
		model.ErrAmbiguous, series, MaxSeries)
}
