package headless

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"unicode/utf8"

	"gonogo/model"
)

// Inert returns a writer that passes text on to w inert, line by line: what a
// terminal would act on, or a reader be misled by, becomes a visible mark. A
// command's output has no other door. It is for one goroutine at a time.
func Inert(w io.Writer) io.Writer { return &door{w: w} }

type door struct {
	w    io.Writer
	held []byte // the beginning of a character
}

// Write implements io.Writer.
func (d *door) Write(p []byte) (int, error) {
	text := slices.Concat(d.held, p)
	whole := len(text)
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		if c := text[len(text)-n]; utf8.RuneStart(c) {
			if !utf8.FullRune(text[len(text)-n:]) {
				whole = len(text) - n
			}
			break
		}
	}
	d.held = append([]byte(nil), text[whole:]...)
	var out bytes.Buffer
	for line := range bytes.Lines(text[:whole]) {
		body, ended := bytes.CutSuffix(line, []byte("\n"))
		out.WriteString(model.Inert(string(body)))
		if ended {
			out.WriteByte('\n')
		}
	}
	if _, err := d.w.Write(out.Bytes()); err != nil {
		return 0, err
	}
	return len(p), nil
}

// writeJSON writes v as one line of JSON. Every character that Inert would
// replace is written as \uXXXX: it decodes to exactly what v holds, and does
// nothing to a terminal.
func writeJSON(w io.Writer, v any) error {
	var b bytes.Buffer
	out := json.NewEncoder(&b)
	out.SetEscapeHTML(false)
	if err := out.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(model.InertJSON(b.Bytes()))
	return err
}
