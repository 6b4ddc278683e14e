// Package newkind shows what a kind takes: one more line in sources.go would add it.
package newkind

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"gonogo/internal/httpclient"
	"gonogo/model"
	"gonogo/model/config"
	"gonogo/sources/poll"
)

type keys struct {
	URL string `toml:"url" secret:"may" required:"true" help:"where the queues are"`
	httpclient.Keys
}

type metricKeys struct {
	Queue string `toml:"queue" required:"true" help:"the name of the queue"`
}

// Kind returns the kind "queue".
func Kind() config.SourceKind {
	return config.SourceKind{Doc: "counts messages in queues", Keys: config.KeysOf[keys](), MetricKeys: config.KeysOf[metricKeys](), Lint: lint, Build: build}
}

func lint(m config.MetricPart) []config.Finding {
	if strings.Contains(m.Table.String("queue"), "/") {
		return []config.Finding{{Key: "queue", Message: "holds a slash: expected the name of one queue"}}
	}
	return nil
}

func build(p config.SourcePart) (model.Source, error) {
	k := config.Into[keys](p.Table, p.Dir)
	client, err := httpclient.New(k.HTTP, p.Dir, httpclient.Options{Once: true})
	if err != nil {
		return nil, fmt.Errorf("http: %w", err)
	}
	base, err := client.URL(k.URL, p.Dir)
	if err != nil {
		return nil, fmt.Errorf("url: %w", err)
	}
	return poll.Loop{Metrics: p.Metrics, Ask: func(ctx context.Context, m config.MetricPart) (model.Reading, error) {
		now := time.Now()
		r := model.Reading{At: now, SampleAt: now}
		a, err := client.Call(ctx, httpclient.Request{Method: "GET", URL: base.JoinPath(m.Table.String("queue")).String()})
		if err == nil && !a.OK(0) {
			err = fmt.Errorf("HTTP %d", a.Status)
		}
		if err == nil {
			r.Value, err = strconv.ParseFloat(strings.TrimSpace(string(a.Body)), 64)
		}
		return r, err
	}}, nil
}
