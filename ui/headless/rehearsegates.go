package headless

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"gonogo/model"
	"gonogo/model/gate/rehearse"
)

// gatesAsked is what `gonogo rehearse --gates` was asked.
type gatesAsked struct {
	since, phase string
	except       []string
	asJSON       bool
}

// rehearseGates judges the gates on what the sources remember, prints what they would have said, and
// has it journaled.
func (w *World) rehearseGates(ctx context.Context, config string, o gatesAsked) error {
	now := w.Now().UTC().Truncate(time.Second)
	since, err := duration(o.since)
	if err != nil || since < time.Hour {
		return usage("--since is how much history, such as 30d, at least 1h; found %q", model.Inert(o.since))
	}
	except, err := spans(o.except)
	if err != nil {
		return err
	}
	r, sources, err := w.Remembered(config)
	if err != nil {
		return err
	}
	phases, all, err := gated(r, model.PhaseID(o.phase))
	if err != nil {
		return err
	}
	say := w.progress()
	tracks, without, err := recall(ctx, r, sources, rehearse.Needed(r, phases), model.Past{From: now.Add(-since), To: now}, say)
	if err != nil {
		return err
	}
	report, err := rehearse.Rehearse(r, phases, tracks, rehearse.Options{
		From: now.Add(-since), To: now, Except: except, Without: without,
		Random: func(seed uint64) func() float64 { return rand.New(rand.NewPCG(seed, 1)).Float64 }, //nolint:gosec // it is to be the same each time
		Tick: func(stage string, far float64) error {
			say(fmt.Sprintf("%s, %.0f%%", stage, 100*far))
			return ctx.Err()
		},
	})
	say("")
	if err != nil {
		return err
	}
	if o.asJSON {
		err = writeJSON(w.Out, report)
	} else {
		err = writeGates(w.Out, &report)
	}
	if err != nil {
		return err
	}
	if len(report.Phases) == 0 {
		return Exit{ExitUnknown, errors.New("there is no history to judge by: see the metrics above")}
	}
	if err := w.noteGates(ctx, config, r, &report, phases, all, since); err != nil {
		_, _ = fmt.Fprintf(w.Err, "gonogo: warning: it could not be journaled, so no check counts it: %v\n", err)
	}
	if !report.Passed {
		return Exit{Status: ExitNoGo}
	}
	return nil
}

// gated returns the phases whose gates are rehearsed, and whether those are all.
func gated(r *model.Rollout, only model.PhaseID) (out []*model.Phase, all bool, err error) {
	asks := func(p *model.Phase) bool {
		return len(p.Gate) > 0 || slices.ContainsFunc(p.Checks, func(c model.Check) bool { return c.Kind == model.CheckMetric })
	}
	n := 0
	for i := range r.Phases {
		p := &r.Phases[i]
		if asks(p) {
			n++
		}
		if asks(p) && (only == "" || p.ID == only) {
			out = append(out, p)
		}
	}
	switch {
	case only != "" && r.Phase(only) == nil:
		return nil, false, usage("there is no phase %q", model.Inert(string(only)))
	case len(out) == 0:
		return nil, false, usage("no phase asks for a metric, so there is nothing to rehearse")
	}
	return out, len(out) == n, nil
}

// spans reads what --except names: FROM/TO, each like 2026-01-31T12:00:00Z.
func spans(texts []string) ([]rehearse.Span, error) {
	var out []rehearse.Span
	for _, text := range texts {
		from, to, ok := strings.Cut(text, "/")
		f, err := time.Parse(time.RFC3339, from)
		t, err2 := time.Parse(time.RFC3339, to)
		if !ok || err != nil || err2 != nil || !f.Before(t) {
			return nil, usage("--except is FROM/TO, such as 2026-01-31T12:00:00Z/2026-01-31T14:00:00Z; found %q", model.Inert(text))
		}
		out = append(out, rehearse.Span{From: f, To: t})
	}
	return out, nil
}

// recall asks the sources for the past of metrics. without says why one has none.
func recall(ctx context.Context, r *model.Rollout, sources map[string]model.Source, ids []model.MetricID, over model.Past, say func(string)) (
	tracks map[model.MetricID]*rehearse.Track, without map[model.MetricID]string, err error) {
	tracks, without = map[model.MetricID]*rehearse.Track{}, map[model.MetricID]string{}
	for _, id := range ids {
		m := r.Metric(id)
		switch {
		case m == nil || m.Expr != "":
			continue // it is computed of others
		case m.Read != nil:
			without[id] = "people read it"
			continue
		case m.Own != "":
			without[id] = "it is of the rollout's own past"
			continue
		case m.SLO != nil:
			without[id] = "it is judged of kept history"
			continue
		}
		past, ok := model.Ability[model.Recorded](sources[m.Source])
		if !ok {
			without[id] = "its source remembers nothing: it lives only from now on"
			continue
		}
		over.Every = m.Every
		track, n, whole := rehearse.NewTrack(over.From, m.Every), 0, max(over.Moments(), 1)
		err := past.Recall(ctx, id, over, func(reading model.Reading) error {
			track.Add(reading)
			if n++; n%5000 == 0 {
				say(fmt.Sprintf("asking for the past of %s, %d%%", id, 100*n/whole))
			}
			return ctx.Err()
		})
		switch {
		case ctx.Err() != nil:
			return nil, nil, ctx.Err()
		case err != nil:
			without[id] = model.Inert(model.Masked(sources[m.Source], err.Error()))
		default:
			tracks[id] = track
		}
	}
	return tracks, without, nil
}

// noteGates has the engine journal how it went.
func (w *World) noteGates(ctx context.Context, config string, r *model.Rollout, report *rehearse.Report, phases []*model.Phase, all bool, asked time.Duration) error {
	g := model.GatesRehearsed{From: report.From, To: report.To, Asked: asked, All: all, Gates: model.GatesHash(r), ConfigHash: r.ConfigHash,
		Passed: report.Passed, Except: len(report.Except), Summary: "passed"}
	if !report.Passed {
		g.Summary = strings.Join(report.Why, "; ")
	}
	for _, p := range phases {
		g.Phases = append(g.Phases, p.ID)
	}
	return w.change(ctx, config, func(ctx context.Context, s *session) error {
		return s.submit(ctx, model.Intent{Kind: model.RecordGates, Gates: &g})
	})
}

// progress returns what shows how far long work is: on a terminal one line that changes, else a
// line every ten seconds. "" ends it.
func (w *World) progress() func(string) {
	var last time.Time
	return func(text string) {
		now := w.Now()
		switch {
		case text == "" && w.Ask:
			_, _ = fmt.Fprint(w.Err, "\n")
		case text == "", now.Sub(last) < 10*time.Second && !w.Ask, now.Sub(last) < 200*time.Millisecond:
		default:
			last = now
			_, _ = fmt.Fprintf(w.Err, "gonogo: %s\n", text)
		}
	}
}
