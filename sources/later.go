package sources

import (
	"context"
	"time"

	"gonogo/model"
)

// later is a source that could not be made, such as for want of a secret. It
// tries again whenever it is to run, and stops nothing else.
type later struct {
	build func() (model.Source, error)
}

// Run returns the reason, or runs the source where it can be made by now.
func (l later) Run(ctx context.Context, out model.Emitter) error {
	s, err := l.build()
	if err != nil {
		return err
	}
	return s.Run(ctx, out)
}

// laterWitness is likewise a witness.
type laterWitness struct {
	build func() (model.Witness, error)
}

// Mark marks where the witness can be made by now.
func (l laterWitness) Mark(ctx context.Context) (string, error) {
	w, err := l.build()
	if err != nil {
		return "", err
	}
	return w.Mark(ctx)
}

// Look looks where the witness can be made by now.
func (l laterWitness) Look(ctx context.Context, mark string) (bool, string, error) {
	w, err := l.build()
	if err != nil {
		return false, "", err
	}
	return w.Look(ctx, mark)
}

// laterSilencer is likewise what opens a silence.
type laterSilencer struct {
	build func() (model.Silencer, error)
}

// Open opens where the silencer can be made by now.
func (l laterSilencer) Open(ctx context.Context, ask model.SilenceAsk) (string, error) {
	s, err := l.build()
	if err != nil {
		return "", err
	}
	return s.Open(ctx, ask)
}

// End ends likewise.
func (l laterSilencer) End(ctx context.Context, ref, mark string) error {
	s, err := l.build()
	if err != nil {
		return err
	}
	return s.End(ctx, ref, mark)
}

// Look looks likewise.
func (l laterSilencer) Look(ctx context.Context, ref string) (bool, time.Time, error) {
	s, err := l.build()
	if err != nil {
		return false, time.Time{}, err
	}
	return s.Look(ctx, ref)
}
