package query

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	prom "github.com/prometheus/common/model"

	"gonogo/model"
	"gonogo/sources/poll"
)

// single returns the only value of answer and the time it was evaluated at,
// which is 0 where there is none.
func single(answer prom.Value) (float64, prom.Time, error) {
	switch v := answer.(type) {
	case *prom.Scalar:
		return float64(v.Value), v.Timestamp, nil
	case prom.Vector:
		if len(v) > 1 {
			return 0, 0, fmt.Errorf("%w: %d where one is needed, such as %s; put sum(), max() or an aggregation of your choice around the query",
				model.ErrAmbiguous, len(v), poll.Cut(v[0].Metric.String(), 80))
		}
		if len(v) == 0 {
			return 0, 0, nil
		}
		if v[0].Histogram != nil {
			return 0, 0, fmt.Errorf("query: it answers a histogram where a number is needed: use histogram_quantile()")
		}
		return float64(v[0].Value), v[0].Timestamp, nil
	case nil:
		return 0, 0, fmt.Errorf("query: it answers nothing: is url a Prometheus?")
	}
	return 0, 0, fmt.Errorf("query: it answers a %s where a number is needed", answer.Type())
}

// parts are the answer to a combined question.
type parts struct {
	values     map[string]float64 // of the tags with one series each, and of count
	counts     int                // how many series count has
	bad, total prom.Vector        // of the counters
	evaluated  prom.Time          // 0: not known, as the answer is empty
}

// untag takes the answer to a combined question apart.
func untag(answer prom.Value) (parts, error) {
	v, ok := answer.(prom.Vector)
	if !ok {
		return parts{}, errors.New("no vector in the answer")
	}
	p := parts{values: map[string]float64{}}
	for _, s := range v {
		p.evaluated = s.Timestamp
		switch name := string(s.Metric[tag]); name {
		case tagBad:
			p.bad = append(p.bad, s)
		case tagTotal:
			p.total = append(p.total, s)
		case tagCount:
			p.counts++
			fallthrough
		default:
			p.values[name] = float64(s.Value)
		}
	}
	return p, nil
}

// aged returns how old the oldest of the newest samples of selectors is, which p
// has under prefix and their number, on the backend's clock; current is false
// where a selector that counts has none.
func aged(selectors []selector, prefix string, p parts) (oldest time.Duration, current bool) {
	alternatives, present := 0, 0
	for i, s := range selectors {
		seconds, ok := p.values[prefix+strconv.Itoa(i)]
		if s.need == alternative {
			alternatives++
		}
		if !ok {
			if s.need == required {
				return 0, false
			}
			continue
		}
		if s.need == alternative {
			present++
		}
		oldest = max(oldest, s.age(seconds, p.evaluated))
	}
	return oldest, alternatives == 0 || present > 0
}

// age returns how old a sample of s is that is from so many seconds after 1970.
func (s *selector) age(seconds float64, evaluated prom.Time) time.Duration {
	at := evaluated.Time()
	if s.at != nil {
		at = time.UnixMilli(*s.at)
	}
	return at.Add(-s.offset).Sub(time.UnixMilli(int64(math.Round(seconds * 1000))))
}

// missing returns the first selector that q provides for and p has no sample
// of, such as failures before the first one.
func (q *Query) missing(p parts) string {
	for i, s := range q.selectors {
		if _, ok := p.values[strconv.Itoa(i)]; !ok && s.need == optional && s.expr.Name != "ALERTS" && !s.absence {
			return poll.Cut(s.text, 120)
		}
	}
	return ""
}

// present reports whether any selector of q has a current sample in p.
func (q *Query) present(p parts) bool {
	for i := range q.selectors {
		if _, ok := p.values[strconv.Itoa(i)]; ok {
			return true
		}
	}
	return false
}
