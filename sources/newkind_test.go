package sources_test

import (
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gonogo/model"
	"gonogo/model/config"
	"gonogo/sources/sourcetest"
	"gonogo/sources/testdata/newkind"
)

// TestAKindIsOneSmallFolder: a new kind of source, with TLS, credentials, a lint and the
// help of its keys, takes 60 lines, and passes the contract of all kinds.
func TestAKindIsOneSmallFolder(t *testing.T) {
	text, err := os.ReadFile("testdata/newkind/newkind.go")
	if n := strings.Count(string(text), "\n"); err != nil || n > 60 {
		t.Errorf("%d lines, %v", n, err)
	}
	t.Setenv("GONOGO_TEST_PASSWORD", "geheim-password")
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		switch {
		case user != "ana" || password != "geheim-password":
			http.Error(w, "who are you?", http.StatusUnauthorized)
		case r.URL.Path == "/orders":
			_, _ = fmt.Fprintln(w, 17)
		case r.URL.Path == "/slow":
			<-r.Context().Done()
		default:
			_, _ = fmt.Fprint(w, "geheim-password\x1b[2J")
		}
	}))
	defer server.Close()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	table := func(url string) map[string]any {
		return map[string]any{"url": url, "http": map[string]any{
			"tls_config": map[string]any{"ca_file": ca}, "basic_auth": map[string]any{"username": "ana", "password": "env:GONOGO_TEST_PASSWORD"},
		}}
	}
	sourcetest.Run(t, sourcetest.Case{
		Kind: newkind.Kind(), Source: table(server.URL), Metric: map[string]any{"queue": "orders"}, Want: 17,
		Slow: map[string]any{"queue": "slow"}, Hostile: map[string]any{"queue": "hostile"}, Down: table("https://127.0.0.1:1"),
	})
	found := newkind.Kind().Lint(config.MetricPart{Metric: model.Metric{ID: "m"}, Table: config.NewTable(map[string]any{"queue": "a/b"})})
	if len(found) != 1 || found[0].Key != "queue" {
		t.Errorf("its lint finds %+v", found)
	}
}
