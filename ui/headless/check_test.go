package headless

import (
	"slices"
	"strings"
	"testing"
	"time"

	"gonogo/model"
)

// checking returns a desk in its phase whose engine runs a check: it says each of lines, and
// ends as does. While it begins, the result before, if any, stands.
func checking(before *model.CheckEnded, lines []string, ends model.CheckEnded) *desk {
	d := newDesk()
	d.record(model.PhaseEntered{Phase: "half", Attempt: 1})
	if before != nil {
		d.record(*before)
		d.s.At = d.s.At.Add(time.Minute)
	}
	d.then = map[model.IntentKind]func(model.Intent){model.RunCheck: func(in model.Intent) {
		d.record(model.CheckBegan{Phase: "half", Attempt: 1, Check: in.Check})
		go func() {
			d.mu.Lock()
			defer d.mu.Unlock()
			for _, line := range lines {
				d.s.Checks = []model.LiveCheck{{Check: "other", Line: "of another check"}, {Check: in.Check, Line: line}}
				d.publish()
			}
			d.s.Checks = nil
			d.record(ends)
			d.publish()
		}()
	}}
	return d
}

// TestARunCheckTellsWhatItSays: its last line as it comes, each once, its output and how it ended;
// only what was found out by this run counts, not what was known before.
func TestARunCheckTellsWhatItSays(t *testing.T) {
	held := model.CheckEnded{Phase: "half", Attempt: 1, Check: "logs", OK: true, Detail: "exit status 0", Took: 3 * time.Second}
	failed := model.CheckEnded{Phase: "half", Attempt: 1, Check: "logs", Detail: "exit status 1", Output: "3 errors\nthe last at 10:00"}
	for _, c := range []struct {
		name   string
		before *model.CheckEnded
		lines  []string
		ends   model.CheckEnded
		status int
		out    string
		errs   string
	}{
		{"holds", nil, nil, held, ExitOK, "logs holds: exit status 0, after 3s\n", ""},
		{"says things", nil, []string{"1 of 2", "1 of 2", "2 of 2"}, held, ExitOK, "logs holds: exit status 0, after 3s\n", "1 of 2\n2 of 2\n"},
		{"does not hold", nil, nil, failed, ExitNoGo, "3 errors\nthe last at 10:00\n", "logs does not hold: exit status 1"},
		{"held before", &held, []string{"looking"}, failed, ExitNoGo, "3 errors\nthe last at 10:00\n", "looking\nlogs does not hold: exit status 1"},
		{"failed before", &failed, nil, held, ExitOK, "logs holds: exit status 0, after 3s\n", ""},
		{"held before, and again", &held, nil, held, ExitOK, "logs holds: exit status 0, after 3s\n", ""},
		{"acts on no terminal", nil, []string{"\x1b[2Jgone"}, failed, ExitNoGo, "3 errors\nthe last at 10:00\n", "␛[2Jgone\nlogs does not hold: exit status 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := checking(c.before, c.lines, c.ends)
			out, errs, status := d.says(t, "", "sign", "logs", "--run")
			if status != c.status || out != c.out || errs != c.errs {
				t.Errorf("status %d, wanted %d\n%q\n%q", status, c.status, out, errs)
			}
			if !slices.Equal(d.kinds(), []model.IntentKind{model.RunCheck}) || d.asked[0].Check != "logs" {
				t.Errorf("asked %+v", d.asked)
			}
		})
	}
}

// TestASignatureIsGivenOrTakenBack: by what was typed, and not both.
func TestASignatureIsGivenOrTakenBack(t *testing.T) {
	for _, c := range []struct {
		args   string
		kind   model.IntentKind
		status int
		says   string
	}{
		{"logs", model.Sign, ExitOK, ""},
		{"logs --undo", model.Unsign, ExitOK, ""},
		{"logs --undo --run", "", ExitUsage, "either --undo or --run"},
	} {
		d := newDesk()
		d.record(model.PhaseEntered{Phase: "half", Attempt: 1})
		_, errs, status := d.says(t, "", append([]string{"sign"}, strings.Fields(c.args)...)...)
		if status != c.status || !strings.Contains(errs, c.says) {
			t.Errorf("%s: status %d, %s", c.args, status, errs)
		}
		if got := d.kinds(); c.kind == "" && len(got) > 0 || c.kind != "" && !slices.Equal(got, []model.IntentKind{c.kind}) {
			t.Errorf("%s: asked %v", c.args, got)
		}
	}
}
