package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"gonogo/model"
	"gonogo/model/engine/execute"
	"gonogo/model/engine/feed"
	"gonogo/model/engine/history"
	"gonogo/model/engine/record"
	"gonogo/model/engine/watch"
)

// Engine is a live rollout. What it knows goes to its feed, and what people ask comes from there.
type Engine struct {
	o           Options
	parts       model.Parts
	feed        *feed.Feed
	ledger      *record.Ledger
	meters      *watch.Meters
	flags       *watch.Flags
	judge       judge
	plans       executor
	checks      checks
	looks       looks
	notices     notices
	silences    silences
	escalations escalations
	watches     watches
	reports     reports
	history     *history.History // of all samples; nil before Run
	guard       guard
	work        context.Context // ends when Run does

	judging  chan struct{} // of the publisher: closed when the judgement under way is done; nil: none is
	facts    chan struct{} // something was recorded: publish at once
	samples  chan struct{} // something was measured: publish soon
	group    sync.WaitGroup
	since    time.Time
	mu       sync.Mutex // of what follows
	troubles []string   // panics in goroutines, for people
	identity string
	lost     string             // trouble with kept history, for people
	changed  string             // hash of a config that waits to be adopted
	changes  []string           // what is other in it, see config.Changes
	config   string             // trouble with the config, for people
	next     *Options           // see Next
	end      context.CancelFunc // ends Run as its context does
	adopts   chan model.Intent  // that need the config on disk
}

// Open replays the journal in the state directory whose lock the caller holds,
// and builds the parts. Snapshots go to f, and intents come from there, while Run works.
// The caller must call Run, which closes the journal at its end, and let go of the lock after that.
func Open(o Options, l *record.Lock, f *feed.Feed) (*Engine, error) {
	parts, err := o.Build()
	if err != nil {
		return nil, err
	}
	e := &Engine{
		o: o, parts: parts, feed: f, since: o.Now(),
		facts: make(chan struct{}, 1), samples: make(chan struct{}, 1),
		adopts: make(chan model.Intent, 8), config: configTrouble(o.Trouble, parts.Missing),
	}
	host, _ := os.Hostname()
	e.ledger, err = record.Open(record.Options{
		Dir: o.Dir, Anchor: o.Rollout.Anchor, Engine: o.Actor, Now: o.Now, Down: o.Down, DirTrouble: o.DirTrouble,
		Opening: func() model.Event {
			return model.EngineStarted{PID: os.Getpid(), Host: host, Version: o.Version, Rollout: o.Rollout.ID, ConfigHash: o.Rollout.ConfigHash}
		},
		Held: l.Held, OpenStore: o.OpenJournal, Reading: o.Reading, Changed: func() { poke(e.facts) }, SystemLog: o.SystemLog,
	})
	if err != nil {
		return nil, err
	}
	e.meters = watch.NewMeters(o.Rollout, parts, func() { poke(e.samples) })
	e.flags = watch.NewFlags(o.Rollout, parts, o.Actor, e.ledger, e.meters, func() { poke(e.samples) })
	state := e.ledger.State()
	if state.ConfigHash != "" && state.ConfigHash != o.Rollout.ConfigHash {
		e.changed, e.changes = o.Rollout.ConfigHash, sinceLastGood(o)
	}
	e.judge.unread = e.unread
	if err := e.judge.restore(o.Rollout, &state); err != nil {
		return nil, errors.Join(err, e.ledger.Close())
	}
	e.plans.init(e)
	e.takePlaces()
	e.keepConfig()
	e.publish()
	return e, nil
}

// takePlaces gives each part of the engine what it works with.
func (e *Engine) takePlaces() {
	o, r := &e.o, e.o.Rollout
	soon, shown := func() { poke(e.samples) }, func() { poke(e.facts) }
	e.notices = notices{rollout: r, actions: e.parts.Actions, by: o.Actor, records: e.ledger, note: e.Note}
	e.guard = guard{
		rollout: r, by: model.Actor{Name: "guard", Host: o.Actor.Host, Via: model.ViaGuard}, idle: o.Transient, now: o.Now, records: e.ledger,
		judge: &e.judge, notices: &e.notices, ask: e.feed.Ask, veto: e.plans.veto, note: e.noteOnce,
	}
	e.checks = checks{
		rollout: r, actions: e.parts.Actions, probes: e.parts.Probes, by: o.Actor, idle: o.Transient, now: o.Now, records: e.ledger,
		spawn: e.spawn, note: e.Note, changed: soon, ended: shown,
	}
	e.silences = silences{rollout: r, silencers: e.parts.Silencers, by: o.Actor, now: o.Now, records: e.ledger, asked: map[model.SilenceID]chan struct{}{}}
	for i := range r.Silences {
		e.silences.asked[r.Silences[i].ID] = make(chan struct{}, 1)
	}
	e.escalations = escalations{rollout: r, by: o.Actor, idle: o.Transient, now: o.Now, records: e.ledger, notices: &e.notices, trying: map[due]int{}}
	e.watches = watches{rollout: r, by: e.guard.by, idle: o.Transient, records: e.ledger, judge: &e.judge, notices: &e.notices}
	e.reports = reports{
		rollout: r, dir: o.Dir, by: o.Actor, idle: o.Transient, now: o.Now, records: e.ledger, notices: &e.notices, make: o.Report, spawn: e.spawn,
	}
	e.looks = looks{rollout: r, by: o.Actor, now: o.Now, records: e.ledger, ground: ground{e: e}, tools: ground{e: e}.tools, spawn: e.spawn}
}

