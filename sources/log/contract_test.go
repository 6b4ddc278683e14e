package log

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"gonogo/sources/sourcetest"
)

func TestContract(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "app.log")
	appendTo(t, path, "old retrieval\n")
	ended := make(chan struct{})
	stop := make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				appendTo(t, path, "retrieval: falling back\n")
			}
		}
	}()
	defer func() { close(stop); <-ended }()
	folder := filepath.Join(dir, "folder\x1b2J")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	sourcetest.Run(t, sourcetest.Case{
		Kind:    Kind(),
		Source:  map[string]any{"paths": []any{path}},
		Metric:  map[string]any{"match": "falling back", "of": "/retriev(al|e)/", "window": "200ms"},
		Want:    1,
		Empty:   map[string]any{"match": "falling back", "of": "nothing like it", "window": "1ms"},
		Hostile: map[string]any{"match": "falling back"},

		HostileSource: map[string]any{"paths": folder},
		Down:          map[string]any{"paths": folder},
	})
}

func appendTo(t testing.TB, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = f.WriteString(text)
		if err2 := f.Close(); err == nil {
			err = err2
		}
	}
	if err != nil {
		t.Error(err)
	}
}
