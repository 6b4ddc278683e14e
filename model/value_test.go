package model

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"
)

// TestAValueIsReadAsAStoreWritesIt: in whatever case and with blanks around it; what is none of
// its type is refused, inert, and with what is expected.
func TestAValueIsReadAsAStoreWritesIt(t *testing.T) {
	for _, c := range []struct {
		typ  ValueType
		text string
		want Value
		err  string
	}{
		{Bool, "on", BoolValue(true), ""}, {Bool, "YES", BoolValue(true), ""}, {Bool, "1\n", BoolValue(true), ""},
		{Bool, "off", BoolValue(false), ""}, {Bool, "No", BoolValue(false), ""}, {Bool, "\tfalse ", BoolValue(false), ""},
		{Bool, "", Value{}, `"" is no bool: expected true or false`}, {Bool, "2", Value{}, `"2" is no bool: expected true or false`},
		{Bool, "x\x1b[2J", Value{}, `"x␛[2J" is no bool: expected true or false`},
		{Number, " 1e3 ", Value{Type: Number, Text: "1e3"}, ""}, {Number, "-0.5", Value{Type: Number, Text: "-0.5"}, ""},
		{Number, "", Value{}, `"" is no number`}, {Number, "1,5", Value{}, `"1,5" is no number`}, {Number, "NaN", Value{}, `"NaN" is no number`}, {Number, "-nan", Value{}, `"-nan" is no number`},
		{List, ",,", Value{Type: List}, ""}, {List, "b, a ,b", ListValue("b", "a", "b"), ""},
		{Text, "  as it is\n", Value{Type: Text, Text: "  as it is\n"}, ""},
		{Unset, "x", Value{}, `unknown flag type "unset": expected bool, string, number or list`},
		{"", "x", Value{}, `unknown flag type "": expected bool, string, number or list`},
	} {
		got, err := ParseValue(c.typ, c.text)
		if c.err != "" {
			if err == nil || err.Error() != c.err || !got.IsZero() {
				t.Errorf("%s %q: %v, %v, wanted %s", c.typ, c.text, got, err, c.err)
			}
			continue
		}
		if err != nil || got.Type != c.want.Type || got.Text != c.want.Text || strings.Join(got.Items, "|") != strings.Join(c.want.Items, "|") {
			t.Errorf("%s %q: %+v, %v, wanted %+v", c.typ, c.text, got, err, c.want)
		}
		if again, err := ParseValue(c.typ, got.Encode()); err != nil || !again.Equal(got) {
			t.Errorf("%s %q: written and read again it is %+v, %v", c.typ, c.text, again, err)
		}
	}
}

// TestValuesAreEqualWhereAServiceBehavesTheSame: and of another type, or not observed, never.
func TestValuesAreEqualWhereAServiceBehavesTheSame(t *testing.T) {
	number := func(text string) Value { return Value{Type: Number, Text: text} }
	text := func(text string) Value { return Value{Type: Text, Text: text} }
	for _, c := range []struct {
		name string
		a, b Value
		want bool
	}{
		{"bools", BoolValue(true), BoolValue(true), true},
		{"other bools", BoolValue(true), BoolValue(false), false},
		{"numbers written otherwise", number("1.50"), number("15e-1"), true},
		{"other numbers", number("1"), number("1.0001"), false},
		{"zeros", number("0"), number("-0"), true},
		{"no numbers", number("x"), number("x"), false},
		{"lists in another order", ListValue("a", "b"), ListValue("b", "a"), true},
		{"lists with one twice", ListValue("a", "a", "b"), ListValue("a", "b"), true},
		{"a list with one more", ListValue("a", "b"), ListValue("a"), false},
		{"empty lists", ListValue(), Value{Type: List, Items: []string{}}, true},
		{"texts", text("a"), text("a"), true},
		{"texts in another case", text("a"), text("A"), false},
		{"texts with blanks", text("a"), text("a "), false},
		{"a text and a bool", text("true"), BoolValue(true), false},
		{"a number and a text", number("1"), text("1"), false},
		{"unset twice", Value{Type: Unset}, Value{Type: Unset}, true},
		{"unset and empty", Value{Type: Unset}, text(""), false},
		{"never observed, twice", Value{}, Value{}, true},
		{"never observed, and unset", Value{}, Value{Type: Unset}, false},
	} {
		if c.a.Equal(c.b) != c.want || c.b.Equal(c.a) != c.want {
			t.Errorf("%s: %t, %t, wanted %t", c.name, c.a.Equal(c.b), c.b.Equal(c.a), c.want)
		}
	}
	a := ListValue("b", "a")
	if a.Equal(ListValue("a", "b")); a.Encode() != "b,a" {
		t.Errorf("comparing put the list in another order: %v", a)
	}
}

