package config

import (
	"cmp"
	"slices"
	"time"

	"gonogo/model"
)

// reportKeys are those of [[report]].
type reportKeys struct {
	Kind   string   `toml:"kind" required:"true" oneof:"daily,weekly,phase,incident,final" help:"what it is of, and so when it is made"`
	At     string   `toml:"at" help:"when it is made: \"09:00\" of a daily one, \"Mon 09:00\" of a weekly one" otherwise:"09:00, on Mondays"`
	Zone   string   `toml:"zone" help:"whose clocks count, such as Europe/Berlin" otherwise:"UTC"`
	Notify []string `toml:"notify" required:"true" help:"actions that are told of it"`
}

// reportReader reads the reports that are sent by themselves.
type reportReader struct{ *draft }

func (r reportReader) reports() {
	textReader(r).lists("report", func(path string, raw any) {
		k, t, ok := read[reportKeys](r.reader, path, raw)
		spec := model.ReportSpec{Kind: model.ReportKind(k.Kind), Zone: k.Zone, Notify: texts[model.ActionID](r.refs(path, "notify", t, "action"))}
		timed := spec.Kind == model.ReportDaily || spec.Kind == model.ReportWeekly
		switch {
		case !ok:
		case !timed && (k.At != "" || k.Zone != ""):
			r.fail(path, "a report of this kind is made when that is over: expected neither at nor zone")
		case spec.Kind == model.ReportWeekly:
			spec.At = closedReader(r).weekly(join(path, "at"), cmp.Or(k.At, "Mon 09:00"))
		case timed:
			if isWeekly(k.At) {
				r.fail(join(path, "at"), "expected a time like \"09:00\", found %s", quote(k.At))
			} else {
				spec.At = closedReader(r).weekly(join(path, "at"), "Mon "+cmp.Or(k.At, "09:00"))
			}
		}
		if _, err := time.LoadLocation(k.Zone); err != nil {
			r.fail(join(path, "zone"), "expected the name of a zone that this machine knows, such as \"Europe/Berlin\", found %s", quote(k.Zone))
		}
		if ok && len(k.Notify) == 0 {
			r.fail(join(path, "notify"), "nobody would hear of it: expected the name of an [action.NAME] that tells them, such as one of kind notify")
		}
		if slices.ContainsFunc(r.cfg.Rollout.Reports, func(o model.ReportSpec) bool { return o.Kind == spec.Kind }) {
			r.fail(join(path, "kind"), "there is a %s report already: expected one, with several actions in notify", k.Kind)
		}
		r.cfg.Rollout.Reports = append(r.cfg.Rollout.Reports, spec)
	})
}
