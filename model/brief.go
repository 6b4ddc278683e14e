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
	return v.first(briefItems)
}

// first names n items of a list at most.
func (v Value) first(n int) string {
	if len(v.Items) <= n {
		return v.String()
	}
	return fmt.Sprintf("%s and %d more", Inert(strings.Join(v.Items[:n-2], ",")), len(v.Items)-n+2)
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
		text += ", out: " + ListValue(out...).first(changeItems)
	}
	if len(in) > 0 {
		text += ", in: " + ListValue(in...).first(changeItems)
	}
	return text
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
