package gate

import (
	"cmp"
	"slices"
	"time"

	"gonogo/model"
	"gonogo/model/evidence"
)

// maxParts bounds how many parts a metric may have, over a whole attempt.
const maxParts = 400

// parts are those of a metric that is judged by the values of a label, too. Their
// states are copied to Streak.Parts where they are journaled.
type parts struct {
	band  band
	split evidence.Split
	beta  float64
	limit time.Duration
	span  time.Duration // of what is recent

	known  bool   // which parts were there when the attempt began to count: split.Parts is set
	whole  *Tests // of those
	list   []*part
	index  map[string]*part
	before map[string]model.PartCount // what each had counted when the attempt before ended
	sum    partsFound                 // of the last judgement
}

// part is one of them.
type part struct {
	name    string
	tests   *Tests
	c       model.Counting
	recent  evidence.Window
	word    *evidence.LastWord // since it fails; nil: it does not
	was     model.PartCount    // of the reading counted last
	new     evidence.Counts
	pending evidence.Counts // of one with a control, until that has answered
}

// newParts returns the parts of a metric as streak knows them.
func newParts(b band, split evidence.Split, beta float64, limit, span time.Duration, streak *model.Streak) (*parts, error) {
	ps := &parts{band: b, split: split, beta: beta, limit: limit, span: span, index: map[string]*part{}}
	kept := streak.Parts
	if kept == nil {
		return ps, nil
	}
	if err := ps.begins(kept.First); err != nil {
		return nil, err
	}
	for _, k := range kept.Parts {
		p := ps.add(k.Part, streak.Counted.At)
		p.c = k.Counting
		p.recent.Add(k.Counting.Recent, k.Counting.At)
	}
	return ps, nil
}

// soFar returns what each part had counted so far, for the attempt that comes.
func (ps *parts) soFar() map[string]model.PartCount {
	if ps == nil {
		return nil
	}
	out := make(map[string]model.PartCount, len(ps.list))
	for _, p := range ps.list {
		out[p.name] = p.was
	}
	return out
}

// begins says how many parts there are when the attempt begins to count.
func (ps *parts) begins(n int) (err error) {
	ps.known, ps.split.Parts = true, n
	ps.whole, err = ps.band.tests(ps.split.First(), ps.beta, ps.limit)
	return err
}

// add adds a part that counts from a time of the attempt on.
func (ps *parts) add(name string, at time.Duration) *part {
	p := &part{name: name, tests: ps.whole, recent: evidence.Window{Span: ps.span}}
	if later := len(ps.list) - ps.split.Parts + 1; later > 0 {
		p.tests, _ = ps.band.tests(ps.split.Later(later), ps.beta, ps.limit) // which only the bound distinguishes from whole
	} else {
		at = 0
	}
	p.c = p.tests.beginAt(at)
	ps.list = append(ps.list, p)
	ps.index[name] = p
	return p
}

// take takes what each part counted since the last reading, which the counts of
// all were taken of in a certain way.
func (ps *parts) take(b *model.Breakdown, how taken, at time.Duration, seq uint64) {
	for _, p := range ps.list {
		p.new = evidence.Counts{}
	}
	if b == nil || how == notTaken {
		return
	}
	first := !ps.known
	if first {
		if len(b.Parts) == 0 || ps.begins(len(b.Parts)) != nil {
			return
		}
	}
	for _, now := range b.Parts {
		p := ps.index[now.Part]
		if p == nil {
			if len(ps.list) >= maxParts {
				continue
			}
			p = ps.add(now.Part, at)
			p.c.Change = seq
			was, counted := ps.before[now.Part]
			if p.was = was; how == takenAsBase || first && !counted {
				p.was = now
				continue
			}
		}
		was := p.was
		p.was = now
		if how == takenAsBase {
			continue
		}
		if how == takenAnew || now.Bad < was.Bad || now.Total < was.Total {
			was = model.PartCount{}
		}
		bad := now.Bad - was.Bad
		p.new = evidence.Counts{Bad: bad, Total: max(now.Total-was.Total, bad)}
	}
}

// pair holds back what the parts counted until the control has answered, too: now
// says that it has, with what it counted meanwhile.
func (ps *parts) pair(now bool, control evidence.Counts) {
	for _, p := range ps.list {
		p.pending = p.pending.Plus(p.new)
		p.new = evidence.Counts{}
		if now {
			p.new = p.pending
			p.new.ControlBad, p.new.ControlTotal = control.ControlBad, control.ControlTotal
			p.pending = evidence.Counts{}
		}
	}
}

// change begins to count anew after a change of the service.
func (ps *parts) change(at time.Duration, seq uint64) {
	for _, p := range ps.list {
		if p.c.Change == seq {
			continue
		}
		p.c.At = at
		p.tests.change(&p.c, seq)
		p.c.Go = evidence.Accepting{}
		p.recent, p.word = evidence.Window{Span: ps.span}, nil
		p.new, p.pending = evidence.Counts{}, evidence.Counts{}
	}
}

// look takes what is new, at a time of the attempt; fresh says that a reading came.
func (ps *parts) look(at time.Duration, fresh bool, word time.Duration) {
	for _, p := range ps.list {
		p.c.At = at
		if p.new.Total > 0 {
			p.tests.lookAgainst(&p.c, p.new)
		}
		if fresh {
			p.recent.Add(p.new, at)
			p.c.Recent = p.recent.Sum
		}
		if p.c.Doubt || p.new.Bad > 0 {
			p.c.Doubt = p.recent.Doubts(&p.tests.target, len(ps.list)+1, p.c.Doubt)
		}
		switch {
		case !p.c.Fail.Proved:
			p.word = nil
		case p.word == nil:
			w := evidence.NewLastWord(word)
			p.word = &w
		case fresh:
			p.word.Add(p.new, at)
		}
	}
}

