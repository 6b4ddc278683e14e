package engine

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"gonogo/model"
)

// TestAReportIsWrittenAndToldOnce, also over a restart; one that cannot be made is told as well.
func TestAReportIsWrittenAndToldOnce(t *testing.T) {
	t.Parallel()
	w, dir := newWorld(), t.TempDir()
	o, titles := escalating(t, w, dir, time.Hour)
	o.Rollout.Escalations = nil
	o.Rollout.Reports = []model.ReportSpec{{Kind: model.ReportPhase, Notify: []model.ActionID{"team"}}, {Kind: model.ReportIncident, Notify: []model.ActionID{"team"}}}
	o.Report = func(_ string, _ *model.Rollout, kind model.ReportKind, phase model.PhaseID, path string) (string, error) {
		if kind == model.ReportIncident {
			return "", errors.New("the disk is full")
		}
		text := "# report of " + string(phase)
		return text, os.WriteFile(path, []byte(text), 0o600)
	}
	p := board(t, o)
	p.enter("staging")
	p.enter("ten")
	hears(t, titles, "Test: phase report (test)")
	p.stop()
	p = board(t, o)
	made := 0
	files, err := os.ReadDir(dir + "/reports")
	for _, f := range files {
		made++
		info, _ := f.Info()
		text, _ := os.ReadFile(dir + "/reports/" + f.Name())
		if info.Mode().Perm() != 0o600 || string(text) != "# report of staging" || !strings.HasPrefix(f.Name(), "phase-") {
			t.Errorf("%s is %s: %s", f.Name(), info.Mode(), text)
		}
	}
	if err != nil || made != 1 {
		t.Errorf("%d reports, %v", made, err)
	}
	if got := p.does(model.Intent{Kind: model.ArmRollback}); got.Outcome != model.Verified {
		t.Fatal(got.Outcome)
	}
	hears(t, titles, "incident report (test) could not be made")
	if len(titles) > 0 {
		t.Errorf("told again: %s", <-titles)
	}
}
