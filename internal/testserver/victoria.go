package testserver

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// StartVictoriaMetrics starts the real victoria-metrics on a free loopback port, with data
// of its own, scraping the targets (URLs) every second as job "test", and ends it with the
// test. It skips the test where there is none, see LookPath.
func StartVictoriaMetrics(t testing.TB, targets ...string) *Prometheus {
	t.Helper()
	program := LookPath(t, "victoria-metrics", "victoria-metrics")
	dir := t.TempDir()
	var b strings.Builder
	b.WriteString("global: {scrape_interval: 1s}\nscrape_configs:\n")
	for i, target := range targets {
		u, err := url.Parse(target)
		if err != nil {
			t.Fatalf("target: %v", err)
		}
		fmt.Fprintf(&b, "- {job_name: \"job%d\", static_configs: [{targets: [%q], labels: {job: test}}]}\n", i, u.Host)
	}
	file := filepath.Join(dir, "scrape.yml")
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	p := &Prometheus{}
	p.URL, p.Stop = start(t, dir, "/health", func(address string) *exec.Cmd {
		return exec.CommandContext(context.WithoutCancel(t.Context()), program, "-promscrape.config="+file,
			"-storageDataPath="+filepath.Join(dir, "data"), "-httpListenAddr="+address, "-loggerLevel=ERROR")
	})
	return p
}
