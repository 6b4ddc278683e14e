package scrape

import (
	"testing"

	"gonogo/sources/sourcetest"
)

func TestContract(t *testing.T) {
	_, url := serve(t, "a 3\nb{x=\"\x1b[2J\"} 1\nb{x=\"\x1b[3J\"} 1\n")
	sourcetest.Run(t, sourcetest.Case{
		Kind:    Kind(),
		Source:  table(url),
		Metric:  map[string]any{"query": "a"},
		Want:    3,
		Empty:   map[string]any{"query": "a > 3"},
		Hostile: map[string]any{"query": "b"},
		Down:    table("http://127.0.0.1:1"),
	})
}
