package notify

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"gonogo/actions/actiontest"
	"gonogo/model"
	"gonogo/model/config"
)

func part(urls ...any) config.Part {
	return config.Part{ID: "x", Kind: "notify", Table: config.NewTable(map[string]any{"urls": urls}), Dir: "/"}
}

func build(t *testing.T, urls ...any) *Action {
	t.Helper()
	a, err := Kind().Build(part(urls...))
	if err != nil {
		t.Fatal(err)
	}
	return a.(*Action)
}

// serve starts a webhook; host is its host and port.
func serve(t *testing.T, h http.HandlerFunc) (address, host string) {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(func() { s.CloseClientConnections(); s.Close() })
	return s.URL, strings.TrimPrefix(s.URL, "http://")
}

// secretly makes address one with the secret in it, and returns where it is found.
func secretly(t *testing.T, name, address string) string {
	t.Helper()
	t.Setenv(name, address+"/hook/"+url.PathEscape(actiontest.Secret)+"?token="+url.QueryEscape(actiontest.Secret))
	return "env:" + name
}

func args() model.Args {
	return model.Args{model.ArgTitle: "Rolled back", model.ArgText: "vecsec: everything is off\nsince 12:00"}
}

func TestActionContract(t *testing.T) {
	actiontest.Action(t, actiontest.ActionCase{New: func(t *testing.T, b actiontest.Behaviour) actiontest.Running {
		var begun, open atomic.Int32
		address, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
			begun.Add(1)
			open.Add(1)
			defer open.Add(-1)
			token := r.URL.Query().Get("token")
			switch b {
			case actiontest.Well:
				fmt.Fprintln(w, "hello", token, base64.StdEncoding.EncodeToString([]byte(token)), r.URL, r.RequestURI)
			case actiontest.Fails:
				w.WriteHeader(500)
				fmt.Fprintln(w, actiontest.Hostile, token, r.URL)
			case actiontest.Hangs:
				_, _ = io.Copy(io.Discard, r.Body)
				<-r.Context().Done()
			case actiontest.Floods:
				line := []byte(strings.Repeat("x", 999) + "\n")
				for range 9 << 10 {
					if _, err := w.Write(line); err != nil {
						return
					}
				}
			}
		})
		return actiontest.Running{
			Action: build(t, secretly(t, "GONOGO_TEST_URL", address)),
			Begun:  func() bool { return begun.Load() > 0 },
			Gone:   func() bool { return open.Load() == 0 },
		}
	}})
}

func TestWebhookGetsTitleAndText(t *testing.T) {
	got := make(chan map[string]string, 1)
	address, host := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		var m map[string]string
		if err := json.NewDecoder(r.Body).Decode(&m); err != nil || r.Method != "POST" || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s %s: %v", r.Method, r.Header, err)
		}
		if user, password, _ := r.BasicAuth(); user != "me" || password != "hush!" {
			t.Errorf("credentials %q %q", user, password)
		}
		got <- m
	})
	t.Setenv("HOOK", strings.Replace(address, "://", "://me:hush!@", 1))
	a := build(t, "env:HOOK")
	if err := a.Do(t.Context(), args(), nil); err != nil {
		t.Fatal(err)
	}
	if m := <-got; len(m) != 2 || m["title"] != "Rolled back" || m["text"] != "vecsec: everything is off\nsince 12:00" {
		t.Errorf("posted %v", m)
	}
	if p := a.Preview(args()); p.Title != "tell "+host+" (env:HOOK)" || p.Lines[0] != p.Title+": Rolled back" {
		t.Errorf("preview %+v", p)
	}
}

