package http

import (
	"errors"
	"strings"
	"testing"

	"gonogo/model"
)

// TestDeepAnswerIsTrouble: 8 MiB of brackets are trouble, and end nothing.
func TestDeepAnswerIsTrouble(t *testing.T) {
	if _, err := number([]byte(strings.Repeat("[", 8<<20)), "a", func(text string) string { return text }); !errors.Is(err, model.ErrDeep) {
		t.Errorf("got %v", err)
	}
	if _, err := number([]byte(`{"a":1}`), strings.Repeat("{", 1<<20), func(text string) string { return text }); err == nil {
		t.Error("a path of 1 MiB is taken")
	}
}
