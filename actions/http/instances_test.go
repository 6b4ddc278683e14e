package http

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gonogo/actions/actiontest"
	"gonogo/model"
)

// service starts an instance for each answer; "" is one that answers 503.
func service(t *testing.T, answers ...string) (urls []any, hosts *strings.Replacer) {
	t.Helper()
	var names []string
	for i, answer := range answers {
		url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			if answer == "" {
				http.Error(w, "starting", http.StatusServiceUnavailable)
				return
			}
			fmt.Fprintf(w, `{"real":%s}`, answer)
		})
		urls = append(urls, url+"/flags")
		names = append(names, strings.TrimPrefix(url, "http://"), string(rune('A'+i)))
	}
	return urls, strings.NewReplacer(names...)
}

func TestInstancesAgree(t *testing.T) {
	tests := []struct {
		name    string
		answers []string
		want    string // the value, or the error
	}{
		{"all", []string{"true", "true", "true"}, "true"},
		{"two of three", []string{"false", "false", "true"}, "error: 2 of 3 instances agree: C says true"},
		{"the first is the odd one", []string{"true", "false", "false"}, "error: 2 of 3 instances agree: A says true"},
		{"two, each its own", []string{"true", "false"}, "error: 1 of 2 instances agree: B says false"},
		{"lists in another order", []string{`["a","b"]`, `["b","a"]`}, "a,b"},
		{"lists as texts", []string{`["a","b"]`, `"b, a"`}, "a,b"},
		{"lists that differ", []string{`["a","b"]`, `["a"]`}, "error: 1 of 2 instances agree: B says a"},
		{"an empty list", []string{`["a"]`, `[]`}, "error: 1 of 2 instances agree: B says nothing"},
		{"one does not answer", []string{"true", "", "true"}, "error: 2 of 3 instances answer: B: HTTP 503: starting"},
		{"one has none", []string{"true", "null"}, `error: 1 of 2 instances answer: B: "real": it is null`},
		{"hostile", []string{`"a"`, `"\u001b[2J"`}, "error: 1 of 2 instances agree: B says ␛[2J"},
		{"a list of one", []string{"true"}, "true"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			urls, hosts := service(t, tt.answers...)
			got, err := reader(t, map[string]any{"http": urls, "json": "real"}).Read(t.Context())
			if err != nil {
				got = "error: " + err.Error()
			}
			if got = hosts.Replace(got); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestInstancesReaderContract(t *testing.T) {
	for name, each := range map[string]bool{"agreed": false, "each": true} {
		t.Run(name, func(t *testing.T) {
			build := func(t *testing.T, values map[string]any) model.Reader {
				t.Helper()
				p := part(values)
				p.Each = each
				r, err := Kind().BuildReader(p)
				if err != nil {
					t.Fatal(err)
				}
				return r
			}
			var begun atomic.Bool
			var secret = func(w http.ResponseWriter, r *http.Request) {
				w.WriteHeader(500)
				fmt.Fprint(w, r.Header.Get("X-Key"), actiontest.Hostile)
			}
			actiontest.Reader(t, actiontest.ReaderCase{
				New: func(t *testing.T) (model.Reader, string) {
					urls, _ := service(t, "1", "1")
					want := "1"
					if each {
						host := func(i int) string { return strings.Split(urls[i].(string), "/")[2] }
						want = host(0) + " 1, " + host(1) + " 1"
					}
					return build(t, map[string]any{"http": urls, "json": "real"}), want
				},
				Broken: map[string]func(t *testing.T) model.Reader{
					"one is broken": func(t *testing.T) model.Reader {
						urls, _ := service(t, "1")
						return build(t, map[string]any{"http": append(urls, serve(t, secret)), "headers": secretHeaders()})
					},
					"all are": func(t *testing.T) model.Reader {
						return build(t, map[string]any{"http": []any{serve(t, secret), serve(t, secret)}, "headers": secretHeaders()})
					},
				},
				Hangs: func(t *testing.T) (model.Reader, func() bool) {
					url := serve(t, func(_ http.ResponseWriter, r *http.Request) {
						begun.Store(true)
						<-r.Context().Done()
					})
					urls, _ := service(t, "1")
					return build(t, map[string]any{"http": append(urls, url)}), begun.Load
				},
			})
		})
	}
}

// All are asked at once: each waits until all have been asked.
func TestInstancesInParallel(t *testing.T) {
	const n = 5
	var all sync.WaitGroup
	all.Add(n)
	var urls []any
	for range n {
		urls = append(urls, serve(t, func(w http.ResponseWriter, _ *http.Request) {
			all.Done()
			all.Wait()
			fmt.Fprint(w, "7")
		}))
	}
	ctx, cancel := context.WithTimeout(t.Context(), actiontest.Hang)
	defer cancel()
	if got, err := reader(t, map[string]any{"http": urls}).Read(ctx); got != "7" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

func TestInstancesTimeOut(t *testing.T) {
	urls, hosts := service(t, "1")
	hung := serve(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	_, err := reader(t, map[string]any{"http": append([]any{hung}, urls...)}).Read(ctx)
	if !errors.Is(err, context.DeadlineExceeded) || !strings.HasPrefix(hosts.Replace(err.Error()), "1 of 2 instances answer: 127.0.0.1:") {
		t.Errorf("%v", err)
	}
}

func TestEachChanged(t *testing.T) {
	var mu sync.Mutex
	starts := []string{"1", "1", "1"}
	var urls []any
	for i := range starts {
		urls = append(urls, serve(t, func(w http.ResponseWriter, _ *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			if starts[i] == "" {
				w.WriteHeader(503)
			}
			fmt.Fprint(w, starts[i])
		}))
	}
	p := part(map[string]any{"http": urls})
	p.Each = true
	r, err := Kind().BuildReader(p)
	if err != nil {
		t.Fatal(err)
	}
	c, ok := r.(model.Comparer)
	if !ok {
		t.Fatalf("%T compares nothing", r)
	}
	tests := []struct {
		name          string
		before, after [3]string
		want          bool
	}{
		{"none", [3]string{"1", "1", "1"}, [3]string{"1", "1", "1"}, false},
		{"one", [3]string{"1", "1", "1"}, [3]string{"2", "1", "1"}, false},
		{"all but one", [3]string{"1", "1", "1"}, [3]string{"2", "2", "1"}, false},
		{"all", [3]string{"1", "1", "1"}, [3]string{"2", "3", "4"}, true},
		{"exchanged", [3]string{"1", "2", "3"}, [3]string{"2", "3", "1"}, true},
		{"one was down, the others are the same", [3]string{"", "1", "1"}, [3]string{"2", "1", "1"}, false},
		{"one was down, all are new", [3]string{"", "1", "1"}, [3]string{"2", "2", "2"}, true},
		{"one is down now", [3]string{"1", "1", "1"}, [3]string{"2", "2", ""}, false},
		{"commas", [3]string{"1,1", "1,1", "1,1"}, [3]string{"1,2", "1,2", "1,1"}, false},
		{"all, with commas", [3]string{"1,1", "1,1", "1,1"}, [3]string{"1,2", "1,2", "1, 2"}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			read := func(now [3]string) string {
				mu.Lock()
				copy(starts, now[:])
				mu.Unlock()
				text, err := r.Read(t.Context())
				if down := strings.Contains(strings.Join(now[:], "|")+"|", "||") || now[0] == ""; (err != nil) != down {
					t.Fatalf("%v: %v", now, err)
				}
				return model.Inert(text)
			}
			before, now := read(tt.before), read(tt.after)
			if got := c.Changed(before, now); got != tt.want {
				t.Errorf("from %q to %q: %t", before, now, got)
			}
		})
	}
	if !c.Changed("", "x") || c.Changed("", "") || c.Changed("a 1, b 1", "x") {
		t.Error("what could not be read before, or is none of ours")
	}
}

func TestBadInstances(t *testing.T) {
	for want, list := range map[string][]any{
		"http: it is empty: expected a URL":                     {},
		"http: not a URL: expected http://HOST or https://HOST": {"http://a", "ftp://b"},
		"http: environment variable GONOGO_NO_SUCH is not set":  {"env:GONOGO_NO_SUCH"},
	} {
		if _, err := Kind().BuildReader(part(map[string]any{"http": list})); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if got := newInstances([]*Reader{{url: "http://a/1"}, {url: "http://b"}, {url: "http://a/2"}}).names; strings.Join(got, ", ") != "a (1), b, a (3)" {
		t.Errorf("names %q", got)
	}
}
