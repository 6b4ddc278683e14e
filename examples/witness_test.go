package examples

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"gonogo/internal/testserver"
	"gonogo/model"
)

// unitScript is a systemctl for one unit, whose InvocationID is in a file. A
// restart goes through unless there is a file called lie. The old service goes on the
// new path until its end, and the new one logs its start to a file and a table; with a file
// called mute the old one does, and the new one says nothing.
const unitScript = `#!/bin/sh
cd %[1]q || exit 1
case "$*" in
*show*)
	echo LoadState=loaded; echo ActiveState=active; echo SubState=running
	echo InvocationID=$(cat invocation); echo MainPID=1; echo ExecMainStartTimestampMonotonic=$(cat monotonic) ;;
*restart*)
	echo run >> runs
	[ -e lie ] && exit 0
	. ./service.env
	say() {
		echo "flag disabled: $FLAG" >> app.log
		%[2]q %[3]q -qc "INSERT INTO logs VALUES (now(), 'repository query')" >/dev/null
	}
	%[2]q %[3]q -qc "INSERT INTO logs VALUES (now(), 'new query')" >/dev/null
	[ -e mute ] && say
	sleep 0.2
	date +%%s%%N > invocation
	awk '{ printf "%%.0f\n", $1 * 1000000 }' /proc/uptime > monotonic
	cp service.env live.env
	sleep 0.05
	[ -e mute ] || say ;;
esac
`

const witnessConfig = `[rollout]
id = "witness"
state_dir = "state"
[environment]
name = "test"
[journal]
anchor = "elsewhere.anchor"
[source.app_log]
kind = "log"
paths = ["app.log"]
[source.db]
kind = "sql"
driver = "postgres"
dsn = "env:WITNESS_DSN"
[flag.real]
kind = "dotenv"
file = "service.env"
key = "FLAG"
type = "bool"
safe = false
apply = ["restart"]
effective = { exec = ["sed", "-n", "s/^FLAG=//p", "live.env"] }
[action.restart]
kind = "systemd"
unit = "app.service"
timeout = "1s"
[action.team]
kind = "notify"
urls = [%q]
[phase.on]
flags = { real = true }
[rollback.quick]
steady = "100ms"
emergency = true
flags = "safe"
run = ["restart"]
notify = ["team"]
verify = [
  { flag = "real", is = false, within = "2s" },
  { log = "app_log", match = "flag disabled", within = "2s" },
  { source = "db", query = "SELECT count(*) FROM logs WHERE message = 'repository query' AND at > $since", is = "> 0", within = "2s" },
  { source = "db", query = "SELECT count(*) FROM logs WHERE message = 'new query' AND at > $since", is = "== 0", after = "500ms", within = "2s" },
]
`

// TestWitnesses runs a rollback with the real binary, a real PostgreSQL, a log
// and a systemctl of the test's: it is VERIFIED by what the restart left behind, and
// by nothing that was there before.
func TestWitnesses(t *testing.T) {
	dsn := testserver.StartPostgres(t)
	psql := testserver.LookPath(t, "psql", "postgresql")
	ctx := t.Context()
	db, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close(context.WithoutCancel(ctx)) }()
	if _, err := db.Exec(ctx, "CREATE TABLE logs (at timestamptz, message text)"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		with string // a file
		want model.Outcome
	}{
		{"a restart that lies", "lie", model.Partial},
		{"a restart under traffic", "", model.Verified},
		{"only the old service speaks", "mute", model.Unverified},
	} {
		t.Run(c.name, func(t *testing.T) {
			// Old evidence: a row and lines from before the rollback.
			if _, err := db.Exec(ctx, "INSERT INTO logs VALUES (now(), 'repository query'), (now(), 'new query')"); err != nil {
				t.Fatal(err)
			}
			told := make(chan string, 10)
			hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				told <- string(body)
			}))
			defer hook.Close()
			r := blueprint{
				"config.toml": fmt.Appendf(nil, witnessConfig, hook.URL), "service.env": []byte("FLAG=true\n"),
				"app.log": []byte("flag disabled: false\nflag disabled: false\n"), "invocation": []byte("1\n"), "monotonic": []byte("1\n"), "live.env": []byte("FLAG=true\n"),
			}.build(t)
			bin := t.TempDir()
			script := fmt.Sprintf(unitScript, r.dir, psql, dsn)
			if err := os.WriteFile(filepath.Join(bin, "systemctl"), []byte(script), 0o700); err != nil {
				t.Fatal(err)
			}
			if c.with != "" {
				if err := os.WriteFile(r.path(c.with), nil, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
			t.Setenv("WITNESS_DSN", dsn)
			status, out := r.run("rollback", "--yes").wait()
			end, _ := r.ended()
			if end != c.want || (status == 0) != (c.want == model.Verified) {
				r.fail("status %d, ended %s\n%s", status, end, out)
			}
			last := ""
			for len(told) > 0 {
				last = <-told
			}
			if !strings.Contains(last, string(c.want)) {
				t.Errorf("the team was told %q", last)
			}
			if status, out := r.run("log", "--verify").wait(); status != 0 || !strings.Contains(out, "agrees") {
				t.Errorf("log --verify: status %d\n%s", status, out)
			}
		})
	}
}
