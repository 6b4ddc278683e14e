package notify

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"unicode"

	"gonogo/internal/httpclient"
	"gonogo/internal/secret"
	"gonogo/model"
)

// target is one address.
type target struct {
	name    string     // a webhook's host, or a service's name; and where the address is from
	secrets secret.Set // tokens and passwords in it, which no part shows
	words   secret.Set // all its other parts, which may belong to one: what this target says is without them
	address *url.URL
	raw     string
	http    *httpclient.Client // of a webhook
	slots   chan struct{}      // of a service: one for each call of the library that goes on
}

// slots bounds how many calls of the library may hang for one address.
const slots = 4

// newTarget makes the target of an address, or of what text says where it is.
// Its errors do not show it.
func newTarget(text, dir string) (*target, error) {
	t := &target{}
	raw, err := t.secrets.Resolve(text, dir)
	if err != nil {
		return nil, err
	}
	where := ""
	if secret.IsReference(text) {
		where = " (" + model.Inert(text) + ")"
	}
	t.raw = strings.TrimSpace(raw)
	t.address, err = url.Parse(t.raw)
	if err != nil || schemeOf(t.address.Scheme) == "" {
		return nil, fmt.Errorf("it is no address%s: expected a webhook's https://… or a service's, such as slack://…", where)
	}
	scheme := schemeOf(t.address.Scheme)
	switch {
	case isWeb(scheme) && t.address.Host == "":
		return nil, fmt.Errorf("it is no address%s: there is no host behind https://", where)
	case isWeb(scheme):
		t.name = model.Inert(t.address.Host) + where
	case !knows(scheme):
		return nil, fmt.Errorf("no service is called %q%s: expected https or one of %s", scheme, where, strings.Join(services(), ", "))
	default:
		t.name, t.slots = scheme+where, make(chan struct{}, slots)
	}
	for _, part := range partsOf(t.address, t.raw, isWeb(scheme)) {
		if t.words.Add(part); telling(part) {
			t.secrets.Add(part)
		}
	}
	if p, ok := t.address.User.Password(); ok {
		t.secrets.Add(p)
	}
	return t, nil
}

var schemePattern = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9-]{0,30}(\+[a-zA-Z]+)?$`)

// schemeOf returns the service that a scheme names: generic of generic+https; "" if none.
func schemeOf(scheme string) string {
	if !schemePattern.MatchString(scheme) {
		return ""
	}
	first, _, _ := strings.Cut(scheme, "+")
	return strings.ToLower(first)
}

func isWeb(scheme string) bool { return scheme == "http" || scheme == "https" }

// partsOf returns everything in an address that may be (part of) a secret; the
// library takes tokens apart and puts them together anew. A webhook's host and
// a service's name are none.
func partsOf(u *url.URL, raw string, web bool) []string {
	parts := []string{raw, u.Path, u.Fragment, u.RequestURI(), u.User.String(), u.User.Username(), u.RawQuery}
	if password, ok := u.User.Password(); ok {
		parts = append(parts, password)
	}
	for _, values := range u.Query() {
		parts = append(parts, values...)
	}
	parts = append(parts, strings.Split(u.Path, "/")...)
	_, rest, _ := strings.Cut(raw, "://")
	if web {
		rest = strings.Replace(rest, u.Host, "", 1)
	} else {
		parts = append(parts, u.Host)
	}
	parts = append(parts, strings.FieldsFunc(rest, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })...)
	kept := parts[:0]
	for _, part := range parts {
		if part = strings.TrimPrefix(part, "/"); part != "" && part != schemeOf(u.Scheme) {
			kept = append(kept, part)
		}
	}
	return kept
}

// telling reports whether part of an address looks like a token, and not like a word
// that other texts have as well.
func telling(part string) bool {
	return len(part) >= 20 || len(part) >= 8 && strings.ContainsAny(part, "0123456789")
}

// mask returns text without any part of the address.
func (t *target) mask(text string) string { return t.words.Mask(t.secrets.Mask(text)) }

// tell tells m within the time for one address.
func (t *target) tell(ctx context.Context, m message) (said string, err error) {
	ctx, done := context.WithTimeout(ctx, tellTimeout)
	defer done()
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	if t.slots == nil {
		return t.post(ctx, m)
	}
	return t.send(ctx, m)
}

// reason returns why it could not be told, inert and without a part of the address.
func (t *target) reason(err error) string {
	if err := cause(err); err != nil {
		if errors.Is(err, context.Canceled) {
			return "cancelled"
		}
		return "timed out"
	}
	var of *url.Error
	if errors.As(err, &of) {
		err = of.Err // without the URL
	}
	text := []rune(model.Inert(t.mask(err.Error())))
	if len(text) > maxReason {
		text = append(text[:maxReason], []rune(cutMark)...)
	}
	return string(text)
}

// cause returns the context's error that err wraps, bare; nil if none.
func cause(err error) error {
	switch {
	case errors.Is(err, context.Canceled):
		return context.Canceled
	case errors.Is(err, context.DeadlineExceeded):
		return context.DeadlineExceeded
	}
	return nil
}
