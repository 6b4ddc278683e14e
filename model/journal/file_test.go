package journal

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"gonogo/model"
)

// events holds one event of every kind.
func events() []model.Event {
	plan := model.Plan{ID: "p1", Kind: model.PlanRollback, Title: "Back", Steps: []model.Step{
		{Kind: model.StepSet, Changes: []model.Change{{Flag: "F", From: model.BoolValue(true), To: model.BoolValue(false)}}},
		{N: 1, Kind: model.StepVerify, Verify: &model.Verify{Kind: model.VerifyMetric, Target: &model.Target{Op: "<", Value: 0.01, Text: "< 1%"}}},
	}}.Seal()
	return []model.Event{
		model.EngineStarted{PID: 7, Host: "h", Version: "v", Rollout: "r", ConfigHash: "c"},
		model.EngineStopped{PID: 7, Reason: "asked"},
		model.ConfigAdopted{Hash: "d", Previous: "c"},
		model.IntentTaken{Intent: model.Intent{ID: "i", By: ada, Kind: model.Sign, Check: "logs", Reason: `},"sum":"`}},
		model.PhaseEntered{Phase: "ten", Attempt: 1, Plan: "p0", Override: "a <b> & \"c\"\n\x1b[2J \u202e"},
		model.PhaseLeft{From: "ten", To: "", Plan: "p1"},
		model.HoldChanged{Held: true, Reason: `","event":{"x":1},"sum":"0"}`},
		model.Progress{Phase: "ten", Attempt: 1, Soak: time.Hour, Streaks: map[model.MetricID]model.Streak{"b": {Target: 1}, "a": {Alert: 2}}},
		model.GateChanged{Phase: "ten", To: model.GO, Reasons: []string{"x"}},
		model.FlagObserved{Flag: "F", Value: model.ListValue("a", "b"), Effective: true},
		model.CheckSigned{Phase: "ten", Attempt: 1, Check: "logs", Note: "ok"},
		model.CheckUnsigned{Phase: "ten", Attempt: 1, Check: "logs"},
		model.PlanArmed{Plan: plan, FireAt: t0.UTC()},
		model.PlanVetoed{Plan: "p1", Reason: "no"},
		model.PlanFired{Plan: "p1", How: "enter"},
		model.PlanJoined{Plan: "p1"},
		model.StepIntended{Plan: "p1", Step: 0, Try: 1},
		model.StepEnded{Plan: "p1", Step: 0, Outcome: model.StepDone, Output: strings.Repeat("x", 100_000)},
		model.PlanEnded{Plan: "p1", Outcome: model.Verified},
		model.ClockJumped{By: -time.Minute},
		model.Unaudited{Count: 3, Reason: "full"},
		model.CheckBegan{Phase: "ten", Attempt: 1, Check: "suite"},
		model.CheckEnded{Phase: "ten", Attempt: 1, Check: "suite", OK: true, Took: time.Second},
		model.BaselineFrozen{Metric: "p95", Value: 0.25, Window: time.Hour, Points: 60},
		model.GuardTripped{Metric: "error", Reason: "5% is above 1%"},
		model.GuardCleared{Metric: "error", Now: "0.2%", State: model.Pass},
		model.Confirmed{Plan: "p1", How: model.ByPerson, Reason: "looked"},
		model.StillConfirmed{Plan: "p1"},
		model.NotConfirmed{Plan: "p1", Reason: "the flag is on"},
		model.EvidenceMarked{Plan: "p1", Step: 1, Mark: "offset 12"},
		model.Recovered{Plan: "p1", Fired: t0.UTC(), Contained: t0.UTC(), Verified: t0.UTC()},
		model.Notified{Action: "chat", Plan: "p1", Title: "rolled back"},
		model.MetricRead{Metric: "crash", Value: 0.003, Unit: model.Ratio, Note: "Crashlytics"},
	}
}

func TestAppendAndReplay(t *testing.T) {
	dir := t.TempDir()
	j, report, records := openWith(t, osDisk{}, dir)
	if len(records) != 0 || report.Seq != 0 || report.Sum != "" || !report.Reserved {
		t.Errorf("a new journal: got %+v and %d records", report, len(records))
	}
	var want []model.Record
	tricky := model.Actor{Name: `a"},"cause":"x`, Host: "\xff\x00", Via: "command"}
	for i, e := range events() {
		by, cause := ada, model.IntentID("")
		if i%2 == 1 {
			by, cause = tricky, `","prev":"`
		}
		r, err := j.Append(t0.Add(time.Duration(i)*time.Nanosecond), by, cause, e)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(r.Event, e) {
			t.Errorf("%s came back as %+v", model.EventName(e), r.Event)
		}
		want = append(want, r)
	}
	more, err := j.AppendAll(j.last(), t0, ada, "i2", hold("one"), hold("two"), hold("three"))
	if err != nil || len(more) != 3 {
		t.Fatalf("got %d records, %v", len(more), err)
	}
	want = append(want, more...)
	if none, err := j.AppendAll(j.last(), t0, ada, ""); err != nil || len(none) != 0 {
		t.Errorf("nothing: got %v, %v", none, err)
	}
	if err := errors.Join(j.Close(), j.Close()); err != nil {
		t.Error(err)
	}
	if _, err := j.Append(t0, ada, "", hold("late")); !errors.Is(err, os.ErrClosed) {
		t.Errorf("append to a closed journal: got %v", err)
	}

	j, report, got := openWith(t, osDisk{}, dir)
	for i := range want {
		want[i].By.Host = strings.ToValidUTF8(want[i].By.Host, "�") // JSON has no other
	}
	if !reflect.DeepEqual(got, want) {
		for i := range want {
			if i >= len(got) || !reflect.DeepEqual(got[i], want[i]) {
				t.Fatalf("record %d: got %+v\nwant %+v", i+1, got[i], want[i])
			}
		}
		t.Fatalf("got %d records, want %d", len(got), len(want))
	}
	last := want[len(want)-1]
	if report.Seq != last.Seq || report.Sum != last.Sum || report.Records != len(want) || report.Problem != nil {
		t.Errorf("got %+v, want to end with %d %s", report, last.Seq, last.Sum)
	}
	if r := add(t, j, "again"); r.Seq != last.Seq+1 || r.Prev != last.Sum {
		t.Errorf("the chain goes on with %d after %q", r.Seq, r.Prev)
	}
	path := filepath.Join(dir, Name)
	if report, err := Verify(path); err != nil || report.Problem != nil || report.Records != len(want)+1 {
		t.Errorf("verify: got %+v, %v", report, err)
	}
}

