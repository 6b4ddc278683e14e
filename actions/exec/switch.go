package exec

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gonogo/internal/process"
	"gonogo/model"
	"gonogo/model/config"
)

// Switch is a flag that one program prints and another stores.
type Switch struct {
	*process.Surroundings
	get, set []string
	kind     model.ValueType
}

func buildSwitch(p config.Part, f model.Flag) (model.Switch, error) {
	k := config.Into[switchKeys](p.Table, p.Dir)
	if err := errors.Join(checkArgv("get", k.Get), checkArgv("set", k.Set)); err != nil {
		return nil, err
	}
	around, err := k.Prepare(p.Dir)
	if err != nil {
		return nil, err
	}
	return &Switch{around, k.Get, k.Set, f.Type}, nil
}

// Observe runs get. A program that prints nothing says that a bool or a number is
// not set; for a text or a list that is the empty one.
func (s *Switch) Observe(ctx context.Context) (model.Value, error) {
	text, err := printed(ctx, s.Surroundings, s.get)
	if err != nil {
		return model.Value{}, fmt.Errorf("get: %w", err)
	}
	if text == "" && (s.kind == model.Bool || s.kind == model.Number) {
		return model.Value{Type: model.Unset}, nil
	}
	v, err := model.ParseValue(s.kind, text)
	if err != nil {
		return model.Value{}, fmt.Errorf("get: it printed %w", err)
	}
	return v, nil
}

// lookFor is how long Set waits for get: one that hangs must not use up the
// time that set has.
const lookFor = time.Second

// has reports whether get prints v within lookFor. It does not wait for the end
// of a get that is told to end and does not; the child's own bounds see to that.
func (s *Switch) has(ctx context.Context, v model.Value) bool {
	look, done := context.WithTimeout(ctx, lookFor)
	same := make(chan bool, 1)
	go func() {
		defer done()
		now, err := s.Observe(look)
		same <- err == nil && now.Equal(v)
	}()
	select {
	case is := <-same:
		return is
	case <-look.Done():
		return false
	}
}

// Set runs set, unless get prints the value already.
func (s *Switch) Set(ctx context.Context, v model.Value) error {
	if v.Type != s.kind {
		return fmt.Errorf("set: %s is no %s", v, s.kind)
	}
	text := v.Encode()
	if strings.ContainsRune(text, 0) {
		return errors.New("set: there is a zero byte in the value")
	}
	if s.has(ctx, v) {
		return nil
	}
	argv := make([]string, len(s.set))
	for i, arg := range s.set {
		if i > 0 {
			arg = strings.ReplaceAll(arg, "{value}", text)
		}
		argv[i] = arg
	}
	if err := process.Run(ctx, s.Spec(argv, map[string]string{"GONOGO_VALUE": text})); err != nil {
		return fmt.Errorf("set: %w", err)
	}
	return nil
}
