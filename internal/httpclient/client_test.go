package httpclient

import (
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"gonogo/internal/safefile"
	"gonogo/model/config"
)

func client(t *testing.T, table map[string]any) *Client {
	t.Helper()
	c, err := New(config.Into[Settings](config.NewTable(table), t.TempDir()), t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func TestBody(t *testing.T) {
	tests := map[string]struct {
		size int
		want error
	}{
		"empty":   {0, nil},
		"largest": {MaxBody, nil},
		"larger":  {MaxBody + 1, ErrTooLarge},
		"much":    {3 * MaxBody, ErrTooLarge},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				_, _ = io.CopyN(w, zeros{}, int64(test.size))
			}))
			defer server.Close()
			resp, err := client(t, nil).HTTP().Get(server.URL)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = resp.Body.Close() }()
			n, err := io.Copy(io.Discard, resp.Body)
			if !errors.Is(err, test.want) {
				t.Errorf("error %v, want %v", err, test.want)
			}
			if n > MaxBody {
				t.Errorf("%d bytes were read", n)
			}
		})
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestRedirects(t *testing.T) {
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	defer server.Close()
	other := httptest.NewServer(http.NotFoundHandler())
	defer other.Close()
	mux.Handle("/same", http.RedirectHandler("/ok", http.StatusFound))
	mux.Handle("/loop", http.RedirectHandler("/loop", http.StatusFound))
	mux.Handle("/other", http.RedirectHandler(other.URL, http.StatusFound))
	mux.Handle("/tls", http.RedirectHandler("https"+strings.TrimPrefix(server.URL, "http"), http.StatusFound))
	mux.HandleFunc("/ok", func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Header.Get("X-Key")) })
	tests := map[string]string{ // path: beginning of the error, or none
		"/ok": "", "/same": "",
		"/loop":  "redirected more than 3 times",
		"/other": "redirected to http://127.0.0.1",
		"/tls":   "redirected to https://127.0.0.1",
	}
	c := client(t, map[string]any{"headers": map[string]any{"X-Key": "k"}})
	for path, want := range tests {
		t.Run(path, func(t *testing.T) {
			resp, err := c.HTTP().Get(server.URL + path)
			if err != nil {
				if err = c.Error(err); want == "" || !strings.HasPrefix(err.Error(), want) {
					t.Errorf("error %q, want %q", err, want)
				}
				return
			}
			defer func() { _ = resp.Body.Close() }()
			if body, _ := io.ReadAll(resp.Body); want != "" || string(body) != "k" {
				t.Errorf("answer %q, want error %q", body, want)
			}
		})
	}
}

func TestNewRefuses(t *testing.T) {
	tests := map[string]struct {
		table map[string]any
		want  string
	}{
		"no variable": {
			map[string]any{"basic_auth": map[string]any{"username": "u", "password": "env:GONOGO_TEST_UNSET"}},
			"basic_auth.password: environment variable GONOGO_TEST_UNSET is not set",
		},
		"no file": {
			map[string]any{"authorization": map[string]any{"credentials": "file:/nowhere/token"}},
			"authorization.credentials: open /nowhere/token: no such file or directory",
		},
		"two ways": {
			map[string]any{
				"basic_auth":    map[string]any{"username": "u", "password": "secret-one"},
				"authorization": map[string]any{"credentials": "secret-two"},
			},
			"a mistake in the config: at most one of basic_auth, oauth2 & authorization must be configured",
		},
		"no header": {map[string]any{"headers": map[string]any{"X": "env:GONOGO_TEST_UNSET"}}, "headers.X: environment variable GONOGO_TEST_UNSET is not set"},
		"bad proxy": {map[string]any{"proxy_url": "http://u:secret@[::1"}, "proxy_url: not a URL"},
		"no CA":     {map[string]any{"tls_config": map[string]any{"ca_file": "/nowhere/ca.pem"}}, "tls_config.ca_file: open /nowhere/ca.pem"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := New(config.Into[Settings](config.NewTable(test.table), t.TempDir()), t.TempDir(), Options{})
			if err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
}

// TestNoFileOfTLSIsWaitedFor: a certificate or key that is a pipe nobody writes to is
// refused when the client is made, and not when it should take something back.
func TestNoFileOfTLSIsWaitedFor(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"ca_file", "cert_file", "key_file"} {
		table := map[string]any{"tls_config": map[string]any{key: pipe}}
		_, err := New(config.Into[Settings](config.NewTable(table), t.TempDir()), t.TempDir(), Options{})
		if !errors.Is(err, safefile.ErrIrregular) || !strings.HasPrefix(err.Error(), "tls_config."+key+": ") {
			t.Errorf("%s: %v", key, err)
		}
	}
}

func TestTLS(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") }))
	server.Config.ErrorLog = nil
	defer server.Close()
	tests := map[string]struct {
		tls  map[string]any
		fine bool
	}{
		"unknown":  {nil, false},
		"any":      {map[string]any{"insecure_skip_verify": true}, true},
		"bad name": {map[string]any{"insecure_skip_verify": false, "server_name": "other"}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			table := map[string]any{}
			if test.tls != nil {
				table["tls_config"] = test.tls
			}
			resp, err := client(t, table).HTTP().Get(server.URL)
			if err == nil {
				_ = resp.Body.Close()
			}
			if (err == nil) != test.fine {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestURL(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "url"), []byte("http://me:geheim1@host/x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct{ text, want, wantErr string }{
		"plain":    {"http://host:9090/prom", "http://host:9090/prom", ""},
		"file":     {"file:url", "http://me:geheim1@host/x", ""},
		"no host":  {"localhost:9090", "", "not a URL: expected http://HOST or https://HOST"},
		"scheme":   {"ftp://host", "", "not a URL: expected http://HOST or https://HOST"},
		"password": {"http://me:geheim1@[::1", "", "not a URL: expected http://HOST or https://HOST"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := client(t, nil)
			u, err := c.URL(test.text, dir)
			if err != nil {
				if err.Error() != test.wantErr {
					t.Errorf("error %q, want %q", err, test.wantErr)
				}
				return
			}
			if u.String() != test.want {
				t.Errorf("got %s, want %s", u, test.want)
			}
			if got := c.Mask("see geheim1"); name == "file" && got != "see [secret]" {
				t.Errorf("the password is not hidden: %s", got)
			}
		})
	}
}

func TestMask(t *testing.T) {
	c := &Client{}
	c.secrets.Add(`p"ä &<ss`)
	c.secrets.Add("abc") // too short: it would strike out half of any text
	for _, text := range []string{
		`p"ä &<ss`, `p%22%C3%A4+%26%3Css`, `p%22%C3%A4%20&%3Css`, "cCLDpCAmPHNz", "7022c3a420263c7373", "7022C3A420263C7373",
		`p\"ä \u0026\u003css`, `p&#34;ä &amp;&lt;ss`, `p\"ä &<ss`,
	} {
		if got := c.Mask("<" + text + "> abc"); got != "<[secret]> abc" {
			t.Errorf("%q becomes %q", text, got)
		}
	}
}

// TestOldHeadersGoBesideTheNew: those of the table http win, however they are written.
func TestOldHeadersGoBesideTheNew(t *testing.T) {
	got := Settings{Headers: map[string]string{"X-Team": "new"}}.WithHeaders(map[string]string{"x-team": "old", "X-Other": "kept"})
	if want := map[string]string{"X-Team": "new", "X-Other": "kept"}; !maps.Equal(got.Headers, want) {
		t.Errorf("%v, want %v", got.Headers, want)
	}
}
