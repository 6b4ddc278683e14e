package http

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"gonogo/internal/httpclient"
	"gonogo/sources/poll"
)

// ask is what is asked for one metric.
type ask struct {
	metricKeys
	url string // with the path
}

func (a ask) value(ctx context.Context, client *httpclient.Client) (float64, error) {
	r := httpclient.Request{Method: a.Method, URL: a.url, Body: a.Body, StatusOnly: a.JSON == ""}
	if a.Body != "" && strings.ContainsAny(a.Body[:1], "{[") {
		r.Header = map[string]string{"Content-Type": "application/json"}
	}
	got, err := client.Call(ctx, r)
	wanted := got.OK(int(a.Status))
	switch {
	case got.Status != 0 && a.JSON != "" && !wanted:
		return 0, fmt.Errorf("HTTP %d", got.Status)
	case err != nil:
		return 0, err
	case a.JSON == "" && wanted:
		return 1, nil
	case a.JSON == "":
		return 0, nil
	}
	v, err := number(got.Body, a.JSON, client.Mask)
	if err != nil {
		return 0, fmt.Errorf("json: %w", client.Error(err))
	}
	return v, nil
}

func parseNumber(text string, mask func(string) string) (float64, error) {
	v, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil {
		return 0, fmt.Errorf("%q is no number", poll.Cut(mask(text), 40)) // masked before it is cut: half a secret is not found
	}
	return v, nil
}
