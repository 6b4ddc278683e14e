package http

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"gonogo/model"
)

// maxPath is how long a path in JSON may be, in bytes: it is gone through by recursion.
const maxPath = 4096

// errNull is a value that is there and is null.
var errNull = errors.New("it is null")

// valueAt returns what body has at path, a gjson path, as text: a list comma
// separated. Without a path it is the body itself.
func valueAt(body []byte, path string) (string, error) {
	if path == "" {
		if len(body) > maxShown {
			return "", errors.New("the answer is larger than 64 KiB: name a part of it with json")
		}
		return strings.TrimSpace(string(body)), nil
	}
	if len(path) > maxPath {
		return "", fmt.Errorf("json: the path is longer than %d bytes", maxPath)
	}
	if err := model.Shallow(body); err != nil {
		return "", fmt.Errorf("the answer is %w", err)
	}
	if !gjson.ValidBytes(body) {
		return "", errors.New("the answer is no JSON")
	}
	got := gjson.GetBytes(body, path)
	switch {
	case !got.Exists():
		return "", fmt.Errorf("the answer has no %q%s", path, keysOf(body))
	case got.Type == gjson.Null:
		return "", fmt.Errorf("%q: %w", path, errNull)
	case got.IsArray():
		return joined(path, got.Array())
	case got.IsObject():
		return "", fmt.Errorf("%q is an object: name a value in it%s", path, keysOf([]byte(got.Raw)))
	case got.Type == gjson.Number:
		return got.Raw, nil
	}
	return strings.TrimSpace(got.String()), nil
}

func joined(path string, items []gjson.Result) (string, error) {
	out := make([]string, len(items))
	for i, item := range items {
		if item.IsArray() || item.IsObject() || item.Type == gjson.Null {
			return "", fmt.Errorf("item %d of %q is no plain value", i, path)
		}
		out[i] = item.String()
		if strings.Contains(out[i], ",") {
			return "", fmt.Errorf("item %d of %q has a comma, which a list cannot hold", i, path)
		}
	}
	return strings.Join(out, ","), nil
}

// shorten returns at most 40 characters of a key.
func shorten(key string) string {
	if r := []rune(key); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return key
}

// keysOf names the keys that an object has, for an error.
func keysOf(body []byte) string {
	var keys []string
	gjson.ParseBytes(body).ForEach(func(k, _ gjson.Result) bool {
		if k.Type == gjson.String {
			keys = append(keys, shorten(k.String()))
		}
		return len(keys) < 20
	})
	if len(keys) == 0 {
		return ""
	}
	slices.Sort(keys)
	return "; it has " + model.Inert(strings.Join(keys, ", "))
}
