package http

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"gonogo/actions/actiontest"
)

// What is asked is asked of the host that was named, and not turned into something else.
func TestRedirects(t *testing.T) {
	var strangers atomic.Int32
	other := serve(t, func(http.ResponseWriter, *http.Request) { strangers.Add(1) })
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/temporary":
			http.Redirect(w, r, "/final", http.StatusTemporaryRedirect)
		case "/found":
			http.Redirect(w, r, "/final", http.StatusFound)
		case "/other":
			http.Redirect(w, r, other+"/?token=x", http.StatusTemporaryRedirect)
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusTemporaryRedirect)
		case "/final":
			b, _ := io.ReadAll(r.Body)
			fmt.Fprintf(w, "%s %q %s", r.Method, b, r.Header.Get("X-Plain"))
		}
	})
	tests := []struct{ name, method, path, log, err string }{
		{"same host", "POST", "/temporary", `POST "text" yes`, ""},
		{"found", "GET", "/found", `GET "" yes`, ""},
		{"would become a GET", "POST", "/found", "", "redirected from POST to GET"},
		{"other host", "POST", "/other", "", "redirected to http://127.0.0.1"},
		{"loop", "GET", "/loop", "", "redirected more than 3 times"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, err := Kind().Build(part(map[string]any{
				"url": url + tt.path, "method": tt.method, "body": "text", "headers": map[string]any{"X-Plain": "yes"},
			}))
			if err != nil {
				t.Fatal(err)
			}
			var log strings.Builder
			err = a.Do(t.Context(), nil, &log)
			if (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) || log.String() != tt.log {
				t.Errorf("log %q, error %v; want %q, %q", log.String(), err, tt.log, tt.err)
			}
		})
	}
	if n := strangers.Load(); n != 0 {
		t.Errorf("the other host was asked %d times", n)
	}
}

// A secret address shows neither its path nor its query, wherever it goes wrong.
func TestSecretAddress(t *testing.T) {
	closed := httptest.NewServer(nil)
	closed.Close()
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(403)
		fmt.Fprintf(w, "no %s for you, %s", r.URL.RequestURI(), r.URL.Query().Get("key"))
	})
	for name, base := range map[string]string{"answers 403": url, "refuses": closed.URL} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(actiontest.SecretName, base+"/services/T0000/abcdefghijklmnopqrst?key=s3cr3t%2Fvalue")
			a, err := Kind().Build(part(map[string]any{"url": "env:" + actiontest.SecretName}))
			if err != nil {
				t.Fatal(err)
			}
			var log strings.Builder
			err = a.Do(t.Context(), nil, &log)
			if err == nil {
				t.Fatal("no error")
			}
			p := a.Preview(nil)
			for what, text := range map[string]string{"error": err.Error(), "log": log.String(), "preview": p.Title + p.Lines[0]} {
				for _, secret := range []string{"s3cr3t", "T0000", "abcdefghijklmnopqrst"} {
					if strings.Contains(text, secret) {
						t.Errorf("%s shows %s: %q", what, secret, text)
					}
				}
			}
		})
	}
}

// A secret that lies across the end of what is logged does not show by its first half.
func TestSecretAtTheEndOfTheLog(t *testing.T) {
	t.Setenv(actiontest.SecretName, actiontest.Secret)
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, strings.Repeat("x", maxShown-8)+r.Header.Get("X-Key")+"the end")
	})
	a, err := Kind().Build(part(map[string]any{"url": url, "headers": secretHeaders()}))
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	if err := a.Do(t.Context(), nil, &log); err != nil {
		t.Fatal(err)
	}
	actiontest.NoSecret(t, "log", log.String()[maxShown-20:])
}

// A server that sends a secret back as a key gets it into no error; nor do long keys make a long one.
func TestKeysInErrors(t *testing.T) {
	t.Setenv(actiontest.SecretName, "s3cr3t-and-plain")
	for name, key := range map[string]string{"secret": "", "long": strings.Repeat("k", 1<<20)} {
		t.Run(name, func(t *testing.T) {
			url := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if key == "" {
					key = r.Header.Get("X-Key")
				}
				fmt.Fprintf(w, `{"%s":1}`, key)
			})
			_, err := reader(t, map[string]any{"http": url, "json": "gone", "headers": secretHeaders()}).Read(t.Context())
			if err == nil || len(err.Error()) > 1000 {
				t.Fatalf("error of %d bytes", len(fmt.Sprint(err)))
			}
			actiontest.NoSecret(t, "error", err.Error())
		})
	}
}
