package query

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	prom "github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"
)

const (
	// part is the label that tells joined questions apart. A question that has
	// the word in it is asked alone.
	part = "gonogo_part"
	// MaxJoined is how many questions are joined in one, at most.
	MaxJoined = 50
	// maxJoinedText is how long joined questions may be together, in bytes.
	maxJoinedText = 64 << 10
	// aloneFor is how long a question stays alone that was in trouble, before it
	// is joined again.
	aloneFor = time.Minute
	// tens is how many stay joined where the backend itself may be slow.
	tens = 10
	// slowShare of its timeout is what an answer may take in company.
	slowShare = 8
)

// Joiner joins questions to one Backend that are asked at the same moment: an
// expression asked by several is asked once, and up to MaxJoined are sent as
// one. What each gets is what it would have got alone: where the backend
// refuses joined questions, or warns about their answer, each is asked alone,
// and those in trouble stay so for a minute. A Joiner is for one Run of a source.
type Joiner struct {
	b     Backend
	slots chan struct{}  // of the questions under way
	asked sync.WaitGroup // those that are sent: an asker may have gone before they end

	mu     sync.Mutex
	most   int              // how many are joined now
	calm   int              // how often that went well since it was lowered
	limits map[string]limit // of questions that were in trouble
	scalar map[string]bool  // whether a question answers a scalar
	lastOK time.Time        // when the backend answered last
}

// limit is how many questions one may be joined with, itself included, and until when.
type limit struct {
	most  int
	until time.Time
}

// NewJoiner returns a Joiner that has no more than width questions under way at b.
func NewJoiner(b Backend, width int) *Joiner {
	return &Joiner{b: b, slots: make(chan struct{}, width), most: MaxJoined, limits: map[string]limit{}, scalar: map[string]bool{}}
}

// Wait waits for the questions that are under way. When all askers are gone, they are being given up: what they
// need must not be closed before.
func (j *Joiner) Wait() { j.asked.Wait() }

// Refused is an error of the backend that may be due to the text or the answer
// of the question, rather than to the way there.
type Refused struct{ Err error }

func (e Refused) Error() string { return e.Err.Error() }
func (e Refused) Unwrap() error { return e.Err }

// Round is a Backend for askers that begin together. It sends what they ask
// once each of them waits for an answer, has left, or asks alone.
type Round struct {
	j       *Joiner
	mu      sync.Mutex
	active  int // askers that may still ask
	waiting []*question
}

// Round returns a round of so many askers. Each must call Leave when it asks no more.
func (j *Joiner) Round(askers int) *Round { return &Round{j: j, active: askers} }

// question is one that waits.
type question struct {
	ctx    context.Context
	expr   string
	at     time.Time
	scalar bool
	done   chan struct{} // closed when value and err are set
	value  prom.Value
	err    error
}

func (q *question) answer(v prom.Value, err error) {
	q.value, q.err = v, err
	close(q.done)
}

// Leave tells that one asker asks no more.
func (r *Round) Leave() {
	r.mu.Lock()
	r.active--
	r.send()
}

// Instant implements Backend.
func (r *Round) Instant(ctx context.Context, expr string, at time.Time) (prom.Value, error) {
	scalar, joins := r.j.joins(expr)
	if !joins {
		r.Leave()
		defer func() {
			r.mu.Lock()
			r.active++
			r.mu.Unlock()
		}()
		return r.j.single(ctx, expr, at)
	}
	q := &question{ctx: ctx, expr: expr, at: at, scalar: scalar, done: make(chan struct{})}
	r.mu.Lock()
	r.waiting = append(r.waiting, q)
	r.send()
	select {
	case <-q.done:
		return q.value, q.err
	case <-ctx.Done():
		// It no longer waits: else the others would wait for it, or it for them.
		r.mu.Lock()
		r.waiting = slices.DeleteFunc(r.waiting, func(w *question) bool { return w == q })
		r.mu.Unlock()
		return nil, ctx.Err()
	}
}

// Range implements Backend.
func (r *Round) Range(ctx context.Context, expr string, start, end time.Time, step time.Duration) (prom.Matrix, error) {
	return r.j.b.Range(ctx, expr, start, end, step)
}

// Rules implements Ruler.
func (r *Round) Rules(ctx context.Context) ([]Rule, error) {
	ruler, ok := r.j.b.(Ruler)
	if !ok {
		return nil, errors.New("this source evaluates no rules")
	}
	return ruler.Rules(ctx)
}

