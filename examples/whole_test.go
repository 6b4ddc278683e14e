package examples

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/prometheus/client_golang/api"
	prom "github.com/prometheus/client_golang/api/prometheus/v1"

	"gonogo/internal/testserver"
)

// wholeFor is how long an engine is watched once all of it has answered.
const wholeFor = 10 * time.Second

// BenchmarkWhole is gonogo with so many metrics at 1 s from a real Prometheus:
//
//	first-ms  from its start in a pseudo-terminal to the first value on screen
//	asked-ms  beside it, the same questions asked one after the other by the API's client
//	ratio     of the two
//	cpu-%     of one core, of a headless engine, in 10 s after all have answered and have their past
//	asked/s   questions to Prometheus a metric and second, meanwhile
//
//	go test ./examples -run '^$' -bench Whole -benchtime 5x
func BenchmarkWhole(b *testing.B) {
	for _, n := range []int{3, 30, 500} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			began := time.Now()
			page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				_, _ = fmt.Fprintf(w, "requests_total %d\n", time.Since(began).Milliseconds())
			}))
			b.Cleanup(page.Close)
			server := testserver.StartPrometheus(b, page.URL)
			client, err := api.NewClient(api.Config{Address: server.URL})
			if err != nil {
				b.Fatal(err)
			}
			dir := b.TempDir()
			path := filepath.Join(dir, "config.toml")
			if err := os.WriteFile(path, wholeConfig(server.URL, n), 0o600); err != nil {
				b.Fatal(err)
			}
			awaitSamples(b, client)
			var first, asked, cpu, questions float64
			for b.Loop() {
				asked += askAll(b, client, n)
				first += firstValue(b, path)
				c, q := engineCost(b, path, server.URL)
				cpu, questions = cpu+c, questions+q/float64(n)
			}
			rounds := float64(b.N)
			b.ReportMetric(first/rounds, "first-ms")
			b.ReportMetric(asked/rounds, "asked-ms")
			b.ReportMetric(first/asked, "ratio")
			b.ReportMetric(cpu/rounds, "cpu-%")
			b.ReportMetric(questions/rounds, "asked/s")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// expression is what metric i asks: each asks something else, and looks back as a share does.
func expression(i int) string {
	return fmt.Sprintf(`sum(rate(requests_total[30s])) * 0 + %d`, 7000+i)
}

func wholeConfig(url string, n int) []byte {
	var c strings.Builder
	fmt.Fprintf(&c, "[rollout]\nid = \"whole\"\ntitle = \"Whole\"\nstate_dir = \"state\"\n[environment]\nname = \"test\"\n[source.prom]\nkind = \"prometheus\"\nurl = %q\n", url)
	gate := make([]string, n)
	for i := range n {
		gate[i] = fmt.Sprintf("%q", "m"+strconv.Itoa(i))
		fmt.Fprintf(&c, "[metric.m%d]\nsource = \"prom\"\nquery = %q\ntarget = \"> 1\"\nevery = \"1s\"\nsettle = \"0s\"\n", i, expression(i))
	}
	fmt.Fprintf(&c, "[phase.only]\ntitle = \"Only phase\"\ngate = [%s]\n", strings.Join(gate, ", "))
	return []byte(c.String())
}

// awaitSamples waits until the server has scraped for long enough to tell a rate.
func awaitSamples(b *testing.B, client api.Client) {
	poll(b, "samples", 200*time.Millisecond, func() bool {
		got, _, _, err := prom.NewAPI(client).Query(b.Context(), expression(0), time.Now())
		return err == nil && strings.Contains(got.String(), "7000")
	})
}

// askAll asks what the metrics ask, and returns how long that takes, in ms.
func askAll(b *testing.B, client api.Client, n int) float64 {
	began := time.Now()
	for i := range n {
		if _, _, _, err := prom.NewAPI(client).Query(b.Context(), expression(i), time.Now()); err != nil {
			b.Fatal(err)
		}
	}
	return time.Since(began).Seconds() * 1000
}

// shownValue is a metric's value as the screen has it, whatever styles stand in it.
var shownValue = regexp.MustCompile(`7k|7\.0k|7000|70[0-9][0-9]`)

// firstValue starts a cockpit, and returns when the first value is on its screen, in ms.
func firstValue(b *testing.B, path string) float64 {
	b.Helper()
	_ = os.RemoveAll(filepath.Join(filepath.Dir(path), "state"))
	cmd := exec.Command(binary, "-c", path)
	cmd.Env = append(os.Environ(), "TERM=xterm-256color")
	began := time.Now()
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 50, Cols: 200})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait(); _ = tty.Close() }()
	var seen []byte
	buf := make([]byte, 64<<10)
	for !shownValue.Match(seen) {
		n, err := tty.Read(buf)
		if err != nil {
			b.Fatalf("no value: %v\n%q", err, seen)
		}
		seen = append(seen, buf[:n]...)
	}
	return time.Since(began).Seconds() * 1000
}

// engineCost runs a headless engine, and returns what it costs of a core, in %, and how
// many questions a second it asks, once all metrics have answered and have their past.
func engineCost(b *testing.B, path, url string) (cpu, questions float64) {
	b.Helper()
	_ = os.RemoveAll(filepath.Join(filepath.Dir(path), "state"))
	cmd := exec.Command(binary, "run", "--headless", "-c", path)
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	poll(b, "every metric to answer", 100*time.Millisecond, func() bool {
		out, err := exec.Command(binary, "status", "--json", "-c", path).Output()
		return err == nil && !bytes.Contains(out, []byte("NO-DATA"))
	})
	past := -1.0
	poll(b, "the charts' past", time.Second, func() bool {
		was := past
		past = questionsTo(b, url, "query_range")
		return past == was
	})
	before, asked := cpuOf(b, cmd.Process.Pid), questionsTo(b, url, "query")
	timed, done := context.WithTimeout(b.Context(), wholeFor)
	defer done()
	<-timed.Done()
	return (cpuOf(b, cmd.Process.Pid) - before).Seconds() / wholeFor.Seconds() * 100, (questionsTo(b, url, "query") - asked) / wholeFor.Seconds()
}

// cpuOf returns the user and system time of a process, to 10 ms.
func cpuOf(b *testing.B, pid int) time.Duration {
	b.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		b.Fatal(err)
	}
	fields := strings.Fields(string(data[bytes.LastIndexByte(data, ')')+1:]))
	var ticks int
	for _, f := range fields[11:13] {
		n, err := strconv.Atoi(f)
		if err != nil {
			b.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

// questionsTo returns how many questions of a kind (query, query_range) a Prometheus has
// answered, by its own count.
func questionsTo(b *testing.B, url, kind string) float64 {
	b.Helper()
	resp, err := http.Get(url + "/metrics")
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	page, err := io.ReadAll(resp.Body)
	if err != nil {
		b.Fatal(err)
	}
	sum := 0.0
	for _, m := range regexp.MustCompile(`(?m)^prometheus_http_requests_total\{.*handler="/api/v1/`+kind+`"\} (\S+)$`).FindAllSubmatch(page, -1) {
		n, err := strconv.ParseFloat(string(m[1]), 64)
		if err != nil {
			b.Fatal(err)
		}
		sum += n
	}
	return sum
}
