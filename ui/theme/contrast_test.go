package theme

import (
	"math"
	"testing"
)

// luminance is the relative luminance of 0xRRGGBB, as WCAG 2.1 defines it.
func luminance(rgb uint32) float64 {
	part := func(shift uint) float64 {
		v := float64(rgb>>shift&0xff) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*part(16) + 0.7152*part(8) + 0.0722*part(0)
}

// contrast is the ratio of two colours' luminances, 1 to 21, as WCAG 2.1 defines it.
func contrast(a, b uint32) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// TestTextCanBeRead: each role of text has a contrast of 4.5:1 at least against the
// usual backgrounds, and, drawn in reverse, the background against it.
func TestTextCanBeRead(t *testing.T) {
	const least = 4.5
	for role := Normal; role < roles; role++ {
		if role == Frame || palette[role].dark == (tone{}) {
			continue // a border is no text; the terminal's own colour is the terminal's matter
		}
		for _, bg := range []uint32{0x000000, 0x101217, 0x1e1e1e} {
			if c := contrast(palette[role].dark.rgb, bg); c < least {
				t.Errorf("role %d before the dark %06x: %.2f", role, bg, c)
			}
		}
		for _, bg := range []uint32{0xffffff, 0xfafafa} {
			if c := contrast(palette[role].light.rgb, bg); c < least {
				t.Errorf("role %d before the light %06x: %.2f", role, bg, c)
			}
		}
	}
}
