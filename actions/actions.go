// Package actions lists the kinds of things that can be switched, run or read.
// Each kind has a folder of its own and passes the contract in actiontest.
package actions

import (
	"gonogo/actions/compose"
	"gonogo/actions/dotenv"
	"gonogo/actions/exec"
	"gonogo/actions/http"
	"gonogo/actions/notify"
	"gonogo/actions/process"
	"gonogo/actions/systemd"
	"gonogo/model/config"
)

// Builders returns the kinds by the name that a config gives them.
func Builders() map[string]config.ActionKind {
	return map[string]config.ActionKind{
		"compose": compose.Kind(),
		"dotenv":  dotenv.Kind(),
		"exec":    exec.Kind(),
		"http":    http.Kind(),
		"notify":  notify.Kind(),
		"pidfile": process.Kind(),
		"systemd": systemd.Kind(),
	}
}
