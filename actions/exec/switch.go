package exec

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"gonogo/actions/child"
	"gonogo/model"
	"gonogo/model/config"
)

// Switch is a flag that one program prints and another stores.
type Switch struct {
	*program
	get, set []string
	kind     model.ValueType
}

func buildSwitch(p config.Part, f model.Flag) (model.Switch, error) {
	get, err := argvOf(p, "get")
	if err != nil {
		return nil, err
	}
	set, err := argvOf(p, "set")
	if err != nil {
		return nil, err
	}
	g, err := newProgram(p)
	if err != nil {
		return nil, err
	}
	return &Switch{g, get, set, f.Type}, nil
}

// Observe runs get. A program that prints nothing says that a bool or a number is
// not set; for a text or a list that is the empty one.
func (s *Switch) Observe(ctx context.Context) (model.Value, error) {
	text, err := s.print(ctx, s.get)
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

// Set runs set, unless get prints the value already.
func (s *Switch) Set(ctx context.Context, v model.Value) error {
	if v.Type != s.kind {
		return fmt.Errorf("set: %s is no %s", v, s.kind)
	}
	text := v.Encode()
	if strings.ContainsRune(text, 0) {
		return errors.New("set: there is a zero byte in the value")
	}
	if now, err := s.Observe(ctx); err == nil && now.Equal(v) {
		return nil
	}
	argv := make([]string, len(s.set))
	for i, arg := range s.set {
		if i > 0 {
			arg = strings.ReplaceAll(arg, "{value}", text)
		}
		argv[i] = arg
	}
	if err := child.Run(ctx, s.spec(argv, map[string]string{"GONOGO_VALUE": text})); err != nil {
		return fmt.Errorf("set: %w", err)
	}
	return nil
}
