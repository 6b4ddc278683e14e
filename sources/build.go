package sources

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"gonogo/model"
	"gonogo/model/config"
)

// Build makes every source of cfg, by its name. Sources that keep data do so
// in folders of their own under stateDir. The error joins those of all sources
// that could not be made; each of these is there, and is down with that error
// until it can be made.
func Build(cfg *config.Config, stateDir string) (map[string]model.Source, error) {
	kinds := Builders()
	built := make(map[string]model.Source, len(cfg.Sources))
	var errs []error
	for _, part := range cfg.Sources {
		part.StateDir = stateDir
		source, err := kinds[part.Kind].Build(part)
		if err != nil {
			errs = append(errs, fmt.Errorf("source %q: %w", part.ID, err))
			source = later{func() (model.Source, error) { return kinds[part.Kind].Build(part) }}
		}
		built[part.ID] = source
	}
	return built, errors.Join(errs...)
}

// Witnesses makes what finds the evidence of every verify by a source, by its
// name. The error joins those of all that could not be made; each of these is
// there, and answers with that error until it can be made.
func Witnesses(cfg *config.Config) (map[string]model.Witness, error) {
	kinds := Builders()
	built := make(map[string]model.Witness, len(cfg.Witnesses))
	var errs []error
	for _, id := range slices.Sorted(maps.Keys(cfg.Witnesses)) {
		part := cfg.Witnesses[id]
		witness, err := kinds[part.Source.Kind].BuildWitness(part)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: source %q: %w", id, part.Source.ID, err))
			witness = laterWitness{func() (model.Witness, error) { return kinds[part.Source.Kind].BuildWitness(part) }}
		}
		built[id] = witness
	}
	return built, errors.Join(errs...)
}