// partsFound is what a judgement found of the parts. It is part of a finding.
type partsFound struct {
	fails, warns, doubts int
	worst                string          // the worst of those; empty: none
	counts               evidence.Counts // of the worst, what the words are about
	since                time.Duration   // when those began, after the attempt did
	also                 int             // how many others are as bad
	others               int             // how many there are beside those,
	rest                 evidence.Counts // and what the last minutes counted of those
}

// found sums up how the parts stand; recent is what the last minutes counted of all.
func (ps *parts) found(recent evidence.Counts) *partsFound {
	f := &ps.sum
	*f = partsFound{}
	var worst *part
	for _, p := range ps.list {
		fails, warns, _ := p.c.Proved()
		switch {
		case fails:
			f.fails++
		case warns:
			f.warns++
		case p.c.Doubt:
			f.doubts++
		default:
			continue
		}
		if worst == nil || worse(p, worst) {
			worst = p
		}
	}
	if worst == nil {
		return f
	}
	f.worst = worst.name
	switch fails, warns, _ := worst.c.Proved(); {
	case fails:
		f.counts, f.since = worst.c.Fail.Rising, worst.c.Fail.RisingAt
	case warns:
		f.counts, f.since = worst.c.Warn.Rising, worst.c.Warn.RisingAt
	default:
		f.counts, f.since = worst.recent.Sum, worst.c.At-worst.recent.Span
	}
	f.rest = recent
	for _, p := range ps.list {
		if p == worst || asBad(p, worst) {
			f.rest = without(f.rest, p.recent.Sum)
			f.also++
		}
	}
	f.others, f.also = len(ps.list)-f.also, f.also-1
	return f
}

// worse orders parts: what fails, then what is off target, then by the evidence.
func worse(a, b *part) bool {
	fa, wa, _ := a.c.Proved()
	fb, wb, _ := b.c.Proved()
	switch {
	case fa != fb:
		return fa
	case wa != wb:
		return wa
	case a.c.Doubt != b.c.Doubt:
		return a.c.Doubt
	}
	la, lb := a.tests.fail.LogR(&a.c.Fail), b.tests.fail.LogR(&b.c.Fail)
	return cmp.Or(cmp.Compare(lb, la), cmp.Compare(a.name, b.name)) < 0
}

// asBad reports whether a part is in the state of the worst.
func asBad(p, worst *part) bool {
	fp, wp, _ := p.c.Proved()
	fw, ww, _ := worst.c.Proved()
	switch {
	case fw:
		return fp
	case ww:
		return wp
	}
	return p.c.Doubt
}

func without(all, some evidence.Counts) evidence.Counts {
	return evidence.Counts{Bad: max(all.Bad-some.Bad, 0), Total: max(all.Total-some.Total, 0)}
}

// failing returns the parts that fail, by name, where the others together do not: what
// the last minutes counted of those does not speak against what failing means. Nil
// where all fail, or none does.
func (ps *parts) failing(recent evidence.Counts) []string {
	var out []string
	rest := recent
	for _, p := range ps.list {
		if p.c.Fail.Proved {
			out = append(out, p.name)
			rest = without(rest, p.recent.Sum)
		}
	}
	if len(out) == 0 || len(out) == len(ps.list) {
		return nil
	}
	w := evidence.Window{Span: ps.span, Sum: rest}
	if w.Doubts(&ps.whole.fail.Claim, 1, false) {
		return nil
	}
	slices.Sort(out)
	return out
}

// confirm reports whether the newest readings of a part that fails still speak against it.
func (ps *parts) confirm() bool {
	for _, p := range ps.list {
		if p.word != nil && p.word.Confirms(&p.tests.fail.Claim, len(ps.list)+1) {
			return true
		}
	}
	return false
}

// counted returns a copy of the states, for the journal.
func (ps *parts) counted() *model.PartsCounted {
	if !ps.known {
		return nil
	}
	out := &model.PartsCounted{First: ps.split.Parts, Parts: make([]model.PartCounting, len(ps.list))}
	for i, p := range ps.list {
		out.Parts[i] = model.PartCounting{Part: p.name, Counting: p.c}
	}
	return out
}

// report fills in how the parts stand, for people: what fails, and the worst five others.
func (ps *parts) report(out *model.Sequential, by string) {
	out.By, out.PartsAll = by, len(ps.list)
	sorted := slices.Clone(ps.list)
	slices.SortFunc(sorted, func(a, b *part) int {
		if worse(a, b) {
			return -1
		}
		return 1
	})
	for i, others := 0, 0; i < len(sorted); i++ {
		p := sorted[i]
		state := model.Pass
		switch fails, warns, _ := p.c.Proved(); {
		case fails:
			state = model.Fail
		case warns || p.c.Doubt:
			state = model.Warn
		}
		if state != model.Fail {
			if others++; others > 5 {
				break
			}
		}
		out.Parts = append(out.Parts, model.PartProof{Part: p.name, State: state, Last: p.recent.Sum, Fail: detectorProof(p.tests.fail.Report(&p.c.Fail))})
	}
}
