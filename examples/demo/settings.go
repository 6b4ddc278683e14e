package demo

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const (
	realKey    = "USE_REAL_VECTOR_RETRIEVAL"
	tenantsKey = "USE_REAL_VECTOR_RETRIEVAL_TENANTS"
)

// settings are what the service reads from its .env at start.
type settings struct {
	real    bool
	tenants []string // on real retrieval; empty means everyone
}

// loadSettings reads dir's .env. As many services do it takes what it cannot
// read for "off"; the error is for the log.
func loadSettings(dir string) (settings, error) {
	data, err := os.ReadFile(filepath.Join(dir, envName))
	if err != nil {
		return settings{}, fmt.Errorf("settings: %w", err)
	}
	env := parseEnv(data)
	s := settings{tenants: list(env[tenantsKey])}
	switch strings.ToLower(env[realKey]) {
	case "true", "1", "yes", "on":
		s.real = true
	}
	return s, nil
}

// covers reports whether tenant gets real retrieval.
func (s settings) covers(tenant string) bool {
	return s.real && (len(s.tenants) == 0 || slices.Contains(s.tenants, tenant))
}

// parseEnv returns the assignments in data, a .env file: a line each, "export"
// before it and quotes around the value dropped, a comment after an unquoted
// value too; the last one of a key counts, and what is no assignment is skipped.
func parseEnv(data []byte) map[string]string {
	env := map[string]string{}
	for line := range bytes.Lines(data) {
		key, value, ok := strings.Cut(strings.TrimSpace(string(line)), "=")
		key = strings.TrimSpace(strings.TrimPrefix(key, "export "))
		if ok && key != "" && !strings.HasPrefix(key, "#") {
			env[key] = unquote(strings.TrimSpace(value))
		}
	}
	return env
}

func unquote(value string) string {
	if value != "" && (value[0] == '"' || value[0] == '\'') {
		if end := strings.IndexByte(value[1:], value[0]); end >= 0 {
			return value[1 : 1+end]
		}
		return value
	}
	if strings.HasPrefix(value, "#") {
		return ""
	}
	if i := strings.Index(value, " #"); i >= 0 {
		value = value[:i]
	}
	return strings.TrimSpace(value)
}

// list splits a comma separated text, without blanks and empty items.
func list(text string) []string {
	items := []string{}
	for item := range strings.SplitSeq(text, ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}
