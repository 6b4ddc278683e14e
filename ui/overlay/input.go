package overlay

import (
	"strings"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"gonogo/model"
	"gonogo/ui/panel"
	"gonogo/ui/theme"
)

// maxInput is how many characters a text field takes; a paste is cut there.
const maxInput = 2000

// input is a line of text that is being edited: the text input of Bubbles,
// which gets no key that starts a clipboard program, and inert text only.
type input struct{ field textinput.Model }

func newInput(prompt, text string) input {
	f := textinput.New()
	f.Prompt, f.CharLimit = prompt, maxInput
	f.KeyMap.Paste.SetEnabled(false)
	f.SetValue(model.Inert(text))
	f.Focus() // its command blinks the cursor, which stands still here
	return input{f}
}

func (i *input) String() string { return i.field.Value() }

// insert puts s in at the cursor, made inert: line ends and tabs become blanks.
func (i *input) insert(s string) {
	s = strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ", "\t", " ").Replace(s)
	i.field, _ = i.field.Update(tea.PasteMsg{Content: model.Inert(s)})
}

// key edits the text and reports whether that changed it.
func (i *input) key(k tea.KeyPressMsg) bool {
	before := i.String()
	k.Text = model.Inert(k.Text)
	i.field, _ = i.field.Update(k)
	return i.String() != before
}

// view draws the text on one line of at most w cells; a text that is longer
// gives way so that the cursor is seen. Without focus it shows no cursor.
func (i *input) view(p panel.Props, w int, focus bool) string {
	t := themeOf(p)
	f := i.field
	look := textinput.StyleState{Text: t.Lip(theme.Normal), Prompt: t.Lip(theme.Key)}
	f.SetStyles(textinput.Styles{Focused: look, Blurred: look, Cursor: textinput.CursorStyle{Color: lipgloss.NoColor{}}})
	if !focus {
		f.Blur()
	}
	if room := max(w-lipgloss.Width(f.Prompt)-1, 1); lipgloss.Width(f.Value()) > room {
		f.SetWidth(room)
	}
	f.SetCursor(f.Position()) // it brings what is seen to the new width
	return f.View()
}
