package testserver

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Prometheus is a running server.
type Prometheus struct {
	URL  string
	PID  int
	Stop func() // ends it; may be called twice
}

// LookPath returns where program is. Without it the test is skipped, or fails
// if GONOGO_REQUIRE_SERVERS is 1.
func LookPath(t testing.TB, program, debianPackage string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err == nil {
		return path
	}
	text := fmt.Sprintf("needs %s: apt-get install %s", program, debianPackage)
	if os.Getenv("GONOGO_REQUIRE_SERVERS") == "1" {
		t.Fatal(text)
	}
	t.Skip(text)
	return ""
}

// StartPrometheus starts the real prometheus on a free loopback port, with data
// of its own, scraping the targets (URLs) every second as job "test". It
// returns when the server is ready, and ends it with the test. It skips the
// test where there is no prometheus, see LookPath.
func StartPrometheus(t testing.TB, targets ...string) *Prometheus {
	t.Helper()
	program := LookPath(t, "prometheus", "prometheus")
	dir := t.TempDir()
	var b strings.Builder
	b.WriteString("global: {scrape_interval: 1s, evaluation_interval: 1s}\nscrape_configs:\n")
	for i, target := range targets {
		u, err := url.Parse(target)
		if err != nil {
			t.Fatalf("target: %v", err)
		}
		path := u.Path
		if path == "" {
			path = "/metrics"
		}
		fmt.Fprintf(&b, "- {job_name: \"job%d\", metrics_path: %q, static_configs: [{targets: [%q], labels: {job: test}}]}\n", i, path, u.Host)
	}
	file := filepath.Join(dir, "prometheus.yml")
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	address := freeAddress(t)
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), program, "--config.file="+file, "--storage.tsdb.path="+filepath.Join(dir, "data"),
		"--web.listen-address="+address, "--log.level=error")
	log := &strings.Builder{} // read only after Wait
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatalf("start prometheus: %v", err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }() // its status says nothing once it is killed
	p := &Prometheus{URL: "http://" + address, PID: cmd.Process.Pid, Stop: sync.OnceFunc(func() {
		_ = cmd.Process.Signal(syscall.SIGCONT)
		_ = cmd.Process.Kill()
		<-ended
	})}
	t.Cleanup(p.Stop)
	awaitReady(t, p.URL+"/-/ready", ended, log)
	return p
}

func awaitReady(t testing.TB, url string, ended <-chan struct{}, log *strings.Builder) {
	t.Helper()
	deadline := time.NewTimer(30 * time.Second)
	defer deadline.Stop()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	client := &http.Client{Timeout: time.Second}
	defer client.CloseIdleConnections()
	for {
		if resp, err := client.Get(url); err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return
			}
		}
		select {
		case <-tick.C:
		case <-ended:
			t.Fatalf("the server ended: %s", log)
		case <-deadline.C:
			t.Fatal("the server is not ready after 30 s")
		}
	}
}

func freeAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }() // it never accepted
	return l.Addr().String()
}
