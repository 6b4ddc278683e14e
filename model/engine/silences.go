package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"gonogo/model"
	"gonogo/model/engine/watch"
	"gonogo/model/words"
)

const (
	silenceFor   = 10 * time.Second // how long one question about a silence may take
	silenceAgain = 5 * time.Second  // what did not answer is asked again after this
	silenceLook  = 30 * time.Second // how often it is looked whether one still stands
)

// silences opens and ends the silences that people ask for. What is to be is journaled
// before it is asked for, so that a restart goes on where it was left.
type silences struct {
	rollout   *model.Rollout
	silencers map[model.SilenceID]model.Silencer
	by        model.Actor // of what is seen
	now       func() time.Time
	records   watch.Records
	asked     map[model.SilenceID]chan struct{} // something is to be done

	mu sync.Mutex // between a look at how a silence stands and what is journaled of it
}

// take journals what a person asks for, and has it done.
func (s *silences) take(in model.Intent) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	state := s.records.State()
	spec, is := s.rollout.Silence(in.Silence), state.Silences[in.Silence]
	if spec == nil {
		return refuse("there is no silence %q; %s", in.Silence, s.known())
	}
	var ev model.SilenceChanged
	switch now := s.now(); {
	case in.Kind == model.EndSilence && !is.Stands(now):
		return refuse("%s is not silenced by gonogo", spec.Title)
	case in.Kind == model.EndSilence:
		ev = model.SilenceChanged{Silence: spec.ID, Status: model.SilenceEnding, Reason: in.Reason}
	case is.Stands(now):
		return refuse("%s is silenced until %s already, by %s: end that first", spec.Title, is.Until.UTC().Format("15:04Z"), is.By.Name)
	case in.For < time.Minute || in.For > spec.AtMost:
		return refuse("%s may be silenced for 1m to %s, not for %s", spec.Title, model.FormatDuration(spec.AtMost), model.FormatDuration(in.For))
	case in.Reason == "":
		return refuse("silencing %w", model.ErrNeedsReason)
	default:
		ev = model.SilenceChanged{
			Silence: spec.ID, Status: model.SilenceOpening, Until: now.Add(in.For), Reason: in.Reason,
			Mark: fmt.Sprintf("%s/%d/%d", s.rollout.ID, state.Seq, now.UnixMilli()),
		}
	}
	if err := s.records.Record(in.By, in.ID, ev); err != nil {
		return err
	}
	poke(s.asked[spec.ID])
	return nil
}

// known names the silences of the config.
func (s *silences) known() string {
	var ids []model.SilenceID
	for i := range s.rollout.Silences {
		ids = append(ids, s.rollout.Silences[i].ID)
	}
	if ids == nil {
		return "this config has none: add [silence.NAME] with a source of kind alertmanager"
	}
	return "there is " + words.List(ids)
}

// watch does what is asked of one silence, and looks whether it stands, until ctx is done.
func (s *silences) watch(ctx context.Context, spec *model.SilenceSpec) {
	for {
		state := s.records.State()
		wait := s.step(ctx, spec, state.Silences[spec.ID])
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-s.asked[spec.ID]:
		case <-timer.C:
		}
		if timer.Stop(); ctx.Err() != nil {
			return
		}
	}
}

// step does the next thing for a silence that stands as is, and returns when to do the one after.
func (s *silences) step(ctx context.Context, spec *model.SilenceSpec, is model.SilenceState) time.Duration {
	silencer := s.silencers[spec.ID]
	if silencer == nil || is.Status == "" || is.Status == model.SilenceEnded || is.Status == model.SilenceFailed {
		return time.Hour
	}
	over := !s.now().Before(is.Until)
	timed, done := context.WithTimeout(ctx, silenceFor)
	defer done()
	switch {
	case over && is.Status == model.SilenceOpening:
		return s.record(spec, is, model.SilenceChanged{Status: model.SilenceFailed, Detail: "its time is over, and whether it was opened is not known"})
	case over:
		return s.record(spec, is, model.SilenceChanged{Status: model.SilenceEnded, Detail: "its time is over"})
	case is.Status == model.SilenceOpening:
		return s.open(timed, spec, is, silencer)
	case is.Status == model.SilenceEnding:
		if err := silencer.End(timed, is.Ref, is.Mark); err != nil {
			return s.trouble(spec, is, err)
		}
		return s.record(spec, is, model.SilenceChanged{Status: model.SilenceEnded})
	}
	stands, until, err := silencer.Look(timed, is.Ref)
	switch {
	case err != nil: // what it was seen to be counts, until its time is over
	case !stands:
		return s.record(spec, is, model.SilenceChanged{Status: model.SilenceEnded, Detail: "somebody else ended it"})
	case !until.IsZero() && until.Sub(is.Until).Abs() > time.Second:
		return s.record(spec, is, model.SilenceChanged{Status: model.SilenceOpen, Until: until, Detail: "somebody else changed its end"})
	}
	return min(silenceLook, max(is.Until.Sub(s.now()), time.Second))
}

// open opens a silence, and sees that it stands.
func (s *silences) open(ctx context.Context, spec *model.SilenceSpec, is model.SilenceState, silencer model.Silencer) time.Duration {
	ref, err := silencer.Open(ctx, model.SilenceAsk{Until: is.Until, By: is.By.Name, Reason: is.Reason, Mark: is.Mark})
	if errors.Is(err, model.ErrRefused) {
		return s.record(spec, is, model.SilenceChanged{Status: model.SilenceFailed, Detail: strings.TrimPrefix(err.Error(), model.ErrRefused.Error()+": ")})
	}
	if err != nil {
		return s.trouble(spec, is, err)
	}
	stands, until, err := silencer.Look(ctx, ref)
	if err == nil && !stands {
		err = errors.New("it was taken, and does not stand")
	}
	if err != nil {
		return s.trouble(spec, is, err)
	}
	return s.record(spec, is, model.SilenceChanged{Status: model.SilenceOpen, Ref: ref, Until: until})
}

// record journals what came of silence is, unless a person asked for something else
// meanwhile, and returns when to do the next thing.
func (s *silences) record(spec *model.SilenceSpec, is model.SilenceState, ev model.SilenceChanged) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	state := s.records.State()
	if now := state.Silences[spec.ID]; now.Mark != is.Mark || now.Status != is.Status {
		return 0
	}
	ev.Silence, ev.Detail = spec.ID, model.Inert(ev.Detail)
	if err := s.records.Record(s.by, "", ev); err != nil {
		return silenceAgain // its trouble is shown
	}
	return 0
}

// trouble notes why what was asked is not done yet, once for each reason.
func (s *silences) trouble(spec *model.SilenceSpec, is model.SilenceState, err error) time.Duration {
	if text := model.Inert(err.Error()); text != is.Detail {
		s.record(spec, is, model.SilenceChanged{Status: is.Status, Detail: text})
	}
	return silenceAgain
}
