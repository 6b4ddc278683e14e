package rehearse

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"gonogo/model"
)

// Options say what is rehearsed.
type Options struct {
	From, To  time.Time // of the history that is asked for
	Except    []Span    // incidents that were real
	Baselines map[model.MetricID]model.Baseline
	// Without says why a metric has no history.
	Without map[model.MetricID]string
	// Random returns numbers from 0 to 1, 1 excluded, the same ones for the same seed.
	Random func(seed uint64) func() float64
	// Tick is told how far a stage is, of 0 to 1, every some hundred looks. An error ends the rehearsal.
	Tick func(stage string, far float64) error
}

const (
	startEvery = 6 * time.Hour
	// mostLooks is how many looks an attempt over the whole history has at most: where
	// metrics are asked for more often, it looks less often.
	mostLooks = 250_000
	tickEvery = 256
)

// bench is the rehearsal of one gate.
type bench struct {
	Options
	tracks map[model.MetricID]*Track
	step   time.Duration
	looks  int
	stage  string
	far    func(now time.Time) float64
}

// Rehearse judges the phases' gates on history; phases with the same gate at once. The
// error is that of Tick, or of a metric that cannot be judged at all. Without any history
// the report has no phase.
func Rehearse(r *model.Rollout, phases []*model.Phase, tracks map[model.MetricID]*Track, o Options) (Report, error) {
	rep := Report{From: o.To, To: o.To, Asked: o.To.Sub(o.From), Except: o.Except}
	for _, t := range tracks {
		if first, ok := t.First(); ok && first.Before(rep.From) {
			rep.From = first
		}
	}
	for _, id := range Needed(r, phases) {
		m := Metric{ID: id, Without: o.Without[id]}
		if t := tracks[id]; t != nil {
			m.Coverage, m.Gaps = t.cover(rep.From)
			if t.Whole {
				m.Note = "too many parts to keep for so long: judged as a whole"
			}
		}
		rep.Metrics = append(rep.Metrics, m)
	}
	if !rep.From.Before(rep.To) {
		return rep, nil
	}
	o.From = rep.From
	for _, same := range alike(phases) {
		p, err := rehearsePhase(r, same, tracks, o)
		if err != nil {
			return rep, err
		}
		rep.Phases = append(rep.Phases, p)
	}
	rep.conclude()
	return rep, nil
}

// alike puts phases together whose gates are the same.
func alike(phases []*model.Phase) [][]*model.Phase {
	var out [][]*model.Phase
	for _, p := range phases {
		i := slices.IndexFunc(out, func(of []*model.Phase) bool {
			o := of[0]
			return slices.Equal(o.Gate, p.Gate) && o.Soak == p.Soak && o.Limit == p.Limit && (len(o.Flags) > 0) == (len(p.Flags) > 0) &&
				slices.Equal(metricChecks(o), metricChecks(p))
		})
		if i < 0 {
			out = append(out, nil)
			i = len(out) - 1
		}
		out[i] = append(out[i], p)
	}
	return out
}

func metricChecks(p *model.Phase) []model.MetricID {
	var out []model.MetricID
	for _, c := range p.Checks {
		if c.Kind == model.CheckMetric {
			out = append(out, c.Metric)
		}
	}
	return out
}

func rehearsePhase(r *model.Rollout, same []*model.Phase, tracks map[model.MetricID]*Track, o Options) (Phase, error) {
	of := reduce(r, same[0], tracks, o.Without)
	b := &bench{Options: o, tracks: tracks, step: stepOf(of.rollout, o)}
	out := Phase{Step: b.step, Lasts: lasts(same[0]), Soak: same[0].Soak, LeftOut: of.left, Shares: map[model.Headline]float64{}, Worst: map[model.MetricID]float64{}}
	for _, p := range same {
		out.Phases = append(out.Phases, p.ID)
	}
	if r.Guard != nil {
		out.Guard = r.Guard.Mode
	}
	out.Judged = slices.Clone(of.phase.Gate)
	for _, id := range metricChecks(of.phase) {
		if !slices.Contains(out.Judged, id) {
			out.Judged = append(out.Judged, id)
		}
	}
	name := string(same[0].ID)
	if err := b.over(of, &out, name); err != nil {
		return out, err
	}
	if err := b.starts(of, &out, name); err != nil {
		return out, err
	}
	b.minCounts(of, &out)
	return out, b.regressions(of, &out, name)
}

