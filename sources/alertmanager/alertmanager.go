// Package alertmanager reads metrics from an Alertmanager: how many alerts fire. A
// silenced or inhibited alert fires, and the line says so.
//
// No alert is zero only where something shows that Alertmanager would know of one: it
// answers ready, it has run for longer than Prometheus takes to tell an alert again,
// and the source's watchdog, an alert that always fires, is among those it knows. Else
// there is no data. The same goes for a number that is on target because it is small:
// what is not known could only add to it.
//
// A source runs one goroutine a metric, see package poll. Answers past 8 MiB or nested
// too deep are trouble, never cut.
package alertmanager

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gonogo/internal/httpclient"
	"gonogo/model"
	"gonogo/model/config"
	"gonogo/sources/poll"
)

// renews is how seldom Prometheus tells an alert again, at its usual settings and up to
// an evaluation each two minutes; an alert that it tells no more ends by itself after
// four times the longer of a minute and that interval.
const renews = 5 * time.Minute

// keys are those of an Alertmanager.
type keys struct {
	URL              string        `toml:"url" secret:"may" required:"true" help:"where Alertmanager is, such as http://127.0.0.1:9093"`
	Watchdog         string        `toml:"watchdog" help:"an alert that always fires, such as Watchdog: without it no alert is never zero" otherwise:"none, so a metric without an alert is NO-DATA"`
	WatchdogMatchers []string      `toml:"watchdog_matchers" help:"which of them, where several Prometheus servers send one" otherwise:"any"`
	Resend           time.Duration `toml:"resend" default:"3m" help:"within what time Prometheus tells an alert again: so long after its start Alertmanager may not know all"`
	httpclient.Keys
}

// metricKeys are those of a metric from it.
type metricKeys struct {
	Alertname string   `toml:"alertname" help:"the name of the alert to count" otherwise:"any"`
	Matchers  []string `toml:"matchers" help:"matchers of the labels of the alerts to count, such as severity=~\"page|critical\"" otherwise:"none"`
}

// Kind returns the kind "alertmanager".
func Kind() config.SourceKind {
	return config.SourceKind{
		Doc:        "counts the alerts that fire in an Alertmanager",
		Keys:       config.KeysOf[keys](),
		MetricKeys: config.KeysOf[metricKeys](),
		LintSource: lintSource,
		Lint:       lint,
		Facts:      func(config.MetricPart) config.Facts { return config.Facts{Renews: renews} },
		Describe:   describe,
		Build:      build,

		SilenceKeys:     config.KeysOf[silenceKeys](),
		LintSilence:     lintSilence,
		DescribeSilence: describeSilence,
		BuildSilencer:   buildSilencer,
	}
}

func lintSource(p config.Part) []config.Finding {
	k := config.Into[keys](p.Table, p.Dir)
	found := lintMatchers("watchdog_matchers", k.WatchdogMatchers)
	if k.Watchdog == "" {
		found = append(found, config.Finding{Key: "watchdog", Warning: true,
			Message: "missing, so a metric of this source passes never where no alert fires: an Alertmanager that hears of no Prometheus has none either. Expected the name of an alert that always fires, such as watchdog = \"Watchdog\""})
	}
	return found
}

func lint(m config.MetricPart) []config.Finding {
	k := config.Into[metricKeys](m.Table, "")
	found := lintMatchers("matchers", k.Matchers)
	if k.Alertname == "" && len(k.Matchers) == 0 {
		found = append(found, config.Finding{Key: "alertname", Message: "missing: expected the name of an alert, or matchers, such as ['service=\"shop\"']"})
	}
	return found
}

func lintMatchers(key string, texts []string) []config.Finding {
	var found []config.Finding
	for i, text := range texts {
		if _, err := parseMatcher(text); err != nil {
			found = append(found, config.Finding{Key: key, Item: i + 1, Message: err.Error()})
		}
	}
	return found
}

// matchersOf returns what a name and matchers come to.
func matchersOf(name string, texts []string) ([]matcher, error) {
	out, err := parseMatchers(texts)
	if err == nil && name != "" {
		out = append([]matcher{{"alertname", "=", name}}, out...)
	}
	return out, err
}

func describe(m config.MetricPart) string {
	k := config.Into[metricKeys](m.Table, "")
	all, err := matchersOf(k.Alertname, k.Matchers)
	if err != nil {
		return "alerts"
	}
	return "alerts " + shown(all)
}

// shown returns matchers as people read them.
func shown(all []matcher) string {
	texts := make([]string, len(all))
	for i, m := range all {
		texts[i] = m.String()
	}
	return model.Inert("{" + strings.Join(texts, ", ") + "}")
}

