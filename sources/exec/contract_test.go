package exec

import (
	"testing"

	"gonogo/sources/sourcetest"
)

func command(words ...any) map[string]any { return map[string]any{"command": words} }

func TestContract(t *testing.T) {
	sourcetest.Run(t, sourcetest.Case{
		Kind:       Kind(),
		Metric:     command("echo", " 2.5 "),
		Want:       2.5,
		Empty:      command("true"),
		Slow:       command("sleep", "3600"),
		Hostile:    command("printf", `\033[2J`),
		Down:       map[string]any{},
		DownMetric: command("./missing"),
	})
}
