package config

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"gonogo/model"
)

// value checks one value against what its key holds. What a secret key holds is
// never repeated.
func (r *reader) value(path string, key Key, v any) bool {
	before := r.errors()
	switch key.Type {
	case String:
		r.text(path, key, v)
	case Strings:
		r.strings(path, v)
	case Bool:
		if _, ok := v.(bool); !ok {
			r.fail(path, "expected true or false, found %s", found(v))
		}
	case Number:
		if !isNumber(v) {
			r.fail(path, "expected a number, found %s", found(v))
		}
	case Duration:
		r.duration(path, key, v)
	case Secret, SecretText:
		r.secret(path, key, v)
	case SecretList:
		r.secrets(path, key, v)
	case StringMap:
		r.stringMap(path, key, v)
	case SubTable:
		r.table(path, v, key.Keys, false)
	}
	return r.errors() == before
}

func (r *reader) text(path string, key Key, v any) {
	s, ok := v.(string)
	switch {
	case !ok:
		r.fail(path, "expected a text in quotes, found %s", found(v))
	case key.Required && strings.TrimSpace(s) == "":
		r.fail(path, "is empty: expected %s", key.Help)
	case len(key.OneOf) > 0 && !slices.Contains(key.OneOf, s):
		text := "expected one of " + strings.Join(key.OneOf, ", ") + "; found " + quote(s)
		if near := nearest(s, key.OneOf); near != "" {
			text += "; did you mean `" + near + "`?"
		}
		r.fail(path, "%s", text)
	default:
		r.noPassword(path, s)
	}
}

func (r *reader) strings(path string, v any) {
	const want = `expected a list of texts like ["a", "b"]`
	switch v := v.(type) {
	case string:
		if strings.ContainsAny(v, " \t\n") {
			r.fail(path, want+", found one text with blanks in it")
			return
		}
		r.noPassword(path, v)
	case []any:
		for i, e := range v {
			if s, ok := e.(string); ok {
				r.noPassword(element(path, i), s)
			} else {
				r.fail(element(path, i), "expected a text in quotes, found %s", found(e))
			}
		}
	default:
		r.fail(path, want+", found %s", found(v))
	}
}

func (r *reader) duration(path string, key Key, v any) {
	const want = "expected a duration like 15s, 10m, 1h30m or 1d"
	s, ok := v.(string)
	if !ok {
		r.fail(path, want+" in quotes, found %s", found(v))
		return
	}
	switch d, err := ParseDuration(s); {
	case err != nil:
		r.fail(path, want+", found %s", quote(s))
	case key.Positive && d <= 0:
		r.fail(path, "expected more than 0, found %s", quote(s))
	case d < key.Least:
		r.fail(path, "expected at least %s, found %s", model.FormatDuration(key.Least), quote(s))
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
