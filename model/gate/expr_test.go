package gate

import (
	"errors"
	"math"
	"strings"
	"testing"

	"gonogo/model"
)

func exprUnits(id model.MetricID) (model.Unit, bool) {
	units := map[model.MetricID]model.Unit{
		"pg": model.Count, "es": model.Count, "p95": model.Seconds, "p50": model.Seconds, "error": model.Ratio, "plain": model.Plain, "rate": model.PerSec, "size": model.Bytes,
	}
	u, ok := units[id]
	return u, ok
}

func TestExpr(t *testing.T) {
	values := map[model.MetricID]float64{"pg": 1000, "es": 990, "p95": 2, "p50": 1, "error": 0.02, "plain": 0, "rate": 5, "size": 64}
	tests := map[string]struct {
		text  string
		want  float64
		unit  model.Unit
		loose bool
	}{
		"the plan's":            {"abs(pg - es) / pg", 0.01, model.Ratio, false},
		"same unit":             {"p95 - p50", 1, model.Seconds, false},
		"times a number":        {"2 * p95", 4, model.Seconds, false},
		"times a ratio":         {"error * pg", 20, model.Count, false},
		"a number less a share": {"1 - error", 0.98, model.Ratio, false},
		"whole numbers divided": {"pg * (1 / 4)", 250, model.Count, false},
		"largest":               {"max(p95, p50, 3)", 3, model.Seconds, false},
		"one of two":            {"p95 > 1.5 ? 1 : 0 - pg * 0", 1, model.Count, false},
		"a whole number":        {"p95 > p50 ? 1 : 0", 1, "", true},
		"a count per second":    {"pg / p95", 500, model.PerSec, false},
		"bytes per event":       {"size / pg", 0.064, "", true},
		"0/0":                   {"plain / plain", math.NaN(), model.Ratio, false},
		"1/0":                   {"pg / plain", math.NaN(), model.Count, false},
		"0/0 compared":          {"plain / plain > 1 ? 1 : 0", math.NaN(), "", true},
		"not what was not":      {"!(p95 > p50) || p95 >= 2 and true ? round(1.6) : 5", 2, "", true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			e, err := CompileExpr(tt.text, exprUnits)
			if err != nil {
				t.Fatal(err)
			}
			if e.Unit != tt.unit || e.Loose != tt.loose {
				t.Errorf("unit %q, loose %v; want %q, %v", e.Unit, e.Loose, tt.unit, tt.loose)
			}
			for range 2 {
				got, err := e.Eval(func(id model.MetricID) float64 { return values[id] })
				if err != nil || got != tt.want && !(math.IsNaN(got) && math.IsNaN(tt.want)) {
					t.Errorf("got %v (%v), want %v", got, err, tt.want)
				}
			}
		})
	}
}

func TestExprRefuses(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"no expression":   {"pg -", "is no expression: unexpected token EOF (1:4)"},
		"per cent":        {"error > 5% ? 1 : 0", "is no expression: "},
		"nothing":         {"1 + 1", "names no metric, so it would never change"},
		"unknown":         {"pq - es", "there is no metric pq"},
		"mixed":           {"pg - p95", "- mixes count and seconds"},
		"mixed compare":   {"pg > p95 ? 1 : 0", "> mixes count and seconds"},
		"mixed choice":    {"pg > 1 ? p95 : es", "? mixes seconds and count"},
		"mixed largest":   {"max(pg, error)", "max() mixes count and ratio"},
		"squared":         {"p95 * p50", "* multiplies seconds by seconds, which is no unit that a metric has"},
		"true":            {"pg > es", "is true or false, but a metric is a number"},
		"true as number":  {"(pg > es) + 1", `"+" does not fit what stands around it`},
		"number as true":  {"pg ? 1 : 0", "what stands before ? is no comparison"},
		"a loop":          {"sum(1..1000000, # * pg)", "sum() is not among"},
		"a list":          {"len([pg, es])", "len() is not among"},
		"a range":         {"pg in 1..5", `".." is no arithmetic or comparison`},
		"a text":          {`pg == "a" ? 1 : 0`, "holds something other than"},
		"powers":          {"pg ** 99999", `"**" is no arithmetic or comparison`},
		"a method":        {"pg.x", "holds something other than"},
		"a call":          {"exit(pg)", "exit() is not among"},
		"a variable":      {"let x = pg; x", "holds something other than"},
		"very long":       {strings.Repeat("pg+", 1000) + "pg", "is longer than 2000 bytes"},
		"very many nodes": {strings.Repeat("pg+", 600) + "pg", "is no expression: "},
		"very deep":       {strings.Repeat("(", 900) + "pg" + strings.Repeat(")", 900), ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := CompileExpr(tt.text, exprUnits)
			if tt.want == "" {
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
	var unknown *UnknownMetric
	if _, err := CompileExpr("pq - es", exprUnits); !errors.As(err, &unknown) || unknown.ID != "pq" {
		t.Errorf("got %v", err)
	}
}

func FuzzCompileExpr(f *testing.F) {
	for _, text := range []string{"abs(pg - es) / pg", "p95 > 2 ? 1 : 0", "max(1, pg)", "!(pg > 1) ? es : pg", "-pg", "pg in [1]", "pg?.x", "let a = 1; a"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		e, err := CompileExpr(text, exprUnits)
		if err != nil {
			if msg := err.Error(); msg != model.Inert(msg) {
				t.Errorf("%q is not inert", msg)
			}
			return
		}
		if _, err := e.Eval(func(model.MetricID) float64 { return 3 }); err != nil {
			t.Errorf("%q compiles and does not run: %v", text, err)
		}
	})
}
