package theme

import (
	"image/color"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
)

// ink is how one role looks. A colour is given for each kind of terminal
// rather than converted, so that it is known to be readable on each.
type ink struct {
	bold, faint bool // faint only where there is no colour to dim with

	dark, light tone
}

// tone is one colour: as truecolor 0xRRGGBB, among 256 and among 16. The zero
// tone is the terminal's own colour.
type tone struct {
	rgb uint32
	x   uint8 // of 256; 0: none
	a   uint8 // of 16, its SGR parameter, such as 31 or 92; 0: none
}

var palette = [roles]ink{
	Normal:      {},
	Dim:         {faint: true, dark: tone{0x8a8f98, 245, 37}, light: tone{0x6b7078, 242, 90}},
	Strong:      {bold: true},
	Frame:       {faint: true, dark: tone{0x5c626b, 241, 90}, light: tone{0xa0a5ad, 247, 37}},
	FrameFocus:  {bold: true, dark: tone{0x56b4e9, 75, 96}, light: tone{0x0072b2, 25, 34}},
	Title:       {bold: true},
	Key:         {bold: true, dark: tone{0x56b4e9, 75, 96}, light: tone{0x0072b2, 25, 34}},
	Env:         {bold: true, dark: tone{0x56b4e9, 75, 36}, light: tone{0x0072b2, 25, 34}},
	EnvCritical: {bold: true, dark: tone{0xffffff, 231, 97}, light: tone{0x14161a, 233, 30}},
	Go:          {dark: tone{0x2fc79a, 43, 32}, light: tone{0x007a58, 23, 32}},
	NoGo:        {dark: tone{0xff6b6b, 203, 91}, light: tone{0xc02828, 124, 31}},
	Warn:        {dark: tone{0xf0c040, 221, 93}, light: tone{0x8a6100, 94, 33}},
	Hold:        {dark: tone{0xf0e442, 227, 33}, light: tone{0x806a00, 94, 33}},
	Unknown:     {dark: tone{0xd99ac0, 176, 95}, light: tone{0x9a3f78, 96, 35}},
	Notice:      {bold: true, dark: tone{0xf0c040, 221, 93}, light: tone{0x8a6100, 94, 33}},
	Target:      {dark: tone{0x9aa0a8, 247, 37}, light: tone{0x5f656d, 241, 90}},
	Alert:       {bold: true, dark: tone{0x9aa0a8, 247, 37}, light: tone{0x5f656d, 241, 90}},
	Calm:        {dark: tone{0x9db4cc, 110, 37}, light: tone{0x3f5a78, 24, 34}},
	Mark:        {bold: true, dark: tone{0xf0e442, 227, 93}, light: tone{0x806a00, 94, 33}},
}

// style returns the ink with what s adds to its role, as Lip Gloss draws it
// before a dark or a light background with what the terminal can show.
func (in ink) style(s Style, dark bool, profile colorprofile.Profile) lipgloss.Style {
	out := lipgloss.NewStyle()
	if s&Bold != 0 || in.bold {
		out = out.Bold(true)
	}
	if in.faint && profile < colorprofile.ANSI {
		out = out.Faint(true)
	}
	if s&Underline != 0 {
		out = out.Underline(true)
	}
	if s&Reverse != 0 {
		out = out.Reverse(true)
	}
	if c := in.colour(dark, profile); c != nil {
		out = out.Foreground(c)
	}
	return out
}

// colour returns the ink's foreground; nil: the terminal's own.
func (in ink) colour(dark bool, profile colorprofile.Profile) color.Color {
	c := in.light
	if dark {
		c = in.dark
	}
	switch {
	case c == tone{} || profile < colorprofile.ANSI || profile == colorprofile.ANSI && c.a == 0:
		return nil
	case profile == colorprofile.ANSI && c.a >= 90:
		return ansi.BasicColor(c.a - 90 + 8)
	case profile == colorprofile.ANSI:
		return ansi.BasicColor(c.a - 30)
	case profile == colorprofile.ANSI256:
		return ansi.IndexedColor(c.x)
	}
	return color.RGBA{R: uint8(c.rgb >> 16), G: uint8(c.rgb >> 8), B: uint8(c.rgb), A: 0xff}
}
