package headless

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"gonogo/model"
)

// logged runs `gonogo log` over records and what verifying them found.
func logged(t *testing.T, o Opened, records []model.Record, report JournalReport, args ...string) (out, errs string, anchor string, status int) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	w := &World{Out: Inert(&stdout), Err: Inert(&stderr),
		Open: func(_ string, use Use) (Opened, error) {
			if use != Read {
				t.Errorf("it wants %d of the engine, wanted the journal alone", use)
			}
			return o, nil
		},
		Journal: func(dir, at string, each func(model.Record) error) (JournalReport, error) {
			if dir != o.Dir {
				t.Errorf("it reads the journal of %q", dir)
			}
			anchor = at
			for _, r := range records {
				if err := each(r); err != nil {
					return report, err
				}
			}
			return report, nil
		}}
	config := ""
	c := w.cmdLog(&config)
	c.SetArgs(args)
	c.SilenceErrors, c.SilenceUsage = true, true
	err := c.ExecuteContext(t.Context())
	if err != nil {
		_, _ = io.WriteString(w.Err, err.Error())
	}
	return stdout.String(), stderr.String(), anchor, Status(err)
}

// TestTheLogPrintsEachRecord: a line each, or all in one JSON object, which holds an empty
// list where there is none; nothing in it acts on a terminal.
func TestTheLogPrintsEachRecord(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	records := []model.Record{
		{Seq: 1, At: at, By: model.Actor{Name: "gonogo"}, Event: model.EngineStarted{PID: 7}},
		{Seq: 2, At: at.Add(time.Second), By: model.Actor{Name: hostile}, Cause: "wish", Event: model.HoldChanged{Held: true, Reason: hostile}},
	}
	out, errs, _, status := logged(t, Opened{Dir: "state"}, records, JournalReport{Records: 2})
	if lines := strings.Split(out, "\n"); status != ExitOK || errs != "" || len(lines) != 3 ||
		!strings.HasPrefix(lines[0], "     1  2026-01-02 03:04:05Z  gonogo ") || !strings.HasPrefix(lines[1], "     2  2026-01-02 03:04:06Z  a␛]0;x") || bare(out) {
		t.Errorf("status %d, %q, %q", status, out, errs)
	}
	for n := range 3 {
		out, errs, _, status := logged(t, Opened{Dir: "state"}, records[:n], JournalReport{Records: n}, "--json")
		var got struct {
			Records []struct {
				Seq   uint64
				At    time.Time
				Type  string
				Cause string
				Text  string
				By    model.Actor
				Event json.RawMessage
			}
		}
		if err := json.Unmarshal([]byte(out), &got); err != nil || status != ExitOK || errs != "" || got.Records == nil || len(got.Records) != n || bare(out) {
			t.Fatalf("of %d: status %d, %v: %q, %q", n, status, err, out, errs)
		}
		if n == 2 {
			r := got.Records[1]
			if whole := strings.ToValidUTF8(hostile, "\ufffd"); r.Seq != 2 || r.Type != "HoldChanged" || r.Cause != "wish" || r.By.Name != whole || r.Text == "" || !r.At.Equal(records[1].At) || len(r.Event) < 10 {
				t.Errorf("the second is %+v", r)
			}
		}
	}
}

// TestTheLogOfAConfigThatDoesNotLoadIsPrinted: with a warning whose journal it is.
func TestTheLogOfAConfigThatDoesNotLoadIsPrinted(t *testing.T) {
	out, errs, _, status := logged(t, Opened{Dir: "state", Trouble: errors.New("config.toml:3: no")}, []model.Record{{Seq: 1, Event: model.EngineStopped{}}}, JournalReport{})
	if status != ExitOK || !strings.Contains(out, "     1 ") || !strings.Contains(errs, "warning: config.toml:3: no") {
		t.Errorf("status %d, %q, %q", status, out, errs)
	}
}

// TestADamagedJournalHasAStatusOfItsOwn: as text and JSON, with or without an anchor. What holds
// is told with what it was compared with; the anchor is asked only to verify.
func TestADamagedJournalHasAStatusOfItsOwn(t *testing.T) {
	holds := JournalReport{Records: 3, LastSeq: 3, LastSum: "abc"}
	anchored, damaged := holds, holds
	anchored.Anchor, anchored.Anchored, anchored.AnchoredSeq = "/mnt/anchor\x1b[2J", 2, 2
	damaged.Problem, damaged.Kind, damaged.Line = "line 2 was edited\x1b[2J", "edited", 2
	for _, c := range []struct {
		name   string
		report JournalReport
		anchor string
		status int
		out    string
	}{
		{"holds", holds, "", ExitOK, "3 records, the chain holds; last 3 abc\n"},
		{"anchored", anchored, "/mnt/anchor", ExitOK, "3 records, the chain holds; last 3 abc\nthe anchor /mnt/anchor␛[2J agrees: 2 lines, up to record 2\n"},
		{"damaged", damaged, "/mnt/anchor", ExitDamaged, ""},
	} {
		o := Opened{Dir: "state", Rollout: &model.Rollout{Anchor: c.anchor}}
		records := []model.Record{{Seq: 1, Event: model.EngineStopped{}}}
		out, errs, anchor, status := logged(t, o, records, c.report, "--verify")
		if status != c.status || out != c.out || anchor != c.anchor || (c.status == ExitDamaged) != strings.Contains(errs, "line 2 was edited␛[2J") {
			t.Errorf("%s: status %d, anchor %q, %q, %q", c.name, status, anchor, out, errs)
		}
		out, _, _, status = logged(t, o, records, c.report, "--verify", "--json")
		var got JournalReport
		if err := json.Unmarshal([]byte(out), &got); err != nil || status != c.status || got != c.report || bare(out) {
			t.Errorf("%s, --json: status %d, %v: %q", c.name, status, err, out)
		}
		if _, _, anchor, status := logged(t, o, records, c.report); anchor != "" || status != c.status {
			t.Errorf("%s, not to verify: anchor %q, status %d", c.name, anchor, status)
		}
	}
	if _, _, anchor, status := logged(t, Opened{Dir: "state"}, nil, holds, "--verify"); anchor != "" || status != ExitOK {
		t.Errorf("without a config: anchor %q, status %d", anchor, status)
	}
}
