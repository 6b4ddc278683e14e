package config

import (
	"regexp"
	"slices"
	"strings"
)

// The messages about secrets.
const (
	secretInFile   = "a secret is written in the file: use env:NAME or file:PATH"
	passwordInText = "a password or token is written in the file, within a URL: use env:NAME or file:PATH, or the keys made for credentials"
	badSecretRef   = "expected env: with the name of an environment variable, or file: with a path"
	noSecretRef    = "expected a text in quotes: env:NAME or file:PATH"
)

func (r *reader) secret(path string, key Key, v any) {
	s, ok := v.(string)
	isRef, badRef := secretRef(s)
	switch {
	case !ok && key.Type == SecretText:
		r.fail(path, "expected a text in quotes, env:NAME or file:PATH")
	case !ok:
		r.fail(path, noSecretRef)
	case key.Required && strings.TrimSpace(s) == "":
		r.fail(path, "is empty: expected %s", key.Help)
	case badRef:
		r.fail(path, badSecretRef)
	case isRef:
	case key.Type == Secret:
		r.fail(path, secretInFile)
	default:
		r.noPassword(path, s)
	}
}

// secrets checks one text or secret, or a list of them, which is not empty.
func (r *reader) secrets(path string, key Key, v any) {
	one := Key{Name: key.Name, Type: SecretText, Required: true, Help: key.Help}
	list, ok := v.([]any)
	if !ok {
		r.secret(path, one, v)
		return
	}
	if len(list) == 0 {
		r.fail(path, "is empty: expected %s", key.Help)
	}
	for i, e := range list {
		at := element(path, i)
		r.secret(at, one, e)
		if s, ok := e.(string); ok && slices.ContainsFunc(list[:i], func(other any) bool { return other == any(s) }) {
			r.fail(at, "is listed twice") // it may hold a secret, so it is not repeated
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
func (r *reader) noPassword(path, text string) {
	if urlPassword.MatchString(text) || urlToken.MatchString(text) {
		r.fail(path, passwordInText)
	}
}

func (r *reader) stringMap(path string, key Key, v any) {
	m, ok := v.(map[string]any)
	if !ok {
		r.fail(path, "expected a table of texts like { name = \"text\" }, found %s", shape(v))
		return
	}
	for _, name := range r.inOrder(path, m) {
		at := join(path, name)
		s, ok := m[name].(string)
		isRef, badRef := secretRef(s)
		switch {
		case !ok && secretName.MatchString(name):
			r.fail(at, noSecretRef)
		case !ok:
			r.fail(at, "expected a text in quotes, found %s", found(m[name]))
		case key.Name == "links":
			r.noPassword(at, s)
		case badRef:
			r.fail(at, badSecretRef)
		case isRef, s == "":
		case secretName.MatchString(name):
			r.fail(at, secretInFile)
		default:
			r.noPassword(at, s)
		}
	}
}
