package http

import (
	"strings"
	"testing"
)

func TestValueAt(t *testing.T) {
	body := `{"real":true,"n":12.50,"list":["a","b"],"none":null,"in":{"x":1},"bad":["a,b"],"text":" hi "}`
	for _, c := range []struct{ path, want, err string }{
		{"real", "true", ""}, {"n", "12.50", ""}, {"list", "a,b", ""}, {"in.x", "1", ""}, {"text", "hi", ""},
		{"none", "", "is null"}, {"in", "", "it has x"}, {"bad", "", "has a comma"}, {"gone", "", "it has bad, in, list"},
	} {
		got, err := valueAt([]byte(body), c.path)
		if got != c.want || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s: %q, %v; wanted %q, %q", c.path, got, err, c.want, c.err)
		}
	}
	if _, err := valueAt([]byte("<html>"), "x"); err == nil {
		t.Error("HTML was taken for JSON")
	}
}

func FuzzValueAt(f *testing.F) {
	f.Add([]byte(`{"a":[1,"b",null]}`), "a")
	f.Fuzz(func(t *testing.T, body []byte, path string) {
		if v, err := valueAt(body, path); err != nil && v != "" {
			t.Errorf("a value with an error: %q, %v", v, err)
		}
	})
}
