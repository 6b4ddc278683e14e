package record

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"gonogo/model"
)

// anchored returns the record numbers in the anchor at path.
func anchored(t *testing.T, path string) []string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	var out []string
	for line := range strings.Lines(string(b)) {
		out = append(out, strings.Fields(line)[0])
	}
	return out
}

func numbered(n int, e model.Event) []model.Record {
	return []model.Record{{Seq: uint64(n), Sum: model.Hash(fmt.Sprintf("%064d", n)), Event: e}}
}

func TestAnchorOnceASecond(t *testing.T) {
	path := filepath.Join(t.TempDir(), "anchor")
	synctest.Test(t, func(t *testing.T) {
		a := startAnchoring(path, false, "", func(text string) {
			if text != "" {
				t.Errorf("trouble: %s", text)
			}
		})
		for n := 1; n <= 50; n++ { // ten a second, for five seconds
			a.note(numbered(n, hold("now")))
			time.Sleep(100 * time.Millisecond)
		}
		time.Sleep(2 * time.Second)
		if got := anchored(t, path); len(got) < 5 || len(got) > 7 || got[0] != "1" || got[len(got)-1] != "50" {
			t.Errorf("50 records in 5 s became lines for %v", got)
		}
		lines := len(anchored(t, path))
		a.note(numbered(51, model.Progress{}))
		time.Sleep(2 * time.Second)
		if got := anchored(t, path); len(got) != lines {
			t.Errorf("progress alone was anchored: %v", got)
		}
		a.note(numbered(52, hold("then")))
		synctest.Wait()
		a.note(numbered(53, hold("the end"))) // within the second
		a.close()
		if got := anchored(t, path); got[len(got)-1] != "53" {
			t.Errorf("at the end the last line is for %v", got)
		}
	})
}

func TestAnchorTrouble(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "elsewhere", "anchor")
	o := Options{Now: time.Now, Dir: dir, Anchor: path}
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		told := 0
		o.Changed = func() {
			mu.Lock()
			told++
			mu.Unlock()
		}
		l, err := Open(o)
		if err != nil {
			t.Fatal(err)
		}
		trouble := func() string {
			time.Sleep(2 * time.Second)
			_, _, text := l.View()
			return text
		}
		add := func() {
			if err := l.Record(model.Actor{}, "", hold("now")); err != nil {
				t.Errorf("an anchor in trouble failed a record: %v", err)
			}
		}
		add()
		want := "the anchor " + path + " cannot be written: no such file or directory; log --verify cannot find a truncated journal"
		if got := trouble(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		add()
		_ = trouble()
		mu.Lock()
		if told != 3 { // two records, and the trouble once
			t.Errorf("told %d times", told)
		}
		mu.Unlock()
		if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		add()
		if got := trouble(); got != "" {
			t.Errorf("it is there again: got %q", got)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		add()
		if got := trouble(); !strings.Contains(got, "was not there and was begun anew") {
			t.Errorf("it was taken away: got %q", got)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

// TestAnchorThatHangs holds up neither a record nor, for long, the end.
func TestAnchorThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &anchoring{latest: make(chan model.Record, 1), quit: make(chan struct{}), done: make(chan struct{})} // nobody writes
		began := time.Now()
		for n := range 10 {
			a.note(numbered(n, hold("now")))
		}
		if took := time.Since(began); took != 0 {
			t.Errorf("ten records were held up for %s", took)
		}
		a.close()
		if took := time.Since(began); took > anchorEnd {
			t.Errorf("the end was held up for %s", took)
		}
	})
}
