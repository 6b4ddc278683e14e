package actions

import (
	"context"
	"fmt"
	"io"

	"gonogo/model"
)

// The parts in this file stand for those that could not be made, such as for
// want of a secret. Each tries again whenever it is used: a secret's file may
// have come meanwhile. So one of them fails by itself and stops nothing else.

type laterSwitch struct {
	build func() (model.Switch, error)
}

// Observe reads the flag where its switch can be made by now.
func (l laterSwitch) Observe(ctx context.Context) (model.Value, error) {
	s, err := l.build()
	if err != nil {
		return model.Value{}, err
	}
	return s.Observe(ctx)
}

// Set sets the flag where its switch can be made by now.
func (l laterSwitch) Set(ctx context.Context, v model.Value) error {
	s, err := l.build()
	if err != nil {
		return err
	}
	return s.Set(ctx, v)
}

type laterAction struct {
	build func() (model.Action, error)
}

// Preview says that it cannot be run at the moment, and why.
func (l laterAction) Preview(args model.Args) model.Preview {
	a, err := l.build()
	if err != nil {
		return model.Preview{Title: "cannot be run", Lines: []string{"cannot be run: " + model.Inert(err.Error())}}
	}
	return a.Preview(args)
}

// Do runs the action where it can be made by now.
func (l laterAction) Do(ctx context.Context, args model.Args, log io.Writer) error {
	a, err := l.build()
	if err != nil {
		return fmt.Errorf("cannot be run: %w", err)
	}
	return a.Do(ctx, args, log)
}

// Check returns why it cannot be run.
func (l laterAction) Check() error {
	_, err := l.build()
	return err
}

type laterReader struct {
	build func() (model.Reader, error)
}

// Read reads where the reader can be made by now.
func (l laterReader) Read(ctx context.Context) (string, error) {
	r, err := l.build()
	if err != nil {
		return "", err
	}
	return r.Read(ctx)
}
