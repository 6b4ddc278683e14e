package journal

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"

	"gonogo/model"
)

var cuts = flag.Int("cuts", 100, "how often TestPowerCut takes the power away")

// life is a journal on a disk that fails, with what was written to it.
type life struct {
	t     *testing.T
	d     *memDisk
	rnd   *rand.Rand
	acked []model.Record
	tried []model.Record // not acknowledged, in the order of the attempt that failed
	n     int
	plain bool // there is no anchor
}

const memDir, memAnchor = "/state", "/elsewhere/anchor"

func newLife(t *testing.T, seed uint64) *life {
	rnd := rand.New(rand.NewPCG(seed, 7))
	d := newMemDisk(rnd)
	if seed/5%2 == 1 { // the journal was moved away to start anew: nothing but it must be synced with its name
		reserve := make([]byte, reserveSize)
		d.names[memDir+"/"+reserveName] = &memInode{reserve, reserve}
		d.old = copyNames(d.names)
	}
	return &life{t: t, d: d, rnd: rnd}
}

// run opens the journal and appends until the disk stops, or for so many appends.
func (l *life) run(appends int) error {
	j, _, err := open(l.d, memDir, func(model.Record) error { return nil })
	if err != nil {
		return err
	}
	anchor := &Anchor{disk: l.d, path: memAnchor}
	for range appends {
		var events []model.Event
		for range 1 + l.rnd.IntN(4) {
			l.n++
			events = append(events, hold(fmt.Sprintf("%d %s", l.n, strings.Repeat("x", l.rnd.IntN(2000)))))
		}
		l.tried = l.wouldBe(j, events)
		records, err := j.AppendAll(j.last(), t0, ada, "i", events...)
		if err != nil {
			if again, err := j.AppendAll(j.last(), t0, ada, "i", events...); again != nil || err == nil {
				l.t.Fatal("acknowledged after an error")
			}
			return err
		}
		l.acked, l.tried = append(l.acked, records...), nil
		if !l.plain && l.rnd.IntN(3) == 0 {
			err := anchor.Write(records[len(records)-1])
			if err != nil && !errors.Is(err, ErrAnchorGone) {
				return err
			}
		}
	}
	return j.Close()
}

// wouldBe returns the records that appending events would make.
func (l *life) wouldBe(j *File, events []model.Event) []model.Record {
	e := newEncoder()
	seq, sum := j.seq, j.sum
	var out []model.Record
	for _, ev := range events {
		seq++
		r, err := e.add(model.Record{Seq: seq, At: t0.Round(0).UTC(), By: ada, Cause: "i", Prev: sum, Event: ev})
		if err != nil {
			l.t.Fatal(err)
		}
		sum = r.Sum
		out = append(out, r)
	}
	return out
}

// check opens what is there now: every acknowledged record, then at most the
// first few of the attempt that failed, and the anchor agrees. It returns how many of those there are.
func (l *life) check() int {
	l.t.Helper()
	a, err := openAnchor(l.d, memAnchor)
	if err != nil {
		l.t.Fatal(err)
	}
	var got []model.Record
	j, report, err := open(l.d, memDir, func(r model.Record) error {
		got = append(got, r)
		a.see(r)
		return nil
	})
	if err != nil || report.Problem != nil {
		l.t.Fatalf("it does not open: %+v, %v", report, err)
	}
	if a.end(&report); report.Problem != nil && a.f != nil && a.same > 0 {
		l.t.Fatalf("the anchor: %v", report.Problem)
	}
	want := slices.Concat(l.acked, l.tried)
	if len(got) < len(l.acked) {
		l.t.Fatalf("%d of %d acknowledged records are lost", len(l.acked)-len(got), len(l.acked))
	}
	if len(got) > len(want) || len(got) > 0 && !reflect.DeepEqual(got, want[:len(got):len(got)]) {
		l.t.Fatalf("what is there is not what was written: %d records, %d acknowledged, %d tried", len(got), len(l.acked), len(l.tried))
	}
	more := len(got) - len(l.acked)
	l.acked, l.tried = got, nil // they are the journal's from now on
	if err := j.Close(); err != nil {
		l.t.Fatal(err)
	}
	return more
}

// TestPowerCut takes the power away in the middle of whatever a journal in use
// does, again and again, with the disk dropping what was not synced.
func TestPowerCut(t *testing.T) {
	const lives = 5 // of one disk
	survived, acked := 0, 0
	for cut := 0; cut < *cuts; cut += lives {
		l := newLife(t, uint64(cut))
		for range lives {
			l.d.left = 1 + l.rnd.IntN(60)
			if err := l.run(1000); !errors.Is(err, errPower) {
				t.Fatalf("cut %d: %v", cut, err)
			}
			l.d.reboot(true)
			survived += l.check()
		}
		acked += len(l.acked)
	}
	t.Logf("%d power cuts, %d records in the journals, none acknowledged was lost; %d that were not are there", *cuts, acked, survived)
}

// TestStoppedAtEveryCall stops a journal's life at each of its calls to the
// disk in turn, by a kill, which loses nothing written, and by a power cut.
func TestStoppedAtEveryCall(t *testing.T) {
	for _, power := range []bool{false, true} {
		calls := 0
		for at := 1; ; at++ {
			l := newLife(t, 1)
			l.d.left = at
			err := errors.Join(l.run(4), l.run(4))
			if err == nil {
				break
			}
			l.d.reboot(power)
			l.check()
			if err := l.run(2); err != nil {
				t.Fatalf("stopped at call %d: does not go on: %v", at, err)
			}
			l.check()
			calls++
		}
		t.Logf("stopped at each of %d calls, power cut %v", calls, power)
	}
}

// TestFsyncFailsOnce lets one fsync fail and all later ones succeed, as Linux
// does: nothing is acknowledged any more, and what a power cut leaves is a
// prefix of what was written.
func TestFsyncFailsOnce(t *testing.T) {
	for seed := range uint64(50) {
		l := newLife(t, seed)
		l.plain = true
		if err := l.run(3); err != nil {
			t.Fatal(err)
		}
		before := len(l.acked)
		l.d.sync = []error{nil, syscall.EIO}[l.rnd.IntN(2):]
		err := l.run(10) // tries again after the error, see there
		if !errors.Is(err, syscall.EIO) || !errors.Is(err, ErrPoisoned) {
			t.Fatalf("seed %d: got %v", seed, err)
		}
		l.d.reboot(seed%2 == 0)
		l.check()
		if len(l.acked) < before {
			t.Fatal("lost")
		}
		if err := l.run(2); err != nil {
			t.Fatal(err)
		}
		l.check()
	}
}
