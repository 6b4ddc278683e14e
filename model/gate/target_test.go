package gate

import (
	"math"
	"strings"
	"testing"

	"gonogo/model"
)

func TestParseTarget(t *testing.T) {
	tests := []struct {
		name, text string
		unit       model.Unit
		op         string
		value      float64
		of         model.MetricID
	}{
		{"per cent", "< 1%", model.Ratio, "<", 0.01, ""},
		{"per cent is exact", ">= 99.9%", model.Ratio, ">=", 0.999, ""},
		{"small per cent is exact", "< 0.1%", model.Ratio, "<", 0.001, ""},
		{"no blanks", "<1%", model.Ratio, "<", 0.01, ""},
		{"many blanks", "  <   1 %  ", model.Ratio, "<", 0.01, ""},
		{"blanks of other kinds", "<\f1\u00a0%\t", model.Ratio, "<", 0.01, ""},
		{"ratio as a number", "> 0.8", model.Ratio, ">", 0.8, ""},
		{"whole ratio", "== 1", model.Ratio, "==", 1, ""},
		{"seconds", "<= 3s", model.Seconds, "<=", 3, ""},
		{"milliseconds are exact", "> 250ms", model.Seconds, ">", 0.25, ""},
		{"microseconds", "< 3us", model.Seconds, "<", 3e-6, ""},
		{"microseconds, Greek", "< 3µs", model.Seconds, "<", 3e-6, ""},
		{"minutes", "< 5m", model.Seconds, "<", 300, ""},
		{"hours", "< 1.5h", model.Seconds, "<", 5400, ""},
		{"days", "< 2d", model.Seconds, "<", 172800, ""},
		{"plain seconds", "< 3", model.Seconds, "<", 3, ""},
		{"kibibytes", "< 4KiB", model.Bytes, "<", 4096, ""},
		{"megabytes", "< 4MB", model.Bytes, "<", 4e6, ""},
		{"gibibytes", "< 1.5 GiB", model.Bytes, "<", 1.5 * (1 << 30), ""},
		{"count", "== 0", model.Count, "==", 0, ""},
		{"count, not", "!= 3", model.Count, "!=", 3, ""},
		{"exponent", "< 1e3", model.Plain, "<", 1000, ""},
		{"exponent and per cent", "< 1e1%", model.Ratio, "<", 0.1, ""},
		{"negative", "> -3.5", model.Plain, ">", -3.5, ""},
		{"point first", "> .5", model.Plain, ">", 0.5, ""},
		{"rate", "> 5/s", model.PerSec, ">", 5, ""},
		{"metric", "<= direct_p95", model.Seconds, "<=", 1, "direct_p95"},
		{"factor", "<= 1.2 * direct_p95", model.Seconds, "<=", 1.2, "direct_p95"},
		{"factor without blanks", "<= 1.2*direct_p95", model.Seconds, "<=", 1.2, "direct_p95"},
		{"factor per cent", "<= 120% * other", model.Seconds, "<=", 1.2, "other"},
		{"per cent of", "<= 110% of other", model.Seconds, "<=", 1.1, "other"},
		{"factor of", "<= 2 of other.p-95", model.Count, "<=", 2, "other.p-95"},
		{"large factor of a ratio", "<= 3 * other", model.Ratio, "<=", 3, "other"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseTarget(tt.text, tt.unit)
			if err != nil {
				t.Fatal(err)
			}
			want := model.Target{Op: tt.op, Value: tt.value, Of: tt.of, Text: strings.Join(strings.Fields(tt.text), " ")}
			if got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}

func TestParseDistance(t *testing.T) {
	tests := []struct {
		text string
		unit model.Unit
		want model.Target
	}{
		{"+5pp of baseline", model.Ratio, model.Target{Op: "<=", Value: 1, Plus: 0.05, Of: model.OfBaseline}},
		{"-2.5pp of baseline", model.Ratio, model.Target{Op: ">=", Value: 1, Plus: -0.025, Of: model.OfBaseline}},
		{"< +5pp of other", model.Ratio, model.Target{Op: "<", Value: 1, Plus: 0.05, Of: "other"}},
		{"<= +200ms of baseline", model.Seconds, model.Target{Op: "<=", Value: 1, Plus: 0.2, Of: model.OfBaseline}},
		{"+3 of other", model.Count, model.Target{Op: "<=", Value: 1, Plus: 3, Of: "other"}},
		{"> -2 * other", model.Plain, model.Target{Op: ">", Value: -2, Of: "other"}},
		{"<= 110% of baseline", model.Ratio, model.Target{Op: "<=", Value: 1.1, Of: model.OfBaseline}},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			tt.want.Text = tt.text
			if got, err := ParseTarget(tt.text, tt.unit); err != nil || got != tt.want {
				t.Errorf("got %+v, %v\nwant %+v", got, err, tt.want)
			}
		})
	}
	values := func(self, of model.MetricID) (float64, bool) { return 0.01, self == "m" && of == model.OfBaseline }
	target, _ := ParseTarget("+5pp of baseline", model.Ratio)
	if v, ok := Threshold("m", target, values); math.Abs(v-0.06) > 1e-12 || !ok {
		t.Errorf("threshold %v, %v", v, ok)
	}
	if _, ok := Threshold("n", target, values); ok {
		t.Error("another metric's baseline was used")
	}
}

