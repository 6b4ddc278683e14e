package secret

import (
	"io"
	"strings"
	"testing"
)

// BenchmarkWriter: a child that floods must not be held up by the mask.
func BenchmarkWriter(b *testing.B) {
	var s Set
	s.Add("s3cr3t-t0ken-of-some-length", "postgres://shop:hunter2pw@db/shop")
	for name, line := range map[string]string{"words": "the quick brown fox jumps over the lazy dog\n", "y": "y\n", "escapes": `{\"a\":\"100%25\" &amp; b\n}`} {
		chunk := []byte(strings.Repeat(line, 32<<10/len(line)))
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(chunk)))
			b.ReportAllocs()
			w := s.Writer(io.Discard)
			for b.Loop() {
				_, _ = w.Write(chunk)
			}
		})
	}
}
