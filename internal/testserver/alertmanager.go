package testserver

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// Alertmanager is a running server. It tells nobody of its alerts.
type Alertmanager struct {
	URL  string
	Stop func() // ends it; may be called twice
}

// StartAlertmanager starts the real prometheus-alertmanager on a free loopback port,
// with data of its own and no cluster, and ends it with the test. It skips the test
// where there is none, see LookPath.
func StartAlertmanager(t testing.TB) *Alertmanager {
	t.Helper()
	program := LookPath(t, "prometheus-alertmanager", "prometheus-alertmanager")
	dir := t.TempDir()
	file := filepath.Join(dir, "alertmanager.yml")
	text := "route: {receiver: nobody, group_by: [alertname], group_wait: 1s}\nreceivers: [{name: nobody}]\n" +
		"inhibit_rules: [{source_matchers: [alertname=\"Inhibitor\"], target_matchers: [inhibitable=\"yes\"]}]\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	url, stop := start(t, dir, "/-/ready", func(address string) *exec.Cmd {
		return exec.CommandContext(context.WithoutCancel(t.Context()), program, "--config.file="+file, "--storage.path="+filepath.Join(dir, "data"),
			"--web.listen-address="+address, "--cluster.listen-address=", "--log.level=error")
	})
	return &Alertmanager{URL: url, Stop: stop}
}

// start runs what command returns for a free address in dir until the test ends, or
// stop is called, and returns its URL once it answers path with 200.
func start(t testing.TB, dir, path string, command func(address string) *exec.Cmd) (url string, stop func()) {
	t.Helper()
	address := freeAddress(t)
	cmd := command(address)
	log := &strings.Builder{} // read only after Wait
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatalf("start %s: %v", cmd.Path, err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }() // its status says nothing once it is killed
	stop = sync.OnceFunc(func() {
		_ = cmd.Process.Kill()
		<-ended
	})
	t.Cleanup(stop)
	url = "http://" + address
	awaitReady(t, url+path, ended, log)
	return url, stop
}
