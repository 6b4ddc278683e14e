package headless

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"gonogo/model"
)

const hostile = "a\x1b]0;x\a\u009b31m\u202e\u2066\u200b\u2028\U000e0041\x7f\xffö中z"

// bare reports whether text has a character that acts on a terminal or misleads.
func bare(text string) bool {
	return !utf8.ValidString(text) || model.Inert(strings.ReplaceAll(text, "\n", "")) != strings.ReplaceAll(text, "\n", "")
}

// TestNothingHostileLeavesACommand: text comes out inert, in whatever pieces it
// is written, and JSON escaped, so that it decodes to what it was.
func TestNothingHostileLeavesACommand(t *testing.T) {
	var whole, pieces bytes.Buffer
	text := "first " + hostile + "\nsecond " + hostile + "\n"
	_, _ = Inert(&whole).Write([]byte(text))
	w := Inert(&pieces)
	for i := range len(text) {
		_, _ = w.Write([]byte{text[i]})
	}
	if whole.String() != pieces.String() || bare(whole.String()) || strings.Count(whole.String(), "\n") != 2 {
		t.Errorf("got %q\nin pieces %q", whole.String(), pieces.String())
	}
	if !strings.Contains(whole.String(), "ö中z\n") {
		t.Errorf("what is harmless was changed: %q", whole.String())
	}

	var out bytes.Buffer
	valid := strings.ToValidUTF8(hostile, "\ufffd")
	if err := writeJSON(&out, map[string]string{valid: hostile}); err != nil {
		t.Fatal(err)
	}
	if bare(out.String()) {
		t.Errorf("JSON with bare characters: %q", out.String())
	}
	var back map[string]string
	if err := json.Unmarshal(out.Bytes(), &back); err != nil || back[valid] != valid {
		t.Errorf("got %q (%v)", back, err)
	}
	if s := out.String(); !strings.Contains(s, "ö中z") || !strings.Contains(s, `\u202e`) || !strings.Contains(s, `\udb40\udc41`) {
		t.Errorf("got %s", s)
	}
}
