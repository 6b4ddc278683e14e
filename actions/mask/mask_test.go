package mask

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const secret = `p@ss/w+rd "x" é`

func TestString(t *testing.T) {
	var s Set
	s.Add(secret, "Bearer abcdefgh", "ab", "abcd")
	tests := []struct{ name, text, want string }{
		{"none", "nothing here", "nothing here"},
		{"raw", "a " + secret + " b", "a [secret] b"},
		{"query", "?q=" + url.QueryEscape(secret), "?q=[secret]"},
		{"query in lower case", strings.ToLower(url.QueryEscape(secret)), "[secret]"},
		{"path", url.PathEscape(secret), "[secret]"},
		{"hex", hex.EncodeToString([]byte(secret)), "[secret]"},
		{"json", `{"k":"p@ss/w+rd \"x\" é"}`, `{"k":"[secret]"}`},
		{"base64", base64.RawStdEncoding.EncodeToString([]byte(secret)), "[secret]"},
		{"word", "token abcdefgh.", "token [secret]."},
		{"longest first", "abcdefgh", "[secret]"},
		{"twice", "abcdabcd", "[secret][secret]"},
		{"too short", "ab", "ab"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := s.String(tt.text); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// In "user:secret" the secret begins anywhere in base64's groups of three.
func TestBase64Within(t *testing.T) {
	var s Set
	s.Add("correct horse battery")
	for _, user := range []string{"a", "ab", "abc", "abcd"} {
		text := base64.StdEncoding.EncodeToString([]byte(user + ":correct horse battery!"))
		if got := s.String(text); !strings.Contains(got, hidden) {
			t.Errorf("%q: %q", user, got)
		}
	}
}

func TestResolve(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "key"), []byte("from the file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("MASK_TEST", "from the env")
	var s Set
	m, err := s.ResolveMap(map[string]string{"a": "env:MASK_TEST", "b": "file:key", "c": "plain text"}, dir)
	if err != nil || m["a"] != "from the env" || m["b"] != "from the file" || m["c"] != "plain text" {
		t.Fatal(m, err)
	}
	if got := s.String("from the env, from the file, plain text"); got != "[secret], [secret], plain text" {
		t.Errorf("got %q", got)
	}
	if _, err := s.ResolveMap(map[string]string{"k": "env:MASK_TEST_NOT_SET"}, dir); err == nil || !strings.HasPrefix(err.Error(), "k: ") {
		t.Errorf("error %v", err)
	}
}

func FuzzWriter(f *testing.F) {
	f.Add([]byte("xabcdefy"), uint8(1))
	f.Add([]byte("ababcdabcdefgcdefg"), uint8(3))
	f.Add([]byte("aaaaaaaaaa"), uint8(2))
	f.Fuzz(func(t *testing.T, data []byte, chunk uint8) {
		var s Set
		s.Add("abcd", "cdefg", "aaaa", "abcdefgh")
		var out bytes.Buffer
		w := s.Writer(&out)
		n := int(chunk)%7 + 1
		for from := 0; from < len(data); from += n {
			if _, err := w.Write(data[from:min(len(data), from+n)]); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		if want := s.String(string(data)); out.String() != want {
			t.Errorf("by %d: %q, at once: %q", n, out.String(), want)
		}
		for _, secret := range []string{"abcd", "cdefg", "aaaa"} {
			if strings.Contains(out.String(), secret) {
				t.Errorf("%q shows %q", out.String(), secret)
			}
		}
	})
}
