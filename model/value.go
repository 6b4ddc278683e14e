package model

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// ValueType is the type of a flag's value.
type ValueType string

// The types a flag may have. Unset is what a store answers that has no such key.
const (
	Bool   ValueType = "bool"
	Text   ValueType = "string"
	Number ValueType = "number"
	List   ValueType = "list"
	Unset  ValueType = "unset"
)

// Wishes stand in a config where a list stands: what they come to is known
// when a plan is made, see Resolve. No store holds them, and no plan.
const (
	Share  ValueType = "share"  // Text is per cent of the flag's population, "25"
	Remove ValueType = "remove" // what is there, without what a person picks
)

// Value is what a flag is set to. The zero Value means "not observed yet";
// a Value of type Unset means "observed: the store has no such key".
type Value struct {
	Type  ValueType `json:"type,omitempty"`
	Text  string    `json:"text,omitempty"`  // "true" or "false" for a Bool, decimal for a Number
	Items []string  `json:"items,omitempty"` // of a List, in the order of the store
}

// BoolValue returns the Bool b.
func BoolValue(b bool) Value { return Value{Type: Bool, Text: strconv.FormatBool(b)} }

// ListValue returns the List of items.
func ListValue(items ...string) Value { return Value{Type: List, Items: items} }

// ParseValue reads a value of type t as a store or a service writes it. A Bool
// is true, 1, yes or on, or false, 0, no or off, in any case; a List is comma separated,
// with blanks around its items dropped, and empty for an empty text.
func ParseValue(t ValueType, text string) (Value, error) {
	trimmed := strings.TrimSpace(text)
	switch t {
	case Bool:
		switch strings.ToLower(trimmed) {
		case "true", "1", "yes", "on":
			return BoolValue(true), nil
		case "false", "0", "no", "off":
			return BoolValue(false), nil
		}
		return Value{}, fmt.Errorf("%q is no bool: expected true or false", Inert(trimmed))
	case Number:
		if v, err := strconv.ParseFloat(trimmed, 64); err != nil || math.IsNaN(v) { // NaN equals nothing, and would never be in effect
			return Value{}, fmt.Errorf("%q is no number", Inert(trimmed))
		}
		return Value{Type: Number, Text: trimmed}, nil
	case List:
		v := Value{Type: List}
		for item := range strings.SplitSeq(trimmed, ",") {
			if item = strings.TrimSpace(item); item != "" {
				v.Items = append(v.Items, item)
			}
		}
		return v, nil
	case Text:
		return Value{Type: Text, Text: text}, nil
	}
	return Value{}, fmt.Errorf("unknown flag type %q: expected bool, string, number or list", t)
}

// IsZero reports whether v was never observed.
func (v Value) IsZero() bool { return v.Type == "" }

// Equal reports whether a service that reads v and w behaves the same: lists
// are compared as sets, numbers by their value.
func (v Value) Equal(w Value) bool {
	if v.Type != w.Type {
		return false
	}
	switch v.Type {
	case List:
		a, b := slices.Clone(v.Items), slices.Clone(w.Items)
		slices.Sort(a)
		slices.Sort(b)
		return slices.Equal(slices.Compact(a), slices.Compact(b))
	case Number:
		a, errA := strconv.ParseFloat(v.Text, 64)
		b, errB := strconv.ParseFloat(w.Text, 64)
		return errA == nil && errB == nil && a == b
	}
	return v.Text == w.Text
}

// Encode returns v as a store keeps it: lists comma separated without blanks.
func (v Value) Encode() string {
	if v.Type == List {
		return strings.Join(v.Items, ",")
	}
	return v.Text
}

// String returns v for a person to read: inert, and never empty.
func (v Value) String() string {
	switch v.Type {
	case "":
		return "?"
	case Unset:
		return "(unset)"
	case List:
		if len(v.Items) == 0 {
			return "[]"
		}
	case Share:
		return Inert(v.Text) + "%"
	case Remove:
		return "(those that you pick removed)"
	case Text:
		if v.Text == "" {
			return `""`
		}
	}
	return Inert(v.Encode())
}
