package alertmanager

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"gonogo/model"
)

// maxMatcher is how long a matcher may be, in bytes: its expression is compiled.
const maxMatcher = 1000

// matcher says which alerts are meant, by one of their labels.
type matcher struct {
	name, op, value string // op is one of = != =~ !~
}

var matcherForm = regexp.MustCompile(`^\s*([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(=~|!~|!=|=)\s*(.*?)\s*$`)

// parseMatcher reads a matcher as Alertmanager writes it: service="shop",
// severity=~"page|critical". A value without quotes is taken as it is.
func parseMatcher(text string) (matcher, error) {
	if len(text) > maxMatcher {
		return matcher{}, fmt.Errorf("longer than %d bytes", maxMatcher)
	}
	parts := matcherForm.FindStringSubmatch(strings.ReplaceAll(text, "\n", " "))
	if parts == nil {
		return matcher{}, errors.New(`no matcher: expected a label, one of = != =~ !~, and a value, such as service="shop"`)
	}
	m := matcher{name: parts[1], op: parts[2]}
	var err error
	if m.value, err = unquote(parts[3]); err != nil {
		return matcher{}, err
	}
	if m.regular() {
		if _, err := regexp.Compile("^(?:" + m.value + ")$"); err != nil {
			return matcher{}, fmt.Errorf("not a regular expression: %s", model.Inert(strings.TrimPrefix(err.Error(), "error parsing regexp: ")))
		}
	}
	return m, nil
}

// parseMatchers reads several; the error says which one is wrong.
func parseMatchers(texts []string) ([]matcher, error) {
	out := make([]matcher, 0, len(texts))
	for i, text := range texts {
		m, err := parseMatcher(text)
		if err != nil {
			return nil, fmt.Errorf("matchers[%d]: %w", i, err)
		}
		out = append(out, m)
	}
	return out, nil
}

// unquote returns what stands between quotes, or a text without any.
func unquote(text string) (string, error) {
	if !strings.HasPrefix(text, `"`) {
		if strings.ContainsAny(text, `",{}`) {
			return "", errors.New(`a value with quotes, commas or braces in it stands in quotes, such as service="a,b"`)
		}
		return text, nil
	}
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"' && i == len(text)-1:
			return b.String(), nil
		case c == '"':
			return "", errors.New("something stands behind the value: expected one matcher each")
		case c != '\\':
			b.WriteByte(c)
		case i+1 < len(text) && strings.IndexByte(`"\n`, text[i+1]) >= 0:
			i++
			if text[i] == 'n' {
				b.WriteByte('\n')
			} else {
				b.WriteByte(text[i])
			}
		default: // a regular expression's own, such as \d
			b.WriteByte(c)
		}
	}
	return "", errors.New("the quotes of the value do not end")
}

// regular reports whether the value is a regular expression.
func (m matcher) regular() bool { return strings.HasSuffix(m.op, "~") }

// matches reports whether the matcher's expression matches all of a value.
func (m matcher) matches(value string) bool {
	re, err := regexp.Compile("^(?:" + m.value + ")$")
	return err == nil && re.MatchString(value)
}

// String returns the matcher as Alertmanager reads it.
func (m matcher) String() string {
	return m.name + m.op + `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(m.value) + `"`
}
