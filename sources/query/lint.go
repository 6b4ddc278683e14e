package query

import (
	"gonogo/model/config"
)

// Lint looks at one metric's query and count.
func Lint(m config.MetricPart) []config.Finding {
	var found []config.Finding
	for _, key := range []string{"query", "count"} {
		if text := m.Table.String(key); text != "" {
			if _, err := parse(text); err != nil {
				found = append(found, config.Finding{Key: key, Message: err.Error()})
			}
		}
	}
	return found
}
