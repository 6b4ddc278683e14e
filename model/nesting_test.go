package model

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// TestNothingDeepIsRead: what is nested too deep is refused without recursion,
// whole or in pieces, and brackets in texts are none.
func TestNothingDeepIsRead(t *testing.T) {
	nest := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	for name, test := range map[string]struct {
		json string
		deep bool
	}{
		"8 MiB":     {strings.Repeat("[", 8<<20), true},
		"objects":   {strings.Repeat(`{"a":`, 65), true},
		"too deep":  {nest(65), true},
		"just so":   {nest(64), false},
		"many":      {strings.Repeat(nest(64)+"\n", 100), false},
		"in a text": {`"` + strings.Repeat("[", 1000) + `\"` + strings.Repeat("{", 1000) + `"`, false},
		"after one": {`"\\"` + nest(65), true},
		"no JSON":   {strings.Repeat("]", 1000) + nest(64), false},
	} {
		t.Run(name, func(t *testing.T) {
			if err := Shallow([]byte(test.json)); errors.Is(err, ErrDeep) != test.deep {
				t.Errorf("got %v", err)
			}
			if len(test.json) > 1<<20 {
				return
			}
			got, err := io.ReadAll(ShallowReader(iotest.OneByteReader(strings.NewReader(test.json))))
			if errors.Is(err, ErrDeep) != test.deep || !test.deep && string(got) != test.json {
				t.Errorf("in pieces: %d bytes, %v", len(got), err)
			}
		})
	}
	for text, deep := range map[string]bool{
		strings.Repeat("(", 101): true, strings.Repeat("(", 100): false, "'" + strings.Repeat("(", 101) + "'": false,
		"`\\`" + strings.Repeat("(", 101): true, "# " + strings.Repeat("(", 101): false, "# a\n" + strings.Repeat("(", 101): true,
	} {
		if err := ShallowText(text); errors.Is(err, ErrDeep) != deep {
			t.Errorf("%.20s: %v", text, err)
		}
	}
}
