package headless

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gonogo/model"
)

// kept is a Past of one metric.
type kept struct{ asked []model.MetricID }

func (k *kept) Points(_ context.Context, id model.MetricID, _ time.Duration) ([]model.Point, error) {
	k.asked = append(k.asked, id)
	return []model.Point{{At: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), V: .002}}, nil
}

func (k *kept) Close() {}

// reported runs `gonogo report` over records.
func reported(t *testing.T, problem string, past Past, args ...string) (out string, files map[string]string, status int) {
	t.Helper()
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	files = map[string]string{}
	var stdout bytes.Buffer
	w := &World{Out: Inert(&stdout), Err: io.Discard, Now: func() time.Time { return at.Add(time.Hour) },
		Open: func(string, Use) (Opened, error) {
			return Opened{Dir: "state", Rollout: &model.Rollout{Title: "Shop", Metrics: []model.Metric{{ID: "error", Title: "Errors"}}, Phases: []model.Phase{{ID: "ten", Title: "10%"}, {ID: "all", Title: "All"}}}}, nil
		},
		Journal: func(_, _ string, each func(model.Record) error) (JournalReport, error) {
			return JournalReport{Problem: problem}, each(model.Record{Seq: 1, At: at, Event: model.PhaseEntered{Phase: "ten", Attempt: 1}})
		},
		Past: func(string, *model.Rollout, time.Time, time.Time) (Past, error) {
			if past == nil {
				return nil, errors.New("no such folder")
			}
			return past, nil
		},
		WriteFile: func(path string, data []byte) error { files[path] = string(data); return nil },
	}
	config := ""
	c := w.cmdReport(&config)
	c.SetArgs(args)
	c.SilenceErrors, c.SilenceUsage = true, true
	err := c.ExecuteContext(t.Context())
	if err != nil {
		stdout.WriteString(err.Error())
	}
	return stdout.String(), files, Status(err)
}

// TestReportIsWrittenAsAsked: printed or to a file, as Markdown, HTML with charts, or the phases alone.
func TestReportIsWrittenAsAsked(t *testing.T) {
	out, files, status := reported(t, "", nil)
	if status != ExitOK || !strings.Contains(out, "\n# Shop: how it went\n") || len(files) > 0 {
		t.Errorf("status %d, %q", status, out)
	}
	past := &kept{}
	out, files, status = reported(t, "", past, "--html", "--daily", "-o", "day.html")
	if page := files["day.html"]; status != ExitOK || out != "written to day.html\n" || !strings.Contains(page, "<svg") || !strings.Contains(page, "the last day") || len(past.asked) != 1 {
		t.Errorf("status %d, %q, asked for %v: %s", status, out, past.asked, page)
	}
	if out, _, status = reported(t, "", nil, "--timeline", "csv"); status != ExitOK || !strings.HasPrefix(out, "phase,owner,state,planned") {
		t.Errorf("status %d, %q", status, out)
	}
	if out, _, status = reported(t, "", nil, "--phase", "ten"); status != ExitOK || !strings.Contains(out, "one phase") {
		t.Errorf("status %d, %q", status, out)
	}
}

// TestReportSaysWhatItLacks: a damaged journal and missing history are said in it; an audit
// refuses the former.
func TestReportSaysWhatItLacks(t *testing.T) {
	if out, _, status := reported(t, "record 3 was edited", nil); status != ExitDamaged || !strings.Contains(out, "**It may be incomplete:** record 3 was edited") {
		t.Errorf("status %d, %q", status, out)
	}
	if out, _, status := reported(t, "record 3 was edited", nil, "--audit"); status != ExitDamaged || strings.Contains(out, "# Shop") {
		t.Errorf("an audit: status %d, %q", status, out)
	}
	if out, _, status := reported(t, "", nil, "--html"); status != ExitOK || !strings.Contains(out, "no history was kept, so there are no charts") {
		t.Errorf("status %d, %q", status, out)
	}
	for _, args := range [][]string{{"--phase", "none"}, {"--timeline", "pdf"}} {
		if out, _, status := reported(t, "", nil, args...); status != ExitUsage {
			t.Errorf("%v: status %d, %q", args, status, out)
		}
	}
}

// TestAReportOverwritesOnlyReports: no config, no journal, no device, nothing in the state directory.
func TestAReportOverwritesOnlyReports(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	state := filepath.Join(dir, "state")
	if err := os.Mkdir(state, 0o700); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink(state, link); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{file("config.toml", "[rollout]"), file("empty", ""), dir, os.DevNull, filepath.Join(state, "new"), filepath.Join(link, "journal.jsonl")} {
		if err := mayWrite(path, state); Status(err) != ExitUsage {
			t.Errorf("%s: %v", path, err)
		}
	}
	for name, args := range map[string][]string{"md": nil, "html": {"--html"}, "csv": {"--timeline", "csv"}, "table": {"--timeline", "md"}} {
		_, files, _ := reported(t, "", &kept{}, append(args, "-o", filepath.Join(dir, name))...)
		for path, text := range files {
			if err := mayWrite(file(name, text), state); err != nil {
				t.Errorf("a report that is there already: %s: %v", path, err)
			}
		}
	}
	if _, files, status := reported(t, "", nil, "-o", filepath.Join(dir, "config.toml")); len(files) > 0 || status != ExitUsage {
		t.Errorf("status %d, written %v", status, files)
	}
}

// TestAReportOfNothingIsNone: of a phase that was never entered, of an incident that never was, of an empty journal in an audit.
func TestAReportOfNothingIsNone(t *testing.T) {
	for _, args := range [][]string{{"--incident"}, {"--phase", "all"}} {
		if out, _, status := reported(t, "", nil, args...); status != ExitRefused || strings.Contains(out, "#") {
			t.Errorf("%v: status %d, %q", args, status, out)
		}
	}
}
