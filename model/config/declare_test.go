package config

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

// environ is a group of keys that several kinds share.
type environ struct {
	Dir     string   `toml:"dir" path:"true" help:"where it runs" otherwise:"the config's folder"`
	PassEnv []string `toml:"pass_env" help:"variables passed on"`
}

// login is a table below a key.
type login struct {
	User     string `toml:"user" required:"true" secret:"may" help:"the user's name"`
	Password string `toml:"password" required:"true" secret:"only" help:"the password"`
	Scheme   string `toml:"scheme" default:"Basic" oneof:"Basic,Digest" help:"how it is sent"`
}

type everything struct {
	environ

	URL     string            `toml:"url" required:"true" secret:"may" help:"where to ask"`
	Every   time.Duration     `toml:"every" default:"15s" least:"1s" help:"how often"`
	Within  time.Duration     `toml:"within" positive:"true" help:"time for it"`
	Strict  bool              `toml:"strict" default:"true" help:"whether it is strict"`
	Loose   *bool             `toml:"loose" help:"whether it is loose"`
	Status  float64           `toml:"status" default:"204" help:"the status wanted"`
	Words   []string          `toml:"words" default:"a,b" help:"words"`
	Targets []string          `toml:"targets" secret:"may" help:"whom to ask"`
	Headers map[string]string `toml:"headers" help:"headers"`
	Is      any               `toml:"is" help:"what it must be"`
	Login   *login            `toml:"login" help:"who asks"`
	Proxy   login             `toml:"proxy" help:"who asks the proxy"`
	Client  func()            `toml:"-"`
}

// TestFieldsDeclareKeys: a kind writes a key down once, and everything that is known of it follows.
func TestFieldsDeclareKeys(t *testing.T) {
	who := []Key{
		{Name: "user", Type: SecretText, Required: true, Help: "the user's name"},
		{Name: "password", Type: Secret, Required: true, Help: "the password"},
		{Name: "scheme", Type: String, OneOf: []string{"Basic", "Digest"}, Help: "how it is sent", Default: "Basic"},
	}
	want := []Key{
		{Name: "dir", Type: String, Help: "where it runs", Default: "the config's folder"},
		{Name: "pass_env", Type: Strings, Help: "variables passed on"},
		{Name: "url", Type: SecretText, Required: true, Help: "where to ask"},
		{Name: "every", Type: Duration, Help: "how often", Default: "15s", Least: time.Second},
		{Name: "within", Type: Duration, Help: "time for it", Positive: true},
		{Name: "strict", Type: Bool, Help: "whether it is strict", Default: "true"},
		{Name: "loose", Type: Bool, Help: "whether it is loose"},
		{Name: "status", Type: Number, Help: "the status wanted", Default: "204"},
		{Name: "words", Type: Strings, Help: "words", Default: "a,b"},
		{Name: "targets", Type: SecretList, Help: "whom to ask"},
		{Name: "headers", Type: StringMap, Help: "headers"},
		{Name: "is", Type: Any, Help: "what it must be"},
		{Name: "login", Type: SubTable, Keys: who, Help: "who asks"},
		{Name: "proxy", Type: SubTable, Keys: who, Help: "who asks the proxy"},
	}
	got := KeysOf[everything]()
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || !reflect.DeepEqual(got[i], want[i]) {
			t.Fatalf("key %d:\ngot  %+v\nwant %+v", i, got[i:], want[i:])
		}
	}
}

// TestIntoFillsWhatWasDeclared: defaults where a key is missing, paths absolute, secrets left alone.
func TestIntoFillsWhatWasDeclared(t *testing.T) {
	yes := false
	cases := []struct {
		name   string
		values map[string]any
		want   everything
	}{
		{"nothing written", map[string]any{}, everything{
			Every: 15 * time.Second, Strict: true, Status: 204, Words: []string{"a", "b"}, Proxy: login{Scheme: "Basic"},
		}},
		{"all written", map[string]any{
			"dir": "sub", "pass_env": []any{"HOME"}, "url": "env:URL", "every": "1m", "within": "1d", "strict": false, "loose": false,
			"status": int64(200), "words": "one", "targets": []any{"env:A", "http://b"}, "headers": map[string]any{"A": "b"}, "is": int64(7),
			"login": map[string]any{"user": "me", "password": "file:p", "scheme": "Digest"}, "proxy": map[string]any{"user": "you"},
		}, everything{
			environ: environ{Dir: "/etc/sub", PassEnv: []string{"HOME"}}, URL: "env:URL", Every: time.Minute, Within: 24 * time.Hour, Loose: &yes,
			Status: 200, Words: []string{"one"}, Targets: []string{"env:A", "http://b"}, Headers: map[string]string{"A": "b"}, Is: int64(7),
			Login: &login{User: "me", Password: "file:p", Scheme: "Digest"}, Proxy: login{User: "you", Scheme: "Basic"},
		}},
		{"of another type", map[string]any{"dir": int64(1), "every": true, "status": "x", "words": int64(1), "login": "x"}, everything{
			Strict: true, Login: &login{Scheme: "Basic"}, Proxy: login{Scheme: "Basic"},
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := Into[everything](NewTable(c.values), "/etc"); !reflect.DeepEqual(got, c.want) {
				t.Errorf("got  %+v\nwant %+v", got, c.want)
			}
		})
	}
}

// TestWrongDeclarationPanics: a mistake in a struct shows as soon as its kind is listed.
func TestWrongDeclarationPanics(t *testing.T) {
	panics := func(name, want string, f func()) {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if got, _ := recover().(string); !strings.Contains(got, want) {
					t.Errorf("got %q, want %q", got, want)
				}
			}()
			f()
		})
	}
	panics("no struct", "is no struct", func() { KeysOf[int]() })
	panics("no tag", "needs a field", func() { KeysOf[struct{ A string }]() })
	panics("small letter", "needs a field", func() {
		KeysOf[struct {
			a string `toml:"a"`
		}]()
	})
	panics("unknown type", "cannot be read", func() {
		KeysOf[struct {
			A chan int `toml:"a"`
		}]()
	})
	panics("secret number", "cannot be read", func() {
		KeysOf[struct {
			A float64 `toml:"a" secret:"only"`
		}]()
	})
	panics("wrong default", "no default", func() {
		KeysOf[struct {
			A time.Duration `toml:"a" default:"soon"`
		}]()
	})
	panics("default of a required key", "no default", func() {
		KeysOf[struct {
			A string `toml:"a" required:"true" default:"x"`
		}]()
	})
	panics("wrong least", "least", func() {
		KeysOf[struct {
			A time.Duration `toml:"a" least:"short"`
		}]()
	})
	panics("path of a number", "not for a number", func() {
		KeysOf[struct {
			A float64 `toml:"a" path:"true"`
		}]()
	})
	panics("twice", "declares the key dir twice", func() {
		KeysOf[struct {
			environ
			B string `toml:"dir"`
		}]()
	})
}
