package sources

import (
	"fmt"
	"maps"
	"slices"

	"gonogo/model"
	"gonogo/model/config"
)

// Build adds every source of cfg to parts, by its name, what finds the evidence of
// every verify by a source, and what opens its silences. Sources that keep data do so in folders of their own under
// stateDir. What could not be made is in parts.Missing; it is there all the same, and
// fails with that error until it can be made.
func Build(cfg *config.Config, stateDir string, parts *model.Parts) {
	kinds := Builders()
	parts.Sources = make(map[string]model.BuiltSource, len(cfg.Sources))
	for _, part := range cfg.Sources {
		part.StateDir = stateDir
		source, err := kinds[part.Kind].Build(part)
		if err != nil {
			parts.Missing = append(parts.Missing, fmt.Errorf("source %q: %w", part.ID, err))
			source = later{func() (model.Source, error) { return kinds[part.Kind].Build(part) }}
		}
		parts.Sources[part.ID] = model.BuiltSource{Kind: part.Kind, Source: source}
	}
	parts.Witnesses = make(map[string]model.Witness, len(cfg.Witnesses))
	for _, id := range slices.Sorted(maps.Keys(cfg.Witnesses)) {
		part := cfg.Witnesses[id]
		witness, err := kinds[part.Source.Kind].BuildWitness(part)
		if err != nil {
			parts.Missing = append(parts.Missing, fmt.Errorf("%s: source %q: %w", id, part.Source.ID, err))
			witness = laterWitness{func() (model.Witness, error) { return kinds[part.Source.Kind].BuildWitness(part) }}
		}
		parts.Witnesses[id] = witness
	}
	parts.Silencers = make(map[model.SilenceID]model.Silencer, len(cfg.Silencers))
	for _, id := range slices.Sorted(maps.Keys(cfg.Silencers)) {
		part := cfg.Silencers[id]
		silencer, err := kinds[part.Source.Kind].BuildSilencer(part)
		if err != nil {
			parts.Missing = append(parts.Missing, fmt.Errorf("silence %q: source %q: %w", id, part.Source.ID, err))
			silencer = laterSilencer{func() (model.Silencer, error) { return kinds[part.Source.Kind].BuildSilencer(part) }}
		}
		parts.Silencers[id] = silencer
	}
}
