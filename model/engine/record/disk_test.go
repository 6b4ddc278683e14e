package record

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"gonogo/model"
	"gonogo/model/engine/record/recordtest"
	"gonogo/model/journal"
)

// TestMain keeps what ledgers leave outside their state directories in a place of its own.
func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "gonogo-run-")
	if err == nil {
		err = os.Setenv("XDG_RUNTIME_DIR", dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// What a disk does with the next append.
const (
	works   = iota
	fails   // takes nothing, and nothing ever after
	unsyncs // writes and then fails to sync, and takes nothing ever after
	refuses // says no to one event (see unwritable), and takes the rest
	slow    // takes its time
	hangs   // answers once it is released; what it was given is written then
)

var modes = map[int]string{works: "works", fails: "fails", unsyncs: "unsyncs", refuses: "refuses", slow: "slow", hangs: "hangs"}

// unwritable is the reason of a hold that a disk which refuses does not take.
const unwritable = "unwritable"

// disk is a journal's disk that does as it is told. It must be made in the
// synctest bubble that uses it.
type disk struct {
	recordtest.Store
	mu       sync.Mutex
	mode     int
	took     time.Duration // of a slow append
	released chan struct{}
	poison   error
	appends  int
}

func newDisk() *disk {
	d := &disk{released: make(chan struct{})}
	d.Fault = d.append
	return d
}

func (d *disk) set(mode int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.mode = mode
}

// release lets go of all that hangs; the disk works again.
func (d *disk) release() {
	d.mu.Lock()
	defer d.mu.Unlock()
	close(d.released)
	d.released = make(chan struct{})
	if d.mode == hangs {
		d.mode = works
	}
}

// replace puts a new disk with the same content in its place.
func (d *disk) replace() {
	d.release()
	d.mu.Lock()
	defer d.mu.Unlock()
	d.mode, d.poison = works, nil
}

func (d *disk) append(entries []journal.Entry, write func() ([]model.Record, error)) ([]model.Record, error) {
	d.mu.Lock()
	d.appends++
	mode, took, released, poison := d.mode, d.took, d.released, d.poison
	if poison == nil && (mode == fails || mode == unsyncs) {
		d.poison = fmt.Errorf("%w: %w", journal.ErrPoisoned, syscall.EIO)
	}
	d.mu.Unlock()
	switch {
	case poison != nil:
		return nil, poison
	case mode == fails:
		return nil, d.poison
	case mode == unsyncs:
		_, err := write()
		return nil, errors.Join(err, d.poison)
	case mode == refuses && slices.ContainsFunc(entries, func(e journal.Entry) bool { return e.Event == hold(unwritable) }):
		return nil, errors.New("it has no JSON")
	case mode == slow:
		time.Sleep(took)
	case mode == hangs:
		<-released
	}
	return write()
}

// openOn opens a ledger on d, with dir for what no journal has.
func openOn(t testing.TB, d *disk, dir string) *Ledger {
	t.Helper()
	l, err := Open(Options{Dir: dir, Engine: model.Actor{Name: "gonogo"}, Now: time.Now, OpenStore: d.Open, Changed: func() {}})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// reasons returns the reasons of the holds among records, and the names of all else.
func reasons(records []model.Record) []string {
	var out []string
	for _, r := range records {
		switch e := r.Event.(type) {
		case model.HoldChanged:
			out = append(out, e.Reason)
		case model.StepIntended:
			out = append(out, string(e.Plan))
		default:
			out = append(out, model.EventName(r.Event))
		}
	}
	return out
}
