package headless

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gonogo/model"
)

// typed returns the lines that the person types; it is closed where the terminal
// is lost, or at its end. One goroutine reads for all the sessions of a command: a read
// from a terminal cannot be taken back, so it ends with the process at the latest.
func (s driver) typed() <-chan string {
	if s.w.lines == nil {
		lines := make(chan string)
		s.w.lines = lines
		go func() {
			defer close(lines)
			for in := bufio.NewScanner(s.w.In); in.Scan(); {
				lines <- strings.TrimSpace(in.Text())
			}
		}()
	}
	return s.w.lines
}

// word is what a person must type to have something done.
func (s driver) word() string {
	if s.rollout.Environment.Critical {
		return s.rollout.Environment.Name
	}
	return "yes"
}

// mayAsk returns a usage error where something must be confirmed, and nobody can be asked.
func (s driver) mayAsk(c consent) error {
	if !c.yes && !s.w.Ask {
		return usage("this command makes changes: add --yes, since there is no terminal to ask at")
	}
	return nil
}

var errNotConfirmed = Exit{ExitCancelled, errors.New("not confirmed: nothing was done")}

// confirm asks the person for what is no plan.
func (s driver) confirm(ctx context.Context, c consent) error {
	if err := s.mayAsk(c); err != nil || c.yes {
		return err
	}
	_, _ = fmt.Fprintf(s.w.Err, "Type %q to do this: ", s.word())
	select {
	case line := <-s.typed():
		if line == s.word() {
			return nil
		}
	case <-ctx.Done():
	}
	return errNotConfirmed
}

// decision is what a person wants of the plan that is armed.
type decision int

const (
	again     decision = iota // what was typed means nothing: ask again
	fireIt                    // as it was shown
	cancelIt                  // it is not wanted
	leaveIt                   // nobody is there any more, and it goes on by itself
	itGoesOn                  // it is armed no more: somebody else decided, or its countdown did
	lookAgain                 // it was resolved anew: show it
)

// decide says what the person wants who typed line, or is gone, of the plan that was
// shown. Only what is typed stops an emergency that is armed, or what somebody else
// armed too: like in the cockpit, it outlives its terminal.
func decide(shown *model.PlanState, line, word string, gone bool) decision {
	switch {
	case gone && (shown.Plan.Emergency || len(shown.Joined) > 0):
		return leaveIt
	case gone:
		return cancelIt
	case line == word:
		return fireIt
	case shown.FireAt.IsZero(), line == "no", line == "n":
		return cancelIt
	}
	return again
}

// news says what became of the plan that was shown, now that the newest one is p.
func news(shown, p *model.PlanState) decision {
	switch {
	case p.Plan.ID != shown.Plan.ID || p.Status != model.Armed:
		return itGoesOn
	case p.Plan.Hash != shown.Plan.Hash:
		return lookAgain
	}
	return again
}

// fire asks the person whether the armed plan shall fire, until it is fired, cancelled
// or decided elsewhere, and returns the plan to follow, as it was shown last.
func (s driver) fire(ctx context.Context, c consent, shown *model.PlanState) (*model.PlanState, error) {
	for {
		s.prompt(shown)
		do, err := s.await(ctx, shown)
		if err != nil {
			return nil, err
		}
		switch do {
		case fireIt:
			instead, err := s.fireShown(ctx, shown)
			if instead == nil || err != nil {
				return shown, err
			}
			shown = instead
			s.show(c, shown)
		case cancelIt:
			return nil, s.cancel(ctx, shown)
		case leaveIt:
			s.tellLeft(shown)
			return shown, nil
		case itGoesOn:
			_, _ = fmt.Fprintln(s.w.Err)
			return shown, nil
		case lookAgain:
			_, _ = fmt.Fprintln(s.w.Err)
			shown = s.last.State.Plan
			s.show(c, shown)
		}
	}
}

// prompt says what to type, and what happens if nothing is typed.
func (s driver) prompt(p *model.PlanState) {
	if p.FireAt.IsZero() {
		_, _ = fmt.Fprintf(s.w.Err, "Type %q to do this: ", s.word())
		return
	}
	_, _ = fmt.Fprintf(s.w.Err, "It fires by itself at %s, in %s. Type %q to fire it now, \"no\" to cancel it: ",
		p.FireAt.UTC().Format("15:04:05Z"), model.FormatDuration(max(0, p.FireAt.Sub(s.last.At)).Round(time.Second)), s.word())
}

// await waits for the person, or for news of the plan that they were shown.
func (s driver) await(ctx context.Context, shown *model.PlanState) (decision, error) {
	for {
		got, err := s.listen(ctx, s.typed())
		switch {
		case err != nil && ctx.Err() != nil:
			return decide(shown, "", s.word(), true), nil
		case err != nil:
			return again, err
		case got.snap == nil:
			return decide(shown, got.line, s.word(), got.gone), nil
		}
		if do := news(shown, got.snap.State.Plan); do != again {
			return do, nil
		}
	}
}

// fireShown fires the plan by its id and hash. Where it would do something else by
// now, it says so and returns what is armed instead, which is to be shown.
func (s driver) fireShown(ctx context.Context, shown *model.PlanState) (instead *model.PlanState, err error) {
	err = s.submit(ctx, model.Intent{Kind: model.Fire, Plan: shown.Plan.ID, Hash: shown.Plan.Hash})
	p := s.last.State.Plan
	switch same := p.Plan.ID == shown.Plan.ID; {
	case err == nil, same && (p.Status == model.Running || p.Status == model.Ended): // whoever was first
		return nil, nil
	case p.Status != model.Armed, same && p.Plan.Hash == shown.Plan.Hash:
		return nil, err
	}
	_, _ = fmt.Fprintf(s.w.Err, "gonogo: %v\n", err)
	return p, nil
}

// cancel keeps the armed plan from running. A person may be gone by now, so it has a time of its own.
func (s driver) cancel(ctx context.Context, p *model.PlanState) error {
	if ctx.Err() != nil {
		_, _ = fmt.Fprintln(s.w.Err)
	}
	timed, done := context.WithTimeout(context.WithoutCancel(ctx), cancelWithin)
	defer done()
	in := model.Intent{Kind: model.Veto, Plan: p.Plan.ID}
	if p.Plan.Guard {
		in.Reason = "cancelled at a terminal"
	}
	if err := s.submit(timed, in); err != nil {
		return err
	}
	return errNotConfirmed
}

const cancelWithin = 5 * time.Second

// tellLeft says what becomes of an armed emergency whose terminal is gone.
func (s driver) tellLeft(p *model.PlanState) {
	_, _ = fmt.Fprintln(s.w.Err)
	if p.FireAt.IsZero() {
		_, _ = fmt.Fprintf(s.w.Err, "gonogo: %q stays armed until somebody fires or cancels it\n", p.Plan.Title)
		return
	}
	_, _ = fmt.Fprintf(s.w.Err, "gonogo: %q stays armed and fires at %s; gonogo veto, or a second signal, stops it\n", p.Plan.Title, p.FireAt.UTC().Format("15:04:05Z"))
}
