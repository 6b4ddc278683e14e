package history

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"gonogo/internal/tsdb"
	"gonogo/model"
)

// asks has for each series of a metric the one it is kept as, which tells its samples from
// those that came under the same name when the metric asked for something else.
type asks map[tsdb.Series]tsdb.Series

func asksOf(r *model.Rollout) asks {
	a := asks{}
	for i := range r.Metrics {
		m := &r.Metrics[i]
		sum := sha256.Sum256([]byte(strings.Join([]string{string(m.Unit), m.Source, m.Query, m.Expr, m.Bad, m.Good, m.Total, m.Variant}, "\x00")))
		for _, what := range []string{value, bad, total} {
			a[tsdb.Series{Metric: string(m.ID), What: what}] = tsdb.Series{Metric: string(m.ID), What: what + " " + hex.EncodeToString(sum[:6])}
		}
	}
	return a
}

// series returns what the samples of a metric are kept as; false: the config has no such metric.
func (a asks) series(id model.MetricID, what string) (tsdb.Series, bool) {
	s, known := a[tsdb.Series{Metric: string(id), What: what}]
	return s, known
}
