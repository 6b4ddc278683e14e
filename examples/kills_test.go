package examples

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"gonogo/model"
	"gonogo/model/words"
)

const (
	boundaries = 16                     // records that a rollback of the rig and its resume write, at most
	longest    = 150 * time.Millisecond // that they take, or so
)

// tally is what many kills came to.
type tally struct {
	kills, facts, lost, twice int
	outcomes                  map[model.Outcome]int
}

// TestKills kills gonogo with SIGKILL in the middle of a rollback: as soon as
// its nth record is in the journal, for each n, and at random moments; the
// process that resumes the rollback is killed likewise. The engine is the
// command alone, or one without a screen, with or without a command that takes
// over. Whoever comes last converges; nothing that was told before is lost;
// and what is not idempotent never runs twice.
func TestKills(t *testing.T) {
	t.Parallel()
	once := draft(t)
	again := draft(t, "idempotent = false", "idempotent = true")
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 0))
	sum := tally{outcomes: map[model.Outcome]int{}}
	for n := 0; sum.kills < times(50, 1000) && !t.Failed(); n++ {
		plan, idempotent := once, n%3 == 2
		if idempotent {
			plan = again
		}
		r := plan.build(t)
		sum.try(r, n, random)
		end, ok := r.ended()
		switch {
		case !ok:
			r.fail("try %d: no end", n)
		case end != model.Verified && (end != model.NeedsHuman || idempotent && r.tries() < 2):
			r.fail("try %d: it ended %s", n, end)
		}
		sum.outcomes[end]++
		if env := read(t, r.path("service.env")); env != "# kept\nFLAG=false\n" {
			r.fail("try %d: the .env is %q", n, env)
		}
		if runs := r.runs(); !idempotent && runs > 1 {
			sum.twice++
			r.fail("try %d: the restart ran %d times", n, runs)
		}
		r.scrap()
	}
	t.Logf("seed %d: %d kills, %d facts told before them, %d of them lost, %d steps run twice that must not; ended: %v",
		seed, sum.kills, sum.facts, sum.lost, sum.twice, sum.outcomes)
	if sum.outcomes[model.Verified] == 0 {
		t.Error("no rollback was ever verified")
	}
}

// try rolls r back and kills what does it, up to three times, then lets it end.
func (s *tally) try(r *rig, n int, random *rand.Rand) {
	type told struct {
		f    *flight
		kept []byte
	}
	var dead []told
	kill := func(f *flight, from int) {
		if n%2 == 0 {
			r.killAt(f, from+1+(n/2)%boundaries)
		} else {
			killAfterTime(f, time.Duration(random.Int64N(int64(longest))))
		}
		if f.killed() {
			s.kills++
		}
		dead = append(dead, told{f, r.lines()})
	}
	from := bytes.Count(r.lines(), []byte("\n"))
	switch how := n / (2 * boundaries) % 3; how {
	case 0: // the command is the engine
		kill(r.run("rollback", "--yes"), from)
	default: // the command is attached to it
		engine := r.engine()
		from = bytes.Count(r.lines(), []byte("\n"))
		down := r.run("rollback", "--yes")
		kill(engine, from)
		if how == 1 {
			down.kill()
		} else { // it takes over, and is killed in that as well
			kill(down, bytes.Count(r.lines(), []byte("\n")))
		}
		dead = append(dead, told{down, nil})
	}
	// The one that resumes it is killed after a few records, or soon.
	n = 2*random.IntN(4) + n%2
	kill(r.run("status"), bytes.Count(r.lines(), []byte("\n")))
	if _, fired := r.ended(); !fired && count(r.records(), is[model.PlanFired]) == 0 {
		r.run("rollback", "--yes").wait() // the person whose rollback never began repeats it
	}
	if status, out := r.run("status").wait(); status != 0 && status != 11 {
		r.fail("status: %d\n%s", status, out)
	}
	whole := r.lines()
	for _, d := range dead {
		if !bytes.HasPrefix(whole, d.kept) {
			r.fail("records that were in the journal are gone")
		}
		facts, lost := r.check(d.f.printed())
		s.facts, s.lost = s.facts+facts, s.lost+len(lost)
		if len(lost) > 0 {
			r.fail("told, and not in the journal: %q", lost)
		}
	}
}

// ended returns how the last rollback ended.
func (r *rig) ended() (model.Outcome, bool) {
	records := r.records()
	for i := len(records) - 1; i >= 0; i-- {
		switch e := records[i].Event.(type) {
		case model.PlanEnded:
			return e.Outcome, true
		case model.PlanFired:
			return "", false
		}
	}
	return "", false
}

// tries returns how often the restart was about to be run.
func (r *rig) tries() int {
	return count(r.records(), func(e model.Event) bool { s, ok := e.(model.StepIntended); return ok && s.Step == 1 })
}

// check counts the facts that a gonogo told, in what it printed, and returns
// those that the journal does not have.
func (r *rig) check(printed string) (facts int, lost []string) {
	known := map[string]bool{}
	var steps []model.Step
	for _, rec := range r.records() {
		known[rec.At.UTC().Format(time.RFC3339)+" "+words.Describe(rec)] = true
		switch e := rec.Event.(type) {
		case model.PlanArmed:
			steps = e.Plan.Steps
		case model.StepEnded:
			text := string(e.Outcome)
			if e.Detail != "" {
				text += ", " + e.Detail
			}
			known["step "+steps[e.Step].Title+": "+text] = true
		case model.PlanEnded:
			known[fmt.Sprintf("%s Everything off: %s", e.Outcome, e.Summary)] = true
		}
	}
	for line := range strings.Lines(printed) {
		line, whole := strings.CutSuffix(line, "\n")
		fact := line
		if mark, rest, ok := strings.Cut(strings.TrimPrefix(line, "  "), " "); ok && strings.ContainsAny(mark, "✔✖?–") {
			_, rest, _ = strings.Cut(rest, " ") // the stage
			fact = "step " + strings.TrimLeft(rest, " ")
		} else if !whole || !strings.HasPrefix(line, "20") && !strings.Contains(line, " Everything off: ") || strings.HasSuffix(line, "engine of rig") {
			continue // a preview, a greeting
		}
		facts++
		if !known[fact] {
			lost = append(lost, line)
		}
	}
	return facts, lost
}

// killAt kills f as soon as the journal has n lines.
func (r *rig) killAt(f *flight, n int) {
	r.t.Helper()
	fd, err := syscall.InotifyInit1(syscall.IN_CLOEXEC | syscall.IN_NONBLOCK)
	if err == nil {
		_, err = syscall.InotifyAddWatch(fd, r.journal(), syscall.IN_MODIFY)
	}
	if err != nil {
		r.t.Fatal("inotify: ", err)
	}
	events := os.NewFile(uintptr(fd), "inotify")
	over := make(chan struct{})
	go func() { // ends with f
		defer close(over)
		<-f.ended
		_ = events.Close()
	}()
	for buf := make([]byte, 4096); bytes.Count(r.lines(), []byte("\n")) < n; {
		if _, err := events.Read(buf); errors.Is(err, os.ErrClosed) {
			break
		} else if err != nil {
			r.t.Fatal("inotify: ", err)
		}
	}
	f.kill()
	<-over
}

// killAfterTime kills f after d, unless it has ended before.
func killAfterTime(f *flight, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-f.ended:
	}
	f.kill()
}
