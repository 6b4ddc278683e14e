package exec

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"gonogo/model/config"
	"gonogo/sources/sourcetest"
)

func sh(script string, more ...any) map[string]any {
	table := map[string]any{"command": []any{"sh", "-c", script}}
	for i := 0; i+1 < len(more); i += 2 {
		table[more[i].(string)] = more[i+1]
	}
	return table
}

// built makes a source in dir with the keys of its table.
func built(t *testing.T, dir string, table map[string]any) *source {
	t.Helper()
	s, err := build(config.SourcePart{Part: config.Part{Table: config.NewTable(table), Dir: dir}})
	if err != nil {
		t.Fatal(err)
	}
	return s.(*source)
}

// TestACommandGetsWhatItsSourceNames: a folder, variables of the config and of
// gonogo's own, as an action's program does, and no error shows a secret among them.
func TestACommandGetsWhatItsSourceNames(t *testing.T) {
	t.Setenv("SOURCE_TOKEN", "s3cr3t-t0ken")
	t.Setenv("SOURCE_PASSED", "password-passed")
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "below"), 0o700); err != nil {
		t.Fatal(err)
	}
	s := built(t, dir, map[string]any{"dir": "below", "env": map[string]any{"T": "env:SOURCE_TOKEN", "N": "41"}, "pass_env": []any{"SOURCE_PASSED"}})
	tests := map[string]struct{ script, want string }{
		"variable": {`test "$(basename "$PWD")" = below && echo "${N}0"`, "410 <nil>"},
		"printed":  {`echo "$T"`, `0 it printed "[secret]" where a number is wanted`},
		"passed":   {`echo "it is $SOURCE_PASSED" >&2; exit 2`, "0 exit status 2: it is [secret]"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			v, err := s.value(t.Context(), metricKeys{Command: []string{"sh", "-c", test.script}})
			if got := fmt.Sprint(v, err); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestValue(t *testing.T) {
	t.Setenv("TEST_SECRET", "geheim")
	t.Setenv("LC_ALL", "C")
	tests := map[string]struct {
		table   map[string]any
		want    float64
		wantErr string
	}{
		"number":          {table: command("echo", "12"), want: 12},
		"exponent":        {table: command("echo", "1e-3"), want: 0.001},
		"exit 0":          {table: sh("exit 0", "value", "status"), want: 0},
		"exit 3":          {table: sh("echo ignored; exit 3", "value", "status"), want: 3},
		"failed":          {table: sh("echo 1; echo first >&2; echo why >&2; exit 3"), wantErr: "exit status 3: why"},
		"failed silently": {table: sh("exit 3"), wantErr: "exit status 3"},
		"killed":          {table: sh("kill -9 $$", "value", "status"), wantErr: "ended by signal 9 (killed)"},
		"nothing":         {table: command("true"), wantErr: "no data: it printed nothing"},
		"words":           {table: command("echo", "a\tb"), wantErr: `it printed "a␉b" where a number is wanted`},
		"too much":        {table: sh("yes 1 | head -c 100000"), wantErr: "it printed more than 64 KiB where a number is wanted"},
		"no shell":        {table: command("echo", "$HOME", ";", "echo"), wantErr: `it printed "$HOME ; echo" where a number is wanted`},
		"stdin is null":   {table: sh("cat | wc -c"), want: 0},
		"environment":     {table: sh(`echo "${TEST_SECRET:-none}$LC_ALL"`), wantErr: `it printed "noneC" where a number is wanted`},
		"relative":        {table: command("./seven"), want: 7},
		"in its folder":   {table: sh("cat seven.txt"), want: 7},
		"unknown":         {table: command("gonogo-no-such-program"), wantErr: `program "gonogo-no-such-program": not found in `},
	}
	dir := t.TempDir()
	for name, text := range map[string]string{"seven": "#!/bin/sh\necho 7\n", "seven.txt": "7\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			v, err := built(t, dir, nil).value(t.Context(), config.Into[metricKeys](config.NewTable(test.table), dir))
			if test.wantErr != "" {
				if err == nil || err.Error() != test.wantErr && (!strings.HasSuffix(test.wantErr, " in ") || !strings.HasPrefix(err.Error(), test.wantErr)) {
					t.Errorf("got %v, %v; want error %q", v, err, test.wantErr)
				}
				return
			}
			if err != nil || v != test.want {
				t.Errorf("got %v, %v; want %v", v, err, test.want)
			}
		})
	}
}

// TestTimeoutEndsTheGroup: what a command started goes with it, even if it
// ignores SIGTERM or holds the pipes.
func TestTimeoutEndsTheGroup(t *testing.T) {
	tests := map[string]string{
		"grandchild":      "sleep 3600 & echo $! >pid; wait",
		"ignores SIGTERM": "trap '' TERM; echo $$ >pid; sleep 3600",
	}
	for name, script := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() {
				_, err := built(t, dir, nil).value(ctx, metricKeys{Command: []string{"sh", "-c", script}})
				ended <- err
			}()
			pid := 0
			await(t, func() bool {
				b, _ := os.ReadFile(filepath.Join(dir, "pid"))
				pid, _ = strconv.Atoi(strings.TrimSpace(string(b)))
				return pid != 0
			})
			cancel()
			if err := <-ended; !errors.Is(err, context.Canceled) {
				t.Errorf("run returned %v, want %v", err, context.Canceled)
			}
			await(t, func() bool { return gone(pid) })
		})
	}
}

func TestGrandchildKeepsOutputOpen(t *testing.T) {
	dir := t.TempDir()
	_, err := built(t, dir, nil).value(t.Context(), metricKeys{Command: []string{"sh", "-c", "sleep 3600 & echo $! >pid; echo 1"}})
	if err == nil || !strings.Contains(err.Error(), "kept its output open") {
		t.Errorf("run returned %v", err)
	}
	b, _ := os.ReadFile(filepath.Join(dir, "pid"))
	pid, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil {
		t.Fatal(err)
	}
	await(t, func() bool { return gone(pid) })
}

// gone reports whether the process pid has ended, though it may not be reaped yet.
func gone(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return true
	}
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err != nil || strings.Contains(string(b), ") Z ")
}

// await fails the test if ok does not become true within 20 s.
func await(t *testing.T, ok func() bool) {
	t.Helper()
	deadline := time.NewTimer(20 * time.Second)
	defer deadline.Stop()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatal("what was awaited did not come within 20 s")
		}
	}
}

func TestLint(t *testing.T) {
	tests := map[string]struct {
		table map[string]any
		want  bool
	}{
		"fine":    {command("wc", "-l"), false},
		"one":     {command("./count.sh"), false},
		"shell":   {command("cat x | wc -l"), true},
		"nothing": {command(), true},
		"empty":   {command(""), true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if found := lint(sourcetest.Metric("m", test.table)); (len(found) > 0) != test.want {
				t.Errorf("found %v", found)
			}
		})
	}
}

func TestQuoted(t *testing.T) {
	got := quoted([]string{"sh", "-c", "echo $x", "", "\x1b"})
	if want := `sh -c "echo $x" "" ␛`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
