package evidence

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestSharesOfAlphaAddUpToAlpha(t *testing.T) {
	for _, s := range []Split{{.01, 0, 0}, {.01, 1, 3}, {.01, 4, 100}} {
		sum := s.First() * float64(s.Parts+1)
		for k := 1; k <= 1e6; k++ {
			sum += s.Later(k)
		}
		if whole := .01 / float64(max(s.Metrics, 1)); !near(s.Whole(), whole, 1e-12) || !near(sum, whole, 1e-5) || sum > whole {
			t.Errorf("%+v: shares %v of %v", s, sum, s.Whole())
		}
	}
}

func TestWeightComesDueByTheSchedule(t *testing.T) {
	const limit = 100
	s := beginSpending(0, limit)
	for _, v := range []struct {
		at   time.Duration
		want float64
	}{
		{0, .5}, {59 * time.Second, 0}, {time.Minute, .005}, {time.Minute, 0}, {0, 0}, {11*time.Minute + 1, .05},
		{100 * time.Minute, .445}, {101 * time.Minute, .005}, {1000 * time.Minute, 4.495}, {1000*time.Minute + 1, 0},
	} {
		if got := s.take(v.at, limit); !near(got, v.want, 1e-9) {
			t.Errorf("at %v a look takes %v, want %v", v.at, got, v.want)
		}
	}
}

func TestAChangeTakesHalfOfWhatIsUnspent(t *testing.T) {
	const limit = 100
	s := beginSpending(0, limit)
	s.change(0, limit)
	if s != beginSpending(0, limit) {
		t.Errorf("a change before the first look leads to %+v", s)
	}
	s.take(0, limit)
	s.take(20*time.Minute, limit) // .1 of .5: .4 is left
	s.change(20*time.Minute, limit)
	s.change(20*time.Minute, limit)
	if got := s.take(20*time.Minute, limit); !near(got, .2, 1e-9) {
		t.Errorf("after a change a look takes %v, want .2", got)
	}
	if got := s.take(60*time.Minute, limit); !near(got, .1, 1e-9) {
		t.Errorf("half of the minutes later a look takes %v, want .1", got)
	}
	if got := s.take(100*time.Minute, limit); !near(got, .1, 1e-9) || !near(s.Spent, 1, 1e-9) {
		t.Errorf("at the limit a look takes %v, want .1, and %v in all", got, s.Spent)
	}
	s.take(150*time.Minute, limit)
	s.change(150*time.Minute, limit) // .25 of this period is left
	if got := s.take(150*time.Minute, limit); !near(got, .125, 1e-9) {
		t.Errorf("after a change past the limit a look takes %v, want .125", got)
	}
	if got := s.take(200*time.Minute, limit); !near(s.Spent, 1.5, 1e-9) {
		t.Errorf("at twice the limit a look takes %v, %v in all, want 1.5", got, s.Spent)
	}
}

// Whatever happens, no more is spent than was promised for the end of the period.
func TestNeverMoreIsSpentThanPromised(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := float64(rapid.IntRange(1, 2000).Draw(t, "limit"))
		at := time.Duration(rapid.Int64Range(0, int64(100*time.Hour)).Draw(t, "begin"))
		s := beginSpending(at, limit)
		begin := s.Until
		for range rapid.IntRange(1, 50).Draw(t, "steps") {
			at += time.Duration(rapid.Int64Range(-int64(time.Minute), int64(20*time.Hour)).Draw(t, "dt"))
			if rapid.Bool().Draw(t, "change") {
				s.change(at, limit)
			} else if w := s.take(at, limit); w < 0 {
				t.Fatalf("a look takes %v", w)
			}
			periods := (s.Until - begin) / limit
			if sum := s.Spent + s.Due + s.Left; !near(sum, 1+periods/2, 1e-9) || s.Due < 0 || s.Left < 0 {
				t.Fatalf("after %v periods %+v", periods, s)
			}
		}
	})
}

func TestPromise(t *testing.T) {
	d := mustDetect(t, mustShare(t, .01), .01, 100*time.Minute)
	s := d.Begin(0)
	for _, v := range []struct {
		minutes int
		want    float64
	}{{0, .01}, {99, .01}, {100, .01}, {300, .02}, {1000, .055}} {
		d.Look(&s, Counts{Total: 1}, time.Duration(v.minutes)*time.Minute)
		if got := d.Promise(&s); !near(got, v.want, 1e-9) {
			t.Errorf("after %d minutes the promise is %v, want %v", v.minutes, got, v.want)
		}
	}
}
