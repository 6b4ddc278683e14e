package scrape

import (
	"errors"
	"fmt"
	"io"

	prom "github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"
	"github.com/prometheus/prometheus/storage"

	"gonogo/sources/query"
)

// eachSample calls found for every sample of page, with its text as it stands
// there. It ignores timestamps and native histograms, and fails for a page
// that is not metrics or holds more than query.MaxSeries series.
func eachSample(page []byte, contentType string, found func(text []byte, v float64, read func(*labels.Labels)) error) error {
	o := textparse.ParserOptions{OpenMetricsSkipSTSeries: true}
	if contentType == "" {
		o.FallbackContentType = "text/plain"
	}
	p, err := textparse.New(page, contentType, labels.NewSymbolTable(), o)
	if p == nil {
		if err == nil {
			err = errors.New("unknown content type")
		}
		return fmt.Errorf("not metrics: %w", err)
	}
	for n := 0; ; {
		entry, err := p.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("not metrics: %w", err)
		}
		if entry != textparse.EntrySeries {
			continue
		}
		if n++; n > query.MaxSeries {
			return fmt.Errorf("more than %d series on the page", query.MaxSeries)
		}
		text, _, v := p.Series()
		if err := found(text, v, p.Labels); err != nil {
			return err
		}
	}
}

// appendPage appends every sample of page.
func (t *target) appendPage(app storage.Appender, ms int64, page []byte, contentType string) error {
	return eachSample(page, contentType, func(text []byte, v float64, read func(*labels.Labels)) error {
		s := t.series[string(text)]
		if s == nil {
			var l labels.Labels
			read(&l)
			if l.Get(prom.MetricNameLabel) == "" {
				return errors.New("not metrics: a series without a name")
			}
			s = &series{labels: t.labelled(l)}
			t.series[string(text)] = s
		}
		s.round = t.round
		ref, err := app.Append(s.ref, s.labels, ms, v)
		if err != nil && !forgivable(err) {
			return storeError(err)
		}
		if ref != 0 {
			s.ref = ref
		}
		return nil
	})
}

// labelled returns l with the target's labels; where the page has them
// already, the page's are kept as exported_job and exported_instance.
func (t *target) labelled(l labels.Labels) labels.Labels {
	b := labels.NewBuilder(l)
	for _, own := range []labels.Label{{Name: "job", Value: t.job}, {Name: "instance", Value: t.instance}} {
		if v := l.Get(own.Name); v != "" {
			b.Set("exported_"+own.Name, v)
		}
		b.Set(own.Name, own.Value)
	}
	return b.Labels()
}
