package sources

import (
	"errors"
	"fmt"

	"gonogo/model"
	"gonogo/model/config"
)

// Build makes every source of cfg, by its name. Sources that keep data do so
// in folders of their own under stateDir. The error joins those of all sources
// that could not be made.
func Build(cfg *config.Config, stateDir string) (map[string]model.Source, error) {
	kinds := Builders()
	built := make(map[string]model.Source, len(cfg.Sources))
	var errs []error
	for _, part := range cfg.Sources {
		part.StateDir = stateDir
		source, err := kinds[part.Kind].Build(part)
		if err != nil {
			errs = append(errs, fmt.Errorf("source %q: %w", part.ID, err))
		}
		built[part.ID] = source
	}
	return built, errors.Join(errs...)
}
