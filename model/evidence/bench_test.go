package evidence

import (
	"testing"
	"time"
)

func BenchmarkLook(b *testing.B) {
	share := mustShare(b, .01)
	control, _ := AtMostTimes(1.2)
	for _, v := range []struct {
		name  string
		claim Claim
		c     Counts
		every time.Duration
	}{
		{"share", share, Counts{Bad: 1, Total: 150}, time.Second},
		{"share each minute", share, Counts{Bad: 1, Total: 150}, time.Minute},
		{"control", control, Counts{1, 100, 10, 900}, time.Second},
	} {
		b.Run(v.name, func(b *testing.B) {
			d := mustDetect(b, v.claim, .01, day)
			s := d.Begin(0)
			b.ReportAllocs()
			at := time.Duration(0)
			for b.Loop() {
				at += v.every
				d.Look(&s, v.c, at)
			}
		})
	}
}

// BenchmarkMetric is all that a metric without parts does at each look.
func BenchmarkMetric(b *testing.B) {
	v, err := newAll(.01, 0, .01, day)
	if err != nil {
		b.Fatal(err)
	}
	warn := v.d.Begin(0)
	b.ReportAllocs()
	at := time.Duration(0)
	for b.Loop() {
		at += time.Second
		c := Counts{Bad: 1, Total: 150}
		v.d.Look(&warn, c, at)
		v.look(c, at)
		v.Recent.Doubts(&v.d.Claim, 1, false)
		v.LastWord.Confirms(&v.d.Claim, 1)
	}
}
