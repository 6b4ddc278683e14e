// Package sources lists the kinds of sources: where readings come from. Each
// kind has a folder of its own and passes the contract in sourcetest.
//
// What several kinds share is in poll (asking again and again) and query (PromQL).
package sources

import (
	"gonogo/model/config"
	"gonogo/sources/alertmanager"
	"gonogo/sources/elasticsearch"
	"gonogo/sources/exec"
	"gonogo/sources/http"
	"gonogo/sources/log"
	"gonogo/sources/loki"
	"gonogo/sources/prometheus"
	"gonogo/sources/scrape"
	"gonogo/sources/sql"
)

// Builders returns the kinds by the name that a config gives them.
func Builders() map[string]config.SourceKind {
	return map[string]config.SourceKind{
		"alertmanager":  alertmanager.Kind(),
		"elasticsearch": elasticsearch.Kind(),
		"exec":          exec.Kind(),
		"http":          http.Kind(),
		"log":           log.Kind(),
		"loki":          loki.Kind(),
		"prometheus":    prometheus.Kind(),
		"scrape":        scrape.Kind(),
		"sql":           sql.Kind(),
	}
}
