package secret

import (
	"context"
	"io"
	"time"

	"gonogo/model"
)

// holder is a part that knows secrets: what it shows of itself is without them.
type holder interface{ EachMask(do func(*Set)) }

// Guard makes every part know the secrets of all, since a program that gets one may
// print it, and so may one that reads what another was given. Then it puts a door
// before each part, through which no error, and no text for people, comes with a secret in
// it, whatever the part forgot. Values pass as they are: a flag's is compared, and
// what is said of it goes by model.Masker.
func Guard(parts *model.Parts) {
	all := &Set{}
	parts.Each(func(_ string, part any) {
		if h, ok := part.(holder); ok {
			h.EachMask(all.Join)
		}
	})
	parts.Each(func(_ string, part any) {
		if h, ok := part.(holder); ok {
			h.EachMask(func(s *Set) { s.Join(all) })
		}
	})
	for name, s := range parts.Sources {
		s.Source = source{s.Source, door{all, s.Source}}
		parts.Sources[name] = s
	}
	for id, s := range parts.Switches {
		parts.Switches[id] = flag{s, door{all, s}}
	}
	for id, a := range parts.Actions {
		parts.Actions[id] = action{a, door{all, a}}
	}
	for id, r := range parts.Effective {
		parts.Effective[id] = reader{r, door{all, r}}
	}
	for id, r := range parts.Seen {
		parts.Seen[id] = guardSeen(r, all)
	}
	for id, r := range parts.Probes {
		parts.Probes[id] = reader{r, door{all, r}}
	}
	for id, w := range parts.Witnesses {
		parts.Witnesses[id] = witness{w, door{all, w}}
	}
	for id, s := range parts.Silencers {
		parts.Silencers[id] = silencer{s, door{all, s}}
	}
	for i, err := range parts.Missing {
		parts.Missing[i] = all.Error(err)
	}
}

// door takes secrets out of what comes from a part.
type door struct {
	set  *Set
	part any // what may come to know more of them, such as when it could be made at last
}

// Mask returns text without the secrets. It implements model.Masker.
func (d door) Mask(text string) string {
	d.learn()
	return d.set.Mask(text)
}

// Behind returns the part, see model.Ability.
func (d door) Behind() any { return d.part }

func (d door) error(err error) error {
	if err == nil {
		return nil
	}
	d.learn()
	return d.set.Error(err)
}

func (d door) learn() {
	if h, ok := d.part.(holder); ok {
		h.EachMask(d.set.Join)
	}
}

type source struct {
	model.Source
	door
}

func (s source) Run(ctx context.Context, out model.Emitter) error {
	return s.error(s.Source.Run(ctx, emitter{out, s.door}))
}

type emitter struct {
	model.Emitter
	door
}

func (e emitter) Reading(id model.MetricID, r model.Reading) {
	r.Err = e.error(r.Err)
	for _, text := range []*string{&r.Missing, &r.Says, &r.Lines[0], &r.Lines[1], &r.Lines[2], &r.Lines[3], &r.Lines[4]} {
		if *text != "" {
			*text = e.Mask(*text)
		}
	}
	e.Emitter.Reading(id, r)
}

func (e emitter) Trouble(id model.MetricID, err error) { e.Emitter.Trouble(id, e.error(err)) }

type action struct {
	model.Action
	door
}

func (a action) Preview(args model.Args) model.Preview {
	p := a.Action.Preview(args)
	lines := make([]string, len(p.Lines))
	for i, line := range p.Lines {
		lines[i] = a.Mask(line)
	}
	return model.Preview{Title: a.Mask(p.Title), Lines: lines}
}

// Do runs the action. What it prints while it runs the kind masks as it comes.
func (a action) Do(ctx context.Context, args model.Args, log io.Writer) error {
	return a.error(a.Action.Do(ctx, args, log))
}

// Check implements model.Checker.
func (a action) Check() error {
	if c, ok := a.Action.(model.Checker); ok {
		return a.error(c.Check())
	}
	return nil
}

type flag struct {
	model.Switch
	door
}

func (f flag) Observe(ctx context.Context) (model.Value, error) {
	v, err := f.Switch.Observe(ctx)
	return v, f.error(err)
}

func (f flag) Set(ctx context.Context, v model.Value) error { return f.error(f.Switch.Set(ctx, v)) }

type reader struct {
	model.Reader
	door
}

func (r reader) Read(ctx context.Context) (string, error) {
	text, err := r.Reader.Read(ctx)
	return text, r.error(err)
}

// seen is a reader whose text is a program's or a server's own, is journaled and shown, and
// is compared with itself only.
type seen struct{ reader }

func guardSeen(r model.Reader, all *Set) model.Reader {
	guarded := reader{r, door{all, r}}
	_, process := model.Ability[model.Starter](r)
	_, several := model.Ability[model.Comparer](r)
	if process || several { // its text is made by gonogo, which reads it again
		return guarded
	}
	return seen{guarded}
}

func (s seen) Read(ctx context.Context) (string, error) {
	text, err := s.reader.Read(ctx)
	return s.Mask(text), err
}

type witness struct {
	model.Witness
	door
}

func (w witness) Mark(ctx context.Context) (string, error) {
	mark, err := w.Witness.Mark(ctx)
	return mark, w.error(err)
}

func (w witness) Look(ctx context.Context, mark string) (shown bool, seen string, err error) {
	shown, seen, err = w.Witness.Look(ctx, mark)
	return shown, w.Mask(seen), w.error(err)
}

type silencer struct {
	model.Silencer
	door
}

func (s silencer) Open(ctx context.Context, ask model.SilenceAsk) (string, error) {
	ref, err := s.Silencer.Open(ctx, ask)
	return ref, s.error(err)
}

func (s silencer) End(ctx context.Context, ref, mark string) error {
	return s.error(s.Silencer.End(ctx, ref, mark))
}

func (s silencer) Look(ctx context.Context, ref string) (bool, time.Time, error) {
	stands, until, err := s.Silencer.Look(ctx, ref)
	return stands, until, s.error(err)
}
