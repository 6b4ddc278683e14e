package httpclient_test

import (
	"cmp"
	"context"
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gonogo/actions"
	"gonogo/internal/httpclient"
	"gonogo/model"
	"gonogo/model/config"
	"gonogo/sources"
)

// speaker is a part of a kind that speaks HTTP: it asks, or tells, the server at url once or more.
type speaker struct {
	name string
	keys []config.Key
	flat bool // the settings stand beside its other keys
	ask  func(ctx context.Context, table config.Table, dir string) error
	// table returns the keys that the part needs besides the settings.
	table func(url string) map[string]any
}

// speakers finds every part that speaks HTTP by the keys that its kind declares: the
// table http, a url, or whom to tell.
func speakers(t *testing.T) []speaker {
	var out []speaker
	for name, kind := range sources.Builders() {
		if !web(kind.Keys) {
			continue
		}
		metric := map[string]map[string]any{"prometheus": {"query": "up"}, "scrape": {"query": "shop_total"}, "http": {"path": "/x"},
			"alertmanager": {"alertname": "A"}, "elasticsearch": {"query": "*", "over": "5m"}, "loki": {"query": "sum(count_over_time({a=\"b\"}[5m]))"}}[name]
		if metric == nil {
			t.Errorf("source %s speaks HTTP and is not tried here: say what its metric asks", name)
			continue
		}
		out = append(out, speaker{
			name: "source " + name, keys: kind.Keys,
			table: func(url string) map[string]any {
				if has(kind.Keys, "targets") {
					return map[string]any{"targets": []any{url}, "every": "50ms"}
				}
				if has(kind.Keys, "index") {
					return map[string]any{"url": url, "index": "logs", "time": "@timestamp"}
				}
				return map[string]any{"url": url}
			},
			ask: func(ctx context.Context, table config.Table, dir string) error {
				source, err := kind.Build(config.SourcePart{
					Part: config.Part{ID: "s", Kind: name, Table: table, Dir: dir}, StateDir: dir,
					Metrics: []config.MetricPart{{
						Metric: model.Metric{ID: "m", Source: "s", Every: 20 * time.Millisecond, Timeout: 5 * time.Second},
						Table:  config.NewTable(metric),
					}},
				})
				if err != nil {
					return err
				}
				ctx, stop := context.WithCancel(ctx)
				defer stop()
				said := &first{stop: stop}
				_ = source.Run(ctx, said) // ends with ctx
				return said.why()
			},
		})
	}
	for name, kind := range actions.Builders() {
		if web(kind.Keys) {
			out = append(out, speaker{name: "action " + name, keys: kind.Keys, table: addressed(kind.Keys), ask: func(ctx context.Context, table config.Table, dir string) error {
				a, err := kind.Build(config.Part{ID: "a", Kind: name, Table: table, Dir: dir})
				if err != nil {
					return err
				}
				return a.Do(ctx, nil, nil)
			}})
		}
		if web(kind.SwitchKeys) {
			out = append(out, speaker{name: "flag " + name, keys: kind.SwitchKeys, table: addressed(kind.SwitchKeys), ask: func(ctx context.Context, table config.Table, dir string) error {
				flag := model.Flag{ID: "f", Type: model.Bool}
				sw, err := kind.BuildSwitch(config.Part{ID: "f", Kind: name, Table: table, Dir: dir}, flag)
				if err != nil {
					return err
				}
				return sw.Set(ctx, model.BoolValue(true))
			}})
		}
		if web(kind.ReaderKeys) || has(kind.ReaderKeys, "http") {
			out = append(out, speaker{name: "reader " + name, keys: kind.ReaderKeys, flat: true, table: addressed(kind.ReaderKeys), ask: func(ctx context.Context, table config.Table, dir string) error {
				r, err := kind.BuildReader(config.Part{ID: "r", Kind: name, Table: table, Dir: dir})
				if err != nil {
					return err
				}
				_, err = r.Read(ctx)
				return err
			}})
		}
	}
	if len(out) < 7 {
		t.Fatalf("%d parts that speak HTTP were found: is their key no longer called http, url, urls or targets?", len(out))
	}
	return out
}

// web reports whether a kind with these keys speaks HTTP.
func web(keys []config.Key) bool {
	return has(keys, "url") || has(keys, "urls") || has(keys, "targets") || slices.ContainsFunc(keys, func(k config.Key) bool { return k.Name == "http" && len(k.Keys) > 0 })
}

func has(keys []config.Key, name string) bool {
	return slices.ContainsFunc(keys, func(k config.Key) bool { return k.Name == name })
}

