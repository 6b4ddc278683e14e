package examples

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gonogo/examples/demo"
	"gonogo/internal/testserver"
)

// TestDemoFlight plays the demo from its first phase to its rollback, keys in,
// screen out.
func TestDemoFlight(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "demo")
	c := launch(t, "demo", "--dir", dir)
	fly(t, c, dir)
	c.press("q", "the question of an engine", has("This is the engine"))
	c.press("y", "the end", func(string) bool {
		select {
		case <-c.ended:
			return true
		default:
			return false
		}
	})
	c.ends(20 * time.Second)
	if c.err != nil {
		t.Errorf("gonogo demo ended with %v", c.err)
	}
}

// TestPrometheusFlight plays the same against the real prometheus program,
// which scrapes the demo's service.
func TestPrometheusFlight(t *testing.T) {
	t.Parallel()
	d, _ := withPrometheus(t)
	c := launch(t, "-c", d.ConfigPath())
	fly(t, c, d.Dir())
}

// service starts the demo's service, without a cockpit, until the test ends.
func service(t *testing.T) *demo.Demo {
	t.Helper()
	d, err := demo.Start(t.Context(), demo.Options{Dir: filepath.Join(t.TempDir(), "demo"), Exe: binary})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Stop(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// withPrometheus is service with a real Prometheus that scrapes it, and a config that asks that.
func withPrometheus(t *testing.T) (*demo.Demo, *testserver.Prometheus) {
	t.Helper()
	d := service(t)
	prom := testserver.StartPrometheus(t, d.URL()+"/metrics")
	if err := demo.PreparePrometheus(d.Dir(), binary, d.Addr(), prom.URL); err != nil {
		t.Fatal(err)
	}
	return d, prom
}

// fly takes a rollout up to half of the tenants, where the service begins to
// fail, sees the gate turn, and takes everything back.
func fly(t *testing.T, c *cockpit, dir string) {
	config := filepath.Join(dir, "config.toml")
	c.see("not started", 20*time.Second)
	for _, phase := range []string{"staging", "internal", "ten"} {
		if phase != "staging" {
			sign(t, config)
			c.see("✔ GO", 60*time.Second)
		}
		advance(c)
	}
	c.see("✔ GO", 60*time.Second)
	if out, status := command(t, "advance", "--to", "half", "--reason", "the quarter is another test", "--yes", "-c", config); status != 0 {
		t.Fatalf("advance --to half: status %d\n%s", status, out)
	}
	c.keys("\r") // closes the plan's box
	if env := read(t, filepath.Join(dir, ".env")); !strings.Contains(env, "USE_REAL_VECTOR_RETRIEVAL=true") {
		t.Errorf(".env at 50%%:\n%s", env)
	}
	pid := read(t, filepath.Join(dir, "worker.pid"))
	c.see("NO-GO", 60*time.Second)
	c.press("!", "the emergency rollback armed", func(s string) bool { return strings.Contains(s, "fires in") || strings.Contains(s, "Everything off") })
	c.until("the rollback's end", 90*time.Second, has(verified))
	if env := read(t, filepath.Join(dir, ".env")); !strings.Contains(env, "USE_REAL_VECTOR_RETRIEVAL=false") {
		t.Errorf(".env after the rollback:\n%s", env)
	}
	if now := read(t, filepath.Join(dir, "worker.pid")); now == pid {
		t.Error("the process is the same as before the rollback")
	}
	c.keys("\r") // closes the rollback's box
	checkJournal(t, config)
	out, status := command(t, "rollback", "--last", "-c", config)
	if status != 0 || !strings.Contains(out, "VERIFIED") {
		t.Errorf("rollback --last: status %d\n%s", status, out)
	}
}

// verified is how a plan's box says it; the status line and the log say it in one word.
const verified = "V E R I F I E D"

// advance arms the next phase, confirms it, and waits until it was entered.
func advance(c *cockpit) {
	c.t.Helper()
	c.press("a", "the next phase armed", has("Enter confirms"))
	c.press("\r", "the plan running", func(s string) bool { return !strings.Contains(s, "Enter confirms") })
	c.until("the plan's end", 30*time.Second, has(verified))
	c.press("\r", "its box closed", func(s string) bool { return !strings.Contains(s, verified) })
}

// sign signs every check of the current phase, by command.
func sign(t *testing.T, config string) {
	t.Helper()
	out, _ := command(t, "gate", "--json", "-c", config)
	var gate struct {
		Lines []struct {
			Check string `json:"check"`
			State string `json:"state"`
		} `json:"lines"`
	}
	if err := json.Unmarshal([]byte(out), &gate); err != nil {
		t.Fatalf("gate --json: %v\n%s", err, out)
	}
	for _, l := range gate.Lines {
		if l.Check != "" && l.State == "MANUAL" {
			if out, status := command(t, "sign", l.Check, "--note", "seen", "-c", config); status != 0 {
				t.Fatalf("sign %s: status %d\n%s", l.Check, status, out)
			}
		}
	}
}

// checkJournal sees that the journal is whole and tells the flight in order.
func checkJournal(t *testing.T, config string) {
	t.Helper()
	if out, status := command(t, "log", "--verify", "-c", config); status != 0 {
		t.Errorf("log --verify: status %d\n%s", status, out)
	}
	out, _ := command(t, "log", "--json", "-c", config)
	var log struct {
		Records []struct {
			Seq   uint64          `json:"seq"`
			Type  string          `json:"type"`
			Event json.RawMessage `json:"event"`
		} `json:"records"`
	}
	if err := json.Unmarshal([]byte(out), &log); err != nil {
		t.Fatalf("log --json: %v", err)
	}
	want := []string{"EngineStarted"}
	for _, phase := range []string{"staging", "internal", "ten", "half"} {
		want = append(want, "PlanArmed", "PlanFired")
		if phase != "staging" {
			want = append(want, "StepIntended", "StepEnded")
		}
		want = append(want, "PlanEnded", "PhaseEntered:"+phase)
	}
	want = append(want, "GateChanged", "PlanArmed", "PlanFired", "StepIntended", "StepEnded", "PlanEnded", "PhaseLeft")
	for i, r := range log.Records {
		if r.Seq != uint64(i)+1 {
			t.Fatalf("record %d has number %d", i+1, r.Seq)
		}
		if len(want) == 0 {
			break
		}
		name, phase, _ := strings.Cut(want[0], ":")
		if r.Type == name && (phase == "" || strings.Contains(string(r.Event), fmt.Sprintf("%q", phase))) {
			want = want[1:]
		}
	}
	if len(want) > 0 {
		t.Errorf("the journal lacks, in order: %v", want)
	}
}

func read(t testing.TB, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
