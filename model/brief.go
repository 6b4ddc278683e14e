package model

import (
	"fmt"
	"slices"
	"strings"
)

const (
	briefItems  = 6  // how many items of a list are named in a line
	changeItems = 24 // likewise of those that a change takes out or lets in
)

// Brief returns v for a line of text: of a long list the first few items, and
// how many more there are. It is inert and never empty.
func (v Value) Brief() string {
	if v.Type != List {
		return v.String()
	}
	if len(v.Items) <= briefItems {
		return v.String()
	}
	return fmt.Sprintf("%s and %d more", Inert(strings.Join(v.Items[:briefItems-2], ",")), len(v.Items)-briefItems+2)
}

// Brief returns the change for a line of text: what of a long list goes, comes
// and how many stay, rather than both lists.
func (c Change) Brief() string {
	if c.From.Type != List || c.To.Type != List || len(c.From.Items) <= briefItems && len(c.To.Items) <= briefItems {
		return fmt.Sprintf("%s → %s", c.From, c.To)
	}
	out := lacking(c.From.Items, c.To.Items)
	in := lacking(c.To.Items, c.From.Items)
	text := fmt.Sprintf("%d → %d", len(c.From.Items), len(c.To.Items))
	if len(out) > 0 {
		text += ", out: " + named(out)
	}
	if len(in) > 0 {
		text += ", in: " + named(in)
	}
	return text
}

// named names items, changeItems at most.
func named(items []string) string {
	if len(items) <= changeItems {
		return Inert(strings.Join(items, ", "))
	}
	return fmt.Sprintf("%s and %d more", Inert(strings.Join(items[:changeItems-2], ", ")), len(items)-changeItems+2)
}

// lacking returns the items of a that are not in b, in their order.
func lacking(a, b []string) []string {
	var out []string
	for _, item := range a {
		if !slices.Contains(b, item) {
			out = append(out, item)
		}
	}
	return out
}

// String returns the change with its flag's name, as Brief does; inert.
func (c Change) String() string { return Inert(string(c.Flag) + ": " + c.Brief()) }
