package httpclient

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	promconfig "github.com/prometheus/common/config"

	"gonogo/internal/safefile"
	"gonogo/internal/secret"
	"gonogo/model"
)

// Keys is the table http, which every kind takes that speaks HTTP. A kind embeds it in
// the struct that declares its keys.
type Keys struct {
	HTTP Settings `toml:"http" help:"credentials, TLS, proxy, redirects and headers"`
}

// Settings are what the table http holds. A reader, whose key http is the URL, embeds
// them: there the same keys stand beside it. Their names are those of Prometheus' own
// configuration.
type Settings struct {
	BasicAuth     *BasicAuth        `toml:"basic_auth" help:"user name and password to send"`
	Authorization *Authorization    `toml:"authorization" help:"a token to send, in an Authorization header"`
	TLS           TLS               `toml:"tls_config" help:"how to speak TLS"`
	ProxyURL      string            `toml:"proxy_url" secret:"may" help:"proxy to go through" otherwise:"none"`
	ProxyFromEnv  *bool             `toml:"proxy_from_environment" help:"whether HTTPS_PROXY, HTTP_PROXY and NO_PROXY count" otherwise:"false for a source; else true, where there is no proxy_url"`
	Follow        bool              `toml:"follow_redirects" default:"true" help:"whether redirects are followed, on the same host: false takes one for the answer"`
	Headers       map[string]string `toml:"headers" help:"headers to send, such as X-Scope-OrgID; values may be env:NAME or file:PATH"`
}

// BasicAuth is a user's name and password.
type BasicAuth struct {
	Username string `toml:"username" required:"true" secret:"may" help:"the user's name"`
	Password string `toml:"password" required:"true" secret:"only" help:"the password, as env:NAME or file:PATH"`
}

// Authorization is what an Authorization header holds.
type Authorization struct {
	Type        string `toml:"type" default:"Bearer" help:"what stands before the credentials"`
	Credentials string `toml:"credentials" required:"true" secret:"only" help:"the token, as env:NAME or file:PATH"`
}

// TLS says which certificates are trusted and shown.
type TLS struct {
	CA         string `toml:"ca_file" path:"true" help:"certificates to trust" otherwise:"the system's"`
	Cert       string `toml:"cert_file" path:"true" help:"client certificate"`
	Key        string `toml:"key_file" path:"true" help:"key of the client certificate"`
	ServerName string `toml:"server_name" help:"name that the server's certificate must have" otherwise:"the URL's host"`
	Insecure   bool   `toml:"insecure_skip_verify" default:"false" help:"trust any certificate"`
}

// WithHeaders returns s with headers besides its own, as older configs have them. Where
// both name one, whatever its case, those of s win.
func (s Settings) WithHeaders(headers map[string]string) Settings {
	if len(headers) == 0 {
		return s
	}
	all := maps.Clone(headers)
	for name := range s.Headers {
		maps.DeleteFunc(all, func(old, _ string) bool { return strings.EqualFold(old, name) })
	}
	maps.Copy(all, s.Headers)
	s.Headers = all
	return s
}

// configure returns what Prometheus' client takes for s, its secrets read and known to c.
func (c *Client) configure(s Settings, dir string, environment bool) (promconfig.HTTPClientConfig, error) {
	out := promconfig.DefaultHTTPClientConfig
	if b := s.BasicAuth; b != nil {
		user, password, err := c.pair("username", b.Username, "password", b.Password, dir)
		if err != nil {
			return out, fmt.Errorf("basic_auth.%w", err)
		}
		c.secrets.Add(user + ":" + password)
		out.BasicAuth = &promconfig.BasicAuth{Username: user, Password: promconfig.Secret(password)}
	}
	if a := s.Authorization; a != nil {
		kind, token, err := c.pair("type", a.Type, "credentials", a.Credentials, dir)
		if err != nil {
			return out, fmt.Errorf("authorization.%w", err)
		}
		out.Authorization = &promconfig.Authorization{Type: kind, Credentials: promconfig.Secret(token)}
	}
	if err := s.TLS.readable(); err != nil {
		return out, err
	}
	out.TLSConfig = promconfig.TLSConfig{
		CAFile: s.TLS.CA, CertFile: s.TLS.Cert, KeyFile: s.TLS.Key, ServerName: s.TLS.ServerName, InsecureSkipVerify: s.TLS.Insecure,
	}
	out.ProxyFromEnvironment = environment && s.ProxyURL == ""
	if s.ProxyFromEnv != nil {
		out.ProxyFromEnvironment = *s.ProxyFromEnv
	}
	if s.ProxyURL != "" {
		text, err := secret.Resolve(s.ProxyURL, dir)
		if err != nil {
			return out, fmt.Errorf("proxy_url: %w", err)
		}
		u, err := url.Parse(text)
		if err != nil {
			return out, errors.New("proxy_url: not a URL")
		}
		c.secrets.AddURL(u)
		out.ProxyURL = promconfig.URL{URL: u}
	}
	if err := out.Validate(); err != nil {
		return out, fmt.Errorf("%w: %s", model.ErrMistake, c.Mask(err.Error()))
	}
	return out, nil
}

// readable says which of the files cannot be read as one, such as a pipe that
// nobody writes to: the library, which reads them again for each connection, would wait.
func (t TLS) readable() error {
	for key, path := range map[string]string{"ca_file": t.CA, "cert_file": t.Cert, "key_file": t.Key} {
		if path == "" {
			continue
		}
		if _, err := safefile.Read(path, safefile.Limits{Size: 1 << 20, Patience: 2 * time.Second}); err != nil {
			return fmt.Errorf("tls_config.%s: %w", key, err)
		}
	}
	return nil
}

// pair returns what a public and a private text stand for.
func (c *Client) pair(publicKey, public, privateKey, private, dir string) (string, string, error) {
	a, err := secret.Resolve(public, dir)
	if err != nil {
		return "", "", fmt.Errorf("%s: %w", publicKey, err)
	}
	b, err := secret.Resolve(private, dir)
	if err != nil {
		return "", "", fmt.Errorf("%s: %w", privateKey, err)
	}
	c.secrets.Add(b)
	return a, b, nil
}

// headers returns the headers of s.
func (c *Client) headers(s Settings, dir string) (http.Header, error) {
	texts, err := c.secrets.ResolveMap(s.Headers, dir)
	if err != nil {
		return nil, fmt.Errorf("headers.%w", err)
	}
	h := http.Header{}
	for name, text := range texts {
		h.Set(name, text)
	}
	return h, nil
}