// send sends what waits if nobody else may come; r.mu is held, and let go of.
func (r *Round) send() {
	var all []*question
	if len(r.waiting) >= r.active {
		all, r.waiting = r.waiting, nil
	}
	r.mu.Unlock()
	for _, group := range r.j.group(all) {
		r.j.asked.Go(func() { r.j.ask(group) })
	}
}

// joins reports whether expr is joined now, and whether it answers a scalar.
func (j *Joiner) joins(expr string) (scalar, joins bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.limit(expr) <= 1 {
		return false, false
	}
	scalar, known := j.scalar[expr]
	if !known {
		parsed, err := parser.NewParser(parser.Options{}).ParseExpr(expr)
		if err != nil || strings.Contains(expr, part) || parsed.Type() != parser.ValueTypeVector && parsed.Type() != parser.ValueTypeScalar {
			j.limits[expr] = limit{1, time.Now().Add(365 * 24 * time.Hour)}
			return false, false
		}
		scalar = parsed.Type() == parser.ValueTypeScalar
		j.scalar[expr] = scalar
	}
	return scalar, true
}

// limit returns how many may be asked together with expr; j.mu is held.
func (j *Joiner) limit(expr string) int {
	l, ok := j.limits[expr]
	if ok && time.Now().Before(l.until) {
		return l.most
	}
	delete(j.limits, expr)
	return MaxJoined
}

// company is what is asked as one: for each different text, who asks it.
type company struct {
	at    time.Time
	texts []string
	of    map[string][]*question
}

// group puts those together that can be asked as one.
func (j *Joiner) group(all []*question) []*company {
	j.mu.Lock()
	defer j.mu.Unlock()
	var out []*company
	for len(all) > 0 {
		c, size := &company{at: all[0].at, of: map[string][]*question{}}, 0
		limit := j.limit(all[0].expr)
		most := min(j.most, limit)
		var rest []*question
		for _, q := range all {
			_, has := c.of[q.expr]
			switch {
			case !q.at.Equal(c.at), j.limit(q.expr) != limit, !has && len(c.texts) > 0 && (len(c.texts) >= most || size+len(q.expr) > maxJoinedText):
				rest = append(rest, q)
				continue
			case !has:
				c.texts = append(c.texts, q.expr)
				size += len(q.expr)
			}
			c.of[q.expr] = append(c.of[q.expr], q)
		}
		out, all = append(out, c), rest
	}
	return out
}

// text returns the joined question.
func (c *company) text() string {
	var b strings.Builder
	for i, expr := range c.texts {
		if i > 0 {
			b.WriteString(" or ")
		}
		if c.of[expr][0].scalar {
			expr = "vector(\n" + expr + "\n)"
		}
		fmt.Fprintf(&b, "label_replace((\n%s\n), %q, %q, \"\", \"\")", expr, part, strconv.Itoa(i))
	}
	return b.String()
}

// context returns one that ends when the last asker of questions gives up.
func (c *company) context(texts ...string) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.Background())
	var left sync.WaitGroup
	var stops []func() bool
	for _, expr := range texts {
		for _, q := range c.of[expr] {
			left.Add(1)
			stops = append(stops, context.AfterFunc(q.ctx, left.Done))
		}
	}
	go func() { left.Wait(); cancel() }()
	return ctx, func() {
		for _, stop := range stops {
			if stop() {
				left.Done()
			}
		}
		cancel()
	}
}

// ask asks c, and answers everybody in it.
func (j *Joiner) ask(c *company) {
	if len(c.texts) == 1 {
		j.askAlone(c, c.texts[0])
		return
	}
	ctx, cancel := c.context(c.texts...)
	began := time.Now()
	v, err := j.instant(ctx, c.text(), c.at)
	gone := ctx.Err() != nil
	cancel()
	var answers map[string]prom.Value
	if err == nil {
		answers, err = c.split(v)
	}
	var refused Refused
	switch {
	case err == nil:
		if c.slow(began) {
			j.split(c, began)
		}
		j.note(true)
		for _, expr := range c.texts {
			for _, q := range c.of[expr] {
				q.answer(answers[expr], nil)
			}
		}
	case gone: // somebody may be so slow that nobody gets an answer
		j.split(c, began)
		c.fail(err)
	case !errors.As(err, &refused):
		c.fail(err)
	default:
		var troubled sync.WaitGroup
		var mu sync.Mutex
		failed := 0
		for _, expr := range c.texts {
			troubled.Go(func() {
				if !j.askAlone(c, expr) {
					mu.Lock()
					failed++
					mu.Unlock()
				}
			})
		}
		troubled.Wait()
		if failed == 0 {
			j.note(false)
		}
	}
}

