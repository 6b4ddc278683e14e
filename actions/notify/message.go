package notify

import (
	"strings"
	"unicode/utf8"

	"gonogo/model"
)

const (
	maxText  = 4 << 10 // bytes
	maxTitle = 200
	cutMark  = "…"
)

// message is what is told: plain text, inert.
type message struct{ title, text string }

// newMessage takes the title and the text of args. An empty text is the title
// again, as services refuse messages without one.
func newMessage(args model.Args) message {
	m := message{title: cut(model.Inert(strings.TrimSpace(args[model.ArgTitle])), maxTitle)}
	lines := strings.Split(strings.TrimSpace(strings.ReplaceAll(args[model.ArgText], "\r\n", "\n")), "\n")
	for i, line := range lines {
		lines[i] = model.Inert(line)
	}
	m.text = cut(strings.Join(lines, "\n"), maxText)
	if m.title == "" {
		m.title = "gonogo"
	}
	if m.text == "" {
		m.text = m.title
	}
	return m
}

// whole returns the message as one text, for services that have no title.
func (m message) whole() string {
	if m.text == m.title {
		return m.text
	}
	return m.title + "\n" + m.text
}

// cut returns at most limit bytes of text, whole characters, with a mark if something is missing.
func cut(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	end := limit - len(cutMark)
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + cutMark
}
