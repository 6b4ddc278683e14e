package http

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"

	"gonogo/internal/secret"
	"gonogo/model"
)

// instances are the readers of several instances of a service.
type instances struct {
	readers []*Reader
	names   []string // of each: its host, or what else tells it from the others
}

func newInstances(all []*Reader) instances {
	in := instances{readers: all, names: make([]string, len(all))}
	hosts := map[string]int{}
	for i, r := range all {
		in.names[i] = hostOf(r.url)
		hosts[in.names[i]]++
	}
	for i, name := range in.names {
		if hosts[name] > 1 {
			in.names[i] = fmt.Sprintf("%s (%d)", name, i+1)
		}
	}
	return in
}

// hostOf returns the host and port of an address, which was parsed before.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "http"
	}
	return model.Inert(u.Host)
}

// ask asks all instances at once, each for as long as one call may take; noAnswer
// stands for those that do not answer. That is an error, which says how many do
// and what is wrong with the first that does not.
func (in instances) ask(ctx context.Context) ([]string, error) {
	texts, errs := make([]string, len(in.readers)), make([]error, len(in.readers))
	var group sync.WaitGroup
	for i, r := range in.readers {
		group.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					errs[i] = fmt.Errorf("panic: %v", p)
				}
			}()
			if texts[i], errs[i] = r.Read(ctx); errs[i] != nil {
				texts[i] = noAnswer
			}
		})
	}
	group.Wait()
	answered, first := 0, -1
	for i, err := range errs {
		switch {
		case err == nil:
			answered++
		case first < 0:
			first = i
		}
	}
	if first >= 0 {
		return texts, fmt.Errorf("%d of %d instances answer: %s: %w", answered, len(texts), in.names[first], errs[first])
	}
	return texts, nil
}

// EachMask calls do with the secrets of each instance.
func (i *instances) EachMask(do func(*secret.Set)) {
	for _, r := range i.readers {
		r.EachMask(do)
	}
}

// Agreed reads a value that all instances must answer, and the same.
type Agreed struct{ instances }

func newAgreed(all []*Reader) *Agreed { return &Agreed{newInstances(all)} }

// Read returns what all instances say; lists may differ in their order. Where
// they do not agree, the error says how many do and what the first of the
// others says.
func (a *Agreed) Read(ctx context.Context) (string, error) {
	texts, err := a.ask(ctx)
	if err != nil {
		return "", err
	}
	most, agree := 0, 0
	for i, text := range texts {
		n := 0
		for _, other := range texts {
			if sameValue(text, other) {
				n++
			}
		}
		if n > agree {
			most, agree = i, n
		}
	}
	for i, text := range texts {
		if !sameValue(text, texts[most]) {
			return "", fmt.Errorf("%d of %d instances agree: %s says %s", agree, len(texts), a.names[i], says(a.readers[i], text))
		}
	}
	return texts[0], nil
}

// says returns what an instance answered, to show in an error.
func says(r *Reader, text string) string {
	text = model.Inert(r.Mask(text))
	if text == "" {
		return "nothing"
	}
	return shorten(text)
}

// sameValue reports whether two texts are the same, as lists without an order
// where they are comma separated.
func sameValue(a, b string) bool { return a == b || slices.Equal(itemsOf(a), itemsOf(b)) }

func itemsOf(text string) []string {
	items := strings.Split(text, ",")
	for i, item := range items {
		items[i] = strings.TrimSpace(item)
	}
	slices.Sort(items)
	return slices.Compact(items)
}

// Each reads what every instance says of itself, its start, say.
type Each struct{ instances }

func newEach(all []*Reader) *Each { return &Each{newInstances(all)} }

// Read returns what each instance says, in the order of the config:
// "10.0.0.1:8080 17, 10.0.0.2:8080 18", commas within an answer written as ";".
// Where some do not answer, what the others say comes with the error: taken before a
// restart, it still shows later which of those are the same.
func (e *Each) Read(ctx context.Context) (string, error) {
	texts, err := e.ask(ctx)
	for i, text := range texts {
		texts[i] = e.names[i] + " " + strings.ReplaceAll(text, ",", ";")
	}
	return strings.Join(texts, between), err
}

const (
	between  = ", "
	noAnswer = "?"
)

// Changed reports whether every instance says something else than before: one
// that was not restarted still runs with the old values.
func (e *Each) Changed(before, now string) bool {
	if before == "" {
		return now != ""
	}
	was, is := strings.Split(before, between), strings.Split(now, between)
	if len(was) != len(is) || len(is) != len(e.readers) {
		return false
	}
	for i := range is {
		if was[i] == is[i] || strings.HasSuffix(is[i], " "+noAnswer) {
			return false
		}
	}
	return true
}

var _ model.Comparer = (*Each)(nil)
