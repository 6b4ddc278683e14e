package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"gonogo/model"
)

const (
	maxAnswer = 8 << 20  // bytes that are read
	maxKept   = 64 << 10 // bytes that are shown
)

// post posts m to a webhook, and returns what it answers, well or not.
func (t *target) post(ctx context.Context, m message) (string, error) {
	body, err := json.Marshal(map[string]string{"title": m.title, "text": m.text})
	if err != nil {
		return "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, t.raw, bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/json")
	client := http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true, Proxy: http.ProxyFromEnvironment},
		CheckRedirect: sameHost,
	}
	res, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = res.Body.Close() }() // it was read, or is of no interest
	var kept bytes.Buffer
	_, err = io.Copy(&kept, io.LimitReader(res.Body, maxKept))
	rest, more := io.Copy(io.Discard, io.LimitReader(res.Body, maxAnswer))
	said := fmt.Sprintf("HTTP %d: %s", res.StatusCode, strings.TrimSpace(kept.String()))
	switch {
	case err != nil || more != nil:
		return said, errors.Join(err, more)
	case rest == maxAnswer:
		return said, errors.New("answer larger than 8 MiB")
	case res.StatusCode < 200 || res.StatusCode > 299:
		line, _, _ := strings.Cut(said, "\n")
		return said, errors.New(strings.TrimSuffix(strings.TrimSpace(line), ":"))
	}
	return said, nil
}

// sameHost refuses redirects that would carry the message, or credentials, to
// another host, and those that would make a GET of the POST.
func sameHost(next *http.Request, via []*http.Request) error {
	switch {
	case len(via) >= 3:
		return errors.New("more than 3 redirects")
	case next.URL.Host != via[0].URL.Host || next.URL.Scheme != via[0].URL.Scheme:
		return fmt.Errorf("it redirects to another host, %s: use that one's address if it is right", model.Inert(next.URL.Host))
	case next.Method != via[0].Method:
		return errors.New("it redirects in a way that would ask instead of tell: use the final address")
	}
	return nil
}
