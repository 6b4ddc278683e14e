package attach

import (
	"cmp"
	"context"
	"errors"
	"os"
	"time"

	"gonogo/model/engine"
	"gonogo/model/engine/record"
)

// reign is a seat's time as the engine: it holds the state directory's lock and the
// claim to be the rollout's only engine on this host, over all configs that are adopted meanwhile.
type reign struct {
	s       *Seat
	lock    *record.Lock
	reading func() // see record.Lock.Telling
	claim   *claim // nil: nothing is claimed
	o       engine.Options
	engine  *engine.Engine
}

// take takes the lock and opens an engine: with the config as it was given, or,
// where another engine led until now, as it is on disk by now, or the last that ran.
func (s *Seat) take(visited bool) (*reign, error) {
	o := s.o.Options
	l, err := lockFor(&o)
	if err != nil {
		return nil, err
	}
	r := &reign{s: s, lock: l}
	if err := r.begin(o, visited); err != nil {
		r.end()
		return nil, err
	}
	return r, nil
}

// lockFor takes the lock of o's state directory. For a way down it takes what
// can be had, and what is wrong with that goes to o.DirTrouble.
func lockFor(o *engine.Options) (*record.Lock, error) {
	l, err := record.TakeLock(o.Dir)
	if err != nil && !errors.Is(err, record.ErrLocked) && Alive(o.Dir) {
		return nil, record.ErrLocked // whatever became of the lock's file: its holder listens
	}
	if err != nil && o.Down && !errors.Is(err, record.ErrLocked) {
		if l, err = record.TakeLockDown(o.Dir); l != nil && err != nil {
			o.DirTrouble, err = cmp.Or(o.DirTrouble, err.Error()+"; nothing keeps another rollback from running at the same time"), nil
		}
	}
	return l, err
}

// begin opens the first engine.
func (r *reign) begin(o engine.Options, visited bool) error {
	s := r.s
	s.ear.at(0, true)
	r.reading = r.lock.Telling(s.ear.hear)
	if o.Reload != nil && (visited || o.Rollout == nil) {
		fresh, err := o.Reload(true)
		if err == nil && visited && !o.Transient {
			err = lacking(fresh)
		}
		if err != nil {
			return err
		}
		fresh.Transient, fresh.Down, fresh.DirTrouble = o.Transient, o.Down, o.DirTrouble
		o = fresh
	}
	s.named = o.Rollout
	s.ear.hear() // the config is read, and the start got on
	if !s.o.Apart {
		var err error
		if r.claim, err = stake(o.Rollout, s.contested); err != nil {
			return err
		}
	}
	if err := r.open(o); err != nil {
		return err
	}
	giveBack(o.Dir)
	r.enter()
	return nil
}

// open opens an engine with o.
func (r *reign) open(o engine.Options) error {
	var a accounts
	o.User = a.of(os.Geteuid()).name
	o.Contested = r.claim.contested
	o.Reading = r.reading
	e, err := engine.Open(o, r.lock, r.s.feed)
	if err != nil {
		return err
	}
	r.o, r.engine = o, e
	return nil
}

// lacking says which parts cannot be made here: a cockpit must not take over
// from an engine that had them.
func lacking(o engine.Options) error {
	parts, err := o.Build()
	if err != nil {
		return err
	}
	return errors.Join(parts.Missing...)
}

// enter notes where the engine of this config is.
func (r *reign) enter() {
	o, of := r.o, r.o.Rollout
	if of.ConfigPath == "" || len(o.Text.Data) == 0 {
		return
	}
	enter(Place{ID: of.ID, Dir: o.Dir, PID: os.Getpid(), At: time.Now(), Hash: of.ConfigHash}, o.Text.Path)
}

// run runs the engine, and when a config was adopted the one that goes on with that.
func (r *reign) run(ctx context.Context) error {
	defer r.end()
	defer giveBack(r.o.Dir)
	for {
		err := r.runOne(ctx)
		next := r.engine.Next()
		if next == nil {
			return err
		}
		fresh, old := *next, r.o
		fresh.Transient = old.Transient
		if err := r.open(fresh); err != nil { // rather the old one than none
			old.Trouble = "the adopted config cannot be run: " + err.Error()
			if err := r.open(old); err != nil {
				return err
			}
		}
		r.enter()
	}
}

// runOne runs one engine, with its doors.
func (r *reign) runOne(ctx context.Context) error {
	r.s.mu.Lock()
	r.s.engine = r.engine
	r.s.mu.Unlock()
	d := &doors{
		rollout: r.o.Rollout, dir: r.o.Dir, transient: r.o.Transient, user: r.o.User, host: r.o.Actor.Host,
		since: time.Now(), feed: r.s.feed, claim: r.claim, trouble: r.engine.Note,
	}
	return r.engine.Run(ctx, d.keep)
}

// end lets go of what the reign holds.
func (r *reign) end() {
	r.claim.close()
	r.lock.Release()
}
