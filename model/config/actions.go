package config

import (
	"cmp"
	"time"

	"gonogo/model"
)

// actionReader reads [action.NAME].
type actionReader struct{ *draft }

func (a actionReader) actions() {
	known := a.able(func(k ActionKind) bool { return k.Build != nil })
	a.each("action", func(id, path string, raw any) {
		kind, ok := a.kind(path, raw, known)
		of := a.kinds.Actions[kind]
		t, _ := a.table(path, raw, withKinds(KeysOf[actionKeys](), known, of.Keys), !ok)
		k := Into[actionKeys](t, "")
		spec := model.ActionSpec{
			ID: model.ActionID(id), Title: titleOr(k.Title, id), Kind: kind, Idempotent: of.Idempotent,
			Timeout: cmp.Or(k.Timeout, of.Timeout, 30*time.Second), Seen: k.Seen != nil,
		}
		if k.Idempotent != nil {
			spec.Idempotent = *k.Idempotent
		}
		part := Part{ID: id, Kind: kind, Table: t, Dir: a.cfg.Dir}
		if spec.Seen {
			a.seen(join(path, "seen"), k.Seen, &spec)
		} else if of.SeenByDefault != nil {
			if reader, ok := of.SeenByDefault(part); ok {
				reader.ID, reader.Each = join(path, "seen"), true
				a.cfg.Seen[spec.ID], spec.Seen = reader, true
			}
		}
		a.cfg.Actions[spec.ID] = part
		a.cfg.Rollout.Actions = append(a.cfg.Rollout.Actions, spec)
	})
}

// seen reads how an action is seen to have happened.
func (a actionReader) seen(path string, raw any, spec *model.ActionSpec) {
	if metric, is := a.metricOf(path, raw); is {
		spec.SeenMetric = metric
		return
	}
	if part, ok := a.readBack(path, raw, "metric"); ok {
		part.Each = true
		a.cfg.Seen[spec.ID] = part
	}
}