// addressed returns the table of a part whose address is in the first of its keys that can hold one.
func addressed(keys []config.Key) func(string) map[string]any {
	return func(url string) map[string]any {
		switch {
		case has(keys, "urls"):
			return map[string]any{"urls": []any{url}}
		case has(keys, "url"):
			return map[string]any{"url": url}
		}
		return map[string]any{"http": []any{url}}
	}
}

// first ends a source with its first reading. Its metrics report one after the other.
type first struct {
	stop context.CancelFunc
	mu   sync.Mutex
	err  error
}

func (f *first) why() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err
}

func (f *first) end(err error) {
	f.mu.Lock()
	f.err = cmp.Or(f.err, err)
	f.mu.Unlock()
	f.stop()
}

func (f *first) Fact(model.Event) error                    { return nil }
func (f *first) Past(model.MetricID, []model.Point)        {}
func (f *first) Reading(_ model.MetricID, r model.Reading) { f.end(r.Err) }
func (f *first) Trouble(_ model.MetricID, err error)       { f.end(err) }

// TestEveryKindTakesTheSameKeys: whatever speaks HTTP declares the same settings.
func TestEveryKindTakesTheSameKeys(t *testing.T) {
	want := config.KeysOf[httpclient.Settings]()
	for _, s := range speakers(t) {
		got := s.keys
		if !s.flat {
			i := slices.IndexFunc(s.keys, func(k config.Key) bool { return k.Name == "http" })
			if i < 0 {
				t.Errorf("%s speaks HTTP and takes no table http: embed httpclient.Keys", s.name)
				continue
			}
			got = s.keys[i].Keys
		}
		for _, k := range want {
			i := slices.IndexFunc(got, func(g config.Key) bool { return g.Name == k.Name })
			if i < 0 || !reflect.DeepEqual(got[i], k) {
				t.Errorf("%s: the key %s of http is not as everywhere", s.name, k.Name)
			}
		}
	}
}

// TestEveryKindHeedsTheSettings: TLS by a private authority, a password, a token and
// a header reach the server, whatever speaks; without the authority nothing is said; and
// nothing goes on to another host.
func TestEveryKindHeedsTheSettings(t *testing.T) {
	t.Setenv("GONOGO_TEST_TOKEN", "geheim-token")
	t.Setenv("GONOGO_TEST_PASSWORD", "geheim-password")
	for _, s := range speakers(t) {
		t.Run(s.name, func(t *testing.T) {
			var asked, strayed atomic.Int32
			var seen atomic.Pointer[http.Request]
			other := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { strayed.Add(1) }))
			defer other.Close()
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked.Add(1)
				seen.CompareAndSwap(nil, r)
				http.Redirect(w, r, other.URL+"/x", http.StatusTemporaryRedirect)
			}))
			server.Config.ErrorLog = log.New(io.Discard, "", 0) // of handshakes that are to fail
			server.StartTLS()
			defer server.Close()
			dir := t.TempDir()
			ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
			if err := os.WriteFile(filepath.Join(dir, "ca.pem"), ca, 0o600); err != nil {
				t.Fatal(err)
			}
			ask := func(settings map[string]any) error {
				t.Helper()
				asked.Store(0)
				seen.Store(nil)
				table := s.table(server.URL)
				if s.flat {
					for k, v := range settings {
						table[k] = v
					}
				} else {
					table["http"] = settings
				}
				ctx, done := context.WithTimeout(t.Context(), 10*time.Second)
				defer done()
				return s.ask(ctx, config.NewTable(table), dir)
			}
			tls := map[string]any{"ca_file": "ca.pem"}

			if err := ask(map[string]any{}); err == nil || asked.Load() != 0 {
				t.Errorf("a server with an unknown certificate was asked %d times, error %v", asked.Load(), err)
			}
			err := ask(map[string]any{"tls_config": tls, "basic_auth": map[string]any{"username": "ana", "password": "env:GONOGO_TEST_PASSWORD"}})
			if r := seen.Load(); r == nil {
				t.Errorf("with its authority the server was not asked: %v", err)
			} else if user, password, ok := r.BasicAuth(); !ok || user != "ana" || password != "geheim-password" {
				t.Errorf("user %q, password %q", user, password)
			}
			err = ask(map[string]any{
				"tls_config": tls, "authorization": map[string]any{"credentials": "env:GONOGO_TEST_TOKEN"}, "headers": map[string]any{"X-Tenant": "shop"},
			})
			if r := seen.Load(); r == nil || r.Header.Get("Authorization") != "Bearer geheim-token" || r.Header.Get("X-Tenant") != "shop" {
				t.Errorf("no token or header: %v", err)
			}
			if err == nil || strings.Contains(err.Error(), "geheim") {
				t.Errorf("a redirect to another host: error %v", err)
			}
			if strayed.Load() != 0 {
				t.Errorf("the other host was asked %d times", strayed.Load())
			}
		})
	}
}
