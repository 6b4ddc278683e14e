package http

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gonogo/actions/actiontest"
	"gonogo/model"
)

func TestRedirects(t *testing.T) {
	var strangers atomic.Int32
	other := serve(t, func(http.ResponseWriter, *http.Request) { strangers.Add(1) })
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/here":
			http.Redirect(w, r, "/final", http.StatusTemporaryRedirect)
		case "/found":
			http.Redirect(w, r, "/final", http.StatusFound)
		case "/other":
			http.Redirect(w, r, other+"/?token=x", http.StatusTemporaryRedirect)
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusTemporaryRedirect)
		case "/final":
			b, _ := io.ReadAll(r.Body)
			fmt.Fprintf(w, "%s %s %s", r.Method, b, r.Header.Get("X-Plain"))
		}
	})
	tests := []struct{ name, method, path, want string }{
		{"same host", "POST", "/here", "200 OK\nPOST text yes\n"},
		{"GET, found", "GET", "/found", "200 OK\nGET text yes\n"},
		{"POST would become GET", "POST", "/found", "the POST was redirected in a way that makes it a GET: write the final address"},
		{"other host", "POST", "/other", "redirected to another host, " + other + ": write the final address"},
		{"loop", "GET", "/loop", "redirected too often"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, err := Kind().Build(part(map[string]any{"url": url + tt.path, "method": tt.method, "body": "text", "headers": map[string]any{"X-Plain": "yes"}}))
			if err != nil {
				t.Fatal(err)
			}
			var log strings.Builder
			err = a.Do(t.Context(), nil, &log)
			if err != nil {
				if !strings.HasSuffix(err.Error(), tt.want) {
					t.Errorf("error %v, want %q", err, tt.want)
				}
			} else if tt.name == "GET, found" {
				if !strings.Contains(log.String(), "GET") {
					t.Errorf("log %q", log.String())
				}
			} else if log.String() != tt.want {
				t.Errorf("log %q, want %q", log.String(), tt.want)
			}
		})
	}
	if n := strangers.Load(); n != 0 {
		t.Errorf("the other host was asked %d times", n)
	}
}

// A secret address shows nothing but its host, wherever it goes wrong.
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
			p := a.Preview(nil)
			var log strings.Builder
			err = a.Do(t.Context(), nil, &log)
			if err == nil {
				t.Fatal("no error")
			}
			for what, text := range map[string]string{"error": err.Error(), "log": log.String(), "preview": p.Title + p.Lines[0]} {
				for _, part := range []string{"s3cr3t", "T0000", "abcdefghijklmnopqrst"} {
					if strings.Contains(text, part) {
						t.Errorf("%s shows %s: %q", what, part, text)
					}
				}
			}
			if !strings.Contains(err.Error(), "POST "+base+": ") {
				t.Errorf("error does not say where: %v", err)
			}
		})
	}
}

func TestTimeout(t *testing.T) {
	url := serve(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err := reader(t, map[string]any{"http": url + "/flags?a=b"}).Read(ctx)
	if !errors.Is(err, context.DeadlineExceeded) || !strings.HasPrefix(err.Error(), "GET "+url+"/flags?…: timed out after ") {
		t.Errorf("error %v", err)
	}
}

func TestBuildErrors(t *testing.T) {
	t.Setenv(actiontest.SecretName, "ht!tp://s3cr3t")
	tests := []struct {
		name   string
		values map[string]any
		want   string
	}{
		{"no address", map[string]any{"url": "localhost:8080"}, `url: "localhost:8080" is no address: expected http://… or https://…`},
		{"secret that is none", map[string]any{"url": "env:" + actiontest.SecretName}, "url: what it stands for is no address: expected http://… or https://…"},
		{"secret not set", map[string]any{"url": "env:GONOGO_NOT_SET"}, "url: environment variable GONOGO_NOT_SET is not set"},
		{"header", map[string]any{"url": "http://x", "headers": map[string]any{"X": "a\r\nY: b"}}, `headers: "X" cannot be sent`},
		{"status", map[string]any{"url": "http://x", "status": 12.5}, "status: expected 100 to 599, found 12.5"},
		{"body", map[string]any{"url": "http://x", "body": "file:/nonexistent"}, "body: open /nonexistent"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Kind().Build(part(tt.values))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q in it", err, tt.want)
			}
			actiontest.NoSecret(t, "error", fmt.Sprint(err))
		})
	}
	_, err := Kind().BuildSwitch(part(map[string]any{"url": "http://x", "set_body": "{}"}), model.Flag{Type: model.Bool})
	if err == nil || err.Error() != "set_body: expected {value} where the value goes" {
		t.Errorf("error %v", err)
	}
}

func TestExtract(t *testing.T) {
	const body = `{"real":true,"n":12345678901234567890,"tenants":["a","b"],"none":[],"nested":{"x":" y "},"mixed":[1,true,"t"],"deep":[[1]]}`
	tests := []struct{ name, body, path, want, err string }{
		{"all of it", " 1.2 \n", "", "1.2", ""},
		{"bool", body, "real", "true", ""},
		{"every digit", body, "n", "12345678901234567890", ""},
		{"list", body, "tenants", "a,b", ""},
		{"empty list", body, "none", "", ""},
		{"trimmed", body, "nested.x", "y", ""},
		{"length", body, "tenants.#", "2", ""},
		{"mixed", body, "mixed", "1,true,t", ""},
		{"object", body, "nested", "", `json "nested": is an object: name a part of it; there is x`},
		{"array of arrays", body, "deep", "", `json "deep": its items are no texts or numbers`},
		{"missing", `{"a":1,"b\u001b":2}`, "c", "", `json "c": the answer has no such part; there is a, b␛`},
		{"missing of many", `{"1":1,"2":1,"3":1,"4":1,"5":1,"6":1,"7":1,"8":1,"9":1,"10":1,"11":1}`, "x", "", `json "x": the answer has no such part; there is 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, …`},
		{"missing in nothing", `{}`, "x", "", `json "x": the answer has no such part: it is {}`},
		{"missing in an array", `[1]`, "x", "", `json "x": the answer has no such part: it is an array`},
		{"null", `{"a":null}`, "a", "", `json "a": is null; there is a`},
		{"no JSON", `{"a":1`, "a", "", "the answer is not JSON"},
		{"nothing", ``, "a", "", "the answer is not JSON"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := valueAt([]byte(tt.body), tt.path)
			if got != tt.want || fmt.Sprint(err) != tt.err && (err != nil || tt.err != "") {
				t.Errorf("got %q, %v; want %q, %s", got, err, tt.want, tt.err)
			}
		})
	}
}

func FuzzExtract(f *testing.F) {
	f.Add([]byte(`{"a":[1,"b"]}`), "a")
	f.Add([]byte(`{"a":{"b":null}}`), "a.b")
	f.Add([]byte(`[]`), "#")
	f.Add([]byte(`[{"a":1}]`), "#(a==1)#.a|@reverse")
	f.Fuzz(func(t *testing.T, body []byte, path string) {
		got, err := valueAt(body, path)
		actiontest.Harmless(t, "extract", err)
		if len(got) > maxShown*2 {
			t.Errorf("value of %d bytes", len(got))
		}
	})
}
