package http

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"gonogo/sources/sourcetest"
)

func TestContract(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/api/count", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"hits":{"total":"7"}}`) })
	mux.HandleFunc("/api/bad", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"hits":"\u001b[2J"}`) })
	mux.HandleFunc("/api/slow", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	sourcetest.Run(t, sourcetest.Case{
		Kind:    Kind(),
		Source:  map[string]any{"url": server.URL + "/api"},
		Metric:  map[string]any{"path": "/count", "json": "hits.total"},
		Want:    7,
		Empty:   map[string]any{"path": "/count", "json": "misses"},
		Slow:    map[string]any{"path": "slow"},
		Hostile: map[string]any{"path": "bad", "json": "hits"},
		Down:    map[string]any{"url": "http://127.0.0.1:1"},
	})
}
