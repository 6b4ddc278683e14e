// Package theme is the only place that knows colours. It turns what a thing
// means (a state, a headline, a metric's role) into a glyph and a Style, and a
// Style into Lip Gloss's and into the escape sequence for the terminal at hand, each
// resolved once in New.
//
// Colour only adds: glyph, word and weight tell every state apart, so that
// nothing is lost without colour. The hues are those of Okabe and Ito, which the
// colour-blind can tell apart, adapted to dark and light backgrounds.
//
// A Theme never changes after New and may be shared by any number of
// goroutines; the package starts none. It must not import panels or the engine.
package theme

import (
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"gonogo/model"
)

// Style is a role, and any of Bold, Reverse and Underline added to it by |.
type Style uint8

// The roles. Normal is the terminal's own text.
const (
	Normal      Style = iota
	Dim               // of less weight: ages, hints, what is over
	Strong            // of more weight
	Frame             // a panel's border
	FrameFocus        // the border of the focused panel
	Title             // a panel's name
	Key               // a key in a hint
	Env               // the environment's name
	EnvCritical       // the same where mistakes are dear
	Go                // GO, PASS
	NoGo              // NO-GO, FAIL
	Warn              // WARN
	Hold              // HOLD: collecting, soaking, a person's turn
	Unknown           // UNKNOWN: no data, stale, down
	Notice            // something a person should look at
	Target            // a chart's target line
	Alert             // a chart's alert line
	Mark              // a chart's action marks
	Calm              // a chart's line while nothing is wrong
	roles

	roleMask = 1<<5 - 1
)

// What can be added to a role.
const (
	Bold      Style = 1 << 5
	Reverse   Style = 1 << 6
	Underline Style = 1 << 7
)

// Theme holds every style, for Lip Gloss and as its escape sequence.
type Theme struct {
	styles [256]lipgloss.Style
	on     [256]string
	box    lipgloss.Style // the sides of a box
	edge   lipgloss.Style // its other lines
	ascii  bool
}

// New returns the theme for a dark or light background and what the terminal
// can show. Of colorprofile.Ascii, which NO_COLOR leads to, it uses weight and
// reverse video only, of NoTTY nothing at all.
func New(dark bool, profile colorprofile.Profile) *Theme { return build(&palette, dark, profile) }

func build(inks *[roles]ink, dark bool, profile colorprofile.Profile) *Theme {
	t := &Theme{}
	for i := range t.on {
		role := Style(i) & roleMask
		if profile <= colorprofile.NoTTY || role >= roles {
			continue
		}
		t.styles[i] = inks[role].style(Style(i), dark, profile)
		t.on[i] = sequence(t.styles[i])
	}
	line := t.styles[FrameFocus].GetForeground()
	t.box = lipgloss.NewStyle().Border(lipgloss.RoundedBorder(), false, true).Padding(0, 1).BorderForeground(line)
	t.edge = lipgloss.NewStyle().Foreground(line)
	return t
}

// sequence returns what switches to s, whatever was on before.
func sequence(s lipgloss.Style) string {
	out := ansi.Style{}.Reset()
	if s.GetBold() {
		out = out.Bold()
	}
	if s.GetFaint() {
		out = out.Faint()
	}
	if s.GetUnderline() {
		out = out.Underline(true)
	}
	if s.GetReverse() {
		out = out.Reverse(true)
	}
	if _, none := s.GetForeground().(lipgloss.NoColor); !none {
		out = out.ForegroundColor(s.GetForeground())
	}
	if len(out) == 1 {
		return ansi.ResetStyle
	}
	return out.String()
}

// Lip returns s as Lip Gloss draws it.
func (t *Theme) Lip(s Style) lipgloss.Style { return t.styles[s] }

// Box returns the sides of a box over the screen.
func (t *Theme) Box() lipgloss.Style { return t.box }

// Edge returns the style of the upper and the lower line of such a box, which hold texts.
func (t *Theme) Edge() lipgloss.Style { return t.edge }

// ASCII reports whether only ASCII may be drawn, see Plain.
func (t *Theme) ASCII() bool { return t.ascii }

// InASCII returns the same theme for a terminal that shows ASCII only.
func (t *Theme) InASCII() *Theme {
	plain := *t
	plain.ascii = true
	return &plain
}

// On returns the escape sequence that switches to s from any other style; it
// is empty where the terminal knows no styles.
func (t *Theme) On(s Style) string { return t.on[s] }

// Off returns the escape sequence that ends every style.
func (t *Theme) Off() string { return t.on[Normal] }

// Paint returns text in style s, and the terminal's own style after it.
func (t *Theme) Paint(s Style, text string) string {
	if s == Normal || t.on[s] == "" {
		return text
	}
	return t.on[s] + text + t.on[Normal]
}

// State returns the glyph and style of a metric's state.
func (t *Theme) State(s model.MetricState) (glyph string, style Style) {
	switch s {
	case model.Pass:
		return "✔", Go
	case model.Manual:
		return "▢", Hold
	case model.Unread:
		return "◇", Hold
	case model.Soaking:
		return "◔", Hold
	case model.Collecting:
		return "◑", Hold
	case model.Held:
		return "‖", Hold
	case model.Below:
		return "↓", Warn | Bold
	case model.Drift:
		return "≠", NoGo | Bold
	case model.NoTraffic, model.NoData:
		return "○", Unknown
	case model.NoSeries:
		return "∅", Unknown
	case model.Stale:
		return "◌", Dim
	case model.Ambiguous:
		return "?", Unknown
	case model.Down:
		return "⊘", Unknown | Bold
	case model.Warn:
		return "!", Warn | Bold
	}
	return "✖", NoGo | Bold
}

// Headline returns the glyph and style of a gate's answer as a chip, all
// equally loud; an answer that is not there yet is shown as UNKNOWN is.
func (t *Theme) Headline(h model.Headline) (glyph string, style Style) {
	switch h {
	case model.GO:
		return "✔", Go | Bold | Reverse
	case model.NoGo, model.GateNotSafe:
		return "✖", NoGo | Bold | Reverse
	case model.GateRollingBack:
		return "↓", NoGo | Bold | Reverse
	case model.Hold:
		return "◔", Hold | Bold | Reverse
	}
	return "○", Unknown | Bold | Reverse
}

// Outcome returns the glyph and style of how a step or a plan ended, "" being
// not yet.
func (t *Theme) Outcome(o model.Outcome) (glyph string, style Style) {
	switch o {
	case "":
		return "·", Dim
	case model.StepDone, model.Verified:
		return "✔", Go | Bold
	case model.StepAlready, model.Ready:
		return "✔", Go
	case model.StepSpared:
		return "–", Dim
	case model.StepSkipped, model.Cancelled:
		return "–", Hold
	case model.StepUnseen, model.StepUnsure, model.Unverified, model.Inferred:
		return "?", Warn | Bold
	case model.StepHuman, model.NeedsHuman:
		return "☞", NoGo | Bold
	}
	return "✖", NoGo | Bold
}
