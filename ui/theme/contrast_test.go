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

// grounds are backgrounds that terminals have: black to the greys of widespread dark themes, and white to ivory.
var grounds = map[bool][]uint32{true: {0x000000, 0x1e1e1e, 0x1e1e2e}, false: {0xffffff, 0xfafafa, 0xfdf6e3}}

// TestTextCanBeRead: every role of every theme has a contrast of 4.5:1 on each background that it is for, of
// high contrast 7:1, with millions of colours and with 256. As a chip the colours change places, which is the same.
func TestTextCanBeRead(t *testing.T) {
	for _, name := range Names() {
		for dark, all := range grounds {
			if !dark && name == Dark || dark && name == Light {
				continue
			}
			least := 4.5
			if name == HighContrast {
				least = 7
			}
			inks := palette
			for role, c := range changes[name] {
				inks[role].dark, inks[role].light = c.dark, c.light
			}
			for role, ink := range inks {
				c := ink.light
				if dark {
					c = ink.dark
				}
				if c == (tone{}) || Style(role) == Frame && name != HighContrast { // the frame is no text
					continue
				}
				for _, ground := range all {
					for kind, rgb := range map[string]uint32{"millions": c.rgb, "256": rgbOf(c.x)} {
						if got := contrast(rgb, ground); got < least {
							t.Errorf("%s, dark %t: role %d in %s of colours is %06x on %06x: %.2f:1, want %.1f", name, dark, role, kind, rgb, ground, got, least)
						}
					}
				}
			}
		}
	}
}
