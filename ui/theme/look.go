package theme

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/charmbracelet/colorprofile"
)

// The names of the themes. Auto is Dark or Light, as the terminal's background is.
const (
	Auto         = "auto"
	Dark         = "dark"
	Light        = "light"
	HighContrast = "high-contrast"
	ColourBlind  = "colour-blind"
)

// Names are the themes that there are, the default first.
func Names() []string { return []string{Auto, Dark, Light, HighContrast, ColourBlind} }

// Look is what a person chose of the screen's looks. The zero value is Auto.
type Look struct {
	Name    string           // one of Names; empty: Auto
	Colours map[Style]Colour // of roles, instead of the theme's
}

// IsDark reports whether the look is for a dark background, of a terminal whose own is dark or not.
func (l Look) IsDark(terminal bool) bool {
	switch l.Name {
	case Dark:
		return true
	case Light:
		return false
	}
	return terminal
}

// Make returns the theme of a look, for a terminal with a dark or a light background, and
// with what it can show, as for New.
func Make(l Look, dark bool, profile colorprofile.Profile) *Theme {
	dark = l.IsDark(dark)
	inks := palette
	for role, c := range changes[l.Name] {
		inks[role].dark, inks[role].light = c.dark, c.light
	}
	for role, c := range l.Colours {
		if role < roles {
			inks[role].dark, inks[role].light = c.tone, c.tone
		}
	}
	return build(&inks, dark, profile)
}

// Colour is one that a person wrote.
type Colour struct{ tone tone }

// ParseColour reads "#rrggbb", or a number from 0 to 255 of the 256 colours. A terminal with 16
// colours gets the nearest of those.
func ParseColour(text string) (Colour, error) {
	if rgb, ok := strings.CutPrefix(text, "#"); ok && len(rgb) == 6 {
		if n, err := strconv.ParseUint(rgb, 16, 24); err == nil {
			return Colour{near(uint32(n))}, nil
		}
	}
	if n, err := strconv.ParseUint(text, 10, 8); err == nil {
		t := near(rgbOf(uint8(n)))
		t.x = uint8(n)
		return Colour{t}, nil
	}
	return Colour{}, fmt.Errorf("expected a colour like \"#2fc79a\", or a number from 0 to 255")
}

// Roles are the names of the roles that may be given a colour, in alphabetical order.
func Roles() []string {
	var out []string
	for name := range named {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// Role returns the role of a name in Roles.
func Role(name string) (Style, bool) {
	s, ok := named[name]
	return s, ok
}

var named = map[string]Style{
	"dim": Dim, "frame": Frame, "focus": FrameFocus, "key": Key, "environment": Env, "critical": EnvCritical, "go": Go, "no-go": NoGo,
	"warn": Warn, "hold": Hold, "unknown": Unknown, "notice": Notice, "target": Target, "alert": Alert, "mark": Mark, "calm": Calm,
}

// both is a role's colours on dark and on light.
type both struct{ dark, light tone }

// changes are what the other themes have instead of palette.
var changes = map[string]map[Style]both{
	HighContrast: {
		Dim:         {tone{0xd0d0d0, 252, 37}, tone{0x303030, 236, 30}},
		Frame:       {tone{0xb0b0b0, 249, 37}, tone{0x505050, 239, 30}},
		FrameFocus:  {tone{0x5fd7ff, 81, 96}, tone{0x003f7f, 18, 34}},
		Key:         {tone{0x5fd7ff, 81, 96}, tone{0x003f7f, 18, 34}},
		Env:         {tone{0x5fd7ff, 81, 96}, tone{0x003f7f, 18, 34}},
		EnvCritical: {tone{0xffffff, 231, 97}, tone{0x000000, 16, 30}},
		Go:          {tone{0x00ff87, 48, 92}, tone{0x005f00, 22, 32}},
		NoGo:        {tone{0xff8787, 210, 91}, tone{0x8f0000, 88, 31}},
		Warn:        {tone{0xffd75f, 221, 93}, tone{0x5f3f00, 236, 33}},
		Hold:        {tone{0xffff00, 226, 93}, tone{0x4f4600, 236, 33}},
		Unknown:     {tone{0xffafff, 219, 95}, tone{0x5f005f, 53, 35}},
		Notice:      {tone{0xffd75f, 221, 93}, tone{0x5f3f00, 236, 33}},
		Target:      {tone{0xffffff, 231, 97}, tone{0x000000, 16, 30}},
		Alert:       {tone{0xffffff, 231, 97}, tone{0x000000, 16, 30}},
		Calm:        {tone{0xd7e7ff, 189, 97}, tone{0x102a43, 17, 34}},
		Mark:        {tone{0xffff00, 226, 93}, tone{0x4f4600, 236, 33}},
	},
	ColourBlind: { // blue against orange, which differ in every kind of colour blindness, and in lightness besides
		Go:      {tone{0x56b4e9, 75, 96}, tone{0x005f9e, 25, 34}},
		NoGo:    {tone{0xe69f00, 214, 33}, tone{0x8f3f00, 94, 31}},
		Warn:    {tone{0xf0e442, 227, 93}, tone{0x6e5d00, 58, 33}},
		Hold:    {tone{0xe6e6e6, 254, 97}, tone{0x4a4a4a, 239, 90}},
		Unknown: {tone{0xcc9ab8, 175, 95}, tone{0x7a3a63, 96, 35}},
		Notice:  {tone{0xf0e442, 227, 93}, tone{0x6e5d00, 58, 33}},
		Mark:    {tone{0xf0e442, 227, 93}, tone{0x6e5d00, 58, 33}},
	},
}

// near returns the tone of a colour, with the nearest of the 256 and of the 16.
func near(rgb uint32) tone {
	t := tone{rgb: rgb}
	best := uint32(1 << 31)
	for i := 16; i < 256; i++ { // the first 16 are the terminal's own
		if d := distance(rgb, rgbOf(uint8(i))); d < best {
			best, t.x = d, uint8(i)
		}
	}
	best = 1 << 31
	for i := range 16 {
		if d := distance(rgb, basic[i]); d < best {
			best, t.a = d, uint8(30+i%8+i/8*60)
		}
	}
	return t
}

func distance(a, b uint32) (sum uint32) {
	for shift := 0; shift < 24; shift += 8 {
		d := int32(a>>shift&0xff) - int32(b>>shift&0xff)
		sum += uint32(d * d)
	}
	return sum
}

// basic are the 16 colours as xterm has them.
var basic = [16]uint32{
	0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5,
	0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff,
}

// rgbOf returns a colour of the 256 as xterm has them: 16 of its own, a cube of 6×6×6, and 24 greys.
func rgbOf(i uint8) uint32 {
	switch {
	case i < 16:
		return basic[i]
	case i >= 232:
		grey := 8 + 10*uint32(i-232)
		return grey<<16 | grey<<8 | grey
	}
	level := func(n uint8) uint32 {
		if n == 0 {
			return 0
		}
		return 55 + 40*uint32(n)
	}
	n := i - 16
	return level(n/36)<<16 | level(n/6%6)<<8 | level(n%6)
}