// TestAValueIsSaidInertAndNeverEmpty: whatever it holds, in whole and in brief.
func TestAValueIsSaidInertAndNeverEmpty(t *testing.T) {
	for _, c := range []struct {
		name         string
		v            Value
		whole, brief string
	}{
		{"never observed", Value{}, "?", "?"},
		{"unset", Value{Type: Unset}, "(unset)", "(unset)"},
		{"a bool", BoolValue(true), "true", "true"},
		{"an empty text", Value{Type: Text}, `""`, `""`},
		{"a hostile text", Value{Type: Text, Text: "x\x1b[2J"}, "x␛[2J", "x␛[2J"},
		{"an empty list", ListValue(), "[]", "[]"},
		{"six of a list", ListValue(people(6)...), "t01,t02,t03,t04,t05,t06", "t01,t02,t03,t04,t05,t06"},
		{"seven of a list", ListValue(people(7)...), "t01,t02,t03,t04,t05,t06,t07", "t01,t02,t03,t04 and 3 more"},
		{"hostile items", ListValue("a\x1b[2J", "b", "c", "d", "e", "f", "g"), "a␛[2J,b,c,d,e,f,g", "a␛[2J,b,c,d and 3 more"},
		{"a share", Value{Type: Share, Text: "25"}, "25%", "25%"},
		{"what is picked", Value{Type: Remove}, "(those that you pick removed)", "(those that you pick removed)"},
	} {
		if got := c.v.String(); got != c.whole {
			t.Errorf("%s: %q, wanted %q", c.name, got, c.whole)
		}
		if got := c.v.Brief(); got != c.brief {
			t.Errorf("%s, in brief: %q, wanted %q", c.name, got, c.brief)
		}
	}
	if got := (Change{Flag: "x\x1b[2J", From: BoolValue(true), To: Value{}}).String(); got != "x␛[2J: true → ?" {
		t.Errorf("%q", got)
	}
}

// TestAnEmptyListThatLetsEveryoneInSaysSo: wherever it stands, with how many that is, if that is known.
func TestAnEmptyListThatLetsEveryoneInSaysSo(t *testing.T) {
	opens, closed := &Flag{Type: List, Empty: "everyone", Population: people(30)}, &Flag{Type: List, Empty: "nobody", Population: people(30)}
	unknown := &Flag{Type: List, Empty: "everyone"}
	for _, c := range []struct {
		name string
		f    *Flag
		v    Value
		want string
	}{
		{"empty", opens, ListValue(), "everyone (30)"}, {"empty, of who knows how many", unknown, ListValue(), "everyone"},
		{"empty, and that is nobody", closed, ListValue(), ""}, {"not empty", opens, ListValue("a"), ""},
		{"a bool", opens, BoolValue(true), ""}, {"never observed", opens, Value{}, ""}, {"of no flag", nil, ListValue(), ""},
		{"of a flag that is no list", &Flag{Type: Bool, Empty: "everyone"}, ListValue(), ""},
	} {
		if got := c.f.Everyone(c.v); got != c.want {
			t.Errorf("%s: %q, wanted %q", c.name, got, c.want)
		}
	}
	widens := Change{From: ListValue(people(3)...), To: ListValue()}
	narrows := Change{From: ListValue(), To: ListValue(people(8)...)}
	for _, c := range []struct {
		name, everyone string
		change         Change
		want, many     string
	}{
		{"to everyone", "everyone (30)", widens, "t01,t02,t03 → everyone (30)", "3 → everyone (30)"},
		{"from everyone", "everyone (30)", narrows, "everyone (30) → 8: t01, t02, t03, t04, t05, t06, t07, t08", "everyone (30) → 8"},
		{"to nobody", "", widens, "t01,t02,t03 → []", "3 → 0"},
		{"a bool", "", Change{From: BoolValue(true), To: BoolValue(false)}, "true → false", "true → false"},
	} {
		s := Step{Everyone: c.everyone}
		if got := s.Change(c.change); got != c.want {
			t.Errorf("%s: %q, wanted %q", c.name, got, c.want)
		}
		if got := s.HowMany(c.change.From) + " → " + s.HowMany(c.change.To); got != c.many {
			t.Errorf("%s, in few words: %q, wanted %q", c.name, got, c.many)
		}
	}
}

