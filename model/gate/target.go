package gate

import (
	"errors"
	"fmt"
	"strings"

	"gonogo/model"
)

// ParseTarget reads a target for a metric of the given unit: an operator
// (< <= > >= == !=) and a number ("< 1%", "<= 3s", "> 250ms", "== 0", "< 64MiB") or
// another metric, with an optional factor before it ("<= 1.2 * direct_p95",
// "<= 120% * other", "> 90% of other"). A number without a unit is in the
// metric's own: seconds, bytes, and for a ratio 0 to 1. Only the form is
// checked here: whether the other metric exists and has the same unit is up to
// the caller. The error says what was expected.
func ParseTarget(text string, unit model.Unit) (model.Target, error) {
	plain := strings.Join(strings.Fields(text), " ")
	t, err := parseTarget(plain, unit)
	if err != nil {
		return model.Target{}, fmt.Errorf("target %q: %w", model.Inert(text), err)
	}
	t.Text = model.Inert(plain)
	return t, nil
}

func parseTarget(text string, unit model.Unit) (model.Target, error) {
	op, rest, err := cutOperator(text)
	if err != nil {
		return model.Target{}, err
	}
	t := model.Target{Op: op, Value: 1}
	if rest == "" {
		return t, fmt.Errorf("nothing after %q: expected something like %q", op, op+" "+sample(unit))
	}
	number, suffix, other, err := cutNumber(rest)
	if err != nil {
		return t, err
	}
	if number == "" {
		t.Of, err = metricName(other)
		return t, err
	}
	if other == "" {
		t.Value, err = convert(number, suffix, unit)
		return t, err
	}
	if suffix != "" && suffix != "%" {
		return t, fmt.Errorf("a factor is a number or a percentage, not %q: expected something like \"%s 1.2 * other\"", number+suffix, op)
	}
	if t.Of, err = metricName(other); err != nil {
		return t, err
	}
	exp := 0
	if suffix == "%" {
		exp = -2
	}
	t.Value, err = shift(number, exp)
	return t, err
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
// "%" and "x", "3s" into "3", "s" and "", and "x" into "", "" and "x".
func cutNumber(text string) (number, suffix, other string, err error) {
	n := numberLen(text)
	if n == 0 {
		return "", "", text, nil
	}
	number, rest := text[:n], strings.TrimSpace(text[n:])
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

// numberLen returns how many bytes of text's beginning are a decimal number.
func numberLen(text string) int {
	digits := func(i int) int {
		for i < len(text) && text[i] >= '0' && text[i] <= '9' {
			i++
		}
		return i
	}
	sign := func(i int) int {
		if i < len(text) && (text[i] == '-' || text[i] == '+') {
			i++
		}
		return i
	}
	start := sign(0)
	end := digits(start)
	count := end - start
	if end < len(text) && text[end] == '.' {
		fraction := digits(end + 1)
		count += fraction - end - 1
		end = fraction
	}
	if count == 0 {
		return 0
	}
	if end < len(text) && (text[end] == 'e' || text[end] == 'E') {
		from := sign(end + 1)
		if to := digits(from); to > from {
			end = to
		}
	}
	return end
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
