package http

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"gonogo/sources/poll"
	"gonogo/sources/transport"
)

// ask is what is asked for one metric.
type ask struct {
	url    string
	method string
	body   string
	json   string // path of the number; empty: the status tells
	status int    // wanted; 0: any of 200 to 299
}

func (a ask) value(ctx context.Context, client *transport.Client, headers http.Header) (float64, error) {
	req, err := http.NewRequestWithContext(ctx, a.method, a.url, strings.NewReader(a.body))
	if err != nil {
		return 0, client.Error(err)
	}
	req.Header = headers.Clone()
	if host := headers.Get("Host"); host != "" {
		req.Host = host
	}
	if a.body != "" && req.Header.Get("Content-Type") == "" && strings.ContainsAny(a.body[:1], "{[") {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := client.Do(req)
	if err != nil {
		return 0, client.Error(err)
	}
	defer func() { _ = resp.Body.Close() }() // it was only read
	wanted := resp.StatusCode/100 == 2
	if a.status != 0 {
		wanted = resp.StatusCode == a.status
	}
	switch {
	case a.json == "" && wanted:
		return 1, nil
	case a.json == "":
		return 0, nil
	case !wanted:
		return 0, fmt.Errorf("HTTP %d", resp.StatusCode)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, fmt.Errorf("read: %w", client.Error(err))
	}
	v, err := number(body, a.json)
	if err != nil {
		return 0, fmt.Errorf("json: %w", client.Error(err))
	}
	return v, nil
}

func parseNumber(text string) (float64, error) {
	v, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil {
		return 0, fmt.Errorf("%q is no number", poll.Cut(text, 40))
	}
	return v, nil
}
