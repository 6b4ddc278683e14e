package evidence

import (
	"testing"
	"time"
)

func TestAWindowHoldsTheEventsOfItsSpan(t *testing.T) {
	w := Window{Span: 15 * time.Minute}
	r := seeded(5)
	type look struct {
		at time.Duration
		c  Counts
	}
	var looks []look
	at := time.Duration(0)
	for range 5000 {
		at += time.Duration(r.Int64N(int64(10 * time.Second)))
		if r.IntN(500) == 0 {
			at += time.Duration(r.Int64N(int64(time.Hour)))
		}
		c := Counts{float64(r.IntN(3)), float64(3 + r.IntN(9)), 1, 2}
		w.Add(c, at)
		looks = append(looks, look{at, c})
		var least, most Counts // a sixtieth of the span less, and the span
		for _, l := range looks {
			if l.at > at-w.Span+w.Span/buckets {
				least = least.Plus(l.c)
			}
			if l.at > at-w.Span {
				most = most.Plus(l.c)
			}
		}
		if s := w.Sum; s.Total < least.Total || s.Total > most.Total || s.Bad < least.Bad || s.ControlBad > most.ControlBad {
			t.Fatalf("at %v the window holds %+v, of %+v to %+v", at, s, least, most)
		}
	}
	w.Add(Counts{}, at+w.Span)
	if w.Sum != (Counts{}) {
		t.Errorf("a span without events leaves %+v", w.Sum)
	}
}

func TestDoubtLiftsByItself(t *testing.T) {
	c := mustShare(t, .01)
	w := Window{Span: 15 * time.Minute}
	w.Add(Counts{Bad: 5, Total: 100}, time.Minute) // E = 25.1
	if !w.Doubts(&c, 8, false) || w.Doubts(&c, 9, false) || !w.Doubts(&c, 12, true) || w.Doubts(&c, 13, true) {
		t.Error("E = 25.1 must begin a doubt of up to 8 parts, and keep one of up to 12")
	}
	w.Add(Counts{Total: 100}, 17*time.Minute)
	if w.Doubts(&c, 1, true) {
		t.Error("doubt stays when what caused it has left the window")
	}
}

func TestTheLastWordIsOfTwoReadingsAtLeast(t *testing.T) {
	c := mustShare(t, .01)
	l := NewLastWord(time.Minute)
	l.Add(Counts{Bad: 30, Total: 60}, time.Minute)
	if l.Confirms(&c, 1) {
		t.Error("one reading confirms")
	}
	l.Add(Counts{Total: 60}, 2*time.Minute)
	if !l.Confirms(&c, 1) || l.Counts().Total != 120 {
		t.Errorf("two readings, a minute apart: %+v", l.Counts())
	}
	for i := range 40 {
		l.Add(Counts{Bad: 1, Total: 100}, 2*time.Minute+time.Duration(i)*time.Second)
	}
	if n := l.Counts().Total; n < 2900 || n > 3000 || l.Confirms(&c, 1) {
		t.Errorf("a reading each second: %+v", l.Counts())
	}
}
