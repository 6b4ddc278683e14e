package transport

import (
	"fmt"
	"net/url"

	promconfig "github.com/prometheus/common/config"

	"gonogo/internal/secret"
	"gonogo/model/config"
)

// Keys are the keys of a source's table http: those of Prometheus' own HTTP
// client, with secrets as env:NAME or file:PATH.
func Keys() []config.Key {
	return []config.Key{
		{Name: "basic_auth", Type: config.SubTable, Help: "user name and password to send", Keys: []config.Key{
			{Name: "username", Type: config.SecretText, Required: true, Help: "the user's name"},
			{Name: "password", Type: config.Secret, Required: true, Help: "the password, as env:NAME or file:PATH"},
		}},
		{Name: "authorization", Type: config.SubTable, Help: "an Authorization header to send", Keys: []config.Key{
			{Name: "type", Type: config.String, Help: "what stands before the credentials (default Bearer)"},
			{Name: "credentials", Type: config.Secret, Required: true, Help: "the token, as env:NAME or file:PATH"},
		}},
		{Name: "tls_config", Type: config.SubTable, Help: "how to speak TLS", Keys: []config.Key{
			{Name: "ca_file", Type: config.String, Help: "certificates to trust (default the system's)"},
			{Name: "cert_file", Type: config.String, Help: "client certificate"},
			{Name: "key_file", Type: config.String, Help: "key of the client certificate"},
			{Name: "server_name", Type: config.String, Help: "name that the server's certificate must have"},
			{Name: "insecure_skip_verify", Type: config.Bool, Help: "trust any certificate (default false)"},
		}},
		{Name: "proxy_url", Type: config.SecretText, Help: "proxy to go through (default none)"},
		{Name: "headers", Type: config.StringMap, Help: "headers to send, such as X-Scope-OrgID; values may be env:NAME or file:PATH"},
	}
}

// settings copies t into what Prometheus' HTTP client takes.
func (c *Client) settings(t config.Table, dir string) (promconfig.HTTPClientConfig, error) {
	s := promconfig.DefaultHTTPClientConfig
	if t.Has("basic_auth") {
		user, password, err := c.pair(t.Table("basic_auth"), "username", "password", dir)
		if err != nil {
			return s, fmt.Errorf("basic_auth.%w", err)
		}
		c.Hide(user + ":" + password)
		s.BasicAuth = &promconfig.BasicAuth{Username: user, Password: promconfig.Secret(password)}
	}
	if t.Has("authorization") {
		kind, token, err := c.pair(t.Table("authorization"), "type", "credentials", dir)
		if err != nil {
			return s, fmt.Errorf("authorization.%w", err)
		}
		s.Authorization = &promconfig.Authorization{Type: kind, Credentials: promconfig.Secret(token)}
	}
	if tls := t.Table("tls_config"); t.Has("tls_config") {
		s.TLSConfig = promconfig.TLSConfig{
			CAFile:             tls.Path("ca_file", dir),
			CertFile:           tls.Path("cert_file", dir),
			KeyFile:            tls.Path("key_file", dir),
			ServerName:         tls.String("server_name"),
			InsecureSkipVerify: tls.Bool("insecure_skip_verify"),
		}
	}
	if t.Has("proxy_url") {
		text, err := resolve(t, "proxy_url", dir)
		if err != nil {
			return s, err
		}
		u, err := url.Parse(text)
		if err != nil {
			return s, fmt.Errorf("proxy_url: not a URL")
		}
		c.HideURL(u)
		s.ProxyURL = promconfig.URL{URL: u}
	}
	if err := s.Validate(); err != nil {
		return s, fmt.Errorf("%s", c.Redact(err.Error()))
	}
	return s, nil
}

// pair returns a public and a secret value of t.
func (c *Client) pair(t config.Table, public, private, dir string) (string, string, error) {
	a, err := resolve(t, public, dir)
	if err != nil {
		return "", "", err
	}
	b, err := resolve(t, private, dir)
	if err != nil {
		return "", "", err
	}
	c.Hide(b)
	return a, b, nil
}

// URL returns the URL that t's key holds, which must be http or https, and
// hides its secrets.
func (c *Client) URL(t config.Table, key, dir string) (*url.URL, error) {
	text, err := resolve(t, key, dir)
	if err != nil {
		return nil, err
	}
	u, err := ParseURL(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", key, err)
	}
	c.HideURL(u)
	return u, nil
}

// ParseURL parses an http or https URL. Its errors do not quote text, which
// may hold a password.
func ParseURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("not a URL: expected http://HOST or https://HOST")
	}
	return u, nil
}

// resolve returns what t's key stands for.
func resolve(t config.Table, key, dir string) (string, error) {
	v, err := secret.Resolve(t.String(key), dir)
	if err != nil {
		return "", fmt.Errorf("%s: %w", key, err)
	}
	return v, nil
}
