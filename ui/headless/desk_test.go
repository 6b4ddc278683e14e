package headless

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gonogo/model"
)

// desk is a seat beside which an engine stands that does as it is told: it folds what
// intents lead to, and ends each plan with outcome.
type desk struct {
	mu      sync.Mutex
	s       model.Snapshot
	boxes   []chan *model.Snapshot
	asked   []model.Intent
	outcome model.Outcome
	refuses error
	trouble error // with the config on disk
	bare    bool  // then does all that comes of an intent
	ids     int
	shape   func(*model.PlanArmed)                  // makes another plan of what is armed
	then    map[model.IntentKind]func(model.Intent) // what comes of an intent before its answer
	later   func()                                  // what happens once somebody looks, if anything
}

func newDesk() *desk {
	on, off := model.BoolValue(true), model.BoolValue(false)
	r := &model.Rollout{
		ID: "shop", Title: "Shop", Environment: model.Environment{Name: "test"},
		Flags:     []model.Flag{{ID: "real", Type: model.Bool, Safe: off, Effective: true}},
		Phases:    []model.Phase{{ID: "half", Title: "Half", Flags: []model.Setting{{Flag: "real", Value: on}}, Checks: []model.Check{{ID: "logs", Text: "Logs look right", Kind: model.CheckSign}}}},
		Rollbacks: []model.Rollback{{ID: "off", Title: "Off", Emergency: true, Scope: model.ScopeSafe, Budget: time.Minute, Verify: []model.Verify{{Kind: model.VerifyFlag, Flag: "real", Is: off, Within: time.Second}}}},
	}
	d := &desk{outcome: model.Verified, s: model.Snapshot{Rollout: r, At: time.Unix(1000, 0), State: model.State{Flags: map[model.FlagID]model.FlagState{"real": {Stored: on, Effective: on}}}}}
	d.s.Gate = model.Verdict{Headline: model.GO}
	return d
}

func (d *desk) Run(ctx context.Context) error {
	if d.later != nil {
		d.mu.Lock()
		d.later()
		d.publish()
		d.mu.Unlock()
	}
	<-ctx.Done()
	return nil
}

func (d *desk) Silent() (model.Silence, bool) { return model.Silence{}, false }

func (d *desk) Subscribe() (<-chan *model.Snapshot, func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	box := make(chan *model.Snapshot, 256)
	d.boxes = append(d.boxes, box)
	for range 3 { // a command waits for a second look, and one that asks who is in a list for a third
		d.publish()
	}
	return box, func() {}
}

// publish hands out the snapshot. The caller holds mu.
func (d *desk) publish() {
	d.s.At, d.s.Seq = d.s.At.Add(time.Second), d.s.State.Seq
	for _, box := range d.boxes {
		s := d.s
		box <- &s
	}
}

func (d *desk) record(events ...model.Event) {
	for _, e := range events {
		d.s.State = model.Apply(d.s.State, model.Record{Seq: d.s.State.Seq + 1, At: d.s.At, By: model.Actor{Name: "ana"}, Event: e})
	}
}

func (d *desk) Submit(_ context.Context, in model.Intent) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked = append(d.asked, in)
	answer := model.Answer{Intent: in.ID, At: d.s.At}
	if d.refuses != nil {
		answer.Err, answer.Refused = d.refuses.Error(), true
		d.s.Answers = append(slices.Clone(d.s.Answers), answer)
		d.publish()
		return nil
	}
	if f := d.then[in.Kind]; f != nil {
		f(in)
	}
	if !d.bare {
		d.obey(in)
	}
	d.s.Answers = append(slices.Clone(d.s.Answers), answer)
	d.publish()
	return nil
}

