package dotenv

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gonogo/model"
)

func BenchmarkEdit(b *testing.B) {
	var text strings.Builder
	for range 100 {
		text.WriteString("# a comment\nSOME_KEY='some value' # and why\n")
	}
	text.WriteString("K=false\n")
	values := []model.Value{on(), model.BoolValue(false)}
	b.Run("text only", func(b *testing.B) {
		raw := []byte(text.String())
		b.ReportAllocs()
		for b.Loop() {
			if _, err := Parse(raw).Edit(Assignment{"K", "true"}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("file", func(b *testing.B) {
		path := filepath.Join(b.TempDir(), ".env")
		if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
			b.Fatal(err)
		}
		s := &Switch{file: store{path: path, turn: make(chan struct{}, 1)}, key: "K", kind: model.Bool}
		n := 0
		for b.Loop() {
			n++
			if err := s.Set(b.Context(), values[n%2]); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("plain rewrite, for comparison", func(b *testing.B) {
		path := filepath.Join(b.TempDir(), ".env")
		raw := []byte(text.String())
		for b.Loop() {
			f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
			if err != nil {
				b.Fatal(err)
			}
			if _, err = f.Write(raw); err == nil {
				err = errors.Join(f.Sync(), f.Close())
			}
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}
