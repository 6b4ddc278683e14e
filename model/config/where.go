package config

import (
	"os"
	"path/filepath"
)

// Where returns the path of the config that is asked for by path, and whether it
// was named: "" stands for the usual places, config.toml here, then
// $XDG_CONFIG_HOME/gonogo/config.toml. What it returns need not exist.
func Where(path string) (found string, named bool) {
	const name = "config.toml"
	if path != "" {
		return path, true
	}
	if _, err := os.Stat(name); err == nil {
		return name, false
	}
	if dir, err := os.UserConfigDir(); err == nil {
		if usual := filepath.Join(dir, "gonogo", name); exists(usual) {
			return usual, false
		}
	}
	return name, false
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
