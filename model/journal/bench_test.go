package journal

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"gonogo/model"
)

// progress is the record that a rollout writes most often.
func progress() model.Event {
	return model.Progress{Phase: "ten", Attempt: 1, Soak: 3 * time.Hour, Streaks: map[model.MetricID]model.Streak{
		"error": {Target: time.Hour}, "p95": {Target: time.Hour}, "success": {Target: time.Minute, Alert: time.Second},
	}}
}

func BenchmarkAppend(b *testing.B) {
	j, _, _ := openWith(b, osDisk{}, b.TempDir())
	e := progress()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := j.Append(t0, ada, "", e); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkBareWriteFsync is what BenchmarkAppend is held against: the same
// bytes, written and synced by nothing but the system.
func BenchmarkBareWriteFsync(b *testing.B) {
	enc := newEncoder()
	if _, err := enc.add(model.Record{Seq: 12345, At: t0.UTC(), By: ada, Prev: model.Hash(make([]byte, 64)), Event: progress()}); err != nil {
		b.Fatal(err)
	}
	f, err := os.OpenFile(filepath.Join(b.TempDir(), Name), os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	for b.Loop() {
		if _, err := f.Write(enc.line); err != nil {
			b.Fatal(err)
		}
		if err := f.Sync(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	enc := newEncoder()
	r := model.Record{Seq: 12345, At: t0.UTC(), By: ada, Event: progress()}
	b.ReportAllocs()
	for b.Loop() {
		enc.reset()
		if _, err := enc.add(r); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkReplay reads a journal of 100,000 records.
func BenchmarkReplay(b *testing.B) {
	const records = 100_000
	enc := newEncoder()
	var sum model.Hash
	for i := range records {
		e := progress()
		if i%2 == 0 {
			e = model.FlagObserved{Flag: "PERCENT", Value: model.Value{Type: model.Number, Text: fmt.Sprint(i)}}
		}
		r, err := enc.add(model.Record{Seq: uint64(i + 1), At: t0.UTC(), By: ada, Prev: sum, Event: e})
		if err != nil {
			b.Fatal(err)
		}
		sum = r.Sum
	}
	b.SetBytes(int64(len(enc.line)))
	b.ReportAllocs()
	for b.Loop() {
		report, err := scan(bytes.NewReader(enc.line), func(model.Record) error { return nil })
		if err != nil || report.Records != records {
			b.Fatalf("got %+v, %v", report, err)
		}
	}
}
