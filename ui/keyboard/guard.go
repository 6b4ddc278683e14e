package keyboard

import (
	"time"

	tea "charm.land/bubbletea/v2"
)

const (
	// Alone is how long before and after a key that acts no other input may
	// come. A hand is slower; a paste or the torn reply of a terminal is not.
	Alone = 100 * time.Millisecond

	// AfterText is what counts for Alone before the Enter that ends a text. A hand
	// that has just typed is quick, but a paste is much quicker.
	AfterText = 30 * time.Millisecond

	// Dead is how long the keys of a box that acts do nothing after it was first
	// drawn, so that a key meant for something else does nothing in it.
	Dead = 400 * time.Millisecond

	// burst is how soon the same key cannot come again from a hand, or from a
	// keyboard that repeats it.
	burst = 10 * time.Millisecond
)

// Effect is how much a key does where the keyboard is; the least first.
type Effect int

const (
	Moves Effect = iota // what is shown, a letter of a text, and the way out of a box: always counts, at once
	Stops               // what is armed: it must come alone, but no torn reply keeps it away
	Leads               // to a text, to another box or out: does not count beside a torn reply
	Acts                // on the rollout: nor beside any other input, nor as soon as its box is there
)

// Key is a key that was pressed, and how much it does.
type Key struct {
	Press     tea.KeyPressMsg
	Effect    Effect
	Emergency bool // a hand in a hurry presses it twice, and no box's dead time holds it up
}

// Open is what has the keyboard. The zero value is something that was there all the time.
type Open struct {
	Dead  time.Duration // how long after it was first drawn no key that acts counts; 0: it counts at once
	Since time.Time     // when it was first drawn; zero: it was not yet
	Pause time.Duration // how long before a key that acts no other may have come; 0: Alone
}

// Early reports whether no key that acts counts yet.
func (o Open) Early(now time.Time) bool {
	return o.Dead > 0 && (o.Since.IsZero() || now.Sub(o.Since) < o.Dead)
}

// Answer is what a Guard makes of a key.
type Answer int

const (
	Count   Answer = iota // do what it does
	Wait                  // find out what it would do, but do it only once Ripe says so
	Spoiled               // it does nothing
)

// Why is why a key is spoiled.
type Why int

const (
	Sound  Why = iota // it is not
	Torn              // a piece of a terminal's reply came just before
	Beside            // other input came with it
	Early             // its box has only just been drawn
	Again             // it is held back already: the same wish
)

// Verdict is what a Guard says of a key.
type Verdict struct {
	Answer Answer
	Why    Why  // of a spoiled key
	Held   int  // of one that waits: what Ripe is asked with
	Lost   Loss // what it spoils
}

// Loss is a key that was held back and will never count: other input came beside it.
type Loss int

const (
	Nothing   Loss = iota
	Plain          // a key that acts
	Emergency      // the emergency key
)

// Guard decides about one key after the other. The zero value has seen none.
type Guard struct {
	torn  torn
	key   string    // of the last input; empty: it was no key
	last  time.Time // when it came
	other time.Time // when the last input came that was another than it

	held Loss // what is held back: what its loss would be
	n    int  // its number
}

// Press decides about the key k, which comes at now while open has the keyboard.
func (g *Guard) Press(now time.Time, k Key, open Open) Verdict {
	torn := g.torn.key(now, k.Press, k.Effect)
	v := Verdict{Answer: Spoiled, Lost: g.note(now, k.Press.String(), k.Emergency)}
	pause := open.Pause
	if pause == 0 {
		pause = Alone
	}
	switch {
	case torn:
		v.Why = Torn
	case k.Effect == Moves:
		v.Answer = Count
	case v.Lost != Nothing:
		v.Why = Beside
	case k.Effect == Leads:
		v.Answer = Count
	case g.held != Nothing:
		v.Why = Again
	case !k.Emergency && open.Early(now):
		v.Why = Early
	case !g.other.IsZero() && now.Sub(g.other) < pause:
		v.Why = Beside
		g.other = now // the pause begins anew
	default:
		v.Answer = Wait
		g.n++
		g.held, v.Held = Plain, g.n
		if k.Emergency {
			g.held = Emergency
		}
	}
	return v
}

// note notes an input, and returns the key that is held back and spoiled by it.
func (g *Guard) note(now time.Time, key string, emergency bool) (lost Loss) {
	again := key != "" && key == g.key
	if fast := again && !emergency && now.Sub(g.last) < burst; !again || fast {
		lost, g.held = g.held, Nothing
		g.other = g.last
	}
	g.key, g.last = key, now
	return lost
}

// Beside notes input that was no key and came beside the keys: what the terminal said,
// a paste, what nobody could read.
func (g *Guard) Beside(now time.Time) Loss { return g.note(now, "", false) }

// Heard notes every message that is no key, on a screen of w × h cells. Well-formed
// replies, mouse and focus reports spoil nothing.
func (g *Guard) Heard(now time.Time, msg tea.Msg, w, h int) { g.torn.other(now, msg, w, h) }

// Ripe reports whether the key that waits with this number counts now: nothing
// came beside it. It is to be asked once, Alone after the key.
func (g *Guard) Ripe(held int) bool {
	ripe := g.held != Nothing && held == g.n
	if ripe {
		g.held = Nothing
	}
	return ripe
}

// Drop ends the wait of a key that turned out to do nothing on the rollout.
func (g *Guard) Drop() { g.held = Nothing }
