package engine

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"gonogo/model"
)

// rows is a database in memory that a process writes to. Its mark is how many there are.
type rows struct {
	mu    sync.Mutex
	all   []string
	asked chan struct{} // a mark was taken; nobody need hear it
}

func (r *rows) add(row string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, row)
}

// rowsLike bears witness that there are rows of a kind, or none.
type rowsLike struct {
	*rows
	kind string
	none bool
}

func (r rowsLike) Mark(context.Context) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	select {
	case r.asked <- struct{}{}:
	default:
	}
	return strconv.Itoa(len(r.all)), nil
}

func (r rowsLike) Look(_ context.Context, mark string) (bool, string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	n, err := strconv.Atoi(mark)
	if err != nil {
		return false, "", err
	}
	return slices.Contains(r.all[n:], r.kind) != r.none, fmt.Sprintf("%d new rows", len(r.all)-n), nil
}

// started is a reader of which process runs, and since when.
type started struct {
	w  *world
	at *time.Time
}

func (s started) Read(context.Context) (string, error) {
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	return strconv.Itoa(s.w.starts), nil
}

func (s started) Name(text string) string { return "start " + text }

func (s started) Began(string) (time.Time, bool) {
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	return *s.at, !s.at.IsZero()
}

// TestOldProcessNeitherProvesNorSpoils: what the old process writes between the
// beginning of the restart and its end is no fault of the new one, and no proof for it.
func TestOldProcessNeitherProvesNorSpoils(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		old, new string // what the two processes write
		unknown  bool   // when the new one began cannot be told
		want     model.Outcome
	}{
		{"the old one ran the new path to its end", "vql", "repository", false, model.Verified},
		{"likewise, start unknown", "vql", "repository", true, model.Verified},
		{"the new one runs it still", "vql", "vql", false, model.Unverified},
		{"the proof is the old one's", "repository", "nothing", false, model.Unverified},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w, db, at := newWorld(), &rows{all: []string{"vql", "repository"}, asked: make(chan struct{})}, time.Time{}
			o := options(t, w, t.TempDir())
			o.Rollout.Rollbacks[0].Verify = []model.Verify{
				{Kind: model.VerifyFlag, Flag: "real", Is: model.BoolValue(false), Within: 2 * time.Second},
				{Kind: model.VerifySource, Witness: "some", Title: "repository query", Within: 300 * time.Millisecond},
				{Kind: model.VerifySource, Witness: "none", Title: "no VQL query", Silent: true, After: 50 * time.Millisecond, Within: 300 * time.Millisecond},
			}
			build := o.Build
			o.Build = func() (model.Parts, error) {
				parts, err := build()
				parts.Witnesses = map[string]model.Witness{"some": rowsLike{db, "repository", false}, "none": rowsLike{db, "vql", true}}
				parts.Seen["restart"] = started{w, &at}
				return parts, err
			}
			p := board(t, o)
			p.enter("ten")
			w.with(func() {
				w.onRestart = func() { // the world is locked
					db.add(c.old)
					if !c.unknown { // the witnesses are asked a few times before the new process begins
						for i, late := 0, time.After(10*time.Second); i < 8; i++ {
							select {
							case <-db.asked:
							case <-late:
								i = 8
							}
						}
						at = time.Now()
					}
				}
				w.onStart = func() {
					if !c.unknown || c.new != "vql" {
						db.add(c.new)
					}
				}
			})
			if got := p.does(model.Intent{Kind: model.ArmRollback}); got.Outcome != c.want {
				t.Errorf("%s: %s", got.Outcome, got.Summary)
			}
		})
	}
}
