package model

// WatchState is what a guard that arms nothing sees.
type WatchState struct {
	Metric MetricID `json:"metric,omitempty"` // the first of its metrics in FAIL; empty: none is
	Reason string   `json:"reason,omitempty"`
}

// applyWatch folds what a guard with a name, which arms nothing, sees.
func applyWatch(s State, name string, is WatchState) State {
	s.Watches = with(s.Watches, name, is)
	return s
}

// Watching returns all guards of the rollout by name, the one that may arm a rollback first; its
// name is "guard" where it has none.
func (r *Rollout) Watching() []Guard {
	var out []Guard
	if r.Guard != nil {
		out = append(out, *r.Guard)
		if out[0].Name == "" {
			out[0].Name = "guard"
		}
	}
	return append(out, r.Watches...)
}
