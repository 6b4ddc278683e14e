package headless

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"gonogo/model"
	"gonogo/model/plan"
	"gonogo/model/words"
)

// consent is how a command's plan is confirmed.
type consent struct {
	yes    bool // --yes
	dry    bool // --dry-run: show it, and that is all
	asJSON bool
}

// driver takes a plan from arming it to its end in a session: it is shown, confirmed by
// a person or --yes, fired by id and hash, and followed.
type driver struct{ *session }

// drive takes an Arm… intent to its plan's end. The engine arms the plan; what it
// armed is shown, and fired by its id and hash, or with --yes by the same message.
func (s driver) drive(ctx context.Context, in model.Intent, c consent) error {
	if !c.dry {
		if err := s.mayAsk(c); err != nil {
			return err
		}
	}
	look := s.settled
	if in.Kind == model.ArmRollback {
		look = s.glance
	}
	snap, err := look(ctx)
	if err != nil {
		return err
	}
	if c.dry {
		plan, err := plan.Resolve(snap.Rollout, &snap.State, snap.Gate, in)
		if err != nil {
			return err
		}
		return s.showDry(plan, c)
	}
	in.Yes = c.yes
	if err := s.submit(ctx, in); err != nil {
		return err
	}
	p := s.last.State.Plan
	s.show(c, p)
	if !c.yes && p.Status == model.Armed {
		if p, err = s.fire(ctx, c, p); err != nil {
			return err
		}
		if ctx.Err() != nil { // it was said that the plan goes on
			ctx = s.w.Again
		}
	}
	return s.followPlan(ctx, c, p)
}

// show writes the plan as it was journaled, where it is asked about and JSON is wanted
// beside that one object.
func (s driver) show(c consent, p *model.PlanState) {
	switch {
	case !c.asJSON:
		writePlan(s.w.Out, s.last, p.Plan)
	case !c.yes:
		writePlan(s.w.Err, s.last, p.Plan)
	}
}

func (s driver) showDry(plan model.Plan, c consent) error {
	if c.asJSON {
		return writeJSON(s.w.Out, plan)
	}
	writePlan(s.w.Out, s.last, plan)
	_, err := fmt.Fprintln(s.w.Out, "dry run: nothing was armed, nothing was done")
	return err
}

// followPlan tells each step's end as it comes, until the plan that was shown is over.
func (s driver) followPlan(ctx context.Context, c consent, shown *model.PlanState) error {
	told, waits := map[int]model.Outcome{}, waiting{}
	snap, id, hash := s.last, shown.Plan.ID, shown.Plan.Hash
	for {
		if p := snap.State.Plan; p != nil {
			if p.Plan.ID != id {
				return Exit{ExitCancelled, fmt.Errorf("%q took its place", p.Plan.Title)}
			}
			if hash != p.Plan.Hash { // its countdown was over, and it was resolved anew
				hash = p.Plan.Hash
				s.show(c, p)
			}
			if !c.asJSON {
				if tellSteps(s.w.Out, p, told) || waits.told.IsZero() {
					waits.told = snap.At
				}
				waits.tell(s.w.Out, snap)
			}
			if p.Status == model.Ended || p.Status == model.Vetoed {
				return s.ending(p, c)
			}
		}
		var err error
		if snap, err = s.next(ctx); err != nil {
			if ctx.Err() != nil {
				return s.interrupted(ctx, c, shown)
			}
			return err
		}
	}
}

// interrupted goes on following after the first signal, since a plan that runs
// is not given up; the second one asks to cancel it at its next step.
func (s driver) interrupted(ctx context.Context, c consent, shown *model.PlanState) error {
	if ctx == s.w.Again {
		in := model.Intent{Kind: model.Cancel, Plan: shown.Plan.ID, ID: s.w.NewID(), By: s.w.Actor}
		if p := s.last.State.Plan; p != nil && p.Status == model.Armed {
			in.Kind, in.Reason = model.Veto, "a second signal"
		}
		if err := s.seat.Submit(context.Background(), in); err != nil {
			return err
		}
		return s.followPlan(context.Background(), c, shown)
	}
	_, _ = fmt.Fprintln(s.w.Err, "gonogo: the plan goes on; a second signal ends it at its next step")
	return s.followPlan(s.w.Again, c, shown)
}

func (s driver) ending(p *model.PlanState, c consent) error {
	drill := words.Drill(&p.Plan) != ""
	switch {
	case c.asJSON:
		if err := writeJSON(s.w.Out, p); err != nil {
			return err
		}
	case drill:
		s.writeDrill(p)
	default:
		writeEnd(s.w.Out, p)
	}
	if n := s.last.State.Unaudited; n > 0 {
		_, _ = fmt.Fprintf(s.w.Err, "gonogo: UNAUDITED: %d facts are in no journal: %s\n", n, s.last.Journal)
	}
	if drill {
		return ofDrill(p)
	}
	return ofOutcome(p.Outcome)
}

const (
	quietFor   = 2 * time.Second // without a word, before what runs is told
	againAfter = 5 * time.Second // what a step still says is told again
)

// waiting is what was told of steps that have not ended.
type waiting struct {
	told  time.Time // when anything of the plan was told last
	steps map[int]saying
}

type saying struct {
	line string
	at   time.Time
}

