package log

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"

	"gonogo/model"
)

// pattern is what a line is looked through for.
type pattern struct {
	text []byte         // without re what counts; with it what each line that matches holds, nil where none is known
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
		return pattern{re: re, text: held(inner)}, nil
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
	if !bytes.Contains(line, p.text) { // much cheaper than the expression, and most lines do not match
		return false
	}
	return p.re == nil || p.re.Match(line)
}

// absent reports whether nothing in data, which may be many lines, can match.
func (p pattern) absent(data []byte) bool {
	return len(p.text) > 0 && !bytes.Contains(data, p.text)
}

// held returns the longest text that each line holds that a regular expression matches; nil where none is known.
func held(expr string) []byte {
	tree, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return nil
	}
	return []byte(longest(tree.Simplify()))
}

// longest is held of a part of an expression.
func longest(re *syntax.Regexp) string {
	switch re.Op {
	case syntax.OpLiteral:
		if re.Flags&syntax.FoldCase == 0 {
			return string(re.Rune)
		}
	case syntax.OpCapture, syntax.OpPlus: // once at least
		return longest(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return longest(re.Sub[0])
		}
	case syntax.OpConcat:
		best := ""
		for _, sub := range re.Sub {
			if text := longest(sub); len(text) > len(best) {
				best = text
			}
		}
		return best
	}
	return ""
}
