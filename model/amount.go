package model

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// scale is what a suffix does to a number: a decimal shift, which keeps "99.9%"
// exactly 0.999, and then a factor.
type scale struct {
	suffix string
	exp    int
	factor float64
}

// scales returns the suffixes that fit unit.
func scales(unit Unit) []scale {
	switch unit {
	case Ratio:
		return []scale{{"%", -2, 1}}
	case Seconds:
		return []scale{{"s", 0, 1}, {"ms", -3, 1}, {"us", -6, 1}, {"µs", -6, 1}, {"m", 0, 60}, {"h", 0, 3600}, {"d", 0, 86400}}
	case Bytes:
		return []scale{{"B", 0, 1}, {"KB", 3, 1}, {"MB", 6, 1}, {"GB", 9, 1}, {"KiB", 0, 1 << 10}, {"MiB", 0, 1 << 20}, {"GiB", 0, 1 << 30}}
	case PerSec:
		return []scale{{"/s", 0, 1}}
	}
	return nil
}

// ParseAmount reads a value as a person writes it ("0.3%", "250ms", "12") for a
// metric of the given unit; without a suffix it is in the metric's own. It is
// finite. The error says what was expected.
func ParseAmount(text string, unit Unit) (float64, error) {
	text = strings.TrimSpace(text)
	number, suffix := CutNumber(text)
	if number == "" || len(text) > maxAmount {
		return 0, fmt.Errorf("%q is no value: expected something like %q", Inert(text[:min(len(text), maxAmount)]), SampleAmount(unit))
	}
	v, err := Amount(number, suffix, unit)
	if err == nil && math.IsInf(v, 0) {
		err = fmt.Errorf("%s is no number that can be held", number)
	}
	return v, err
}

// maxAmount is how long the text of a value may be, in bytes.
const maxAmount = 40

// Amount returns the number with its suffix in the metric's unit.
func Amount(number, suffix string, unit Unit) (float64, error) {
	if suffix == "" {
		v, err := Shift(number, 0)
		if err == nil && unit == Ratio && (v < 0 || v > 1) {
			return 0, fmt.Errorf("a ratio is 0 to 1: did you mean %s%%?", number)
		}
		return v, err
	}
	for _, s := range scales(unit) {
		if s.suffix != suffix {
			continue
		}
		v, err := Shift(number, s.exp)
		v *= s.factor
		switch {
		case err != nil:
			return 0, err
		case math.IsInf(v, 0):
			return 0, fmt.Errorf("%s%s is too large", number, suffix)
		case unit == Ratio && (v < 0 || v > 1):
			return 0, fmt.Errorf("a ratio is 0%% to 100%%, so it is never %s%%", number)
		}
		return v, nil
	}
	return 0, wrongSuffix(number, suffix, unit)
}

func wrongSuffix(number, suffix string, unit Unit) error {
	var fits []string
	for _, s := range scales(unit) {
		fits = append(fits, s.suffix)
	}
	want := "a plain number"
	if fits != nil {
		want += " or one with " + strings.Join(fits, ", ")
	}
	name := "a metric without a unit"
	if unit != Plain {
		name = "unit = " + strconv.Quote(string(unit))
	}
	for _, other := range [...]Unit{Ratio, Seconds, Bytes, PerSec} {
		for _, s := range scales(other) {
			if s.suffix == suffix {
				return fmt.Errorf("%s%s does not fit %s: expected %s (or set unit = %q)", number, suffix, name, want, other)
			}
		}
	}
	return fmt.Errorf("unknown unit %q in %q: expected %s", Inert(suffix), Inert(number+suffix), want)
}

// Shift returns number × 10^exp, rounded once.
func Shift(number string, exp int) (float64, error) {
	mantissa, e := number, 0
	if i := strings.IndexAny(number, "eE"); i >= 0 {
		var err error
		if e, err = strconv.Atoi(number[i+1:]); err != nil || e > 9999 || e < -9999 {
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

// SampleAmount is a value in unit, for people to see how one is written.
func SampleAmount(unit Unit) string {
	switch unit {
	case Ratio:
		return "1%"
	case Seconds:
		return "250ms"
	case Bytes:
		return "64MiB"
	}
	return "100"
}

// CutNumber splits text behind the decimal number that it begins with; number is
// empty where it begins with none. Blanks between the two are dropped.
func CutNumber(text string) (number, rest string) {
	n := numberLen(text)
	return text[:n], strings.TrimSpace(text[n:])
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
