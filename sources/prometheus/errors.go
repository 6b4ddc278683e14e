package prometheus

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/prometheus/util/annotations"

	"gonogo/internal/httpclient"
	"gonogo/sources/poll"
	"gonogo/sources/query"
)

// doubt returns model.ErrPartial if the server warns about its own answer. What
// merely informs is none: servers of 2.48 to 2.53 send that as warnings too.
func (s server) doubt(warnings v1.Warnings) error {
	warnings = slices.DeleteFunc(slices.Clone(warnings), func(w string) bool {
		return strings.HasPrefix(w, annotations.PromQLInfo.Error())
	})
	return query.Doubt(warnings, s.client.Mask)
}

// refused is explain, and tells whether the server, rather than the way there, failed.
func (s server) refused(err error) error {
	var e *v1.Error
	if errors.As(err, &e) || errors.Is(err, httpclient.ErrTooLarge) {
		return query.Refused{Err: s.explain(err)}
	}
	return s.explain(err)
}

// explain returns err in short, without secrets, and with what to do about it.
func (s server) explain(err error) error {
	var e *v1.Error
	if !errors.As(err, &e) {
		return s.client.Error(err)
	}
	body := strings.TrimSpace(e.Detail)
	html := strings.HasPrefix(body, "<") || strings.Contains(e.Msg, "invalid character '<'")
	code := e.Msg[strings.LastIndexByte(e.Msg, ' ')+1:]
	switch e.Type {
	case v1.ErrServer, v1.ErrClient:
		switch {
		case code == "401" || code == "403":
			return fmt.Errorf("HTTP %s: set basic_auth or authorization in the source's http table", code)
		case html:
			return fmt.Errorf("HTTP %s with HTML, not Prometheus: is url right?", code)
		case body == "":
			return fmt.Errorf("HTTP %s", code)
		}
		return fmt.Errorf("HTTP %s: %s", code, poll.Cut(s.client.Mask(body), 120))
	case v1.ErrBadResponse:
		switch {
		case html:
			return errors.New("answered HTML, not Prometheus: is url right?")
		case strings.HasPrefix(e.Msg, "bad response code"):
			return fmt.Errorf("HTTP %s: is url right?", code)
		}
		what, _, _ := strings.Cut(e.Msg, ", error found in") // a piece of the answer, which may cut a secret in two
		return fmt.Errorf("not Prometheus' JSON: %s", poll.Cut(s.client.Mask(what), 120))
	}
	return fmt.Errorf("%s: %s", e.Type, poll.Cut(s.client.Mask(e.Msg), 200))
}
