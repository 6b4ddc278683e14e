package query

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	prom "github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"

	"gonogo/model"
	"gonogo/sources/poll"
)

// Rule is an alerting rule as its server last evaluated it.
type Rule struct {
	Name      string
	Labels    map[string]string // of the rule itself, without those of its series
	Evaluated time.Time         // zero: never yet
	Trouble   string            // of the last evaluation; empty: none
}

// Ruler is a Backend that knows the alerting rules.
type Ruler interface {
	Rules(ctx context.Context) ([]Rule, error)
}

// evaluatedAgo returns how long ago the rules were evaluated whose alerts are
// asked for: that of the one longest ago. It fails where one is not there, or in trouble.
func evaluatedAgo(ctx context.Context, b Backend, asked [][]*labels.Matcher, now prom.Time) (time.Duration, error) {
	ruler, ok := b.(Ruler)
	if !ok {
		return 0, errors.New("this source evaluates no rules")
	}
	rules, err := ruler.Rules(ctx)
	if err != nil {
		return 0, fmt.Errorf("rules: %w", err)
	}
	oldest := time.Duration(0)
	for _, matchers := range asked {
		fitting := fit(rules, matchers)
		if missing := unnamed(matchers, fitting); missing != "" {
			return 0, fmt.Errorf("the server has no alerting rule %s", poll.Cut(missing, 80))
		}
		for _, r := range fitting {
			switch {
			case r.Trouble != "":
				return 0, fmt.Errorf("rule %s fails: %s", poll.Cut(r.Name, 80), poll.Cut(r.Trouble, 120))
			case r.Evaluated.IsZero():
				return 0, fmt.Errorf("rule %s was never evaluated", poll.Cut(r.Name, 80))
			}
			oldest = max(oldest, now.Time().Sub(r.Evaluated))
		}
	}
	return oldest, nil
}

// fit returns the rules whose alerts matchers may select: a label that the rule
// does not set itself may come from its series.
func fit(rules []Rule, matchers []*labels.Matcher) []Rule {
	var out []Rule
	for _, r := range rules {
		fits := true
		for _, m := range matchers {
			value, has := r.Labels[m.Name]
			switch m.Name {
			case "__name__", "alertstate":
				continue
			case "alertname":
				value, has = r.Name, true
			}
			fits = fits && (!has || m.Matches(value))
		}
		if fits {
			out = append(out, r)
		}
	}
	return out
}

// unnamed returns the first alert that matchers name and no rule has, or what
// they ask for where no rule fits at all; empty where nothing is missing.
func unnamed(matchers []*labels.Matcher, rules []Rule) string {
	for _, m := range matchers {
		if m.Name != "alertname" {
			continue
		}
		names := m.SetMatches()
		if m.Type == labels.MatchEqual {
			names = []string{m.Value}
		}
		for _, name := range names {
			if !slices.ContainsFunc(rules, func(r Rule) bool { return r.Name == name }) {
				return name
			}
		}
	}
	if len(rules) > 0 {
		return ""
	}
	texts := make([]string, len(matchers))
	for i, m := range matchers {
		texts[i] = m.String()
	}
	return "for {" + model.Inert(strings.Join(texts, ", ")) + "}"
}
