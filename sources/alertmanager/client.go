package alertmanager

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"gonogo/internal/httpclient"
	"gonogo/model"
	"gonogo/sources/poll"
)

// client speaks Alertmanager's API, version 2. It is safe for concurrent use.
type client struct {
	*httpclient.Client
	base *url.URL
}

// connect makes a client of a source's keys. Nothing is asked yet.
func connect(k keys, dir string, o httpclient.Options) (*client, error) {
	c, err := httpclient.New(k.HTTP, dir, o)
	if err != nil {
		return nil, fmt.Errorf("http: %w", err)
	}
	base, err := c.URL(k.URL, dir)
	if err != nil {
		return nil, fmt.Errorf("url: %w", err)
	}
	c.HideQuery(base)
	return &client{c, base}, nil
}

// address returns the URL of a path of the API, with a query.
func (c *client) address(path string, query url.Values) string {
	u := c.base.JoinPath("api/v2", path)
	q := u.Query()
	for name, values := range query {
		q[name] = values
	}
	u.RawQuery, u.Fragment = q.Encode(), ""
	return u.String()
}

// statusError is an answer with a status that is not good.
type statusError struct {
	code int
	text string
	bare bool // nothing else was answered
}

func (e *statusError) Error() string { return e.text }

// call asks, and returns the JSON that is answered and the server's time, zero where it does not say.
func (c *client) call(ctx context.Context, r httpclient.Request) (gjson.Result, time.Time, error) {
	a, err := c.Call(ctx, r)
	if err != nil {
		return gjson.Result{}, time.Time{}, err
	}
	body := strings.TrimSpace(string(a.Body))
	html := strings.HasPrefix(body, "<")
	switch {
	case a.Status == 401 || a.Status == 403:
		return gjson.Result{}, a.Date, &statusError{code: a.Status, text: fmt.Sprintf("HTTP %d: set basic_auth or authorization in the source's http table", a.Status)}
	case !a.OK(0) && (html || a.Status == 404 && body != "" && !strings.HasPrefix(body, `"`)):
		return gjson.Result{}, a.Date, &statusError{code: a.Status, text: fmt.Sprintf("HTTP %d, not Alertmanager: is url right?", a.Status)}
	case !a.OK(0) && body == "":
		return gjson.Result{}, a.Date, &statusError{code: a.Status, text: fmt.Sprintf("HTTP %d", a.Status), bare: true}
	case !a.OK(0):
		return gjson.Result{}, a.Date, &statusError{code: a.Status, text: fmt.Sprintf("HTTP %d: %s", a.Status, poll.Cut(c.Mask(body), 200))}
	}
	if err := model.Shallow(a.Body); err != nil {
		return gjson.Result{}, a.Date, fmt.Errorf("the answer is %w", err)
	}
	if body != "" && !gjson.ValidBytes(a.Body) {
		if html {
			return gjson.Result{}, a.Date, errors.New("answered HTML, not Alertmanager: is url right?")
		}
		return gjson.Result{}, a.Date, fmt.Errorf("the answer is not JSON: %s", poll.Cut(c.Mask(body), 60))
	}
	return gjson.Parse(body), a.Date, nil
}

func (c *client) get(ctx context.Context, path string, query url.Values) (gjson.Result, time.Time, error) {
	return c.call(ctx, httpclient.Request{Method: "GET", URL: c.address(path, query)})
}

// status is how an Alertmanager is.
type status struct {
	cluster string    // ready | settling | disabled, the last of one that is alone
	began   time.Time // when it was started
	now     time.Time // its own time; zero: it does not say
}

func (c *client) status(ctx context.Context) (status, error) {
	got, now, err := c.get(ctx, "status", nil)
	if err != nil {
		return status{}, err
	}
	s := status{cluster: got.Get("cluster.status").String(), now: now}
	s.began, _ = time.Parse(time.RFC3339Nano, got.Get("uptime").String()) // without it it is taken for old
	switch s.cluster {
	case "ready", "disabled":
		return s, nil
	case "":
		return s, errors.New("answers without the status of its cluster, so it is no Alertmanager: is url right?")
	case "settling":
		return s, errors.New("its cluster is settling, so it may not know all alerts and silences yet")
	}
	return s, fmt.Errorf("its cluster is %s, neither ready nor disabled", poll.Cut(c.Mask(s.cluster), 40))
}

// alert is one that fires.
type alert struct {
	name       string
	updated    time.Time // when its sender told it last, by Alertmanager's clock
	silencedBy []string  // ids of silences
	inhibited  bool
}

// alerts returns the alerts that fire and that all matchers mean, silenced and
// inhibited ones too, and the server's time.
func (c *client) alerts(ctx context.Context, matchers []matcher) ([]alert, time.Time, error) {
	q := url.Values{"active": {"true"}, "silenced": {"true"}, "inhibited": {"true"}, "unprocessed": {"true"}}
	for _, m := range matchers {
		q.Add("filter", m.String())
	}
	got, now, err := c.get(ctx, "alerts", q)
	if err != nil {
		return nil, now, err
	}
	if !got.IsArray() {
		return nil, now, errors.New("answers no list of alerts: is url right?")
	}
	var out []alert
	for _, item := range got.Array() {
		updated, err := time.Parse(time.RFC3339Nano, item.Get("updatedAt").String())
		if err != nil || !item.Get("labels").IsObject() {
			return nil, now, errors.New("answers an alert without labels or updatedAt: is this Alertmanager 0.20 or newer?")
		}
		a := alert{name: c.Mask(item.Get("labels.alertname").String()), updated: updated, inhibited: len(item.Get("status.inhibitedBy").Array()) > 0}
		for _, id := range item.Get("status.silencedBy").Array() {
			a.silencedBy = append(a.silencedBy, id.String())
		}
		out = append(out, a)
	}
	return out, now, nil
}

// silence is one that stands, stood or will stand.
type silence struct {
	id, state, by, comment string // state: active | pending | expired
	until                  time.Time
}

// silence returns the silence with an id.
func (c *client) silence(ctx context.Context, id string) (silence, error) {
	got, _, err := c.get(ctx, "silence/"+url.PathEscape(id), nil)
	if err != nil {
		return silence{}, err
	}
	return c.silenceOf(got), nil
}

func (c *client) silenceOf(got gjson.Result) silence {
	s := silence{
		id: got.Get("id").String(), state: got.Get("status.state").String(),
		by: c.Mask(got.Get("createdBy").String()), comment: c.Mask(got.Get("comment").String()),
	}
	s.until, _ = time.Parse(time.RFC3339Nano, got.Get("endsAt").String()) // zero is told as unknown
	return s
}
