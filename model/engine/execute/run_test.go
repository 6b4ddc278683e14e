package execute

import (
	"errors"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"gonogo/model"
)

func TestAFlagWhoseReadingHangsIsSwitchedOff(t *testing.T) {
	for _, how := range []string{"hangs", "panics"} {
		t.Run(how, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w, d, tools := newShop(t, rollback, nil)
				began := time.Now()
				w.sick.hangs, w.sick.panics = how == "hangs", how == "panics"
				d.told = func(e model.Event) { // once it is written it can be read again
					if e, ok := e.(model.StepEnded); ok && d.plan().Plan.Steps[e.Step].Kind == model.StepRun {
						w.sick.with(func() { w.sick.hangs, w.sick.panics = false, false })
					}
				}
				time.AfterFunc(3*time.Second, func() { w.sick.with(func() { w.sick.hangs, w.sick.panics = false, false }) })
				got := run(d, tools, w)
				if at := w.fileAt.Sub(began); at > 100*time.Millisecond {
					t.Errorf("the other flag waited %s for it", at)
				}
				if at := w.sick.wrote.Sub(began); at > 1100*time.Millisecond {
					t.Errorf("written unread after %s", at)
				}
				if got.Outcome != model.Verified {
					t.Errorf("once it can be read again: %s: %s", got.Outcome, got.Summary)
				}
			})
		})
	}
}

func TestAShortOutageOfAFlagServiceIsVerified(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, d, tools := newShop(t, rollback, nil)
		w.sick.from = time.Now().Add(4500 * time.Millisecond)
		if got := run(d, tools, w); got.Outcome != model.Verified {
			t.Errorf("%s: %s", got.Outcome, got.Summary)
		}
	})
}

func TestAPanicEndsItsOwnStep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, d, tools := newShop(t, rollback, nil)
		w.sick.bombs = true
		got := run(d, tools, w)
		if got.Outcome != model.Partial || w.restarts != 1 {
			t.Errorf("%s after %d restarts: %s", got.Outcome, w.restarts, got.Summary)
		}
	})
}

func TestACancelEndsAtTheNextStep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, d, tools := newShop(t, rollback, nil)
		r := New(d.plan().Plan, "p", d, tools)
		d.told = func(e model.Event) {
			if e, ok := e.(model.StepIntended); ok && r.plan.Steps[e.Step].Kind == model.StepRun {
				r.Cancel()
				r.Cancel()
			}
		}
		r.Execute()
		got := d.plan()
		if got.Outcome != model.Cancelled || w.restarts > 1 {
			t.Errorf("%s after %d restarts", got.Outcome, w.restarts)
		}
		for n, st := range got.Steps {
			if got.Plan.Steps[n].Kind == model.StepVerify && st.Outcome != model.StepSkipped {
				t.Errorf("verify %d is %q after the cancel", n, st.Outcome)
			}
		}
		<-r.Ended()
	})
}

// TestAJournalThatFailsEndsAWayUp, before the effect that it should tell of.
func TestAJournalThatFailsEndsAWayUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, d, tools := newShop(t, enter, nil)
		d.broken = errors.New("input/output error")
		r := New(d.plan().Plan, "p", d, tools)
		r.Execute()
		if !w.fileAt.IsZero() || !w.sick.wrote.IsZero() || w.restarts > 0 {
			t.Error("something was set that no journal tells of")
		}
		if got := d.plan(); got.Status != model.Running {
			t.Errorf("the plan is %s in a journal that took nothing", got.Status)
		}
	})
}

func TestALostFenceBeginsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, d, tools := newShop(t, rollback, nil)
		d.told = func(e model.Event) {
			if e, ok := e.(model.StepEnded); ok && d.plan().Plan.Steps[e.Step].Kind == model.StepSet {
				d.mu.Lock()
				d.lost = errors.New("another engine has the lock")
				d.mu.Unlock()
			}
		}
		if got := run(d, tools, w); got.Outcome != model.Fenced || w.restarts > 0 {
			t.Errorf("%s after %d restarts", got.Outcome, w.restarts)
		}
	})
}

// TestAnActionThatWasCutOffIsLookedAtFirst: an engine before this one began it.
func TestAnActionThatWasCutOffIsLookedAtFirst(t *testing.T) {
	for _, c := range []struct {
		name       string
		happened   bool
		idempotent bool
		tries      int
		want       model.Outcome
		restarts   int
	}{
		{"it happened", true, false, 1, model.Verified, 0},
		{"it did not, and may run twice", false, true, 1, model.Verified, 1},
		{"it did not, and ran twice", false, true, 2, model.NeedsHuman, 0},
		{"it did not, and must not run twice", false, false, 1, model.NeedsHuman, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w, d, tools := newShop(t, rollback, func(r *model.Rollout) { r.Actions[0].Idempotent = c.idempotent })
				off := model.BoolValue(false)
				w.file, w.sick.value = off, off
				for n, st := range d.plan().Plan.Steps {
					switch st.Kind {
					case model.StepSet:
						_ = d.Record("", true, model.StepIntended{Plan: "p", Step: n, Try: 1}, model.StepEnded{Plan: "p", Step: n, Outcome: model.StepDone})
					case model.StepRun:
						_ = d.Record("", true, model.StepIntended{Plan: "p", Step: n, Try: c.tries, Before: strconv.Itoa(w.starts)})
					}
				}
				if c.happened {
					w.starts, w.live = w.starts+1, off
				}
				if got := run(d, tools, w); got.Outcome != c.want || w.restarts != c.restarts {
					t.Errorf("%s after %d restarts: %s", got.Outcome, w.restarts, got.Summary)
				}
			})
		})
	}
}

// TestTakenUpAtEveryRecord: with the journal up to any record of a rollback, and
// the service as it was then, another process ends it as the first one had.
func TestTakenUpAtEveryRecord(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, d, tools := newShop(t, rollback, nil)
		type moment struct {
			s          model.State
			file, live model.Value
			sick       model.Value
			starts     int
		}
		var all []moment
		d.told = func(model.Event) {
			s := d.State()
			w.mu.Lock()
			defer w.mu.Unlock()
			w.sick.with(func() { all = append(all, moment{s, w.file, w.live, w.sick.value, w.starts}) })
		}
		if got := run(d, tools, w); got.Outcome != model.Verified {
			t.Fatal(got.Summary)
		}
		for i, m := range all[:len(all)-1] {
			w, d, tools := newShop(t, rollback, nil)
			d.s = m.s
			w.file, w.live, w.sick.value, w.starts = m.file, m.live, m.sick, m.starts
			got := run(d, tools, w)
			if got.Outcome != model.Verified || w.starts != 2 {
				t.Errorf("taken up at record %d of %d: %s after %d starts: %s", i, len(all), got.Outcome, w.starts, got.Summary)
			}
		}
	})
}