// TestWhoIsOnAListIsWhatItsStoreHolds: else what is in effect; everyone only where they are known.
func TestWhoIsOnAListIsWhatItsStoreHolds(t *testing.T) {
	opens, closed, unknown := &Flag{Type: List, Empty: "everyone", Population: people(3)}, &Flag{Type: List, Empty: "nobody"}, &Flag{Type: List, Empty: "everyone"}
	for _, c := range []struct {
		name  string
		f     *Flag
		s     FlagState
		want  string
		known bool
	}{
		{"stored", closed, FlagState{Stored: ListValue("a", "b"), Effective: ListValue("c")}, "a,b", true},
		{"in effect alone", closed, FlagState{Effective: ListValue("c")}, "c", true},
		{"in effect, where the store has no such key", closed, FlagState{Stored: Value{Type: Unset}, Effective: ListValue("c")}, "c", true},
		{"nobody", closed, FlagState{Stored: ListValue()}, "", true},
		{"everyone", opens, FlagState{Stored: ListValue()}, "t01,t02,t03", true},
		{"everyone, whoever that is", unknown, FlagState{Stored: ListValue()}, "", false},
		{"never observed", closed, FlagState{}, "", false},
	} {
		got, known := c.f.Members(c.s)
		if strings.Join(got, ",") != c.want || known != c.known {
			t.Errorf("%s: %v, %t", c.name, got, known)
		}
	}
}

// TestAFloatSurvivesJSON: also those that JSON has no numbers for.
func TestAFloatSurvivesJSON(t *testing.T) {
	for _, v := range []float64{0, 1.5, -1e300, 5e-324, math.NaN(), math.Inf(1), math.Inf(-1)} {
		b, err := json.Marshal(Float(v))
		var got Float
		if err != nil || json.Unmarshal(b, &got) != nil || float64(got) != v && !(math.IsNaN(v) && math.IsNaN(float64(got))) {
			t.Errorf("%v: %s, %v, %v", v, b, got, err)
		}
	}
	for _, text := range []string{`"one"`, `{}`, `true`, `[1]`} {
		var got Float
		if err := json.Unmarshal([]byte(text), &got); err == nil {
			t.Errorf("%s is %v", text, got)
		}
	}
}

// TestAValueIsShownShortWithItsUnit: large and small, near 0 and 100 per cent, and where it is no number.
func TestAValueIsShownShortWithItsUnit(t *testing.T) {
	for _, c := range []struct {
		unit Unit
		v    float64
		want string
	}{
		{Plain, math.NaN(), "NaN"}, {Ratio, math.Inf(1), "+Inf"}, {Seconds, math.Inf(-1), "-Inf"},
		{Ratio, 0, "0%"}, {Ratio, 1, "100%"}, {Ratio, 0.5, "50%"}, {Ratio, 0.0123, "1.23%"}, {Ratio, 0.9995, "99.95%"}, {Ratio, -0.25, "-25%"},
		{Seconds, 0, "0s"}, {Seconds, 0.0005, "0.5ms"}, {Seconds, 12.34, "12.3s"}, {Seconds, 123.4, "123s"}, {Seconds, -0.25, "-250ms"},
		{Bytes, 1023, "1023B"}, {Bytes, 1 << 50, "1024TiB"}, {Bytes, 1536, "1.5KiB"},
		{PerSec, 1500, "1.5k/s"}, {PerSec, 2, "2/s"}, {Plain, 3.14159, "3.14"}, {Plain, 5e9, "5G"}, {Count, -1234, "-1.23k"}, {Count, -0.0001, "0"},
	} {
		if got := FormatValue(c.unit, c.v); got != c.want {
			t.Errorf("%s %v: %q, wanted %q", c.unit, c.v, got, c.want)
		}
	}
	for d, want := range map[time.Duration]string{
		time.Millisecond: "1ms", 999 * time.Millisecond: "999ms", 59*time.Second + 999*time.Millisecond: "59s",
		time.Hour: "1h", time.Hour + time.Second: "1h", 25*time.Hour + time.Minute: "1d 1h", -90 * time.Second: "-1m 30s",
	} {
		if got := FormatDuration(d); got != want {
			t.Errorf("%d: %q, wanted %q", d, got, want)
		}
	}
}

// TestJSONIsMadeInertAndSaysTheSame: what acts on a terminal is escaped, and decodes to what it was.
func TestJSONIsMadeInertAndSaysTheSame(t *testing.T) {
	for _, text := range []string{"plain", "ünïcode 日本", "\x1b[2J\x07", "\u009b31m\u202e\u200b\ufeff", "del\x7f", "\U000e0041 tag", "\u2028\u2029", "emoji 👍🏽"} {
		b, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		inert := InertJSON(b)
		var got string
		if err := json.Unmarshal(inert, &got); err != nil || got != text {
			t.Errorf("%q: %s decodes to %q, %v", text, inert, got, err)
		}
		if Inert(string(inert)) != string(inert) {
			t.Errorf("%q: %q still acts", text, inert)
		}
	}
	if got := string(InertJSON([]byte("\"bad \xff\"\n"))); got != `"bad \ufffd"`+"\n" {
		t.Errorf("%q", got)
	}
}