func TestMessage(t *testing.T) {
	tests := []struct {
		name        string
		title, text string
		want        message
	}{
		{"nothing", "", "", message{"gonogo", "gonogo"}},
		{"a title only", "Breach", " \n", message{"Breach", "Breach"}},
		{"hostile", "a\nb\x1b[2J", "c\x1b[2J\r\nd\u202e", message{"a␊b␛[2J", "c␛[2J\nd⍰"}},
		{"long title", strings.Repeat("é", 200), "x", message{strings.Repeat("é", 98) + cutMark, "x"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := newMessage(model.Args{model.ArgTitle: tt.title, model.ArgText: tt.text}); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	for n := maxText - 3; n < maxText+3; n++ {
		text := newMessage(model.Args{model.ArgText: strings.Repeat("x", n) + "€"}).text
		if len(text) > maxText || !utf8.ValidString(text) || (n+3 > maxText) != strings.HasSuffix(text, cutMark) {
			t.Errorf("of %d bytes: %d, %q", n+3, len(text), text[len(text)-6:])
		}
	}
}

func TestOneFailingKeepsNoneFromBeingTold(t *testing.T) {
	var told atomic.Int32
	good, _ := serve(t, func(http.ResponseWriter, *http.Request) { told.Add(1) })
	bad, badHost := serve(t, func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no such hook", http.StatusNotFound) })
	closed := httptest.NewServer(nil)
	closed.Close()
	var log bytes.Buffer
	err := build(t, bad, good, closed.URL, good+"/2").Do(t.Context(), args(), &log)
	if err == nil || !strings.HasPrefix(err.Error(), "2 of 4 could not be told: "+badHost+": HTTP 404: no such hook; 127.0.0.1:") || !strings.HasSuffix(err.Error(), "connection refused") {
		t.Error(err)
	}
	if told.Load() != 2 || strings.Count(log.String(), ": HTTP 200: \n") != 2 {
		t.Errorf("told %d, log %q", told.Load(), &log)
	}
}

func TestWebhookRedirects(t *testing.T) {
	var reached atomic.Int32
	other, otherHost := serve(t, func(http.ResponseWriter, *http.Request) { reached.Add(1) })
	address, host := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/away":
			http.Redirect(w, r, other+"/x?"+r.URL.RawQuery, http.StatusTemporaryRedirect)
		case "/get":
			http.Redirect(w, r, "/", http.StatusFound)
		case "/on":
			http.Redirect(w, r, "/", http.StatusPermanentRedirect)
		case "/round":
			http.Redirect(w, r, "/round", http.StatusTemporaryRedirect)
		}
	})
	for path, want := range map[string]string{
		"/away":  ": redirected to http://" + otherHost + ", which is not followed: give that as the url if it is right",
		"/get":   ": redirected from POST to GET, which is not followed: give the final url",
		"/round": ": redirected more than 3 times",
		"/on":    "",
	} {
		err := build(t, address+path).Do(t.Context(), args(), nil)
		if want == "" && err != nil || want != "" && (err == nil || err.Error() != "1 of 1 could not be told: "+host+want) {
			t.Errorf("%s: %v", path, err)
		}
	}
	if reached.Load() != 0 {
		t.Error("the other host was told")
	}
}

// The library has services of its own; these two can be sent to a server of the test.
func TestServices(t *testing.T) {
	var body atomic.Value
	address, host := serve(t, func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		body.Store(string(b))
		if strings.HasPrefix(r.URL.Path, "/bad") {
			http.Error(w, "no "+r.URL.String()+" "+r.Header.Get("Authorization")+actiontest.Hostile, http.StatusForbidden)
			return
		}
		if r.URL.Path != "/topic1" {
			return
		}
		fmt.Fprint(w, "{}")
	})
	for name, raw := range map[string]string{
		"generic": "generic+" + address + "/hook",
		"ntfy":    "ntfy://s3cr3tUser:s3cr3tPass@" + host + "/topic1?scheme=http",
	} {
		t.Run(name, func(t *testing.T) {
			body.Store("")
			t.Setenv("CHAT", raw)
			a := build(t, "env:CHAT")
			var log bytes.Buffer
			if err := a.Do(t.Context(), args(), &log); err != nil {
				t.Fatal(err)
			}
			if got := body.Load().(string); !strings.Contains(got, "Rolled back\n") && !strings.Contains(got, `Rolled back\n`) || !strings.Contains(got, "since 12:00") {
				t.Errorf("it was sent %q", got)
			}
			if log.String() != name+" (env:CHAT): sent\n" {
				t.Errorf("log %q", &log)
			}
			if got := a.Preview(nil).Title; got != "tell "+name+" (env:CHAT)" {
				t.Errorf("preview %q", got)
			}
			if err := a.Check(); err != nil {
				t.Errorf("check: %v", err)
			}
		})
	}
	for name, raw := range map[string]string{
		"generic": "generic+" + address + "/bad/s3cr3t?x=s3cr3tToo",
		"ntfy":    "ntfy://s3cr3tUser:s3cr3tPass@" + host + "/bad-s3cr3t?scheme=http",
		"closed":  "ntfy://s3cr3tUser:s3cr3tPass@127.0.0.1:1/bad-s3cr3t?scheme=http",
		"slack":   "slack://hook:s3cr3t-s3cr3tB-s3cr3tC@webhook",
		"gotify":  "gotify://" + host + "/s3cr3tToken",
		"discord": "discord://s3cr3t@s3cr3t/x/y/z",
		"smtp":    "smtp://s3cr3t:s3cr3t@127.0.0.1:1/?from=a@s3cr3t.example&to=s3cr3t@x.example",
	} {
		t.Run(name+" fails", func(t *testing.T) {
			t.Setenv("CHAT", raw)
			a := build(t, "env:CHAT")
			var log bytes.Buffer
			err := a.Do(t.Context(), args(), &log)
			if err == nil || !strings.HasPrefix(err.Error(), "1 of 1 could not be told: ") {
				t.Fatalf("error %v", err)
			}
			actiontest.Harmless(t, "do", err)
			actiontest.NoSecret(t, "log", log.String())
			for e := range unwrapAll(err) {
				actiontest.NoSecret(t, "a wrapped error", e.Error())
			}
			actiontest.Harmless(t, "check", a.Check())
			t.Log(err)
		})
	}
}

