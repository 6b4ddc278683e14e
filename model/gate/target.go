package gate

import (
	"errors"
	"fmt"
	"strings"

	"gonogo/model"
)

// ParseTarget reads a target for a metric of the given unit: an operator
// (< <= > >= == !=) and a number ("< 1%", "<= 3s", "> 250ms", "== 0", "< 64MiB"),
// or a relation to another metric or to the metric's own frozen baseline
// ("<= 1.2 * direct_p95", "<= 110% of baseline", "> 90% of other"), or a
// distance from one ("<= +5pp of baseline", "<= +200ms of other"). A distance
// without an operator is the farthest allowed: "+5pp of baseline" is <=, and
// "-5pp of baseline" >=. A number without a unit is in the metric's own:
// seconds, bytes, and for a ratio 0 to 1. Only the form is checked here: whether
// the other metric exists and has the same unit is up to the caller. The error
// says what was expected.
func ParseTarget(text string, unit model.Unit) (model.Target, error) {
	plain := model.Inert(strings.Join(strings.Fields(text), " ")) // first, so that no word below can act on a terminal
	t, err := parseTarget(plain, unit)
	if err != nil {
		return model.Target{}, fmt.Errorf("target %q: %w", model.Inert(text), err)
	}
	t.Text = plain
	return t, nil
}

func parseTarget(text string, unit model.Unit) (model.Target, error) {
	switch { // a bare distance
	case strings.HasPrefix(text, "+") && strings.Contains(text, " of "):
		text = "<= " + text
	case strings.HasPrefix(text, "-") && strings.Contains(text, " of "):
		text = ">= " + text
	}
	op, rest, err := cutOperator(text)
	if err != nil {
		return model.Target{}, err
	}
	t := model.Target{Op: op, Value: 1}
	if rest == "" {
		return t, fmt.Errorf("nothing after %q: expected something like %q", op, op+" "+model.SampleAmount(unit))
	}
	number, suffix, other, err := cutNumber(rest)
	if err != nil {
		return t, err
	}
	switch {
	case number == "":
		t.Of, err = metricName(other)
	case other == "":
		if suffix == "pp" {
			return t, fmt.Errorf("pp are percentage points from something: expected %s%%, or %q", number, op+" +"+number+"pp of baseline")
		}
		t.Value, err = model.Amount(number, suffix, unit)
	case (number[0] == '+' || number[0] == '-') && !strings.Contains(rest, "*"):
		err = parseDistance(&t, number, suffix, other, unit)
	default:
		err = parseFactor(&t, number, suffix, other)
	}
	return t, err
}

// parseFactor reads "1.2 * other" and "120% of other".
func parseFactor(t *model.Target, number, suffix, other string) (err error) {
	switch suffix {
	case "", "%":
	case "pp":
		return fmt.Errorf("percentage points are a distance, with a sign: expected something like \"%s +%spp of baseline\"", t.Op, number)
	default:
		return fmt.Errorf("a factor is a number or a percentage, not %q: expected something like \"%s 1.2 * other\"", number+suffix, t.Op)
	}
	if t.Of, err = metricName(other); err != nil {
		return err
	}
	exp := 0
	if suffix == "%" {
		exp = -2
	}
	t.Value, err = model.Shift(number, exp)
	return err
}

// parseDistance reads "+5pp of other": points for a ratio, else the metric's own unit.
func parseDistance(t *model.Target, number, suffix, other string, unit model.Unit) (err error) {
	if t.Of, err = metricName(other); err != nil {
		return err
	}
	switch {
	case suffix == "%":
		return fmt.Errorf("%s%% of it could mean two things: expected %spp (percentage points), or a factor like \"110%% of %s\"", number, number, other)
	case suffix == "pp" && unit == model.Ratio:
		t.Plus, err = model.Shift(number, -2)
	case suffix == "pp":
		return fmt.Errorf("%spp are percentage points, which a ratio has: expected %s, or set unit = \"ratio\"", number, distances(unit))
	case unit == model.Ratio:
		return fmt.Errorf("expected percentage points, such as \"%s +5pp of %s\", found %s", t.Op, other, number+suffix)
	default:
		t.Plus, err = model.Amount(number, suffix, unit)
	}
	return err
}

// distances says how a distance in unit is written.
func distances(unit model.Unit) string {
	return `something like "+` + model.SampleAmount(unit) + ` of other"`
}

// cutOperator splits text behind its operator.
func cutOperator(text string) (op, rest string, err error) {
	for _, op := range [...]string{"<=", ">=", "==", "!=", "<>", "=<", "=>", "<", ">"} {
		if rest, ok := strings.CutPrefix(text, op); ok {
			if right := meant(op); right != "" {
				return "", "", fmt.Errorf("unknown operator %q: did you mean %q?", op, right)
			}
			return op, strings.TrimSpace(rest), nil
		}
	}
	for _, wrong := range [...]string{"≤", "≥", "≠", "="} {
		if strings.HasPrefix(text, wrong) {
			return "", "", fmt.Errorf("unknown operator %q: did you mean %q?", wrong, meant(wrong))
		}
	}
	return "", "", errors.New(`expected an operator (< <= > >= == !=) and a value, such as "< 1%"`)
}

// meant returns the operator that somebody meant who wrote wrong, or "".
func meant(wrong string) string {
	switch wrong {
	case "<>", "≠":
		return "!="
	case "=<", "≤":
		return "<="
	case "=>", "≥":
		return ">="
	case "=":
		return "=="
	}
	return ""
}

// cutNumber splits "1.2 * x" into "1.2", "" and "x", "120% of x" into "120",
// "%" and "x", "+5pp of x" into "+5", "pp" and "x", "3s" into "3", "s" and "",
// and "x" into "", "" and "x".
func cutNumber(text string) (number, suffix, other string, err error) {
	number, rest := model.CutNumber(text)
	if number == "" {
		return "", "", text, nil
	}
	end := strings.IndexAny(rest, " *")
	if end < 0 {
		return number, rest, "", nil
	}
	suffix, rest = rest[:end], strings.TrimSpace(rest[end:])
	if suffix == "of" { // "1.2 of x"
		return number, "", rest, nil
	}
	if after, ok := strings.CutPrefix(rest, "*"); ok {
		rest = strings.TrimSpace(after)
	} else if after, ok := strings.CutPrefix(rest, "of "); ok {
		rest = strings.TrimSpace(after)
	} else {
		return "", "", "", fmt.Errorf("%q after the value: expected nothing, or \"* METRIC\"", model.Inert(rest))
	}
	if rest == "" {
		return "", "", "", errors.New(`a factor without a metric: expected something like "1.2 * other"`)
	}
	return number, suffix, rest, nil
}

// metricName accepts the name of a metric: letters, digits, "_", "-" and ".",
// the last two not in front.
func metricName(text string) (model.MetricID, error) {
	for i, c := range []byte(text) {
		if i == 0 && (c == '-' || c == '.') {
			c = ' '
		}
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-' || c == '.' {
			continue
		}
		return "", fmt.Errorf("%q is neither a number nor the name of a metric: expected something like \"1%%\", \"250ms\", \"0.8\" or \"1.2 * other\"", model.Inert(text))
	}
	return model.MetricID(text), nil
}
