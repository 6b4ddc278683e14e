// Package sources lists the kinds of sources: where readings come from. Each
// kind has a folder of its own and passes the contract in sourcetest.
package sources

import "gonogo/model/config"

// Builders returns the kinds by the name that a config gives them.
func Builders() map[string]config.SourceKind {
	return map[string]config.SourceKind{}
}
