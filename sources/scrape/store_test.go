package scrape

import (
	"bufio"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	prom "github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"

	"gonogo/model"
	"gonogo/sources/sourcetest"
)

// remember stores, as if scraped from url, the value 5 of a every 5 s.
func remember(t *testing.T, stateDir, url string, from, to time.Time) {
	t.Helper()
	db, err := openStore(filepath.Join(stateDir, "tsdb-test"))
	if err != nil {
		t.Fatal(err)
	}
	app := db.appender(t.Context())
	series := labels.FromStrings(prom.MetricNameLabel, "a", "job", "test", "instance", url[len("http://"):])
	var ref storage.SeriesRef
	for at := from; !at.After(to); at = at.Add(5 * time.Second) {
		if ref, err = app.Append(ref, series, at.UnixMilli(), 5); err != nil {
			t.Fatal(err)
		}
	}
	if err := app.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := db.close(); err != nil {
		t.Fatal(err)
	}
}

// TestClockSetBack: a history ahead of the clock is never answered from.
func TestClockSetBack(t *testing.T) {
	_, url := serve(t, "a 9\n")
	part := sourcetest.Part(t, table(url), ask("m", "a"))
	remember(t, part.StateDir, url, time.Now().Add(-time.Minute), time.Now().Add(30*time.Minute))
	out, _ := sourcetest.Start(t, Kind(), part)
	if r := out.First(t, "m"); !errors.Is(r.Err, errStore) || !strings.Contains(r.Err.Error(), "set back") {
		t.Errorf("got %+v, want trouble: the history is ahead of the clock", r)
	}
}

func TestHistoryFillsTheChart(t *testing.T) {
	_, url := serve(t, "a 9\n")
	part := sourcetest.Part(t, table(url), ask("m", "a"))
	now := time.Now()
	remember(t, part.StateDir, url, now.Add(-40*time.Minute), now.Add(-30*time.Minute))

	out, _ := sourcetest.Start(t, Kind(), part)
	out.Value(t, "m", 9)
	points := out.Samples("m")
	for end := time.Now().Add(10 * time.Second); len(points) < 100 && time.Now().Before(end); points = out.Samples("m") {
		runtime.Gosched() // the past comes after the value
	}
	if len(points) < 100 {
		t.Fatalf("%d points of the past, want more than 100", len(points))
	}
	gaps := 0
	for i, p := range points {
		switch {
		case i > 0 && !p.At.After(points[i-1].At):
			t.Fatalf("point %d, %v, is no later than the one before", i, p)
		case math.IsNaN(p.V):
			gaps++
		case gaps == 0 && p.V != 5 || gaps > 0 && p.V != 9:
			t.Fatalf("point %d is %v", i, p)
		}
	}
	if gaps != 1 {
		t.Errorf("%d gaps, want one, up to now", gaps)
	}
}

// TestKilled: what a killed gonogo leaves behind does not stop the next one.
func TestKilled(t *testing.T) {
	const variable = "GONOGO_TEST_SCRAPE_DIR"
	if dir := os.Getenv(variable); dir != "" { // the one to be killed
		db, err := openStore(dir)
		if err != nil {
			t.Fatal(err)
		}
		app := db.appender(t.Context())
		if _, err := app.Append(0, labels.FromStrings(prom.MetricNameLabel, "a"), time.Now().UnixMilli(), 5); err != nil {
			t.Fatal(err)
		}
		if err := app.Commit(); err != nil {
			t.Fatal(err)
		}
		fmt.Println("ready")
		<-t.Context().Done()
	}
	dir := t.TempDir()
	for range 2 {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKilled$")
		cmd.Env = append(os.Environ(), variable+"="+dir)
		stdout, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "ready\n" {
			t.Errorf("the store did not open: %q, %v", line, err)
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // it was killed
	}
	db, err := openStore(dir)
	if err != nil {
		t.Fatal(err)
	}
	m, err := db.Range(t.Context(), "a", time.Now().Add(-time.Minute), time.Now().Add(time.Second), time.Second)
	if err != nil || len(m) != 1 {
		t.Errorf("what was stored is lost: %v, %v", m, err)
	}
	if err := db.close(); err != nil {
		t.Error(err)
	}
}

func FuzzPage(f *testing.F) {
	f.Add([]byte("# TYPE a counter\na_total{x=\"1\"} 1 2\n"), "text/plain")
	f.Add([]byte("a{x=\"\\n\\\"\"} NaN\n"), "")
	f.Add([]byte("# TYPE a histogram\na_bucket{le=\"+Inf\"} 1 # {id=\"x\"} 1\n# EOF\n"), "application/openmetrics-text; version=1.0.0")
	f.Fuzz(func(t *testing.T, page []byte, contentType string) {
		target := &target{job: "j", instance: "i"}
		_ = eachSample(page, contentType, func(_ []byte, _ float64, read func(*labels.Labels)) error {
			var l labels.Labels
			read(&l)
			if l = target.labelled(l); l.Get("job") != "j" || l.Get("instance") != "i" {
				t.Errorf("labels %s", l)
			}
			return nil
		})
	})
}

// TestKeptSamplesAreNeverCurrent: what an engine before this one collected
// answers for no target that this one has not read, and stays for ranges.
func TestKeptSamplesAreNeverCurrent(t *testing.T) {
	refuses := httptest.NewServer(nil)
	refuses.Close()
	release := make(chan struct{})
	hangs := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	t.Cleanup(func() { close(release); hangs.Close() })
	_, answers := serve(t, "a 9\n")
	_, dropped := serve(t, "b 1\n")
	tests := map[string]struct {
		targets []any // the first is the one remembered
		every   string
		query   string
		want    float64
		wantErr string
	}{
		"refused":         {[]any{refuses.URL}, "5s", "a", 0, "refused"},
		"refused, range":  {[]any{refuses.URL}, "5s", "sum(rate(a[1m]))", 0, "refused"},
		"hanging":         {[]any{hangs.URL}, "1m", "sum(rate(a[1m]))", 0, errUnread.Error()},
		"one of two":      {[]any{refuses.URL, answers}, "5s", "sum(a)", 9, ""},
		"no longer there": {[]any{dropped}, "5s", "a", 0, model.ErrEmpty.Error()},
		"answering":       {[]any{answers}, "5s", "count_over_time(a[1m]) > bool 5", 1, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			values := table(test.targets...)
			values["every"] = test.every
			part := sourcetest.Part(t, values, ask("m", test.query))
			now := time.Now()
			remember(t, part.StateDir, test.targets[0].(string), now.Add(-time.Minute), now.Add(-time.Second))
			out, _ := sourcetest.Start(t, Kind(), part)
			r := out.First(t, "m")
			switch {
			case test.wantErr != "":
				if r.Err == nil || !strings.Contains(r.Err.Error(), test.wantErr) {
					t.Errorf("got %+v, want the error %q", r, test.wantErr)
				}
			case r.Err != nil || r.Ended || r.Value != test.want:
				t.Errorf("got %+v, want %v", r, test.want)
			}
		})
	}
}
