package headless

import (
	"fmt"

	"gonogo/model"
)

func writeBaselines(w *World, s *model.Snapshot) {
	for i := range s.Rollout.Metrics {
		m := &s.Rollout.Metrics[i]
		b, ok := s.State.Baselines[m.ID]
		if !ok {
			continue
		}
		_, _ = fmt.Fprintf(w.Out, "%-16s %s  the mean of %d readings over %s, frozen %s by %s\n", m.ID, model.FormatValue(m.Unit, float64(b.Value)),
			b.Points, model.FormatDuration(b.Window), b.At.UTC().Format("2006-01-02 15:04:05Z"), model.Inert(b.By.Name))
	}
}