// tell writes what the running steps say, where nothing was told for a while.
func (t *waiting) tell(w io.Writer, snap *model.Snapshot) {
	p := snap.State.Plan
	if p.Status != model.Running || snap.At.Sub(t.told) < quietFor {
		return
	}
	if t.steps == nil {
		t.steps = map[int]saying{}
	}
	for _, live := range snap.Live {
		n := live.Step
		if n < 0 || n >= len(p.Steps) || p.Steps[n].Outcome != "" || live.Line == "" {
			continue
		}
		if before, ok := t.steps[n]; ok && before.line == live.Line && snap.At.Sub(before.at) < againAfter {
			continue
		}
		t.steps[n] = saying{live.Line, snap.At}
		t.told = snap.At
		_, _ = fmt.Fprintf(w, "  … %-9s %s\n", words.Stage(&p.Plan, p.Plan.Steps[n].Stage), stillRuns(&p.Plan.Steps[n], p.Steps[n], live.Line, snap.At))
	}
}

// stillRuns says what a step that runs says, for how long it does and what time it has.
func stillRuns(step *model.Step, state model.StepState, line string, now time.Time) string {
	text := model.Inert(line)
	if title := model.Inert(step.Title); !strings.Contains(text, title) {
		text = title + ": " + text
	}
	took := "its time is " + model.FormatDuration(step.Timeout)
	if !state.Started.IsZero() {
		took = "for " + model.FormatDuration(now.Sub(state.Started).Truncate(time.Second)) + ", " + took
	}
	return text + " (" + took + ")"
}

// tellSteps reports whether there was anything to tell.
func tellSteps(w io.Writer, p *model.PlanState, told map[int]model.Outcome) bool {
	news := false
	for i, st := range p.Steps {
		if st.Outcome == "" || told[i] == st.Outcome {
			continue
		}
		told[i], news = st.Outcome, true
		text := model.Inert(p.Plan.Steps[i].Title) + ": " + model.Inert(detail(st))
		if level := p.Plan.Steps[i].Level; level > 0 {
			text = fmt.Sprintf("level %d, %s", level, text)
		}
		if words.Drill(&p.Plan) != "" {
			text += ", " + words.Took(st.Started, st.Ended)
		}
		_, _ = fmt.Fprintf(w, "  %s %-9s %s\n", stepGlyph(st.Outcome), words.Stage(&p.Plan, p.Plan.Steps[i].Stage), text)
	}
	return news
}

func detail(st model.StepState) string {
	text := string(st.Outcome)
	if st.Outcome == model.StepUnseen || st.Outcome == model.StepAlready {
		text = words.Outcome(st.Outcome)
	}
	if st.Detail == "" {
		return text
	}
	return text + ", " + st.Detail
}

func stepGlyph(o model.Outcome) string {
	switch {
	case o == model.StepSkipped, o == model.StepSpared:
		return "–"
	case o.OK():
		return "✔"
	case o == model.StepUnseen, o == model.StepUnsure:
		return "?"
	}
	return "✖"
}

// writePlan writes what a plan will do, before it does.
func writePlan(w io.Writer, snap *model.Snapshot, p model.Plan) {
	out := bufio.NewWriter(w)
	defer func() { _ = out.Flush() }()
	_, _ = fmt.Fprintf(out, "%s · %s · %s\n", model.Inert(p.Title), model.Inert(snap.Rollout.Title), environment(snap.Rollout))
	if p.Override {
		_, _ = fmt.Fprintf(out, "  ! against the gate, which says %s: %s\n", p.Headline, p.Reason)
	}
	if drill := words.Drill(&p); drill != "" {
		_, _ = fmt.Fprintf(out, "  %s: %s\n", drill, words.DrillMeans(&p))
	}
	for _, warning := range p.Warnings {
		_, _ = fmt.Fprintf(out, "  ! %s\n", model.Inert(warning))
	}
	for _, st := range p.Steps {
		line := st.Title
		if st.Preview != "" {
			line += ": " + st.Preview
		}
		if st.Level > 0 {
			line = fmt.Sprintf("level %d, %s", st.Level, line)
		}
		within := "within"
		if st.Kind == model.StepHold {
			within = "for"
		}
		_, _ = fmt.Fprintf(out, "  %-9s %s (%s %s)\n", words.Stage(&p, st.Stage), model.Inert(line), within, model.FormatDuration(st.Timeout))
	}
	if len(p.Steps) == 0 {
		_, _ = fmt.Fprintln(out, "  sets nothing and runs nothing")
	}
	if len(p.Hash) > 12 {
		id := ""
		if p.ID != "" {
			id = "plan " + model.Inert(string(p.ID)) + ", "
		}
		_, _ = fmt.Fprintf(out, "  %shash %s, within %s\n", id, p.Hash[:12], model.FormatDuration(p.Budget))
	}
}

func environment(r *model.Rollout) string {
	name := model.Inert(r.Environment.Name)
	if r.Environment.Critical {
		name = strings.ToUpper(name)
	}
	return name
}

// writeEnd writes how a plan ended, and how long it took.
func writeEnd(w io.Writer, p *model.PlanState) {
	if p.Status == model.Vetoed {
		_, _ = fmt.Fprintf(w, "%s %s: %s\n", p.Outcome, model.Inert(p.Plan.Title), unfired(p))
		return
	}
	_, _ = fmt.Fprintf(w, "%s %s: %s\n", p.Outcome, model.Inert(p.Plan.Title), p.Summary)
	if !p.FiredAt.IsZero() {
		_, _ = fmt.Fprintf(w, "  fired %s by %s", p.FiredAt.UTC().Format("15:04:05Z"), model.Inert(p.FiredBy.Name))
		if !p.ContainedAt.IsZero() {
			word := "in effect"
			if p.Plan.Kind == model.PlanRollback {
				word = "contained"
			}
			_, _ = fmt.Fprintf(w, ", %s after %s", word, model.FormatDuration(p.ContainedAt.Sub(p.FiredAt)))
		}
		_, _ = fmt.Fprintf(w, ", ended after %s\n", model.FormatDuration(p.EndedAt.Sub(p.FiredAt)))
	}
}
