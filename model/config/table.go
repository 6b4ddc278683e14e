package config

import (
	"fmt"
	"path/filepath"
	"time"

	prom "github.com/prometheus/common/model"

	"gonogo/model"
)

// Table is a part's keys with their values, already checked against its
// kind's keys: getters return the zero value for a key that is not there.
type Table struct {
	values map[string]any
}

// NewTable returns a Table of values as the TOML library decodes them: string, bool,
// int64, float64, []any, map[string]any.
func NewTable(values map[string]any) Table { return Table{values} }

// Has reports whether key is there.
func (t Table) Has(key string) bool { _, ok := t.values[key]; return ok }

// Any returns key's value as decoded, or nil.
func (t Table) Any(key string) any { return t.values[key] }

// String returns key's text, or "".
func (t Table) String(key string) string { s, _ := t.values[key].(string); return s }

// Bool returns key's truth, or false.
func (t Table) Bool(key string) bool { b, _ := t.values[key].(bool); return b }

// Number returns key's number, or 0.
func (t Table) Number(key string) float64 {
	switch n := t.values[key].(type) {
	case int64:
		return float64(n)
	case float64:
		return n
	}
	return 0
}

// Duration returns key's duration, or otherwise where it is not there.
func (t Table) Duration(key string, otherwise time.Duration) time.Duration {
	d, err := ParseDuration(t.String(key))
	if err != nil {
		return otherwise
	}
	return d
}

// Strings returns key's list of texts; a single text counts as a list of one.
func (t Table) Strings(key string) []string {
	switch v := t.values[key].(type) {
	case string:
		return []string{v}
	case []any:
		out := make([]string, 0, len(v))
		for _, e := range v {
			if s, ok := e.(string); ok {
				out = append(out, s)
			}
		}
		return out
	}
	return nil
}

// StringMap returns key's table of texts, or nil.
func (t Table) StringMap(key string) map[string]string {
	m, _ := t.values[key].(map[string]any)
	if m == nil {
		return nil
	}
	out := make(map[string]string, len(m))
	for k, v := range m {
		if s, ok := v.(string); ok {
			out[k] = s
		}
	}
	return out
}

// Table returns the table below key; an empty one where there is none.
func (t Table) Table(key string) Table {
	m, _ := t.values[key].(map[string]any)
	return Table{m}
}

// Path returns key's file path, made absolute from dir; "" where it is not there.
func (t Table) Path(key, dir string) string { return AbsPath(t.String(key), dir) }

// AbsPath returns path made absolute from dir; "" for "".
func AbsPath(path, dir string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

// ParseDuration reads "15s", "10m", "1h30m", "1d", "2w"; never negative.
func ParseDuration(text string) (time.Duration, error) {
	d, err := prom.ParseDuration(text)
	if err != nil {
		return 0, fmt.Errorf("%q is no duration: expected something like 15s, 10m, 1h30m or 1d", model.Inert(text))
	}
	return time.Duration(d), nil
}