func build(part config.SourcePart) (model.Source, error) {
	k := config.Into[keys](part.Table, part.Dir)
	c, err := connect(k, part.Dir, httpclient.Options{})
	if err != nil {
		return nil, err
	}
	s := &source{client: c, resend: k.Resend, metrics: part.Metrics, asks: map[model.MetricID][]matcher{}}
	if k.Watchdog != "" {
		if s.watchdog, err = matchersOf(k.Watchdog, k.WatchdogMatchers); err != nil {
			return nil, fmt.Errorf("watchdog_%w", err)
		}
	}
	for _, m := range part.Metrics {
		q := config.Into[metricKeys](m.Table, part.Dir)
		if s.asks[m.Metric.ID], err = matchersOf(q.Alertname, q.Matchers); err != nil {
			return nil, fmt.Errorf("metric %q: %w", m.Metric.ID, err)
		}
	}
	return s, nil
}

type source struct {
	client   *client
	resend   time.Duration
	watchdog []matcher // nil: none
	metrics  []config.MetricPart
	asks     map[model.MetricID][]matcher
}

// Run implements model.Source.
func (s *source) Run(ctx context.Context, out model.Emitter) error {
	defer s.client.Close()
	return poll.Loop{
		Metrics: s.metrics,
		Ask: func(ctx context.Context, m config.MetricPart) (model.Reading, error) {
			return s.ask(ctx, s.asks[m.Metric.ID], m.Metric.Target)
		},
	}.Run(ctx, out)
}

// ask counts the alerts that the matchers mean. The watchdog is asked after them: an
// Alertmanager that was started anew in between is seen by that.
func (s *source) ask(ctx context.Context, matchers []matcher, target *model.Target) (model.Reading, error) {
	asked := time.Now()
	firing, now, err := s.client.alerts(ctx, matchers)
	if err != nil {
		return model.Reading{}, s.client.Error(err)
	}
	if now.IsZero() {
		now = asked
	}
	is, err := s.client.status(ctx)
	if err != nil {
		return model.Reading{}, s.client.Error(err)
	}
	r := model.Reading{At: asked, Value: float64(len(firing))}
	vouching := firing
	if s.watchdog != nil {
		if vouching, _, err = s.client.alerts(ctx, s.watchdog); err != nil {
			return model.Reading{}, fmt.Errorf("watchdog: %w", s.client.Error(err))
		}
	}
	if rests(len(firing), target) {
		if err := s.complete(is, now, len(firing), vouching); err != nil {
			return model.Reading{}, err
		}
	}
	var newest time.Time
	for _, a := range vouching {
		if a.updated.After(newest) {
			newest = a.updated
		}
	}
	if !newest.IsZero() { // on Alertmanager's clock
		r.SampleAt = asked.Add(-max(now.Sub(newest), 0))
	}
	r.Says = s.client.says(ctx, firing, now)
	return r, nil
}

// rests reports whether a judgement of n alerts rests on there being no more: none is
// so at all times, and a number that its target wants to be small.
func rests(n int, target *model.Target) bool {
	if n == 0 || target == nil {
		return n == 0
	}
	v := float64(n)
	switch target.Op {
	case ">", ">=":
		return false
	case "<":
		return target.Of != "" || v < target.Value
	case "<=":
		return target.Of != "" || v <= target.Value
	}
	return true
}

// complete returns why there may be more alerts than the n that are known; nil: there
// are no more.
func (s *source) complete(is status, now time.Time, n int, vouching []alert) error {
	if !is.now.IsZero() {
		now = is.now
	}
	known := "no alert matches"
	if n > 0 {
		known = fmt.Sprintf("%d known", n)
	}
	switch up := now.Sub(is.began); {
	case s.watchdog == nil && n > 0: // somebody reports
	case s.watchdog == nil:
		return fmt.Errorf("%w: %s, but nothing shows that any Prometheus reports here: set watchdog in the source", model.ErrUnwatched, known)
	case len(vouching) == 0:
		return fmt.Errorf("%w: %s, but the watchdog %s does not fire: does Prometheus run, and send its alerts to this Alertmanager?",
			model.ErrUnwatched, known, poll.Cut(shown(s.watchdog), 120))
	case !is.began.IsZero() && up < s.resend:
		return fmt.Errorf("%w: %s, but Alertmanager was started %s ago, and knows all alerts after %s", model.ErrCollecting,
			known, model.FormatDuration(max(up, 0).Truncate(time.Second)), model.FormatDuration(s.resend))
	}
	return nil
}
