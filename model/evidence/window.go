package evidence

import (
	"math"
	"time"
)

const buckets = 60

// Window sums the events of the last Span, to a sixtieth of it. The zero value
// with a Span is empty.
type Window struct {
	Span    time.Duration   `json:"span"`    // above 0
	Head    int64           `json:"head"`    // number of the newest bucket since the attempt began
	Sum     Counts          `json:"sum"`     // of all buckets
	Buckets [buckets]Counts `json:"buckets"` // each Span/60 wide; bucket n is at n modulo 60
}

// Add counts events at a time since the attempt began and lets go of those that
// are older than Span. Events may be none; time that goes back is the newest bucket.
func (w *Window) Add(c Counts, at time.Duration) {
	c = c.clean()
	w.reach(int64(at / max(w.Span/buckets, 1)))
	i := w.Head % buckets
	w.Buckets[i] = w.Buckets[i].Plus(c).clean()
	w.Sum = w.Sum.Plus(c)
}

func (w *Window) reach(head int64) {
	if head <= w.Head {
		return
	}
	exact := w.Sum.whole() && w.Sum.Total+w.Sum.ControlTotal < 1<<53
	for n := min(head-w.Head, buckets); n > 0; n-- {
		gone := &w.Buckets[(head-n+1)%buckets]
		exact = exact && gone.whole()
		w.Sum = w.Sum.minus(*gone)
		*gone = Counts{}
	}
	w.Head = head
	if exact {
		return
	}
	w.Sum = Counts{} // what is not whole would leave a little behind
	for i := range w.Buckets {
		w.Sum = w.Sum.Plus(w.Buckets[i])
	}
}

// Doubts says whether the events within the window speak against a claim, the
// mixture E of them alone, parts ≥ 1 being the tests that could have done so: doubt
// begins at 3 × parts, and where there was doubt at the last look it stays down to
// 2 × parts (without that it comes and goes with single events: 0.4 times an hour instead of
// 0.2 at 0.9% of 1 event a second against 1%). So it lifts by itself.
func (w *Window) Doubts(c *Claim, parts int, before bool) bool {
	if before {
		return speaks(c, w.Sum, 2, parts)
	}
	return speaks(c, w.Sum, 3, parts)
}

func speaks(c *Claim, k Counts, least float64, parts int) bool {
	return k.Bad > 0 && c.LogMixture(k) >= math.Log(least*float64(max(parts, 1)))
}

// LastWord is what a guard asks before it fires: the readings of the last Span,
// which is half its countdown, but two readings at least. The zero value with a
// Window that has a Span is empty.
type LastWord struct {
	Window Window           `json:"window"`
	Last   [2]Counts        `json:"last"` // the last two readings, the newest second
	At     [2]time.Duration `json:"at"`   // of them
	Seen   int              `json:"seen"` // readings so far, 0 to 2
}

// NewLastWord returns the empty one of a guard with a countdown.
func NewLastWord(countdown time.Duration) LastWord {
	return LastWord{Window: Window{Span: max(countdown/2, 1)}}
}

// Add counts the events of a reading. One without events is a reading, too.
func (l *LastWord) Add(c Counts, at time.Duration) {
	l.Window.Add(c, at)
	l.Last = [2]Counts{l.Last[1], c.clean()}
	l.At = [2]time.Duration{l.At[1], at}
	l.Seen = min(l.Seen+1, 2)
}

// Counts returns the events that the last word is about.
func (l *LastWord) Counts() Counts {
	if l.Seen == 2 && l.At[0] < l.At[1]-l.Window.Span {
		return l.Last[0].Plus(l.Last[1])
	}
	return l.Window.Sum
}

// Confirms says whether these readings speak against the claim: the mixture E of them
// alone is at least 2 × parts. Fewer than two readings never do.
func (l *LastWord) Confirms(c *Claim, parts int) bool {
	return l.Seen == 2 && speaks(c, l.Counts(), 2, parts)
}
