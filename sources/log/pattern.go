package log

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"gonogo/model"
)

// pattern is what a line is looked through for.
type pattern struct {
	text []byte
	re   *regexp.Regexp // nil: text counts
}

// parsePattern reads a plain text, or a regular expression between slashes.
func parsePattern(text string) (pattern, error) {
	inner, ok := strings.CutPrefix(text, "/")
	if inner, ok = cutSuffix(inner, "/", ok); ok {
		if inner == "" {
			return pattern{}, errors.New("is empty: expected a text that the lines hold, or a /regular expression/")
		}
		re, err := regexp.Compile(inner)
		if err != nil {
			return pattern{}, fmt.Errorf("is no regular expression: %s", model.Inert(strings.TrimPrefix(err.Error(), "error parsing regexp: ")))
		}
		return pattern{re: re}, nil
	}
	if text == "" || strings.ContainsAny(text, "\r\n") {
		return pattern{}, errors.New("is empty or more than a line: expected a text that the lines hold, or a /regular expression/")
	}
	return pattern{text: []byte(text)}, nil
}

func cutSuffix(text, suffix string, cut bool) (string, bool) {
	if !cut {
		return text, false
	}
	return strings.CutSuffix(text, suffix)
}

func (p pattern) matches(line []byte) bool {
	if p.re != nil {
		return p.re.Match(line)
	}
	return bytes.Contains(line, p.text)
}
