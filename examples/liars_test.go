package examples

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"gonogo/model"
)

// TestLyingRestart runs restarts that end well, print that all is well, and
// restart nothing. However it is looked at, the rollback is never VERIFIED.
func TestLyingRestart(t *testing.T) {
	t.Parallel()
	const was = `seen = { exec = ["cat", "started"] }`
	service := servePage(t, `{"started": "2026-01-01T00:00:00Z", "real": true}`)
	cases := map[string][]string{ // what is another in the rig's config
		"exec":    {},
		"http":    {was, fmt.Sprintf(`seen = { http = %q, json = "started" }`, service)},
		"pidfile": {was, `seen = { pidfile = "pid" }`},
		"nothing": {was, ""},
		"read back": {was, fmt.Sprintf(`seen = { http = %q, json = "started" }`, service),
			`effective = { exec = ["sed", "-n", "s/^FLAG=//p", "running.env"] }`, fmt.Sprintf(`effective = { http = %q, json = "real" }`, service)},
		"its own log": {was, `seen = { exec = ["cat", "started"] }
[action.log]
kind = "exec"
command = ["grep", "started", "log"]`,
			`verify = [`, `verify = [{ run = "log" }, `},
		"idempotent": {`idempotent = false`, `idempotent = true`},
	}
	for name, edit := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := lyingRig(t, append(edit, `timeout = "30s"`, `timeout = "1s"`)...)
			status, out := r.run("rollback", "--yes").wait()
			end, ok := r.ended()
			if status == 0 || !ok || end == model.Verified || strings.Contains(out, " VERIFIED") || r.runs() == 0 {
				r.fail("status %d, ended %s after %d restarts\n%s", status, end, r.runs(), out)
			}
			t.Logf("%s: %d", end, status)
		})
	}
}

// lyingRig is a rig with its flag on, in whose place a script lies from then on.
func lyingRig(t *testing.T, edit ...string) *rig {
	t.Helper()
	b := draft(t)
	b["config.toml"] = []byte(strings.NewReplacer(edit...).Replace(string(b["config.toml"])))
	b["restart.sh"] = []byte("echo run >> runs\ncat log\n")
	b["log"] = []byte("old: service started, all is well\n")
	b["pid"] = fmt.Appendln(nil, os.Getpid())
	r := b.build(t)
	if status, out := r.run("adopt", "--yes").wait(); status != 0 {
		t.Fatalf("adopt: status %d\n%s", status, out)
	}
	return r
}

// TestLostAnswer: a flag service behind a proxy takes the change, and its
// answer does not arrive. The service is changed once, and the rollback VERIFIED.
func TestLostAnswer(t *testing.T) {
	t.Parallel()
	losses := map[string]func(http.ResponseWriter){
		"hung up": func(http.ResponseWriter) { panic(http.ErrAbortHandler) },
		"cut off": func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, `{"va`)
			panic(http.ErrAbortHandler)
		},
		"bad gateway": func(w http.ResponseWriter) { w.WriteHeader(http.StatusBadGateway) },
	}
	for name, lose := range losses {
		for _, method := range []string{"PUT", "POST", "PATCH"} {
			t.Run(name+", "+method, func(t *testing.T) {
				t.Parallel()
				lostAnswers(t, method, lose)
			})
		}
	}
}

func lostAnswers(t *testing.T, method string, lose func(http.ResponseWriter)) {
	service := newPage(t)
	service.set(`{"value": true}`)
	changes := make(chan string, 100)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			service.ServeHTTP(w, r)
			return
		}
		body, _ := io.ReadAll(r.Body)
		service.set(string(body)) // committed
		changes <- string(body)
		lose(w)
	}))
	t.Cleanup(proxy.Close)
	config := fmt.Sprintf(`[rollout]
id = "lost"
state_dir = "state"
[environment]
name = "test"
[flag.real]
kind = "http"
url = %q
json = "value"
set_method = %q
set_body = '{"value": {value}}'
type = "bool"
safe = false
[phase.on]
flags = { real = true }
[rollback.quick]
steady = "100ms"
emergency = true
flags = "safe"
verify = [{ flag = "real", is = false, within = "10s" }]
`, proxy.URL, method)
	r := blueprint{"config.toml": []byte(config)}.build(t)
	status, out := r.run("rollback", "--yes").wait()
	if end, _ := r.ended(); status != 0 || end != model.Verified {
		r.fail("status %d, ended %s\n%s", status, end, out)
	}
	if n := len(changes); n != 1 {
		r.fail("the service was changed %d times", n)
	}
}