// slow reports whether an answer that is there now took much of the time that
// the first asker has since began.
func (c *company) slow(began time.Time) bool {
	end, limited := c.of[c.texts[0]][0].ctx.Deadline()
	return limited && time.Since(began) > end.Sub(began)/slowShare
}

// fail answers everybody in c with err.
func (c *company) fail(err error) {
	for _, askers := range c.of {
		for _, q := range askers {
			q.answer(nil, err)
		}
	}
}

// askAlone asks one text of c, and reports whether it was answered.
func (j *Joiner) askAlone(c *company, expr string) bool {
	ctx, cancel := c.context(expr)
	defer cancel()
	v, err := j.instant(ctx, expr, c.at)
	if err != nil {
		j.keepAlone(expr)
	}
	for _, q := range c.of[expr] {
		q.answer(v, err)
	}
	return err == nil
}

// single asks a question that is not joined, and has it stay so while it is in
// trouble or slow.
func (j *Joiner) single(ctx context.Context, expr string, at time.Time) (prom.Value, error) {
	began := time.Now()
	end, limited := ctx.Deadline()
	v, err := j.instant(ctx, expr, at)
	if err != nil || limited && time.Since(began) > end.Sub(began)/slowShare {
		j.keepAlone(expr)
	}
	return v, err
}

// instant asks the backend when there is room, and turns a panic into an error.
func (j *Joiner) instant(ctx context.Context, expr string, at time.Time) (v prom.Value, err error) {
	select {
	case j.slots <- struct{}{}:
		defer func() { <-j.slots }()
	case <-ctx.Done():
		return nil, fmt.Errorf("%d questions to this source wait for their answers already", cap(j.slots))
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic while asking: %v", p)
		}
	}()
	v, err = j.b.Instant(ctx, expr, at)
	if err == nil {
		j.mu.Lock()
		j.lastOK = time.Now()
		j.mu.Unlock()
	}
	return v, err
}

// split has what c asks be asked in halves for a while, as one of it may be slow.
// Where nothing at all was answered since began, the backend may be to blame: many
// questions are split to tens only then, as singly they would be too much for it.
func (j *Joiner) split(c *company, began time.Time) {
	j.mu.Lock()
	defer j.mu.Unlock()
	most, least := len(c.texts), 1
	if len(j.scalar) > MaxJoined && !j.lastOK.After(began) {
		least = min(tens, most)
	}
	j.set(max(most/2, least), c.texts)
}

func (j *Joiner) keepAlone(texts ...string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.set(1, texts)
}

func (j *Joiner) set(most int, texts []string) {
	for _, expr := range texts {
		if until := time.Now().Add(aloneFor); j.limits[expr].until.Before(until) {
			j.limits[expr] = limit{most, until}
		}
	}
}

// note adapts how many are joined: fewer where only their number was too much,
// more again where it went well for long.
func (j *Joiner) note(well bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	switch {
	case !well:
		j.most, j.calm = max(j.most/2, 1), 0
	case j.most < MaxJoined:
		if j.calm++; j.calm >= 1000 {
			j.most, j.calm = min(2*j.most, MaxJoined), 0
		}
	}
}

// split takes the answer to joined questions apart.
func (c *company) split(v prom.Value) (map[string]prom.Value, error) {
	vector, ok := v.(prom.Vector)
	if !ok {
		return nil, Refused{errors.New("no vector in the answer")}
	}
	parts := make([]prom.Vector, len(c.texts))
	for _, s := range vector {
		i, err := strconv.Atoi(string(s.Metric[part]))
		if err != nil || i < 0 || i >= len(parts) {
			return nil, Refused{errors.New("an answer to no question")}
		}
		delete(s.Metric, part)
		parts[i] = append(parts[i], s)
	}
	answers := make(map[string]prom.Value, len(parts))
	for i, expr := range c.texts {
		if !c.of[expr][0].scalar {
			answers[expr] = parts[i]
			continue
		}
		if len(parts[i]) != 1 {
			return nil, Refused{errors.New("no number in the answer")}
		}
		answers[expr] = &prom.Scalar{Value: parts[i][0].Value, Timestamp: parts[i][0].Timestamp}
	}
	return answers, nil
}
