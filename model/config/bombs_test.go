package config

import (
	"strings"
	"testing"
)

// TestDeepTOMLIsRefusedWithItsLine: what the TOML library would follow without
// a limit never reaches it.
func TestDeepTOMLIsRefusedWithItsLine(t *testing.T) {
	const n = 100_000
	for name, text := range map[string]string{
		"arrays":     "x = " + strings.Repeat("[", n) + strings.Repeat("]", n),
		"tables":     "x = " + strings.Repeat("{a=", n) + "1" + strings.Repeat("}", n),
		"dotted key": strings.Repeat("a.", n) + "a = 1",
		"header":     "[" + strings.Repeat("a.", n) + "a]",
		"of arrays":  "[[" + strings.Repeat("a.", n) + "a]]",
		"within":     "x = { " + strings.Repeat("a.", n) + "a = 1 }",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse("/etc/gonogo/config.toml", []byte("# a\n"+text+"\n"), testKinds())
			if err == nil || !strings.Contains(err.Error(), "config.toml:2: ") || !strings.Contains(err.Error(), "nested more than 32 deep") {
				t.Errorf("got %.200v", err)
			}
		})
	}
}
