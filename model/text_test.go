package model

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestInert(t *testing.T) {
	for in, want := range map[string]string{
		"plain text, ünïcode 日本": "plain text, ünïcode 日本",
		"\x1b]0;title\x07":       "␛]0;title␇",
		"a\r\nb\tc":              "a␍␊b␉c",
		"\u202Egnp.exe":          "⍰gnp.exe",
		"zero\u200Bwidth\ufeff":  "zero⍰width⍰",
		"bad \xff utf8":          "bad ⍰ utf8",
		"c1 \u009b31m":           "c1 ⍰31m",
		"del\x7f":                "del␡",
	} {
		if got := Inert(in); got != want {
			t.Errorf("Inert(%q) = %q, wanted %q", in, got, want)
		}
	}
}

func FuzzInert(f *testing.F) {
	f.Add("\x1b[31m\u202e\xff")
	f.Fuzz(func(t *testing.T, s string) {
		got := Inert(s)
		if !utf8.ValidString(got) || Inert(got) != got {
			t.Errorf("Inert(%q) = %q is not stable", s, got)
		}
		if strings.ContainsFunc(got, func(r rune) bool { return r < 0x20 || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e }) {
			t.Errorf("Inert(%q) = %q still acts", s, got)
		}
	})
}

func TestValues(t *testing.T) {
	for _, c := range []struct {
		typ  ValueType
		text string
		want string
		ok   bool
	}{
		{Bool, " TRUE ", "true", true}, {Bool, "0", "false", true}, {Bool, "maybe", "", false},
		{List, " a, b ,,c", "a,b,c", true}, {List, "", "[]", true},
		{Number, "1.50", "1.50", true}, {Number, "x", "", false}, {Text, "", `""`, true}, {"blob", "", "", false},
	} {
		v, err := ParseValue(c.typ, c.text)
		if (err == nil) != c.ok || c.ok && v.String() != c.want {
			t.Errorf("ParseValue(%s, %q) = %s, %v", c.typ, c.text, v, err)
		}
	}
	if !ListValue("a", "b").Equal(ListValue("b", "a", "a")) || ListValue("a").Equal(ListValue("b")) {
		t.Error("lists are not compared as sets")
	}
	if (Value{Type: Unset}).Equal(BoolValue(false)) || (Value{}).Equal(BoolValue(false)) {
		t.Error("what is not there equals false")
	}
}

func TestFormat(t *testing.T) {
	for got, want := range map[string]string{
		FormatValue(Ratio, 0.986):        "98.6%",
		FormatValue(Ratio, 0.0004):       "0.04%",
		FormatValue(Ratio, 0.99951):      "99.951%",
		FormatValue(Seconds, 0.25):       "250ms",
		FormatValue(Seconds, 1.9):        "1.9s",
		FormatValue(Bytes, 3<<20):        "3MiB",
		FormatValue(Count, 12345):        "12.3k",
		FormatValue(Count, 0):            "0",
		FormatDuration(44 * time.Hour):   "1d 20h",
		FormatDuration(61 * time.Second): "1m 1s",
		FormatDuration(0):                "0s",
		FormatDuration(-time.Minute):     "-1m",
		FormatDuration(-1 << 63):         "-106751d 23h",
	} {
		if got != want {
			t.Errorf("got %q, wanted %q", got, want)
		}
	}
}