// Run works until ctx is done and no plan runs any more, then closes the
// journal. It returns what kept it from working, or nil. doors, which may be nil, lets
// viewers in: it is called in a goroutine of its own, and must return when its context is
// done, from when on no intent is taken any more.
func (e *Engine) Run(ctx context.Context, doors func(context.Context)) error {
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	e.work = work
	ctx, e.end = context.WithCancel(ctx)
	defer e.end()
	if doors != nil {
		e.spawn("doors", func() { doors(work) })
	}
	e.checks.work, e.looks.work = work, work
	e.plans.resume()
	e.history = history.Begin(history.Options{
		Dir: e.o.Dir, Rollout: e.o.Rollout, Now: e.o.Now, Note: e.noteHistory, Fill: e.meters.Fill, ReadOnly: e.o.Transient,
		Reading: func(id model.MetricID, r model.Reading) { e.meters.Reading("", id, r) },
	})
	e.meters.Keep(e.history.Add)
	sources := &watch.Sources{Rollout: e.o.Rollout, Host: e.o.Actor.Host, Now: e.o.Now, Records: e.ledger, Meters: e.meters}
	for id, part := range e.parts.Sources {
		e.spawn("source "+id, func() { sources.Run(work, id, part.Source) })
	}
	for i := range e.o.Rollout.Flags {
		f := &e.o.Rollout.Flags[i]
		e.spawn("flag "+string(f.ID), func() { e.flags.Watch(work, f) })
	}
	for i := range e.o.Rollout.Silences {
		s := &e.o.Rollout.Silences[i]
		e.spawn("silence "+string(s.ID), func() { e.silences.watch(work, s) })
	}
	e.spawn("intents", func() { e.takeIntents(work) })
	e.spawn("publisher", func() { e.publisher(work) })
	e.spawn("checks", func() { e.checks.loop(work) })
	e.spawn("journal", func() { e.watchJournal(work) })
	e.spawn("config", func() { e.watchConfig(work) })
	if e.parts.Identity != nil {
		go e.identify() // may be slow, and nobody waits for it
	}
	<-ctx.Done()
	e.plans.wait()
	e.notices.settle()
	e.plans.wait()
	stop()
	e.group.Wait()
	e.plans.wait()        // an intent may have been taken meanwhile
	e.notices.told.Wait() // each has its time, and no more
	timed, done := context.WithTimeout(context.Background(), execute.EndGrace)
	defer done()
	e.flags.End(timed)
	e.history.Close()
	return e.close()
}

func (e *Engine) close() error {
	e.credit(true, true)
	if e.ledger.Started() {
		_ = e.ledger.Record(e.o.Actor, "", model.EngineStopped{PID: os.Getpid()})
	}
	e.publish()
	err := e.ledger.Close()
	if err != nil {
		e.next = nil
	}
	return err
}

// Next returns what is to be gone on with after Run, under the same lock, since another
// config was adopted; nil: nothing.
func (e *Engine) Next() *Options { return e.next }

// spawn runs f as a goroutine of the engine's. A panic is kept to it and told.
func (e *Engine) spawn(name string, f func()) {
	e.group.Go(func() {
		defer func() {
			if v := recover(); v != nil {
				e.Note(fmt.Sprintf("%s: panic: %v", name, v))
				fmt.Fprintf(os.Stderr, "gonogo: %s: panic: %v\n%s", name, v, debug.Stack())
			}
		}()
		f()
	})
}

// Note adds trouble of the engine's own for people to see.
func (e *Engine) Note(text string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.troubles = append(e.troubles, model.Inert(text))
	poke(e.facts)
}

// noteOnce is Note for what people may see there already.
func (e *Engine) noteOnce(text string) {
	e.mu.Lock()
	told := slices.Contains(e.troubles, model.Inert(text))
	e.mu.Unlock()
	if !told {
		e.Note(text)
	}
}

// noteHistory has trouble with kept history shown, the newest.
func (e *Engine) noteHistory(text string) {
	e.mu.Lock()
	e.lost = model.Inert(text)
	e.mu.Unlock()
	poke(e.facts)
}

func (e *Engine) identify() {
	id := model.Inert(e.parts.Identity())
	e.mu.Lock()
	e.identity = id
	e.mu.Unlock()
	poke(e.samples)
}

