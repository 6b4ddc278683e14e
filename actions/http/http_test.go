package http

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"gonogo/actions/actiontest"
	"gonogo/internal/httpclient"
	"gonogo/model"
	"gonogo/model/config"
)

func part(values map[string]any) config.Part {
	return config.Part{ID: "x", Kind: "http", Table: config.NewTable(values), Dir: "/"}
}

func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

func secretHeaders() map[string]any {
	return map[string]any{"X-Key": "env:" + actiontest.SecretName}
}

func TestActionContract(t *testing.T) {
	actiontest.Action(t, actiontest.ActionCase{New: func(t *testing.T, b actiontest.Behaviour) actiontest.Running {
		var begun, open atomic.Int32
		url := serve(t, func(w http.ResponseWriter, r *http.Request) {
			begun.Add(1)
			open.Add(1)
			defer open.Add(-1)
			key := r.Header.Get("X-Key")
			switch b {
			case actiontest.Well:
				fmt.Fprintln(w, "hello", key, base64.StdEncoding.EncodeToString([]byte(key)))
			case actiontest.Fails:
				w.WriteHeader(500)
				fmt.Fprintln(w, actiontest.Hostile, key)
			case actiontest.Hangs:
				_, _ = io.Copy(io.Discard, r.Body) // or the server does not notice that we went
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
		a, err := Kind().Build(part(map[string]any{"url": url + "/hook", "body": `{"a":1}`, "headers": secretHeaders()}))
		if err != nil {
			t.Fatal(err)
		}
		return actiontest.Running{
			Action: a,
			Begun:  func() bool { return begun.Load() > 0 },
			Gone:   func() bool { return open.Load() == 0 },
		}
	}})
}

// store is a server that keeps one JSON value.
type store struct {
	mu     sync.Mutex
	value  string
	writes int
}

func (s *store) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Method == "GET" {
		fmt.Fprintf(w, `{"flags":{"f":%s}}`, s.value)
		return
	}
	b, _ := io.ReadAll(r.Body)
	text := string(b)
	if r.Method != "PATCH" || r.URL.Path != "/set" || r.Header.Get("Content-Type") != "application/json" || !strings.HasPrefix(text, `{"v":`) {
		http.Error(w, "unexpected "+r.Method+" "+r.URL.Path+" "+text, http.StatusBadRequest)
		return
	}
	s.value = text[len(`{"v":`) : len(text)-1]
	s.writes++
}

func TestSwitchContract(t *testing.T) {
	actiontest.Switch(t, actiontest.SwitchCase{New: func(t *testing.T, kind model.ValueType, start model.Value) actiontest.Store {
		s := &store{value: "null"}
		if start.Type != model.Unset {
			v, err := asJSON(start)
			if err != nil {
				t.Fatal(err)
			}
			s.value = v
		}
		url := serve(t, s.ServeHTTP)
		sw, err := Kind().BuildSwitch(part(map[string]any{
			"url": url + "/get", "json": "flags.f",
			"set_url": url + "/set", "set_method": "PATCH", "set_body": `{"v":{value}}`,
		}), model.Flag{Type: kind})
		if err != nil {
			t.Fatal(err)
		}
		return actiontest.Store{Switch: sw, Writes: func() string {
			s.mu.Lock()
			defer s.mu.Unlock()
			return fmt.Sprint(s.writes)
		}}
	}})
}

// A key-value store whose whole answer is the value, and 404 without one.
func TestSwitchContractWholeAnswer(t *testing.T) {
	actiontest.Switch(t, actiontest.SwitchCase{New: func(t *testing.T, kind model.ValueType, start model.Value) actiontest.Store {
		var mu sync.Mutex
		var value []byte
		writes := 0
		if start.Type != model.Unset {
			v, err := asJSON(start)
			if err != nil {
				t.Fatal(err)
			}
			value = []byte(v)
		}
		url := serve(t, func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			switch {
			case r.Method == "PUT":
				value, _ = io.ReadAll(r.Body)
				writes++
			case value == nil:
				http.NotFound(w, r)
			default:
				_, _ = w.Write(value)
			}
		})
		sw, err := Kind().BuildSwitch(part(map[string]any{"url": url}), model.Flag{Type: kind})
		if err != nil {
			t.Fatal(err)
		}
		return actiontest.Store{Switch: sw, Writes: func() string {
			mu.Lock()
			defer mu.Unlock()
			return fmt.Sprint(writes)
		}}
	}})
}

func TestReaderContract(t *testing.T) {
	answering := func(status int, body string, more ...any) func(t *testing.T) model.Reader {
		return func(t *testing.T) model.Reader {
			t.Helper()
			values := map[string]any{"headers": secretHeaders(), "http": serve(t, func(w http.ResponseWriter, r *http.Request) {
				w.WriteHeader(status)
				_, _ = io.WriteString(w, strings.ReplaceAll(body, "KEY", r.Header.Get("X-Key")))
			})}
			for i := 0; i < len(more); i += 2 {
				values[more[i].(string)] = more[i+1]
			}
			return reader(t, values)
		}
	}
	var begun atomic.Bool
	actiontest.Reader(t, actiontest.ReaderCase{
		New: func(t *testing.T) (model.Reader, string) {
			return answering(200, `{"flags":{"tenants":["a","b"]}}`, "json", "flags.tenants")(t), "a,b"
		},
		Broken: map[string]func(t *testing.T) model.Reader{
			"500":           answering(500, "KEY "+actiontest.Hostile),
			"404":           answering(404, ""),
			"204":           answering(200, "x", "status", int64(204)),
			"no JSON":       answering(200, "<html>KEY "+actiontest.Hostile, "json", "a"),
			"no such part":  answering(200, `{"KEY":1,"\u202e":2}`, "json", "a"),
			"null":          answering(200, `{"a":null}`, "json", "a"),
			"an object":     answering(200, `{"a":{"b":1}}`, "json", "a"),
			"comma in item": answering(200, `{"a":["b,KEY"]}`, "json", "a"),
			"too long":      answering(200, strings.Repeat("x", maxShown+1)),
			"8 MiB":         answering(200, strings.Repeat("x", httpclient.MaxBody+1)),
			"refused": func(t *testing.T) model.Reader {
				s := httptest.NewServer(nil)
				s.Close()
				return reader(t, map[string]any{"http": s.URL})
			},
		},
		Hangs: func(t *testing.T) (model.Reader, func() bool) {
			url := serve(t, func(_ http.ResponseWriter, r *http.Request) {
				begun.Store(true)
				<-r.Context().Done()
			})
			return reader(t, map[string]any{"http": url}), begun.Load
		},
	})
}

func reader(t *testing.T, values map[string]any) model.Reader {
	t.Helper()
	r, err := Kind().BuildReader(part(values))
	if err != nil {
		t.Fatal(err)
	}
	return r
}