func TestParseTargetErrors(t *testing.T) {
	tests := []struct {
		name, text string
		unit       model.Unit
		want       string // part of the error
	}{
		{"empty", "", model.Ratio, "expected an operator"},
		{"no operator", "1%", model.Ratio, "expected an operator"},
		{"no value", "<", model.Ratio, `expected something like "< 1%"`},
		{"single equals", "= 0", model.Count, `did you mean "=="`},
		{"typographic", "≤ 5", model.Count, `did you mean "<="`},
		{"turned", "=> 5", model.Count, `did you mean ">="`},
		{"basic", "<> 5", model.Count, `did you mean "!="`},
		{"ratio too large", "< 5", model.Ratio, "did you mean 5%?"},
		{"ratio negative", "> -1%", model.Ratio, "0% to 100%"},
		{"ratio above all", "> 101%", model.Ratio, "0% to 100%"},
		{"per cent of time", "< 5%", model.Seconds, `expected a plain number or one with s, ms, us`},
		{"time of a ratio", "< 5s", model.Ratio, `5s does not fit unit = "ratio"`},
		{"time of nothing", "< 5s", model.Plain, `set unit = "seconds"`},
		{"bytes of time", "< 5MiB", model.Seconds, `set unit = "bytes"`},
		{"unknown unit", "< 5parsec", model.Seconds, `unknown unit "parsec"`},
		{"compound", "< 1m30s", model.Seconds, `unknown unit "m30s"`},
		{"points of nothing", "< 5pp", model.Ratio, `pp are percentage points from something: expected 5%, or "< +5pp of baseline"`},
		{"points without a sign", "< 5pp of baseline", model.Ratio, `percentage points are a distance, with a sign: expected something like "< +5pp of baseline"`},
		{"points of seconds", "< +5pp of baseline", model.Seconds, `+5pp are percentage points, which a ratio has: expected something like "+250ms of other", or set unit = "ratio"`},
		{"per cent more", "< +5% of baseline", model.Ratio, `+5% of it could mean two things: expected +5pp (percentage points), or a factor like "110% of baseline"`},
		{"distance without points", "<= +0.05 of baseline", model.Ratio, `expected percentage points, such as "<= +5pp of baseline", found +0.05`},
		{"distance in another unit", "<= +5B of other", model.Seconds, "5B does not fit"},
		{"distance from no metric", "+5pp of a b", model.Ratio, "neither a number nor the name of a metric"},
		{"factor with a unit", "< 5s * other", model.Seconds, "a factor is a number or a percentage"},
		{"factor without a metric", "< 1.2 *", model.Seconds, "a factor without a metric"},
		{"two values", "< 1% 2%", model.Ratio, `"2%" after the value`},
		{"expression", "< a + b", model.Ratio, "neither a number nor the name of a metric"},
		{"not a number", "< NaN%", model.Ratio, "neither a number nor the name of a metric"},
		{"name with a dash first", "< -a", model.Ratio, "neither a number nor the name of a metric"},
		{"too large", "< 1e999", model.Count, "no number that can be held"},
		{"exponent too large", "< 1e99999999999999999999", model.Count, "no number that can be held"},
		{"too large with its unit", "< 1e308d", model.Seconds, "too large"},
		{"escape sequence", "< \x1b[2J", model.Count, "␛[2J"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseTarget(tt.text, tt.unit)
			if err == nil {
				t.Fatalf("got %+v, want an error", got)
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %q, want it to have %q", err, tt.want)
			}
			if got != (model.Target{}) {
				t.Errorf("got %+v beside the error", got)
			}
		})
	}
}

