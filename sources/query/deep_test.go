package query

import (
	"errors"
	"strings"
	"testing"

	"gonogo/model"
)

// TestDeepQueryIsRefused: PromQL that is nested too deep, or too long, never reaches the parser.
func TestDeepQueryIsRefused(t *testing.T) {
	const n = 100_000
	if _, err := Parse(strings.Repeat("(", n)+"up"+strings.Repeat(")", n), ""); err == nil {
		t.Error("100,000 brackets are taken")
	}
	if _, err := Parse(strings.Repeat("(", 101)+"up"+strings.Repeat(")", 101), ""); !errors.Is(err, model.ErrDeep) {
		t.Errorf("got %v", err)
	}
	if _, err := Parse("up"+strings.Repeat("+1", n), ""); err == nil {
		t.Error("a chain of 100,000 sums is taken")
	}
	if _, err := Parse(strings.Repeat("(", 100)+"up"+strings.Repeat(")", 100)+strings.Repeat("+1", 7000), ""); err != nil {
		t.Errorf("what is long and sound: %v", err)
	}
}
