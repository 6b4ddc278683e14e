package notify

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"gonogo/internal/httpclient"
	"gonogo/internal/secret"
	"gonogo/model"
	"gonogo/model/config"
)

const (
	tellTimeout = 10 * time.Second // for one address
	maxReason   = 200              // characters of an error's reason
	maxReasons  = 5                // in one error
)

// keys are those of who is told. The table http is for webhooks: the library behind
// the services has a client of its own.
type keys struct {
	URLs []string `toml:"urls" secret:"may" required:"true" help:"whom to tell: env:NAME or file:PATH with the address of a service (slack://…) or a webhook (https://…), or a webhook as it is"`
	httpclient.Keys
}

// Kind returns the kind "notify".
func Kind() config.ActionKind {
	return config.ActionKind{
		Doc:   "people told, in a chat, by mail, or by a webhook",
		Keys:  config.KeysOf[keys](),
		Build: buildAction, Lint: lint,
	}
}

// lint finds addresses that hold their secret in the file, which are errors.
func lint(p config.Part) []config.Finding {
	for _, text := range p.Table.Strings("urls") {
		scheme, _, is := strings.Cut(text, "://")
		switch {
		case secret.IsReference(text):
		case !is || schemeOf(scheme) == "":
			return []config.Finding{{Key: "urls", Message: "expected env:NAME, file:PATH or a webhook's https://…"}}
		case !isWeb(scheme):
			return []config.Finding{{Key: "urls", Message: "the address of a service holds its token, a secret written in the file: use env:NAME or file:PATH"}}
		}
	}
	return nil
}

// Action tells people something.
type Action struct{ targets []*target }

// EachMask calls do with the secrets of each address.
func (a *Action) EachMask(do func(*secret.Set)) {
	for _, t := range a.targets {
		do(&t.secrets)
	}
}

func buildAction(p config.Part) (model.Action, error) {
	a := &Action{}
	k := config.Into[keys](p.Table, p.Dir)
	for _, text := range k.URLs {
		t, err := newTarget(text, p.Dir)
		if err != nil {
			return nil, fmt.Errorf("urls: %w", err)
		}
		if t.slots == nil {
			if err := t.speak(k.HTTP, p.Dir); err != nil {
				return nil, fmt.Errorf("http: %w", err)
			}
		}
		a.targets = append(a.targets, t)
	}
	if len(a.targets) == 0 {
		return nil, fmt.Errorf("urls: it is empty: expected whom to tell")
	}
	return a, nil
}

// Preview shows who is told, and what the title is where there is one.
func (a *Action) Preview(args model.Args) model.Preview {
	p := model.Preview{Title: "tell " + a.targets[0].name}
	if more := len(a.targets) - 1; more > 0 {
		p.Title += fmt.Sprintf(" and %d more", more)
	}
	for _, t := range a.targets {
		line := "tell " + t.name
		if args[model.ArgTitle] != "" {
			line += ": " + newMessage(args).title
		}
		p.Lines = append(p.Lines, line)
	}
	return p
}

// Check reports whether the library can read the addresses of its services; nobody is told.
func (a *Action) Check() error {
	for _, t := range a.targets {
		if err := t.check(); err != nil {
			return fmt.Errorf("%s: %s", t.name, t.reason(err))
		}
	}
	return nil
}

// Do tells all, args' title and text, or returns an error that names those who
// could not be told, and why; it wraps the context's error where that ended
// it. log gets what they answer.
func (a *Action) Do(ctx context.Context, args model.Args, log io.Writer) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m := newMessage(args)
	said, errs := make([]string, len(a.targets)), make([]error, len(a.targets))
	var group sync.WaitGroup
	for i, t := range a.targets {
		group.Go(func() { said[i], errs[i] = t.tell(ctx, m) })
	}
	group.Wait()
	failed := &Untold{Of: len(a.targets)}
	for i, t := range a.targets {
		if log != nil {
			_, _ = io.WriteString(log, t.name+": "+t.mask(said[i])+"\n") // it was told, or not, nevertheless
		}
		if errs[i] != nil {
			failed.add(t.name+": "+t.reason(errs[i]), errs[i])
		}
	}
	if len(failed.errs) == 0 {
		return nil
	}
	return failed
}

// Untold says who could not be told.
type Untold struct {
	Of      int // how many were to be told
	reasons []string
	errs    []error
}

// add keeps of err only what is a context's error: its own text may hold an address.
func (u *Untold) add(reason string, err error) {
	u.reasons = append(u.reasons, reason)
	u.errs = append(u.errs, cause(err))
}

// Error returns something like "1 of 2 could not be told: slack: HTTP 404".
func (u *Untold) Error() string {
	list := u.reasons
	if len(list) > maxReasons {
		list = append(slices.Clone(list[:maxReasons]), "…")
	}
	return fmt.Sprintf("%d of %d could not be told: %s", len(u.errs), u.Of, strings.Join(list, "; "))
}

// Unwrap returns the contexts' errors.
func (u *Untold) Unwrap() []error {
	return slices.DeleteFunc(slices.Clone(u.errs), func(err error) bool { return err == nil })
}
