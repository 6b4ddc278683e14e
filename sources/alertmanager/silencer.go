package alertmanager

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"gonogo/internal/httpclient"
	"gonogo/model"
	"gonogo/model/config"
	"gonogo/sources/poll"
)

// silenceKeys are those of a silence of its alerts.
type silenceKeys struct {
	Matchers []string `toml:"matchers" required:"true" help:"which alerts are silenced: matchers of their labels, such as service=\"shop\"; all must hold"`
}

// lintSilence refuses a silence that could mean all alerts.
func lintSilence(p config.SilencePart) []config.Finding {
	k := config.Into[silenceKeys](p.Table, "")
	found := lintMatchers("matchers", k.Matchers)
	all, err := parseMatchers(k.Matchers)
	if err != nil {
		return found
	}
	for _, m := range all {
		if m.narrow() {
			return found
		}
	}
	return append(found, config.Finding{Key: "matchers", Message: "these mean every alert, or nearly: expected one matcher at least that names what is silenced, such as service=\"shop\""})
}

// narrow reports whether the matcher means only alerts that have its label.
func (m matcher) narrow() bool {
	switch m.op {
	case "=":
		return m.value != ""
	case "=~":
		return !m.matches("") && !m.matches("any-other_value 7")
	}
	return false
}

func describeSilence(p config.SilencePart) string {
	all, err := parseMatchers(config.Into[silenceKeys](p.Table, "").Matchers)
	if err != nil {
		return "alerts"
	}
	return "alerts " + shown(all)
}

func buildSilencer(p config.SilencePart) (model.Silencer, error) {
	k := config.Into[keys](p.Source.Table, p.Source.Dir)
	c, err := connect(k, p.Source.Dir, httpclient.Options{})
	if err != nil {
		return nil, err
	}
	all, err := parseMatchers(config.Into[silenceKeys](p.Table, "").Matchers)
	if err != nil {
		return nil, err
	}
	return &silencer{client: c, matchers: all}, nil
}

// silencer opens silences of the alerts that its matchers mean.
type silencer struct {
	*client
	matchers []matcher
}

// Open implements model.Silencer. A silence has the ask's mark at the end of its comment.
func (s *silencer) Open(ctx context.Context, ask model.SilenceAsk) (string, error) {
	if ref, err := s.marked(ctx, ask.Mark); ref != "" || err != nil {
		return ref, err
	}
	body, err := json.Marshal(s.form(ask))
	if err != nil {
		return "", err
	}
	got, _, err := s.call(ctx, httpclient.Request{Method: "POST", URL: s.address("silences", nil), Body: string(body), Header: map[string]string{"Content-Type": "application/json"}})
	var status *statusError
	switch {
	case errors.As(err, &status) && status.code < 500:
		return "", fmt.Errorf("%w: %w", model.ErrRefused, s.Error(err))
	case err != nil: // it may have been taken, and its answer lost
		if ref, again := s.marked(ctx, ask.Mark); again == nil && ref != "" {
			return ref, nil
		}
		return "", s.Error(err)
	}
	ref := got.Get("silenceID").String()
	if ref == "" {
		return "", errors.New("answers without the id of the silence: is url right?")
	}
	return ref, nil
}

// wanted is a silence as Alertmanager takes it.
type wanted struct {
	Matchers  []wantedMatcher `json:"matchers"`
	StartsAt  time.Time       `json:"startsAt"`
	EndsAt    time.Time       `json:"endsAt"`
	CreatedBy string          `json:"createdBy"`
	Comment   string          `json:"comment"`
}

type wantedMatcher struct {
	Name    string `json:"name"`
	Value   string `json:"value"`
	IsRegex bool   `json:"isRegex"`
	IsEqual bool   `json:"isEqual"`
}

func (s *silencer) form(ask model.SilenceAsk) wanted {
	w := wanted{StartsAt: time.Now().UTC(), EndsAt: ask.Until.UTC(), CreatedBy: ask.By, Comment: ask.Reason + " " + marking(ask.Mark)}
	for _, m := range s.matchers {
		w.Matchers = append(w.Matchers, wantedMatcher{Name: m.name, Value: m.value, IsRegex: m.regular(), IsEqual: !strings.HasPrefix(m.op, "!")})
	}
	return w
}

// marking is how a mark stands in a comment.
func marking(mark string) string { return "(gonogo " + mark + ")" }

// marked returns the id of the silence with a mark that stands, or is to; "" where none is.
func (s *silencer) marked(ctx context.Context, mark string) (string, error) {
	q := url.Values{}
	for _, m := range s.matchers {
		q.Add("filter", m.String())
	}
	got, _, err := s.get(ctx, "silences", q)
	if err != nil {
		return "", s.Error(err)
	}
	if !got.IsArray() {
		return "", errors.New("answers no list of silences: is url right?")
	}
	for _, item := range got.Array() {
		if is := s.silenceOf(item); is.state != "expired" && strings.HasSuffix(item.Get("comment").String(), marking(mark)) {
			return is.id, nil
		}
	}
	return "", nil
}

// End implements model.Silencer.
func (s *silencer) End(ctx context.Context, ref, mark string) error {
	if ref == "" {
		var err error
		if ref, err = s.marked(ctx, mark); ref == "" || err != nil {
			return err
		}
	}
	stands, _, err := s.Look(ctx, ref)
	if err != nil || !stands {
		return err
	}
	_, _, err = s.call(ctx, httpclient.Request{Method: "DELETE", URL: s.address("silence/"+url.PathEscape(ref), nil)})
	if err != nil {
		return s.Error(err)
	}
	if stands, _, err = s.Look(ctx, ref); err == nil && stands {
		err = fmt.Errorf("it still stands after it was ended (%s)", poll.Cut(ref, 40))
	}
	return err
}

// Look implements model.Silencer. A silence that is not known any more does not stand.
func (s *silencer) Look(ctx context.Context, ref string) (bool, time.Time, error) {
	is, err := s.silence(ctx, ref)
	var status *statusError
	switch {
	case errors.As(err, &status) && status.code == 404 && status.bare:
		return false, time.Time{}, nil
	case err != nil:
		return false, time.Time{}, s.Error(err)
	}
	switch is.state {
	case "active", "pending":
		return true, is.until, nil
	case "expired":
		return false, is.until, nil
	}
	return false, time.Time{}, errors.New("answers a silence without its state: is url right?")
}
