package gate

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"gonogo/model"
)

// scale is what a suffix does to a number: a decimal shift, which keeps "99.9%"
// exactly 0.999, and then a factor.
type scale struct {
	suffix string
	exp    int
	factor float64
}

// scales returns the suffixes that fit unit.
func scales(unit model.Unit) []scale {
	switch unit {
	case model.Ratio:
		return []scale{{"%", -2, 1}}
	case model.Seconds:
		return []scale{{"s", 0, 1}, {"ms", -3, 1}, {"us", -6, 1}, {"µs", -6, 1}, {"m", 0, 60}, {"h", 0, 3600}, {"d", 0, 86400}}
	case model.Bytes:
		return []scale{{"B", 0, 1}, {"KB", 3, 1}, {"MB", 6, 1}, {"GB", 9, 1}, {"KiB", 0, 1 << 10}, {"MiB", 0, 1 << 20}, {"GiB", 0, 1 << 30}}
	case model.PerSec:
		return []scale{{"/s", 0, 1}}
	}
	return nil
}

// convert returns the number with its suffix in the metric's unit.
func convert(number, suffix string, unit model.Unit) (float64, error) {
	if suffix == "" {
		v, err := shift(number, 0)
		if err == nil && unit == model.Ratio && (v < 0 || v > 1) {
			return 0, fmt.Errorf("a ratio is 0 to 1: did you mean %s%%?", number)
		}
		return v, err
	}
	for _, s := range scales(unit) {
		if s.suffix != suffix {
			continue
		}
		v, err := shift(number, s.exp)
		v *= s.factor
		switch {
		case err != nil:
			return 0, err
		case math.IsInf(v, 0):
			return 0, fmt.Errorf("%s%s is too large", number, suffix)
		case unit == model.Ratio && (v < 0 || v > 1):
			return 0, fmt.Errorf("a ratio is 0%% to 100%%, so it is never %s%%", number)
		}
		return v, nil
	}
	return 0, wrongSuffix(number, suffix, unit)
}

func wrongSuffix(number, suffix string, unit model.Unit) error {
	var fits []string
	for _, s := range scales(unit) {
		fits = append(fits, s.suffix)
	}
	want := "a plain number"
	if fits != nil {
		want += " or one with " + strings.Join(fits, ", ")
	}
	name := "a metric without a unit"
	if unit != model.Plain {
		name = "unit = " + strconv.Quote(string(unit))
	}
	for _, other := range [...]model.Unit{model.Ratio, model.Seconds, model.Bytes, model.PerSec} {
		for _, s := range scales(other) {
			if s.suffix == suffix {
				return fmt.Errorf("%s%s does not fit %s: expected %s (or set unit = %q)", number, suffix, name, want, other)
			}
		}
	}
	return fmt.Errorf("unknown unit %q in %q: expected %s", model.Inert(suffix), model.Inert(number+suffix), want)
}

// shift returns number × 10^exp, rounded once.
func shift(number string, exp int) (float64, error) {
	mantissa, e := number, 0
	if i := strings.IndexAny(number, "eE"); i >= 0 {
		var err error
		if e, err = strconv.Atoi(number[i+1:]); err != nil {
			return 0, fmt.Errorf("%s is no number that can be held", number)
		}
		mantissa = number[:i]
	}
	v, err := strconv.ParseFloat(mantissa+"e"+strconv.Itoa(e+exp), 64)
	if err != nil {
		return 0, fmt.Errorf("%s is no number that can be held", number)
	}
	return v, nil
}

func sample(unit model.Unit) string {
	switch unit {
	case model.Ratio:
		return "1%"
	case model.Seconds:
		return "250ms"
	case model.Bytes:
		return "64MiB"
	}
	return "100"
}