// stepOf returns how often it looks: as often as the metric that is asked most often,
// but no more than mostLooks times.
func stepOf(r *model.Rollout, o Options) time.Duration {
	step := time.Duration(0)
	for i := range r.Metrics {
		if m := &r.Metrics[i]; m.Expr == "" && m.Read == nil && m.Own == "" && (step == 0 || m.Every < step) {
			step = m.Every
		}
	}
	step = max(cmp.Or(step, 15*time.Second), time.Second)
	for o.To.Sub(o.From)/step > mostLooks {
		step *= 2
	}
	return step
}

// tick tells how far it is.
func (b *bench) tick(now time.Time) error {
	if b.looks++; b.looks%tickEvery != 0 || b.Tick == nil {
		return nil
	}
	return b.Tick(b.stage, b.far(now))
}

// over judges all of the history, one attempt after the other. The next attempt begins
// when one has lasted, when a failure that the guard fired for is over, and when
// an excepted time is over.
func (b *bench) over(of reduced, out *Phase, name string) error {
	b.stage = name + ": the gate over the history"
	b.far = func(now time.Time) float64 { return float64(now.Sub(b.From)) / float64(b.To.Sub(b.From)) }
	counts, soaking, all := map[model.Headline]int{}, 0, 0
	worst := map[model.MetricID]int{}
	for at := b.From; at.Before(b.To); {
		s, err := b.begin(of, at)
		if err != nil {
			return err
		}
		end, was := at.Add(out.Lasts), within(b.Except, at)
		fire := -1
		for now := at; ; now = now.Add(b.step) {
			is := within(b.Except, now)
			if at = now; !now.Before(end) || !now.Before(b.To) || was >= 0 && is != was {
				break
			}
			was = is
			s.look(now)
			if is < 0 {
				all++
				counts[s.verdict.Headline]++
				if s.verdict.Worst == model.Soaking {
					soaking++
				}
				for i := range s.verdict.Lines {
					if l := &s.verdict.Lines[i]; l.Metric != "" && l.State.Headline() != model.GO && l.State.Headline() != model.Hold {
						worst[l.Metric]++
					}
				}
			}
			if s.fires(now) {
				f := Fire{Metric: s.verdict.Breach, Armed: s.armed, At: now, Saw: lineOf(s, s.verdict.Breach), Excepted: b.excepted(s.armed, now)}
				out.Fires = append(out.Fires, f)
				if fire = len(out.Fires) - 1; !f.Excepted {
					out.False++
				}
			}
			if s.spent && s.verdict.Breach == "" {
				out.Fires[fire].Until = now
				at = now.Add(b.step)
				break
			}
			if err := b.tick(now); err != nil {
				return err
			}
		}
		out.StoodDown += s.stood
	}
	for h, n := range counts {
		out.Shares[h] = float64(n) / float64(all)
	}
	for id, n := range worst {
		out.Worst[id] = float64(n) / float64(all)
	}
	if all > 0 {
		out.Soaking = float64(soaking) / float64(all)
	}
	return nil
}

func lineOf(s *stay, id model.MetricID) string {
	line, _ := s.keeper.Line(id)
	return line.Reason
}

// excepted reports whether the time from armed to fired touches an excepted one.
func (b *bench) excepted(armed, fired time.Time) bool {
	return slices.ContainsFunc(b.Except, func(s Span) bool { return armed.Before(s.To) && !fired.Before(s.From) })
}

// conclude says whether the rehearsal passed.
func (rep *Report) conclude() {
	rep.Why = nil
	for _, p := range rep.Phases {
		name := string(p.Phases[0])
		if p.False > 0 {
			rep.Why = append(rep.Why, fmt.Sprintf("%s: the guard would have fired %d times outside what is excepted", name, p.False))
		}
		switch s := &p.Starts; {
		case s.Counted == 0:
			rep.Why = append(rep.Why, name+": no start could be judged: all of them meet what is excepted")
		case s.Share() < enough:
			rep.Why = append(rep.Why, fmt.Sprintf("%s: %d of %d starts reach GO within %s, fewer than 95%%%s", name, s.Reached, s.Counted, model.FormatDuration(s.Lasts), blame(&p)))
		}
	}
	rep.Passed = len(rep.Phases) > 0 && len(rep.Why) == 0
}

// enough is which share of starts must reach GO.
const enough = 0.95

// blame names the metric whose line was NO-GO or UNKNOWN most often.
func blame(p *Phase) string {
	best, id := 0.0, model.MetricID("")
	for _, m := range slices.Sorted(maps.Keys(p.Worst)) {
		if p.Worst[m] > best {
			best, id = p.Worst[m], m
		}
	}
	if id == "" {
		return ""
	}
	return fmt.Sprintf("; most in the way: %s (%.3g%% of the time)", id, 100*best)
}