// obey does what comes of an intent by itself.
func (d *desk) obey(in model.Intent) {
	switch in.Kind {
	case model.ArmEnter, model.ArmFlip, model.ArmRollback, model.ArmDrill:
		d.arm(in)
		if in.Yes {
			d.run(model.PlanID(in.ID))
		}
	case model.Fire:
		d.run(in.Plan)
	case model.Veto, model.Cancel:
		d.record(model.PlanVetoed{Plan: in.Plan, Reason: in.Reason})
	case model.ReadMetric:
		d.read(in)
	}
}

func (d *desk) arm(in model.Intent) {
	kind := map[model.IntentKind]model.PlanKind{model.ArmEnter: model.PlanEnter, model.ArmFlip: model.PlanFlip, model.ArmRollback: model.PlanRollback, model.ArmDrill: model.PlanDrill}[in.Kind]
	armed := model.PlanArmed{Plan: model.Plan{
		ID: model.PlanID(in.ID), Kind: kind, Title: "Off", Rollback: in.Rollback, Phase: in.Phase, Hash: "0123456789abcdef", Budget: time.Minute,
		Steps: []model.Step{{Stage: model.StageContain, Kind: model.StepSet, Title: "real: true → false", Changes: []model.Change{{Flag: "real", From: model.BoolValue(true), To: model.BoolValue(false)}}, Timeout: time.Second}},
	}}
	if d.shape != nil {
		d.shape(&armed)
	}
	d.record(armed)
	d.publish()
}

func (d *desk) run(id model.PlanID) {
	done := map[model.Outcome]model.Outcome{model.Verified: model.StepDone, model.Ready: model.StepDone, model.Inferred: model.StepDone, model.Failed: model.StepFailed, model.NeedsHuman: model.StepHuman}[d.outcome]
	if done == "" {
		done = model.StepUnseen
	}
	d.record(model.PlanFired{Plan: id, How: "enter"}, model.StepIntended{Plan: id, Try: 1})
	d.publish()
	d.record(model.StepEnded{Plan: id, Outcome: done, Detail: "looked"}, model.PlanEnded{Plan: id, Outcome: d.outcome, Summary: "as it was"})
	d.publish()
}

// changes returns the kinds of what was asked.
func (d *desk) kinds() []model.IntentKind {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []model.IntentKind
	for _, in := range d.asked {
		out = append(out, in.Kind)
	}
	return out
}

// says runs a command at the desk, at a terminal where typed is not empty, and returns
// what it prints, its errors, and its status.
func (d *desk) says(t *testing.T, typed string, args ...string) (string, string, int) {
	t.Helper()
	var out, errs bytes.Buffer
	w := d.world(t, &out, &errs, strings.NewReader(typed))
	w.Ask = typed != ""
	err := w.run(t.Context(), t, args...)
	return out.String(), errs.String(), Status(err)
}

// world is what a command at the desk needs, where a person types in.
func (d *desk) world(t *testing.T, out, errs io.Writer, in io.Reader) *World {
	return &World{
		Out: Inert(out), Err: Inert(errs), In: in, Ask: true, Again: t.Context(), Actor: model.Actor{Name: "ana"},
		NewID: func() model.IntentID { d.ids++; return model.IntentID(fmt.Sprint("intent-", d.ids)) },
		Open: func(string, Use) (Opened, error) {
			return Opened{Seat: d, Rollout: d.s.Rollout, Trouble: d.trouble}, nil
		},
		Journal: func(string, string, func(model.Record) error) (JournalReport, error) { return JournalReport{}, nil },
	}
}

// run runs a command, and prints its error as main does.
func (w *World) run(ctx context.Context, t *testing.T, args ...string) error {
	t.Helper()
	config := ""
	for _, c := range w.Commands(&config) {
		if c.Name() != args[0] {
			continue
		}
		c.SetArgs(args[1:])
		c.SilenceErrors, c.SilenceUsage = true, true
		c.SetOut(io.Discard)
		c.SetErr(io.Discard)
		err := c.ExecuteContext(ctx)
		if err != nil {
			_, _ = io.WriteString(w.Err, err.Error())
		}
		return err
	}
	t.Fatalf("no command %s", args[0])
	return nil
}
