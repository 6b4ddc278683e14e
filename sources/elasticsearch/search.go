package elasticsearch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"gonogo/internal/httpclient"
	"gonogo/model"
	"gonogo/sources/poll"
)

// ask is what is asked for one metric.
type ask struct {
	metricKeys
	time string
}

// form returns the search: the documents of the window, how many of them match, and the newest.
func (a ask) form() ([]byte, error) {
	type object = map[string]any
	filter := func(query string) object {
		return object{"filter": object{"query_string": object{"query": query}}}
	}
	aggregations := object{"matching": filter(a.Query), "newest": object{"max": object{"field": a.time}}}
	if a.Of != "" {
		of := filter(a.Of)
		of["aggs"] = object{"matching": filter(a.Query), "newest": aggregations["newest"]}
		aggregations["of"] = of
	}
	return json.Marshal(object{
		"size": 0, "track_total_hits": true, "aggs": aggregations,
		"query": object{"range": object{a.time: object{"gte": fmt.Sprintf("now-%ds", int(a.Over.Seconds())), "lte": "now"}}},
	})
}

// search asks, and returns the answer and the server's time, zero where it does not say.
func (s *source) search(ctx context.Context, a ask) (gjson.Result, time.Time, error) {
	form, err := a.form()
	if err != nil {
		return gjson.Result{}, time.Time{}, err
	}
	got, err := s.client.Call(ctx, httpclient.Request{Method: "POST", URL: s.url, Body: string(form), Header: map[string]string{"Content-Type": "application/json"}})
	if err != nil {
		return gjson.Result{}, time.Time{}, err
	}
	if err := model.Shallow(got.Body); err != nil {
		return gjson.Result{}, time.Time{}, fmt.Errorf("the answer is %w", err)
	}
	body := gjson.ParseBytes(got.Body)
	if !gjson.ValidBytes(got.Body) || !body.IsObject() {
		return gjson.Result{}, time.Time{}, fmt.Errorf("HTTP %d, and no answer of Elasticsearch: is url right?", got.Status)
	}
	if !got.OK(0) {
		return gjson.Result{}, time.Time{}, s.refusal(got.Status, body)
	}
	return body, got.Date, s.partial(body)
}

// refusal says why a search was refused, and what to do about it.
func (s *source) refusal(status int, body gjson.Result) error {
	reason := body.Get("error.root_cause.0.reason").String()
	if reason == "" {
		reason = body.Get("error.reason").String()
	}
	kind := body.Get("error.type").String()
	said := ""
	if reason != "" {
		said = ": " + poll.Cut(s.client.Mask(strings.Join(strings.Fields(reason), " ")), 200)
	}
	switch {
	case status == 401 || status == 403:
		return fmt.Errorf("HTTP %d: set basic_auth or authorization in the source's http table, of a role that may read %s", status, model.Inert(s.index))
	case kind == "index_not_found_exception":
		return fmt.Errorf("%w: there is no index %s", model.ErrNoSeries, model.Inert(s.index))
	case status == 404:
		return fmt.Errorf("HTTP 404%s: is url right?", said)
	case status == 429:
		return fmt.Errorf("HTTP 429%s: it is too busy: ask less often (every)", said)
	}
	return fmt.Errorf("HTTP %d%s", status, said)
}

// partial refuses an answer that not all shards gave.
func (s *source) partial(body gjson.Result) error {
	shards := body.Get("_shards")
	failed, total := shards.Get("failed").Int(), shards.Get("total").Int()
	switch {
	case !shards.IsObject() || !body.Get("aggregations.newest").Exists():
		return errors.New("answers without shards or aggregations: is url right, and is this Elasticsearch 7 or newer, or OpenSearch?")
	case body.Get("timed_out").Bool():
		return fmt.Errorf("%w: it ran out of time, and counted a part only", model.ErrPartial)
	case failed > 0:
		reason := shards.Get("failures.0.reason.reason").String()
		return fmt.Errorf("%w: %d of %d shards failed: %s", model.ErrPartial, failed, total, poll.Cut(s.client.Mask(reason), 120))
	case total == 0:
		return fmt.Errorf("%w: no index matches %s", model.ErrNoSeries, model.Inert(s.index))
	case body.Get("hits.total.relation").String() == "gte":
		return fmt.Errorf("%w: it did not count all", model.ErrPartial)
	}
	return nil
}

// read returns what an answer says: at the time asked on this clock, and now on the server's.
func (a ask) read(body gjson.Result, asked, now time.Time) (model.Reading, error) {
	r := model.Reading{At: asked, HasCount: true, Traffic: model.TrafficFlows}
	all, newest := body.Get("hits.total.value"), body.Get("aggregations.newest.value")
	matching := body.Get("aggregations.matching.doc_count")
	if a.Of != "" {
		of := body.Get("aggregations.of")
		all, matching, newest = of.Get("doc_count"), of.Get("matching.doc_count"), of.Get("newest.value")
	}
	if all.Type != gjson.Number || matching.Type != gjson.Number {
		return model.Reading{}, errors.New("answers without numbers: is this Elasticsearch 7 or newer, or OpenSearch?")
	}
	r.Count = all.Num
	if all.Num == 0 {
		what := "no document"
		if a.Of != "" {
			what = "no document of " + model.Inert(a.Of)
		}
		return model.Reading{}, fmt.Errorf("%w: %s of the last %s is there, so none that matches says nothing: do they still arrive?", model.ErrEmpty, what, model.FormatDuration(a.Over))
	}
	if newest.Type != gjson.Number || math.IsInf(newest.Num, 0) {
		return model.Reading{}, fmt.Errorf("answers no time in %s: is it a date in this index?", model.Inert(a.time))
	}
	r.SampleAt = asked.Add(-max(now.Sub(time.UnixMilli(int64(newest.Num))), 0))
	r.Value = matching.Num
	if a.Of != "" {
		r.Value /= all.Num
	}
	return r, nil
}