func unwrapAll(err error) func(func(error) bool) {
	return func(yield func(error) bool) {
		if u, ok := err.(interface{ Unwrap() []error }); ok {
			for _, e := range u.Unwrap() {
				if !yield(e) {
					return
				}
			}
		}
	}
}

// A call of the library that hangs does not hold us, nor pile up.
func TestServiceHangs(t *testing.T) {
	var calls atomic.Int32
	end := make(chan struct{})
	address, _ := serve(t, func(http.ResponseWriter, *http.Request) {
		calls.Add(1)
		<-end
	})
	defer close(end)
	var told atomic.Int32
	good, _ := serve(t, func(http.ResponseWriter, *http.Request) { told.Add(1) })
	a := build(t, "generic+"+address+"/hook", good)
	for range slots + 3 {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		actiontest.Within(t, "do", func() {
			err := a.Do(ctx, args(), nil)
			if !errors.Is(err, context.DeadlineExceeded) || err.Error() != "1 of 2 could not be told: generic: timed out" {
				t.Errorf("error %v", err)
			}
		})
		cancel()
	}
	if n := calls.Load(); n > slots {
		t.Errorf("%d calls hang", n)
	}
	if told.Load() != slots+3 {
		t.Errorf("the other was told %d times", told.Load())
	}
}

func TestBadAddresses(t *testing.T) {
	for _, tt := range []struct{ raw, want string }{
		{"", "urls: environment variable CHAT is not set"},
		{"s3cr3t", "urls: it is no address (env:CHAT): expected a webhook's https://… or a service's, such as slack://…"},
		{"https://s3cr3t:\x7f", "urls: it is no address (env:CHAT): expected a webhook's https://… or a service's, such as slack://…"},
		{"https:///s3cr3t", "urls: it is no address (env:CHAT): there is no host behind https://"},
		{"logger://", `urls: no service is called "logger" (env:CHAT): expected https or one of bark, discord, `},
		{"slak://s3cr3t", `urls: no service is called "slak" (env:CHAT): expected https or one of bark, discord, `},
	} {
		t.Setenv("CHAT", tt.raw)
		_, err := Kind().Build(part("env:CHAT"))
		if err == nil || !strings.HasPrefix(err.Error(), tt.want) || strings.Contains(err.Error(), "s3cr3t") {
			t.Errorf("%q: got %v, want %s", tt.raw, err, tt.want)
		}
	}
	if _, err := Kind().Build(part()); err == nil {
		t.Error("nobody is told")
	}
}

func TestLint(t *testing.T) {
	for text, want := range map[string]string{
		"env:CHAT": "", "file:chat.url": "", "https://hooks.example/x": "", "http://127.0.0.1/": "",
		"slack://hook:T@webhook": "the address of a service holds its token, a secret written in the file: use env:NAME or file:PATH",
		"TEAM_CHAT":              "expected env:NAME, file:PATH or a webhook's https://…",
	} {
		found := lint(part("env:A", text))
		if want == "" && len(found) != 0 || want != "" && (len(found) != 1 || found[0].Message != want || found[0].Warning || found[0].Key != "urls") {
			t.Errorf("%s: %v", text, found)
		}
	}
}