// publisher judges and publishes: facts at once, samples soon after the first, at most every
// publishEvery, and each second in any case, since time alone changes verdicts.
func (e *Engine) publisher(ctx context.Context) {
	tick := time.NewTicker(judgeEvery)
	defer tick.Stop()
	soon := time.NewTimer(time.Hour)
	soon.Stop()
	waiting, answered := false, false
	var last time.Time // when samples were published
	for {
		select {
		case <-ctx.Done():
			return
		case <-e.facts:
		case <-tick.C:
		case <-e.judging:
			e.judging = nil
		case <-soon.C:
			waiting, last = false, time.Now()
		case <-e.samples:
			if !waiting {
				waiting = true
				soon.Reset(max(publishEvery-time.Since(last), gather))
			}
			continue
		}
		judged := e.judgeSoon()
		if e.publish() == 0 && judged && !answered {
			answered = true
			poke(e.facts) // once more, with a verdict that rests on all of it: commands wait for that
		}
	}
}

// judgeSoon has everything judged, and waits for that no longer than
// judgeFor: a journal that does not answer must not keep what is known from the screen. It
// reports whether it was judged; if not, judging is closed when it is.
func (e *Engine) judgeSoon() bool {
	if e.judging == nil {
		done := make(chan struct{})
		e.judging = done
		e.spawn("judge", func() {
			defer close(done)
			e.judgeNow()
			e.looks.noticeReadBack()
		})
	}
	timer := time.NewTimer(judgeFor)
	defer timer.Stop()
	select {
	case <-e.judging:
		e.judging = nil
		return true
	case <-timer.C:
		return false
	}
}

// watchJournal looks each second whether lock and journal are still this engine's.
func (e *Engine) watchJournal(ctx context.Context) {
	tick := time.NewTicker(judgeEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		e.ledger.Check()
	}
}

// publish makes a snapshot of everything and hands it out. It returns how much
// has not answered yet.
func (e *Engine) publish() (waiting int) {
	answers := e.feed.Answers() // first: none is told before what it led to
	state, tail, trouble := e.ledger.View()
	now := e.o.Now()
	verdict := e.judge.verdictOf(e.o.Rollout, &state, now)
	lines, soak := e.judge.latest()
	series, health, answered := e.meters.Charts()
	if a := state.Attempt(); a != nil && a.Soak < soak {
		state.Attempts = append([]model.Attempt(nil), state.Attempts...)
		state.Attempts[len(state.Attempts)-1].Soak = soak
	}
	s := &model.Snapshot{
		Seq: state.Seq, At: now, Rollout: e.o.Rollout, State: state, Gate: verdict, Lines: lines,
		Series: series, Sources: health, Tail: tail, Live: e.plans.live(), Checks: e.checks.live(), Journal: trouble,
		Engine:    model.EngineInfo{PID: os.Getpid(), Host: e.o.Actor.Host, Since: e.since, Version: e.o.Version, Transient: e.o.Transient, User: e.o.User},
		Contested: e.contested(), Answers: answers, Asked: e.feed.Waits(),
	}
	e.mu.Lock()
	s.History = e.lost
	s.Identity, s.ConfigChanged, s.ConfigChanges, s.ConfigTrouble = e.identity, e.changed, e.changes, e.config
	if s.Journal == "" && len(e.troubles) > 0 {
		s.Journal = e.troubles[len(e.troubles)-1]
	}
	e.mu.Unlock()
	if s.Journal == "" {
		s.Journal = cmp.Or(e.untaken(s.Asked), s.Contested)
	}
	s.Engine.Viewers = e.feed.Viewers()
	s.Waiting = e.waiting(answered) + e.checks.unasked(&state)
	e.feed.Publish(s)
	return s.Waiting
}

// untaken says that what was asked at the time asked is not taken yet; empty: it may
// be, soon. Only the journal can keep the queue waiting, and no rollback waits for that.
func (e *Engine) untaken(asked time.Time) string {
	if asked.IsZero() || e.o.Now().Sub(asked) < untakenAfter {
		return ""
	}
	return fmt.Sprintf("nothing is taken that was asked since %s: does the disk of %s hang? A rollback goes on without it",
		asked.UTC().Format("15:04:05Z"), e.o.Dir)
}

// contested says who keeps this engine from being the only one of its rollout on the host; empty: nobody.
func (e *Engine) contested() string {
	if e.o.Contested == nil {
		return ""
	}
	return e.o.Contested()
}

// unread returns the flags that were not observed since this engine began.
func (e *Engine) unread() []model.FlagID {
	var out []model.FlagID
	for i := range e.o.Rollout.Flags {
		if id := e.o.Rollout.Flags[i].ID; !e.flags.Looked(id) {
			out = append(out, id)
		}
	}
	return out
}

// waiting counts what was asked and has not answered in any way since this engine began.
func (e *Engine) waiting(answered int) int {
	return len(e.o.Rollout.Metrics) - answered + len(e.unread())
}
