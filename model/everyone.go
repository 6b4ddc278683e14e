package model

import (
	"fmt"
	"strconv"
)

// Everyone returns how v is said where it is an empty list that lets everyone
// in: "everyone (30)"; empty for any other value. Nil f is a flag that nothing is known of.
func (f *Flag) Everyone(v Value) string {
	switch {
	case f == nil || v.Type != List || !f.Opens(v):
		return ""
	case len(f.Population) == 0:
		return "everyone"
	}
	return fmt.Sprintf("everyone (%d)", len(f.Population))
}

// Change returns c, a change of the step, for a line of text as Change.Brief
// does, with everyone for an empty list that lets everyone in.
func (s *Step) Change(c Change) string {
	if s.Everyone == "" {
		return c.Brief()
	}
	side := func(v Value) string {
		switch {
		case v.Type == List && len(v.Items) == 0:
			return s.Everyone
		case v.Type == List && len(v.Items) > briefItems:
			return fmt.Sprintf("%d: %s", len(v.Items), named(v.Items))
		}
		return v.String()
	}
	return side(c.From) + " → " + side(c.To)
}

// HowMany returns a value of the step's changes where there is little room: of
// a list the number of its items.
func (s *Step) HowMany(v Value) string {
	switch {
	case v.Type == List && len(v.Items) == 0 && s.Everyone != "":
		return s.Everyone
	case v.Type == List:
		return strconv.Itoa(len(v.Items))
	}
	return v.String()
}

// Members returns who is on the flag's list: what its store holds, else what
// is in effect, and its population where the list is empty and that means
// everyone; false where that is not known.
func (f *Flag) Members(s FlagState) ([]string, bool) {
	for _, v := range []Value{s.Stored, s.Effective} {
		if v.Type != List {
			continue
		}
		if f.Opens(v) {
			return f.Population, len(f.Population) > 0
		}
		return v.Items, true
	}
	return nil, false
}

// Opens reports whether the value lets everyone in.
func (f *Flag) Opens(v Value) bool {
	return f.Type == List && f.Empty == "everyone" && len(v.Items) == 0
}
