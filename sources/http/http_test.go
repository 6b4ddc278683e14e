package http

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"gonogo/model"
	"gonogo/model/config"
	"gonogo/sources/sourcetest"
)

func TestAsks(t *testing.T) {
	mux := http.NewServeMux()
	answer := func(path string, status int, body string) {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status); _, _ = io.WriteString(w, body) })
	}
	answer("/ok", 200, `{"n":3,"yes":true,"no":false,"nothing":null,"text":" 4.5 ","word":"healthy","list":[1,2]}`)
	answer("/teapot", 418, `{"n":3}`)
	answer("/html", 200, "<html>")
	answer("/huge", 200, strings.Repeat(" ", 9<<20))
	mux.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if string(body) == `{"q":1}` && r.Method == "POST" && r.Header.Get("X-Key") == "geheim" &&
			r.Header.Get("Content-Type") == "application/json" && r.URL.RawQuery == "a=1" {
			_, _ = io.WriteString(w, `{"n":1}`)
		}
	})
	mux.HandleFunc("/cut", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "{")
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	mux.Handle("/away", http.RedirectHandler("http://127.0.0.1:1/", http.StatusFound))
	t.Setenv("TEST_KEY", "geheim")

	tests := map[string]struct {
		table   map[string]any
		want    float64
		wantErr string
	}{
		"number":         {table: map[string]any{"path": "/ok", "json": "n"}, want: 3},
		"true":           {table: map[string]any{"path": "/ok", "json": "yes"}, want: 1},
		"false":          {table: map[string]any{"path": "/ok", "json": "no"}, want: 0},
		"text":           {table: map[string]any{"path": "/ok", "json": "text"}, want: 4.5},
		"length":         {table: map[string]any{"path": "/ok", "json": "list.#"}, want: 2},
		"null":           {table: map[string]any{"path": "/ok", "json": "nothing"}, wantErr: "json: no data: nothing is null"},
		"missing":        {table: map[string]any{"path": "/ok", "json": "x"}, wantErr: "json: no data: no x in the answer"},
		"word":           {table: map[string]any{"path": "/ok", "json": "word"}, wantErr: `json: "healthy" is no number`},
		"list":           {table: map[string]any{"path": "/ok", "json": "list"}, wantErr: "json: list is no number but [1,2]"},
		"status":         {table: map[string]any{"path": "/ok"}, want: 1},
		"other status":   {table: map[string]any{"path": "/teapot"}, want: 0},
		"wanted status":  {table: map[string]any{"path": "/teapot", "status": int64(418)}, want: 1},
		"not that":       {table: map[string]any{"path": "/ok", "status": int64(418)}, want: 0},
		"status, number": {table: map[string]any{"path": "/teapot", "json": "n"}, wantErr: "HTTP 418"},
		"both":           {table: map[string]any{"path": "/teapot", "json": "n", "status": int64(418)}, want: 3},
		"html":           {table: map[string]any{"path": "/html", "json": "n"}, wantErr: "json: the answer is not JSON"},
		"huge":           {table: map[string]any{"path": "/huge", "json": "n"}, wantErr: "read: answer larger than 8 MiB"},
		"cut off":        {table: map[string]any{"path": "/cut", "json": "n"}, wantErr: "read: unexpected EOF"},
		"redirect":       {table: map[string]any{"path": "/away"}, wantErr: "redirected to http://127.0.0.1:1, which is not followed: give that as the url if it is right"},
		"post":           {table: map[string]any{"path": "/echo?a=1", "method": "POST", "body": `{"q":1}`, "json": "n"}, want: 1},
	}
	var metrics []config.MetricPart
	for name, test := range tests {
		metrics = append(metrics, sourcetest.Metric(name, test.table))
	}
	out, _ := sourcetest.Start(t, Kind(), sourcetest.Part(t, map[string]any{
		"url": server.URL, "headers": map[string]any{"X-Key": "env:TEST_KEY"},
	}, metrics...))
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := out.First(t, model.MetricID(name))
			if test.wantErr != "" {
				if r.Err == nil || r.Err.Error() != test.wantErr {
					t.Errorf("got %+v, want error %q", r, test.wantErr)
				}
				return
			}
			if r.Err != nil || r.Value != test.want {
				t.Errorf("got %v (%v), want %v", r.Value, r.Err, test.want)
			}
		})
	}
}

func TestSecretIsStruckOut(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprintf(w, `{"n":%q}`, r.Header.Get("Authorization"))
	}))
	defer server.Close()
	t.Setenv("TEST_KEY", "Bearer geheim")
	out, _ := sourcetest.Start(t, Kind(), sourcetest.Part(t, map[string]any{
		"url": server.URL, "headers": map[string]any{"Authorization": "env:TEST_KEY"},
	}, sourcetest.Metric("m", map[string]any{"json": "n"})))
	if r := out.First(t, "m"); r.Err == nil || r.Err.Error() != `json: "[secret]" is no number` {
		t.Errorf("got %+v", r)
	}
}

func TestJoin(t *testing.T) {
	tests := map[string]struct{ base, path, want string }{
		"nothing":   {"http://h/a?x=1", "", "http://h/a?x=1"},
		"slash":     {"http://h", "/b", "http://h/b"},
		"below":     {"http://h/a/", "b/c", "http://h/a/b/c"},
		"queries":   {"http://h/a?x=1", "/b?y=2", "http://h/a/b?x=1&y=2"},
		"query":     {"http://h/a", "?y=2", "http://h/a?y=2"},
		"escaped":   {"http://h", "/b%2Fc", "http://h/b%2Fc"},
		"trailing":  {"http://h/a", "b/", "http://h/a/b/"},
		"dots":      {"http://h/a", "../../b", "http://h/b"},
		"elsewhere": {"http://h/a", "http://evil/b", ""},
		"sneaky":    {"http://h/a", "//evil/b", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			base, err := url.Parse(test.base)
			if err != nil {
				t.Fatal(err)
			}
			got, err := join(base, test.path)
			if got != test.want || (err == nil) != (test.want != "") {
				t.Errorf("got %q, %v; want %q", got, err, test.want)
			}
		})
	}
}

func TestLint(t *testing.T) {
	tests := map[string]struct {
		table map[string]any
		want  string
	}{
		"fine":        {map[string]any{"path": "/x", "json": "a", "status": int64(204)}, ""},
		"status":      {map[string]any{"status": int64(42)}, "status"},
		"half":        {map[string]any{"status": 200.5}, "status"},
		"other host":  {map[string]any{"path": "http://other/"}, "path"},
		"body by GET": {map[string]any{"body": "x"}, "body"},
		"body":        {map[string]any{"body": "x", "method": "POST"}, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := ""
			for _, f := range lint(sourcetest.Metric("m", test.table)) {
				got += f.Key
			}
			if got != test.want {
				t.Errorf("findings on %q, want %q", got, test.want)
			}
		})
	}
}

func FuzzNumber(f *testing.F) {
	f.Add([]byte(`{"a":{"b":[1,"2",true,null]}}`), "a.b.1")
	f.Add([]byte(`{}`), "@this")
	f.Add([]byte(`[1,2]`), "#")
	f.Fuzz(func(t *testing.T, document []byte, path string) {
		_, err := number(document, path, func(text string) string { return text })
		if err == nil {
			return
		}
		if text := err.Error(); text != model.Inert(text) && !errors.Is(err, model.ErrEmpty) {
			t.Errorf("error %q is not inert", text)
		}
	})
}