func FuzzParseTarget(f *testing.F) {
	for _, text := range []string{"< 1%", ">= 99.9%", "<= 1.2 * direct_p95", "<= 110% of x", "== 0", "<1e-3", "> 250ms", "< 64MiB", "≤ 3", "+0\x03 of 0"} {
		for unit := range 6 {
			f.Add(text, unit)
		}
	}
	units := []model.Unit{model.Ratio, model.Seconds, model.Count, model.Bytes, model.PerSec, model.Plain}
	f.Fuzz(func(t *testing.T, text string, n int) {
		unit := units[uint(n)%uint(len(units))]
		got, err := ParseTarget(text, unit)
		if err != nil {
			if model.Inert(err.Error()) != err.Error() {
				t.Errorf("error %q can act on a terminal", err)
			}
			return
		}
		if !finite(got.Value) {
			t.Errorf("%q is %v", text, got.Value)
		}
		if unit == model.Ratio && got.Of == "" && (got.Value < 0 || got.Value > 1) {
			t.Errorf("%q is a ratio of %v", text, got.Value)
		}
		again, err := ParseTarget(got.Text, unit)
		if err != nil || again != got {
			t.Errorf("%q is %+v, and read again %+v, %v", text, got, again, err)
		}
		values := func(_, _ model.MetricID) (float64, bool) { return 2, true }
		if _, known := Holds("m", got, 1, values); !known && finite(got.Value*2+got.Plus) {
			t.Errorf("whether 1 %s holds is not known", got.Text)
		}
	})
}

func TestHolds(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	tests := []struct {
		name         string
		op           string
		limit        float64
		of           model.MetricID
		v            float64
		holds, known bool
	}{
		{"below", "<", 1, "", 0.5, true, true},
		{"not below itself", "<", 1, "", 1, false, true},
		{"at most", "<=", 1, "", 1, true, true},
		{"above", ">", 1, "", 2, true, true},
		{"not above itself", ">", 1, "", 1, false, true},
		{"at least", ">=", 1, "", 1, true, true},
		{"equal", "==", 0, "", 0, true, true},
		{"unequal", "!=", 0, "", 0, false, true},
		{"NaN is not below", "<", 1, "", nan, false, false},
		{"NaN is not unequal", "!=", 1, "", nan, false, false},
		{"infinite is not above", ">", 1, "", inf, false, false},
		{"relation", "<", 1.5, "two", 2.9, true, true},
		{"relation fails", "<", 1.5, "two", 3, false, true},
		{"relation to nothing", "<", 1.5, "none", 0, false, false},
		{"relation to NaN", "!=", 1.5, "nan", 0, false, false},
		{"unknown operator", "~", 1, "", 1, false, false},
		{"no operator", "", 0, "", 0, false, false},
	}
	values := func(_, of model.MetricID) (float64, bool) {
		switch of {
		case "two":
			return 2, true
		case "nan":
			return nan, true
		}
		return 0, false
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			holds, known := Holds("m", model.Target{Op: tt.op, Value: tt.limit, Of: tt.of}, tt.v, values)
			if holds != tt.holds || known != tt.known {
				t.Errorf("got %v, %v, want %v, %v", holds, known, tt.holds, tt.known)
			}
		})
	}
	if _, known := Holds("m", model.Target{Op: "<", Value: 1, Of: "two"}, 0, nil); known {
		t.Error("a relation is known without values to look at")
	}
}

// TestAroundIsADistanceWhateverTheSign: 15% around -10 is from -11.5 to -8.5.
func TestAroundIsADistanceWhateverTheSign(t *testing.T) {
	for of, want := range map[float64][2]float64{-10: {-11.5, -8.5}, 10: {8.5, 11.5}, 0: {0, 0}} {
		values := func(_, _ model.MetricID) (float64, bool) { return of, true }
		low, _ := Threshold("m", model.Target{Op: ">=", Value: .85, Of: "o", Around: true}, values)
		high, _ := Threshold("m", model.Target{Op: "<=", Value: 1.15, Of: "o", Around: true}, values)
		if math.Abs(low-want[0]) > 1e-9 || math.Abs(high-want[1]) > 1e-9 {
			t.Errorf("around %g: %g to %g, want %v", of, low, high, want)
		}
	}
}
