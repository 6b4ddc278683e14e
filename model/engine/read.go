package engine

import (
	"gonogo/model"
	"gonogo/model/words"
)

// read journals what a person read of a metric.
func (e *Engine) read(in model.Intent) error {
	ev, err := metricRead(e.o.Rollout, in)
	if err != nil {
		return err
	}
	return e.ledger.Record(in.By, in.ID, ev)
}

// metricRead returns the fact that a person's reading leads to.
func metricRead(r *model.Rollout, in model.Intent) (model.Event, error) {
	if len(in.Metrics) != 1 || in.Value.Type != model.Text {
		return nil, refuse("a reading is of one metric, and is a value as a person writes it")
	}
	id := in.Metrics[0]
	switch m := r.Metric(id); {
	case m == nil:
		return nil, refuse("there is no metric %q; %s", id, readByPeople(r))
	case m.Own != "":
		return nil, refuse("%q is of the rollout's own past, so nobody reads it; %s", id, readByPeople(r))
	case m.Read == nil && m.Expr != "":
		return nil, refuse("%q is computed of other metrics, so nobody reads it; %s", id, readByPeople(r))
	case m.Read == nil:
		return nil, refuse("%q comes from source %q, so gonogo reads it by itself; %s", id, m.Source, readByPeople(r))
	default:
		v, err := model.ParseAmount(in.Value.Text, m.Unit)
		if err != nil {
			return nil, refuse("%s: %w", id, err)
		}
		return model.MetricRead{Metric: id, Value: model.Float(v), Unit: m.Unit, Note: in.Reason}, nil
	}
}

// readByPeople names the metrics that people read.
func readByPeople(r *model.Rollout) string {
	var ids []model.MetricID
	for i := range r.Metrics {
		if r.Metrics[i].Read != nil {
			ids = append(ids, r.Metrics[i].ID)
		}
	}
	if ids == nil {
		return "this config has none that people read"
	}
	return "people read " + words.List(ids)
}

// takeReadings hands what people read, and whether it counts by now, to the meters, and what the
// rollout's own past says.
func (e *Engine) takeReadings(state *model.State) {
	now := e.o.Now()
	for i := range e.o.Rollout.Metrics {
		m := &e.o.Rollout.Metrics[i]
		if m.Own != "" {
			if was, ok := e.meters.Newest(m.ID); !ok || now.Sub(was.At) >= m.Every || now.Before(was.At) {
				v, says := state.OwnValue(m.Own, now)
				e.meters.Reading("", m.ID, model.Reading{At: now, Value: v, Says: says})
			}
		}
		if r, ok := state.ReadBy(m); ok {
			e.meters.ByPerson(m.ID, r, state.Readings[m.ID].Earlier)
		}
	}
}