func TestLineForm(t *testing.T) {
	dir := t.TempDir()
	j, _, _ := openWith(t, osDisk{}, dir)
	r := add(t, j, "< 1% & falling")
	b, err := os.ReadFile(filepath.Join(dir, Name))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"seq":1,"at":"2026-07-01T06:30:00.123456789Z","by":{"name":"ada","host":"desk","via":"cockpit"},` +
		`"cause":"intent-1","prev":"","type":"HoldChanged","event":{"v":1,"held":true,"reason":"< 1% & falling"},"sum":"` + string(r.Sum) + "\"}\n"
	if string(b) != want {
		t.Errorf("got  %s\nwant %s", b, want)
	}
	body, _, _ := strings.Cut(want, `,"sum":"`)
	if sum := fmt.Sprintf("%x", sha256.Sum256([]byte(body))); sum != string(r.Sum) {
		t.Errorf("the sum is %s, sha256 says %s", r.Sum, sum)
	}
}

func TestFilesArePrivate(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, Name)
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	j, _, _ := openWith(t, osDisk{}, dir)
	add(t, j, "one")
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	appendBytes(t, path, `{"seq":2`)
	openWith(t, osDisk{}, dir)
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 3 {
		t.Fatalf("got %v, %v", entries, err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || info.Mode() != 0o600 {
			t.Errorf("%s: got %v, %v", e.Name(), info.Mode(), err)
		}
	}
}

func appendBytes(t testing.TB, path, text string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(path, append(b, text...), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestOpenRefuses(t *testing.T) {
	tests := []struct {
		name, want string
		prepare    func(t *testing.T, dir string) error
	}{
		{"no directory", "no such file", func(_ *testing.T, dir string) error { return os.Remove(dir) }},
		{"a directory in its place", "is no regular file: move it away", func(_ *testing.T, dir string) error { return os.Mkdir(filepath.Join(dir, Name), 0o700) }},
		{"a symbolic link", "is a symbolic link", func(_ *testing.T, dir string) error { return os.Symlink("elsewhere", filepath.Join(dir, Name)) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "state")
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			if err := tt.prepare(t, dir); err != nil {
				t.Fatal(err)
			}
			j, _, err := Open(dir, nil)
			if j != nil || err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, %v, want %q", j, err, tt.want)
			}
		})
	}
	t.Run("verify of nothing", func(t *testing.T) {
		if _, err := Verify(filepath.Join(t.TempDir(), Name)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("whoever replays refuses", func(t *testing.T) {
		dir := t.TempDir()
		j, _, _ := openWith(t, osDisk{}, dir)
		add(t, j, "one")
		no := errors.New("no")
		if j, _, err := Open(dir, func(model.Record) error { return no }); j != nil || !errors.Is(err, no) {
			t.Errorf("got %v, %v", j, err)
		}
	})
}

func TestAppendOfWhatIsNoRecord(t *testing.T) {
	dir := t.TempDir()
	j, _, _ := openWith(t, osDisk{}, dir)
	first := add(t, j, "one")
	huge := hold(strings.Repeat("x", maxLine))
	if _, err := j.AppendAll(j.last(), t0, ada, "", hold("not alone"), huge); err == nil || !strings.Contains(err.Error(), "more than") {
		t.Errorf("an event of more than a line: got %v", err)
	}
	if _, err := j.Append(time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), ada, "", hold("late")); err == nil {
		t.Error("a year of five digits was written")
	}
	if r := add(t, j, "two"); r.Seq != 2 || r.Prev != first.Sum {
		t.Errorf("the next record is %d after %s", r.Seq, r.Prev)
	}
	if report, err := Verify(filepath.Join(dir, Name)); err != nil || report.Problem != nil || report.Records != 2 {
		t.Errorf("got %+v, %v", report, err)
	}
}

func TestAppendTogether(t *testing.T) {
	dir := t.TempDir()
	j, _, _ := openWith(t, osDisk{}, dir)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for n := 0; n < 5; {
				_, err := j.AppendAll(j.last(), t0, ada, "", hold("a"), hold("b"))
				switch {
				case err == nil:
					n++
				case !errors.Is(err, ErrMoved): // another one was there first
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	if report, err := Verify(filepath.Join(dir, Name)); err != nil || report.Problem != nil || report.Records != 80 {
		t.Errorf("got %+v, %v", report, err)
	}
}
