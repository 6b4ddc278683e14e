package model

import (
	"fmt"
	"strconv"
)

// everyone returns how an empty list is said of a change where it lets
// everyone in; empty where neither value does.
func everyone(f *Flag, from, to Value) string {
	if (from.Type != List || !opens(f, from)) && (to.Type != List || !opens(f, to)) {
		return ""
	}
	if len(f.Population) == 0 {
		return "everyone"
	}
	return fmt.Sprintf("everyone (%d)", len(f.Population))
}

// Everyone returns how v is said where it is an empty list that lets everyone
// in: "everyone (30)"; empty for any other value. Nil f is a flag that nothing is known of.
func (f *Flag) Everyone(v Value) string {
	if f == nil {
		return ""
	}
	return everyone(f, v, v)
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
			return fmt.Sprintf("%d: %s", len(v.Items), v.first(changeItems))
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

// short is a change in a few words; of one that changes nothing what is there.
func (s *Step) short(c Change) string {
	if c.From.Equal(c.To) {
		return s.HowMany(c.To)
	}
	return s.HowMany(c.From) + " → " + s.HowMany(c.To)
}

// Members returns who is on the flag's list: what its store holds, else what
// is in effect, and its population where the list is empty and that means
// everyone; false where that is not known.
func (f *Flag) Members(s FlagState) ([]string, bool) {
	for _, v := range []Value{s.Stored, s.Effective} {
		if v.Type != List {
			continue
		}
		if opens(f, v) {
			return f.Population, len(f.Population) > 0
		}
		return v.Items, true
	}
	return nil, false
}
