package secret

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"gonogo/model"
)

const leak = "tok_AAAABBBBCCCC1234"

// leaky is a part of every kind that shows a secret wherever it can, which it knows of itself only.
type leaky struct{ set *Set }

func (l leaky) EachMask(do func(*Set))                       { do(l.set) }
func (l leaky) err() error                                   { return fmt.Errorf("%w: denied for %s", model.ErrEmpty, leak) }
func (l leaky) Observe(context.Context) (model.Value, error) { return model.Value{}, l.err() }
func (l leaky) Set(context.Context, model.Value) error       { return l.err() }
func (l leaky) Read(context.Context) (string, error)         { return "now " + leak, l.err() }
func (l leaky) Mark(context.Context) (string, error)         { return "", l.err() }
func (l leaky) Preview(model.Args) model.Preview {
	return model.Preview{Title: leak, Lines: []string{"post " + leak}}
}
func (l leaky) Do(context.Context, model.Args, io.Writer) error { return l.err() }
func (l leaky) Check() error                                    { return l.err() }
func (l leaky) Look(context.Context, string) (bool, string, error) {
	return false, "line with " + leak, l.err()
}

func (l leaky) Run(_ context.Context, out model.Emitter) error {
	out.Trouble("m", l.err())
	out.Reading("m", model.Reading{Err: l.err(), Missing: leak, Says: leak, Lines: model.Lines{leak, leak, leak, leak, leak}})
	return l.err()
}

// kept remembers what a source emitted.
type kept struct{ said []string }

func (k *kept) Fact(model.Event) error             { return nil }
func (k *kept) Past(model.MetricID, []model.Point) {}
func (k *kept) Reading(_ model.MetricID, r model.Reading) {
	k.said = append(k.said, r.Err.Error(), r.Missing, r.Says, strings.Join(r.Lines[:], " "))
}
func (k *kept) Trouble(_ model.MetricID, err error) { k.said = append(k.said, err.Error()) }

// TestNoPartShowsWhatAnotherIsTold: whatever a part of any kind says in an error or a text for
// people, by any of its methods, the secrets of all parts are taken out of it.
func TestNoPartShowsWhatAnotherIsTold(t *testing.T) {
	var knows, none Set
	knows.Add(leak)
	l := leaky{&none}
	p := model.Parts{
		Sources:   map[string]model.BuiltSource{"s": {Source: l}},
		Switches:  map[model.FlagID]model.Switch{"f": l, "other": leaky{&knows}},
		Effective: map[model.FlagID]model.Reader{"f": l},
		Actions:   map[model.ActionID]model.Action{"a": l},
		Seen:      map[model.ActionID]model.Reader{"a": l},
		Probes:    map[string]model.Reader{"p": l},
		Witnesses: map[string]model.Witness{"w": l},
		Missing:   []error{l.err()},
	}
	Guard(&p)
	var said []string
	fails := func(what string, err error) {
		if err == nil || !errors.Is(err, model.ErrEmpty) {
			t.Errorf("%s: %v is not what it was", what, err)
			return
		}
		said = append(said, err.Error())
	}
	ctx := t.Context()
	out := &kept{}
	fails("source", p.Sources["s"].Source.Run(ctx, out))
	said = append(said, out.said...)
	_, err := p.Switches["f"].Observe(ctx)
	fails("observe", err)
	fails("set", p.Switches["f"].Set(ctx, model.Value{}))
	_, err = p.Effective["f"].Read(ctx)
	fails("effective", err)
	_, err = p.Probes["p"].Read(ctx)
	fails("probe", err)
	text, err := p.Seen["a"].Read(ctx)
	fails("seen", err)
	said = append(said, text)
	preview := p.Actions["a"].Preview(nil)
	said = append(append(said, preview.Title), preview.Lines...)
	fails("action", p.Actions["a"].Do(ctx, nil, io.Discard))
	checker, ok := model.Ability[model.Checker](p.Actions["a"])
	if !ok {
		t.Fatal("the action lost its check")
	}
	fails("check", checker.Check())
	_, err = p.Witnesses["w"].Mark(ctx)
	fails("mark", err)
	_, text, err = p.Witnesses["w"].Look(ctx, "")
	fails("look", err)
	said = append(said, text, p.Missing[0].Error(), model.Masked(p.Probes["p"], "it answers "+leak))
	for _, s := range said {
		if strings.Contains(s, leak) || !strings.Contains(s, Masked) {
			t.Errorf("%q", s)
		}
	}
}
