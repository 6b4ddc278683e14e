package dotenv

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"gonogo/model"
	"gonogo/model/config"
)

// keys are those of a flag in a .env file.
type keys struct {
	File string `toml:"file" required:"true" path:"true" help:"the .env file; it must exist"`
	Key  string `toml:"key" required:"true" help:"the variable's name: letters, digits and _"`
}

// Kind returns the kind "dotenv". Switches made by one Kind wait for each
// other when they write.
func Kind() config.ActionKind {
	turn := make(chan struct{}, 1)
	return config.ActionKind{
		Doc:        "a flag kept in a .env file",
		SwitchKeys: config.KeysOf[keys](),
		AtStart:    true,
		Store:      "file",
		BuildSwitch: func(p config.Part, f model.Flag) (model.Switch, error) {
			k := config.Into[keys](p.Table, p.Dir)
			if !regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`).MatchString(k.Key) {
				return nil, fmt.Errorf("key: %q is no variable's name: expected letters, digits and _, no digit first", model.Inert(k.Key))
			}
			if k.File == "" {
				return nil, errors.New("file: it is empty: name the .env file")
			}
			return &Switch{file: store{path: k.File, turn: turn}, key: k.Key, kind: f.Type}, nil
		},
	}
}

// Switch is one variable of a .env file. It is safe for concurrent use.
type Switch struct {
	file store
	key  string
	kind model.ValueType
}

var _ model.GroupSwitch = (*Switch)(nil)

// Observe reads the value. The error names file and line if the flag's type cannot hold it.
func (s *Switch) Observe(ctx context.Context) (model.Value, error) {
	if err := ctx.Err(); err != nil {
		return model.Value{}, s.file.wrap(err)
	}
	v, err := s.file.read()
	if err != nil {
		return model.Value{}, s.file.wrap(err)
	}
	return s.value(Parse(v.data))
}

// value returns what f says of the flag.
func (s *Switch) value(f File) (model.Value, error) {
	text, line, err := f.Get(s.key)
	if line == 0 {
		return model.Value{Type: model.Unset}, nil
	}
	var v model.Value
	if err == nil {
		v, err = model.ParseValue(s.kind, text)
	}
	if err != nil {
		return model.Value{}, fmt.Errorf("%s:%d: %s: %w", model.Inert(s.file.path), line, s.key, err)
	}
	return v, nil
}

// Set stores v, unless the file says the same already. ErrConflict, wrapped,
// says that others kept changing the file.
func (s *Switch) Set(ctx context.Context, v model.Value) error {
	return s.SetGroup(ctx, []model.SwitchChange{{Switch: s, Value: v}})
}

// Group returns the absolute path of the file, symbolic links followed.
func (s *Switch) Group() string { return s.file.group() }

// SetGroup stores all changes in one write.
func (s *Switch) SetGroup(ctx context.Context, changes []model.SwitchChange) error {
	group := s.Group()
	for _, c := range changes {
		o, ok := c.Switch.(*Switch)
		if !ok || o != s && o.Group() != group {
			return s.file.wrap(errors.New("set together with a flag of another file"))
		}
		if c.Value.Type != o.kind {
			return s.file.wrap(fmt.Errorf("%s: %s is no %s", o.key, c.Value, o.kind))
		}
		for _, item := range c.Value.Items {
			if strings.Contains(item, ",") || strings.TrimSpace(item) != item || item == "" {
				return s.file.wrap(fmt.Errorf("%s: the item %q would be read back otherwise: no commas, no blanks around it",
					o.key, model.Inert(item)))
			}
		}
	}
	err := s.file.change(ctx, func(data []byte) ([]byte, error) {
		f := Parse(data)
		var edits []Assignment
		for _, c := range changes {
			o := c.Switch.(*Switch)
			if now, err := o.value(f); err == nil && now.Equal(c.Value) {
				continue
			}
			edits = append(edits, Assignment{Key: o.key, Value: c.Value.Encode()})
		}
		if len(edits) == 0 {
			return data, nil
		}
		return f.Edit(edits...)
	})
	return s.file.wrap(err)
}

// Warning returns what a person should know about the variable: lines that
// have no effect because a later one counts. Empty: nothing, or it cannot be read.
func (s *Switch) Warning() string {
	v, err := s.file.read()
	if err != nil {
		return ""
	}
	f := Parse(v.data)
	lines := f.Duplicates(s.key)
	if len(lines) == 0 {
		return ""
	}
	_, last, _ := f.Get(s.key)
	return fmt.Sprintf("%s: %s is set %d times: line %d counts, %v %s no effect", model.Inert(s.file.path), s.key,
		len(lines)+1, last, slices.Clone(lines), map[bool]string{true: "has", false: "have"}[len(lines) == 1])
}
