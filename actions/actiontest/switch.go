package actiontest

import (
	"context"
	"errors"
	"sync"
	"testing"

	"gonogo/model"
)

// SwitchCase is a kind of switch under test.
type SwitchCase struct {
	// New makes a switch of type kind over a store of its own, which holds start;
	// Unset: which has no such key.
	New func(t *testing.T, kind model.ValueType, start model.Value) Store
	// NoUnset lists the types for which the store cannot have no value.
	NoUnset []model.ValueType
}

// Store is a switch and a look behind it.
type Store struct {
	model.Switch
	// Writes tells one state of the store from the next: it changes with every write.
	Writes func() string
}

// Switch runs the contract of switches.
func Switch(t *testing.T, c SwitchCase) {
	pairs := []struct {
		name string
		a, b model.Value
	}{
		{"bool", model.BoolValue(true), model.BoolValue(false)},
		{"list", model.ListValue("tenant_a", "tenant-b"), model.ListValue()},
		{"number", model.Value{Type: model.Number, Text: "12.5"}, model.Value{Type: model.Number, Text: "-3"}},
		{"text", model.Value{Type: model.Text, Text: `two words, 'one' "quote" #x \ é`}, model.Value{Type: model.Text, Text: "plain"}},
	}
	for _, p := range pairs {
		t.Run(p.name, func(t *testing.T) {
			t.Run("what is set is observed", func(t *testing.T) { setAndObserve(t, c, p.a, p.b) })
			t.Run("set again writes nothing", func(t *testing.T) { setAgain(t, c, p.a, p.b) })
			t.Run("unset", func(t *testing.T) { unset(t, c, p.a) })
			t.Run("another type is refused", func(t *testing.T) { anotherType(t, c, p.a) })
			t.Run("cancelled", func(t *testing.T) { switchCancelled(t, c, p.a, p.b) })
		})
	}
	t.Run("concurrent", func(t *testing.T) { concurrent(t, c) })
}

func setAndObserve(t *testing.T, c SwitchCase, a, b model.Value) {
	s := c.New(t, a.Type, a)
	for i, v := range []model.Value{a, b, a, b} {
		if i > 0 {
			if err := s.Set(t.Context(), v); err != nil {
				t.Fatalf("set %s: %v", v, err)
			}
		}
		observed(t, s, v)
	}
}

func observed(t *testing.T, s Store, want model.Value) {
	t.Helper()
	got, err := s.Observe(t.Context())
	if err != nil {
		t.Fatalf("observe: %v", err)
	}
	if !got.Equal(want) {
		t.Fatalf("observed %#v, want %#v", got, want)
	}
}

func setAgain(t *testing.T, c SwitchCase, a, b model.Value) {
	s := c.New(t, a.Type, b)
	if err := s.Set(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	before := s.Writes()
	if err := s.Set(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	if after := s.Writes(); after != before {
		t.Errorf("the store was written: %s, then %s", before, after)
	}
	if err := s.Set(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	if s.Writes() == before {
		t.Error("Writes does not tell a write: the test above shows nothing")
	}
}

func unset(t *testing.T, c SwitchCase, v model.Value) {
	for _, kind := range c.NoUnset {
		if kind == v.Type {
			t.Skip("this store always has a " + string(kind))
		}
	}
	s := c.New(t, v.Type, model.Value{Type: model.Unset})
	observed(t, s, model.Value{Type: model.Unset})
	if err := s.Set(t.Context(), v); err != nil {
		t.Fatal(err)
	}
	observed(t, s, v)
}

func anotherType(t *testing.T, c SwitchCase, v model.Value) {
	s := c.New(t, v.Type, v)
	before := s.Writes()
	other := model.BoolValue(false)
	if v.Type == model.Bool {
		other = model.ListValue("x")
	}
	for _, wrong := range []model.Value{other, {}, {Type: model.Unset}} {
		err := s.Set(t.Context(), wrong)
		if err == nil {
			t.Errorf("%#v was taken for a %s", wrong, v.Type)
		}
		Harmless(t, "set", err)
	}
	if s.Writes() != before {
		t.Error("the store was written")
	}
}

func switchCancelled(t *testing.T, c SwitchCase, a, b model.Value) {
	s := c.New(t, a.Type, a)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	before := s.Writes()
	Within(t, "observe", func() {
		if _, err := s.Observe(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("observe: %v, want one that wraps context.Canceled", err)
		}
	})
	Within(t, "set", func() {
		if err := s.Set(ctx, b); !errors.Is(err, context.Canceled) {
			t.Errorf("set: %v, want one that wraps context.Canceled", err)
		}
	})
	if s.Writes() != before {
		t.Error("the store was written")
	}
	observed(t, s, a)
}

func concurrent(t *testing.T, c SwitchCase) {
	values := []model.Value{model.ListValue("a"), model.ListValue("b", "c"), model.ListValue("d", "e", "f")}
	s := c.New(t, model.List, values[0])
	var group sync.WaitGroup
	for i := range 12 {
		group.Go(func() {
			if err := s.Set(t.Context(), values[i%len(values)]); err != nil {
				t.Errorf("set: %v", err)
			}
			if v, err := s.Observe(t.Context()); err != nil {
				t.Errorf("observe: %v", err)
			} else if !v.Equal(values[0]) && !v.Equal(values[1]) && !v.Equal(values[2]) {
				t.Errorf("observed %s, which nobody set", v)
			}
		})
	}
	group.Wait()
}
