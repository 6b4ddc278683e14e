package report

import (
	"bytes"
	"strings"
)

// marker is the first line of a report in Markdown; readers do not show it.
const marker = "<!-- a report by gonogo -->"

// Is reports whether text begins like a report, in any of its forms.
func Is(text []byte) bool {
	head := text[:min(len(text), 1024)]
	return bytes.HasPrefix(head, []byte(marker)) ||
		bytes.HasPrefix(head, []byte("<!doctype html>")) && bytes.Contains(head, []byte(`content="gonogo report"`)) ||
		bytes.HasPrefix(head, []byte(strings.Join(phaseHead, ","))) ||
		bytes.HasPrefix(head, []byte("| "+strings.Join(phaseHead, " | ")))
}
