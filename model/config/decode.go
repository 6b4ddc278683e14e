package config

import (
	"errors"
	"regexp"
	"strings"

	"github.com/BurntSushi/toml"

	"gonogo/model"
)

// decode reads TOML text. It turns a panic of the library into an error.
func decode(text string, into *map[string]any) (meta toml.MetaData, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errors.New("the TOML library cannot read it") // what it says may hold a secret
		}
	}()
	return toml.Decode(text, into)
}

// quoted matches what the library quotes of the text, if it is long enough to
// be (part of) a secret written without quotes.
var quoted = regexp.MustCompile(`"(?:[^"\\]|\\.){3,}"|'[^']{3,}'|[0-9]{6,}`)

// syntaxProblem returns what the library says about a text that is no TOML.
func syntaxProblem(file string, err error) Problem {
	p := Problem{File: file, Message: "invalid TOML: " + model.Inert(err.Error())}
	var syntax toml.ParseError
	if errors.As(err, &syntax) {
		p.Line = syntax.Position.Line
		message := syntax.Message
		if !keyTwice.MatchString(message) {
			message = quoted.ReplaceAllString(message, "…")
		}
		p.Message = "invalid TOML: " + model.Inert(message)
	}
	p.Message = strings.TrimSuffix(p.Message, ".")
	if keyTwice.MatchString(p.Message) {
		p.Message += "; remove one of the two"
	} else {
		p.Message += "; text is written in quotes, a list as [\"a\", \"b\"], a table as [name] on a line of its own; fix this first"
	}
	return p
}

// keyTwice matches the library's words for a key or table that stands there twice.
var keyTwice = regexp.MustCompile(`Key '.*' (has already been defined|was already created)`)

// plain turns what the library decodes into string, bool, int64, float64,
// []any, map[string]any and times, all the way down.
func plain(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			v[k] = plain(e)
		}
	case []any:
		for i, e := range v {
			v[i] = plain(e)
		}
	case []map[string]any:
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = plain(e)
		}
		return list
	}
	return v
}
