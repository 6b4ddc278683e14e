package headless

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode"

	"gonogo/model"
)

// read folds a reading, and judges it with the next look. The caller holds mu.
func (d *desk) read(in model.Intent) {
	m := d.s.Rollout.Metric(in.Metrics[0])
	v, err := model.ParseAmount(in.Value.Text, m.Unit)
	if err != nil {
		panic(err)
	}
	d.record(model.MetricRead{Metric: m.ID, Value: model.Float(v), Unit: m.Unit, Note: in.Reason})
	d.publish() // taken, and not judged yet
	d.s.Lines = map[model.MetricID]model.Line{m.ID: {Metric: m.ID, State: model.Pass, SampleAt: d.s.State.Readings[m.ID].At, Reason: "0.3% is below 1%, read by ana just now" + in.Reason}}
	d.publish()
}

// reading returns a desk with two metrics that people read, one of which somebody did.
func reading(note string) *desk {
	d := newDesk()
	every := &model.PeopleRead{From: "Crashlytics", Link: "https://c.example", Every: time.Hour}
	d.s.Rollout.Metrics = []model.Metric{
		{ID: "error", Unit: model.Ratio, Source: "prom"}, {ID: "crash", Title: "Crashes", Unit: model.Ratio, Read: every}, {ID: "mails", Title: "Mails", Unit: model.Count, Read: every},
	}
	d.record(model.MetricRead{Metric: "mails", Value: 12, Unit: model.Count, Note: note})
	d.s.Lines = map[model.MetricID]model.Line{
		"crash": {Metric: "crash", State: model.Unread, Reason: "nobody has read it: R, or gonogo read crash 0.3%"},
		"mails": {Metric: "mails", State: model.Warn, SampleAt: d.s.At, Reason: "12 is above 10, read by ana just now: " + note},
	}
	return d
}

// TestAReadingSaysWhatItWasTakenAs: once it is judged, as text and as one JSON object.
func TestAReadingSaysWhatItWasTakenAs(t *testing.T) {
	d := reading("")
	out, errs, status := d.says(t, "", "read", "crash", "0.3%")
	if want := "crash read as 0.3%: PASS, 0.3% is below 1%, read by ana just now\n"; status != ExitOK || out != want || errs != "" {
		t.Errorf("status %d: %q, %q", status, out, errs)
	}
	out, _, status = reading("").says(t, "", "read", "crash", "0.003", "--json")
	var got ReadReport
	if err := json.Unmarshal([]byte(out), &got); err != nil || status != ExitOK || got.State != model.Pass || got.Reading.Value != .003 || got.Every != 3600 || got.AgeSeconds == nil {
		t.Errorf("status %d, %v: %s", status, err, out)
	}
}

// TestReadListsWhatPeopleRead: with what was read last, and how long ago.
func TestReadListsWhatPeopleRead(t *testing.T) {
	out, errs, status := reading("all of them").says(t, "", "read")
	want := "crash            UNREAD          –    never  nobody has read it: R, or gonogo read crash 0.3%\n" +
		"mails            WARN           12       2s  12 is above 10, read by ana just now: all of them\n"
	if status != ExitOK || out != want || errs != "" {
		t.Errorf("status %d:\n%s%s", status, out, errs)
	}
	out, _, status = reading("").says(t, "", "read", "--json")
	var got struct{ Metrics []ReadReport }
	if err := json.Unmarshal([]byte(out), &got); err != nil || status != ExitOK || len(got.Metrics) != 2 || got.Metrics[0].Reading != nil || got.Metrics[1].Reading.By.Name != "ana" {
		t.Errorf("status %d, %v: %s", status, err, out)
	}
	out, _, status = newDesk().says(t, "", "read")
	if status != ExitOK || out != "no metric of this config is read by people\n" {
		t.Errorf("status %d: %q", status, out)
	}
}

// TestReadingsThatAreWrongAreNotAskedFor: what the engine knows better it is asked for, and refuses.
func TestReadingsThatAreWrongAreNotAskedFor(t *testing.T) {
	for _, c := range []struct{ args, says string }{
		{"crash NaN", `crash: "NaN" is no value: expected something like "1%"`},
		{"crash 101%", "crash: a ratio is 0% to 100%, so it is never 101%"},
		{"mails 3s", "3s does not fit unit = \"count\""},
		{"crash", "expected gonogo read METRIC VALUE"},
		{"crash 1% 2%", "expected gonogo read METRIC VALUE"},
		{"--note x", "--note goes with a metric and a value"},
	} {
		d := reading("")
		out, errs, status := d.says(t, "", append([]string{"read"}, strings.Fields(c.args)...)...)
		usual := status == ExitUsage || strings.HasPrefix(c.says, "expected") // which is made a usage error where the command line is read
		if !usual || len(d.asked) > 0 || !strings.Contains(errs, c.says) || out != "" {
			t.Errorf("%s: status %d, asked %v: %s%s", c.args, status, d.kinds(), out, errs)
		}
	}
	for _, id := range []string{"error", "nobody"} {
		d := reading("")
		d.refuses = errors.New("people read crash and mails")
		if _, errs, status := d.says(t, "", "read", id, "1%"); status != ExitRefused || !strings.Contains(errs, "people read crash and mails") {
			t.Errorf("%s: status %d: %s", id, status, errs)
		}
	}
}

// TestWhoReadItIsTold: in status and gate, and nothing of it acts on a terminal.
func TestWhoReadItIsTold(t *testing.T) {
	d := reading("x\x1b]0;owned\x07\u202e")
	d.s.Gate = model.Verdict{Headline: model.NoGo, Phase: "half", Lines: []model.Line{d.s.Lines["mails"]}}
	for _, args := range [][]string{{"status"}, {"status", "--json"}, {"gate"}, {"gate", "--json"}, {"read"}, {"read", "--json"}, {"read", "crash", "1%", "--note", "\x1b[2J"}} {
		out, errs, _ := d.says(t, "", args...)
		if !strings.Contains(out, "ana") || len(args) > 1 && args[0] == "gate" && !strings.Contains(out, `"reading":`) {
			t.Errorf("%v does not say who: %s%s", args, out, errs)
		}
		for _, c := range out + errs {
			if unicode.IsControl(c) && c != '\n' || c == '\u202e' {
				t.Errorf("%v prints %q: %q", args, c, out+errs)
				break
			}
		}
	}
}
