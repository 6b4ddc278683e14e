package examples

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
)

var pictures = flag.String("pictures", "", "the `directory` to write the pictures of README and docs to")

// TestPictures takes the pictures of README and docs: of the demo, played by its own script, in a real
// terminal, dark and light. go test ./examples -run TestPictures -pictures ../docs -timeout 15m
func TestPictures(t *testing.T) {
	if *pictures == "" {
		t.Skip("no -pictures given")
	}
	for name, dark := range map[string]bool{"dark": true, "light": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := launch(t, "demo", "--script", "--theme", name)
			take := func(what string) {
				t.Helper()
				c.mu.Lock()
				text := svg(c.emu, dark)
				c.mu.Unlock()
				if err := os.WriteFile(filepath.Join(*pictures, what+"-"+name+".svg"), []byte(text), 0o644); err != nil { //nolint:gosec // all may see it
					t.Fatal(err)
				}
			}
			const soon = 2 * time.Minute
			c.see(`8 of 30 tenants · phase 4`, soon)
			c.see(`esc vetoes`, soon)
			c.see(`rolls back in [6-9]s`, soon)
			take("guard")
			c.see(`VERIFIED`, soon)
			take("verified")
			c.see(`enter 50% of tenants`, soon)
			take("cockpit")
			c.keys("b")
			c.see(`rehearse`, soon)
			take("rollbacks")
			c.keys("\x1b")
			c.see(`NO-GO|█▀▄ █ █  █ ▄▄▄`, soon)
			<-c.ended
		})
	}
}

// TestRecording records the demo's flight, until the guard's rollback is VERIFIED, as a cast that asciinema plays.
func TestRecording(t *testing.T) {
	if *pictures == "" {
		t.Skip("no -pictures given")
	}
	t.Parallel()
	cmd := exec.Command(binary, "demo", "--script", "--theme", "dark")
	cmd.Env = append(os.Environ(), "TERM=xterm-256color", "COLORTERM=truecolor", "TMPDIR="+tempDir(t))
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 40, Cols: 120})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tty.Close() }()
	var out strings.Builder
	head, err := json.Marshal(map[string]any{"version": 2, "width": 120, "height": 40, "title": "gonogo demo", "idle_time_limit": 2})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(&out, "%s\n", head)
	emu := vt.NewEmulator(120, 40)
	go func() { _, _ = io.Copy(tty, emu) }() // what it answers to queries
	start, buf, stop := time.Now(), make([]byte, 64<<10), time.Time{}
	for stop.IsZero() || time.Now().Before(stop) {
		n, err := tty.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = emu.Write(buf[:n])
		text, _ := json.Marshal(strings.ToValidUTF8(string(buf[:n]), "")) // a string always can be
		fmt.Fprintf(&out, "[%.3f, \"o\", %s]\n", time.Since(start).Seconds(), text)
		if stop.IsZero() && strings.Contains(emu.String(), "V E R I F I E D") && strings.Contains(emu.String(), "GUARD") {
			stop = time.Now().Add(8 * time.Second)
		}
	}
	_ = cmd.Process.Kill() // the rest is more of the same; the service ends with it
	_ = cmd.Wait()
	if err := os.WriteFile(filepath.Join(*pictures, "demo.cast"), []byte(out.String()), 0o644); err != nil { //nolint:gosec // all may see it
		t.Fatal(err)
	}
}
