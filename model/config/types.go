package config

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"gonogo/model"
)

// value checks one value against what its key holds. What a secret key holds is
// never repeated.
func (c *checker) value(path string, key Key, v any) bool {
	before := c.errors()
	switch key.Type {
	case String:
		c.text(path, key, v)
	case Strings:
		c.strings(path, v)
	case Bool:
		if _, ok := v.(bool); !ok {
			c.fail(path, "expected true or false, found %s", found(v))
		}
	case Number:
		if !isNumber(v) {
			c.fail(path, "expected a number, found %s", found(v))
		}
	case Duration:
		c.duration(path, key, v)
	case Secret, SecretText:
		c.secret(path, key, v)
	case SecretList:
		c.secrets(path, key, v)
	case StringMap:
		c.stringMap(path, key, v)
	case SubTable:
		c.table(path, v, key.Keys, false)
	}
	return c.errors() == before
}

func (c *checker) text(path string, key Key, v any) {
	s, ok := v.(string)
	switch {
	case !ok:
		c.fail(path, "expected a text in quotes, found %s", found(v))
	case key.Required && strings.TrimSpace(s) == "":
		c.fail(path, "is empty: expected %s", key.Help)
	case len(key.OneOf) > 0 && !slices.Contains(key.OneOf, s):
		text := "expected one of " + strings.Join(key.OneOf, ", ") + "; found " + quote(s)
		if near := nearest(s, key.OneOf); near != "" {
			text += "; did you mean `" + near + "`?"
		}
		c.fail(path, "%s", text)
	default:
		c.noPassword(path, s)
	}
}

func (c *checker) strings(path string, v any) {
	const want = `expected a list of texts like ["a", "b"]`
	switch v := v.(type) {
	case string:
		if strings.ContainsAny(v, " \t\n") {
			c.fail(path, want+", found one text with blanks in it")
			return
		}
		c.noPassword(path, v)
	case []any:
		for i, e := range v {
			if s, ok := e.(string); ok {
				c.noPassword(element(path, i), s)
			} else {
				c.fail(element(path, i), "expected a text in quotes, found %s", found(e))
			}
		}
	default:
		c.fail(path, want+", found %s", found(v))
	}
}

func (c *checker) duration(path string, key Key, v any) {
	const want = "expected a duration like 15s, 10m, 1h30m or 1d"
	s, ok := v.(string)
	if !ok {
		c.fail(path, want+" in quotes, found %s", found(v))
		return
	}
	switch d, err := ParseDuration(s); {
	case err != nil:
		c.fail(path, want+", found %s", quote(s))
	case key.Positive && d <= 0:
		c.fail(path, "expected more than 0, found %s", quote(s))
	case d < key.Least:
		c.fail(path, "expected at least %s, found %s", model.FormatDuration(key.Least), quote(s))
	}
}

// The messages about secrets.
const (
	secretInFile   = "a secret is written in the file: use env:NAME or file:PATH"
	passwordInText = "a password or token is written in the file, within a URL: use env:NAME or file:PATH, or the keys made for credentials"
	badSecretRef   = "expected env: with the name of an environment variable, or file: with a path"
	noSecretRef    = "expected a text in quotes: env:NAME or file:PATH"
)

func (c *checker) secret(path string, key Key, v any) {
	s, ok := v.(string)
	isRef, badRef := secretRef(s)
	switch {
	case !ok && key.Type == SecretText:
		c.fail(path, "expected a text in quotes, env:NAME or file:PATH")
	case !ok:
		c.fail(path, noSecretRef)
	case key.Required && strings.TrimSpace(s) == "":
		c.fail(path, "is empty: expected %s", key.Help)
	case badRef:
		c.fail(path, badSecretRef)
	case isRef:
	case key.Type == Secret:
		c.fail(path, secretInFile)
	default:
		c.noPassword(path, s)
	}
}

// secrets checks one text or secret, or a list of them, which is not empty.
func (c *checker) secrets(path string, key Key, v any) {
	one := Key{Name: key.Name, Type: SecretText, Required: true, Help: key.Help}
	list, ok := v.([]any)
	if !ok {
		c.secret(path, one, v)
		return
	}
	if len(list) == 0 {
		c.fail(path, "is empty: expected %s", key.Help)
	}
	for i, e := range list {
		at := element(path, i)
		c.secret(at, one, e)
		if s, ok := e.(string); ok && slices.ContainsFunc(list[:i], func(other any) bool { return other == any(s) }) {
			c.fail(at, "is listed twice") // it may hold a secret, so it is not repeated
		}
	}
}

var envName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// secretRef reports whether text says where a secret is to be found, and
// whether it says so wrongly.
func secretRef(text string) (is, bad bool) {
	if name, ok := strings.CutPrefix(text, "env:"); ok {
		return true, !envName.MatchString(name)
	}
	if path, ok := strings.CutPrefix(text, "file:"); ok {
		return true, strings.TrimSpace(path) == ""
	}
	return false, false
}

var (
	urlPassword = regexp.MustCompile(`://[^/?#@\s:]*:[^/@\s]+@`)
	urlToken    = regexp.MustCompile(`(?i)://[^\s]*[?&](password|passwd|secret|token|access_token|auth_token|api_?key)=[^&\s]`)
	secretName  = regexp.MustCompile(`(?i)authorization|cookie|passw|secret|token|credential|api[-_]?key`)
)

// noPassword refuses a URL that holds a password or a token.
func (c *checker) noPassword(path, text string) {
	if urlPassword.MatchString(text) || urlToken.MatchString(text) {
		c.fail(path, passwordInText)
	}
}

func (c *checker) stringMap(path string, key Key, v any) {
	m, ok := v.(map[string]any)
	if !ok {
		c.fail(path, "expected a table of texts like { name = \"text\" }, found %s", shape(v))
		return
	}
	for _, name := range c.inOrder(path, m) {
		at := join(path, name)
		s, ok := m[name].(string)
		isRef, badRef := secretRef(s)
		switch {
		case !ok && secretName.MatchString(name):
			c.fail(at, noSecretRef)
		case !ok:
			c.fail(at, "expected a text in quotes, found %s", found(m[name]))
		case key.Name == "links":
			c.noPassword(at, s)
		case badRef:
			c.fail(at, badSecretRef)
		case isRef, s == "":
		case secretName.MatchString(name):
			c.fail(at, secretInFile)
		default:
			c.noPassword(at, s)
		}
	}
}

func isNumber(v any) bool {
	switch n := v.(type) {
	case int64:
		return true
	case float64:
		return !math.IsNaN(n) && !math.IsInf(n, 0)
	}
	return false
}

// shape names the type of a value that may hold a secret.
func shape(v any) string {
	if _, ok := v.(string); ok {
		return "a text"
	}
	return found(v)
}

// found names a value for a person.
func found(v any) string {
	switch v := v.(type) {
	case nil:
		return "nothing"
	case string:
		if urlPassword.MatchString(v) || urlToken.MatchString(v) {
			return "a URL"
		}
		return quote(v)
	case bool:
		return strconv.FormatBool(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case time.Time:
		return "a date or time"
	case []any:
		return "a list"
	case map[string]any:
		return "a table"
	}
	return "something else"
}
