package engine

import (
	"context"
	"fmt"
	"time"

	"gonogo/model"
)

// Try reads what an engine reads only when a plan runs, and asks each action whether it
// could run, 5 s each at most. Nothing is changed. It returns what failed.
func Try(ctx context.Context, parts model.Parts) []error {
	var errs []error
	try := func(what string, ask func(context.Context) error) {
		timed, done := context.WithTimeout(ctx, 5*time.Second)
		defer done()
		if err := ask(timed); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", what, err))
		}
	}
	for id, r := range parts.Seen {
		try("action "+string(id)+".seen", func(ctx context.Context) error { _, err := r.Read(ctx); return err })
	}
	for id, w := range parts.Witnesses {
		try(id, func(ctx context.Context) error { _, err := w.Mark(ctx); return err })
	}
	for id, act := range parts.Actions {
		if c, ok := model.Ability[model.Checker](act); ok {
			try("action "+string(id), func(context.Context) error { return c.Check() })
		}
	}
	return errs
}
