package model

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"
)

// Float is a float64 that survives JSON: NaN and the infinities are written as
// the strings "NaN", "+Inf" and "-Inf".
type Float float64

// MarshalJSON writes a number, or one of the three strings.
func (f Float) MarshalJSON() ([]byte, error) {
	v := float64(f)
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return strconv.AppendQuote(nil, strconv.FormatFloat(v, 'g', -1, 64)), nil
	}
	return json.Marshal(v)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (f *Float) UnmarshalJSON(data []byte) error {
	var text string
	if json.Unmarshal(data, &text) != nil {
		return json.Unmarshal(data, (*float64)(f))
	}
	v, err := strconv.ParseFloat(text, 64)
	*f = Float(v)
	return err
}

// FormatValue writes v with its unit, short: "98.6%", "1.90s", "250ms", "1.2k", "3.1MiB".
func FormatValue(u Unit, v float64) string {
	if math.IsNaN(v) {
		return "NaN"
	}
	if math.IsInf(v, 0) {
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	switch u {
	case Ratio:
		return trimZeros(strconv.FormatFloat(v*100, 'f', percentDigits(v*100), 64)) + "%"
	case Seconds:
		if a := math.Abs(v); a < 1 && a > 0 {
			return trimZeros(strconv.FormatFloat(v*1000, 'f', digits(v*1000), 64)) + "ms"
		}
		return trimZeros(strconv.FormatFloat(v, 'f', digits(v), 64)) + "s"
	case Bytes:
		return scaled(v, 1024, []string{"B", "KiB", "MiB", "GiB", "TiB"})
	case PerSec:
		return scaled(v, 1000, []string{"", "k", "M", "G"}) + "/s"
	}
	return scaled(v, 1000, []string{"", "k", "M", "G"})
}

// percentDigits keeps apart what matters near 0 and 100 per cent.
func percentDigits(p float64) int {
	if p != 0 && math.Abs(p) < 0.1 || p > 99.9 && p < 100 {
		return 3
	}
	if math.Abs(p) < 10 || p > 99 {
		return 2
	}
	return 1
}

func digits(v float64) int {
	switch a := math.Abs(v); {
	case a < 10:
		return 2
	case a < 100:
		return 1
	}
	return 0
}

func trimZeros(s string) string {
	for i := range len(s) {
		if s[i] == '.' {
			for s[len(s)-1] == '0' {
				s = s[:len(s)-1]
			}
			if s[len(s)-1] == '.' {
				s = s[:len(s)-1]
			}
			break
		}
	}
	if s == "-0" {
		return "0"
	}
	return s
}

func scaled(v, base float64, units []string) string {
	i := 0
	for i < len(units)-1 && math.Abs(v) >= base {
		v /= base
		i++
	}
	return trimZeros(strconv.FormatFloat(v, 'f', digits(v), 64)) + units[i]
}

// FormatDuration writes d in its two largest units: "1d 20h", "3h 12m", "45s", "0s".
func FormatDuration(d time.Duration) string {
	if d < 0 {
		return "-" + FormatDuration(-max(d, -math.MaxInt64)) // the least of all has no opposite
	}
	if d < time.Second && d > 0 {
		return strconv.FormatInt(d.Milliseconds(), 10) + "ms"
	}
	units := []struct {
		name string
		d    time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}}
	for i, u := range units {
		if d >= u.d || u.name == "s" {
			text := fmt.Sprintf("%d%s", d/u.d, u.name)
			if i+1 < len(units) {
				if rest := d % u.d / units[i+1].d; rest > 0 {
					text += fmt.Sprintf(" %d%s", rest, units[i+1].name)
				}
			}
			return text
		}
	}
	return "0s"
}
