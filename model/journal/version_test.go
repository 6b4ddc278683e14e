package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gonogo/model"
)

// TestAJournalWithoutAVersionIsReadAndGoesOn reads a journal of before there
// were versions, with an event of every kind, and adds to it.
func TestAJournalWithoutAVersionIsReadAndGoesOn(t *testing.T) {
	old, err := os.ReadFile("testdata/unversioned.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	path := filepath.Join(dir, Name)
	if err := os.WriteFile(path, old, 0o600); err != nil {
		t.Fatal(err)
	}
	j, report, records := openWith(t, osDisk{}, dir)
	want := slices.DeleteFunc(events(), func(e model.Event) bool { _, newer := e.(model.MetricRead); return newer })
	if len(records) != len(want) || report.Version != 0 || report.Problem != nil || report.Torn != 0 {
		t.Fatalf("got %d records, want %d; %+v", len(records), len(want), report)
	}
	for i, r := range records {
		if ended, ok := want[i].(model.StepEnded); ok {
			ended.Output = strings.Repeat("line\n", 3)
			want[i] = ended
		}
		if !reflect.DeepEqual(r.Event, want[i]) {
			t.Errorf("record %d: got %+v, want %+v", i+1, r.Event, want[i])
		}
	}
	add(t, j, "today")
	now, err := os.ReadFile(path)
	if err != nil || !bytes.HasPrefix(now, old) || bytes.Contains(now[len(old):], []byte(beforeVersion)) {
		t.Errorf("what was there changed, or a later record names a version: %v\n%s", err, now[len(old):])
	}
	if report, err := Verify(path); err != nil || report.Problem != nil || report.Records != len(want)+1 {
		t.Errorf("verify: %+v, %v", report, err)
	}
}

// TestANewJournalNamesItsVersionOnce begins one with an event of each kind, and
// one behind a first record that a crash left unfinished.
func TestANewJournalNamesItsVersionOnce(t *testing.T) {
	for _, e := range events() {
		name := model.EventName(e)
		dir := t.TempDir()
		path := filepath.Join(dir, Name)
		if err := os.WriteFile(path, []byte(`{"seq":1,"at":"20`), 0o600); err != nil {
			t.Fatal(err)
		}
		j, report, _ := openWith(t, osDisk{}, dir)
		if report.Version != 0 {
			t.Errorf("%s: version %d before the first record", name, report.Version)
		}
		first, err := j.Append(t0, ada, "", e)
		if err != nil {
			t.Fatal(err)
		}
		add(t, j, "second")
		b, err := os.ReadFile(path)
		if err != nil || bytes.Count(b, []byte(beforeVersion)) != 1 || !bytes.Contains(bytes.SplitAfter(b, []byte("\n"))[0], []byte(beforeEvent+`{"v":1`)) {
			t.Errorf("%s: %v in\n%.400s", name, err, b)
		}
		records, report, err := scanBytes(b)
		if err != nil || report.Problem != nil || report.Version != Version || len(records) != 2 {
			t.Fatalf("%s: %+v, %v", name, report, err)
		}
		if !reflect.DeepEqual(records[0], first) || !reflect.DeepEqual(first.Event, e) {
			t.Errorf("%s: written %+v\nread %+v", name, first, records[0])
		}
	}
}

// TestAGonogoWithoutVersionsReadsANewJournal holds that the version is a member
// which no event has, so that whoever knows none passes over it.
func TestAGonogoWithoutVersionsReadsANewJournal(t *testing.T) {
	for _, e := range events() {
		name := model.EventName(e)
		raw, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		var members map[string]json.RawMessage
		if err := json.Unmarshal(raw, &members); err != nil {
			t.Fatal(err)
		}
		for m := range members {
			if strings.EqualFold(m, "v") {
				t.Errorf("%s has a member %q of its own", name, m)
			}
		}
		with, err := versioned(raw)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := model.UnmarshalEvent(name, with); err != nil || !reflect.DeepEqual(got, e) {
			t.Errorf("%s: got %+v, %v from %s", name, got, err, with)
		}
	}
	if got, err := versioned([]byte("{}")); err != nil || string(got) != `{"v":1}` {
		t.Errorf("an empty event: got %s, %v", got, err)
	}
}

// TestANewerJournalIsRefused: nothing of it counts, and nothing in the directory changes.
func TestANewerJournalIsRefused(t *testing.T) {
	b, _ := written(t, 3)
	l := bytes.SplitAfter(b, []byte("\n"))
	newer := resum(bytes.Replace(l[0], []byte(`{"v":1,`), []byte(`{"v":2,`), 1))
	strange := resum(bytes.Replace(newer, []byte("HoldChanged"), []byte("WorldBegan"), 1))
	for name, data := range map[string][]byte{
		"of the same form":       bytes.Join([][]byte{newer, l[1], l[2]}, nil),
		"of another form behind": append(bytes.Clone(strange), "\x00\x01 binary, and no end"...),
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, Name)
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
			read := 0
			count := func(model.Record) error { read++; return nil }
			j, _, err := Open(dir, count)
			if j != nil || !errors.Is(err, ErrNewer) || errors.Is(err, ErrDamaged) || read != 0 {
				t.Fatalf("open: %v after %d records", err, read)
			}
			want := `journal "` + path + `": line 1: newer version: the journal is of version 2, and this gonogo reads up to version 1: use the newer gonogo`
			if err.Error() != want {
				t.Errorf("got  %s\nwant %s", err, want)
			}
			report, err := Read(path, count)
			if p := report.Problem; err != nil || p == nil || p.Kind != Newer || p.Line != 1 || report.Records != 0 || read != 0 {
				t.Errorf("read: %+v, %v", report, err)
			}
			entries, err := os.ReadDir(dir)
			if left, err2 := os.ReadFile(path); err != nil || err2 != nil || len(entries) != 1 || !bytes.Equal(left, data) {
				t.Errorf("something changed: %v, %v, %v", entries, err, err2)
			}
		})
	}
}
