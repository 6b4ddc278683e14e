package prometheus

import (
	"context"

	"gonogo/model"
	"gonogo/sources/query"
)

// Recall implements model.Recorded, by range queries.
func (s *source) Recall(ctx context.Context, id model.MetricID, over model.Past, each func(model.Reading) error) error {
	return query.RecallOf(ctx, s.server, s.queries, s.metrics, id, over, each)
}
