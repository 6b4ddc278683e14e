package secret

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// TestOfASecretItsPartsCountToo: the word behind Bearer, the lines of a key, a URL's password, and
// the secret without the blanks around it; not what is too short to be one.
func TestOfASecretItsPartsCountToo(t *testing.T) {
	for _, c := range []struct{ name, secret, text, want string }{
		{"itself", "s3cr3t", "is s3cr3t here", "is [secret] here"},
		{"with blanks around it", "  s3cr3t\n", "is s3cr3t here", "is [secret] here"},
		{"the word behind Bearer", "Bearer abcd1234", "got abcd1234", "got [secret]"},
		{"not one word of three", "one abcd1234 three", "got abcd1234", "got abcd1234"},
		{"a line of a key", "-----BEGIN-----\n  MIIEvQIBADAN\nabc\n-----END-----\n", "saw MIIEvQIBADAN", "saw [secret]"},
		{"not a short line", "-----BEGIN-----\nabc1\n-----END-----\n", "saw abc1", "saw abc1"},
		{"a URL's password", "postgres://shop:hunter2pw@db/shop", "for shop: hunter2pw", "for shop: [secret]"},
		{"a URL's password with its user", "postgres://shop:hunter2pw@db/shop", "c2hvcDpodW50ZXIycHc=", "[secret]"},
		{"a URL without a password", "postgres://shop@db/shop", "shop at db", "shop at db"},
		{"no URL at all", "://%zz-secret", "got ://%zz-secret", "got [secret]"},
		{"too short", "abc", "abc", "abc"},
		{"nothing", "", "abc", "abc"},
	} {
		var s Set
		s.Add(c.secret)
		if got := s.Mask(c.text); got != c.want {
			t.Errorf("%s: %q, wanted %q", c.name, got, c.want)
		}
	}
}

// TestAURLIsNoSecretButWhatItHoldsIs: its password, and what in its query is long enough; its
// host, its path and short values are shown.
func TestAURLIsNoSecretButWhatItHoldsIs(t *testing.T) {
	for _, c := range []struct{ name, url, text, want string }{
		{"a password", "https://ana:hunter2pw@host/path", "ana at host/path with hunter2pw", "ana at host/path with [secret]"},
		{"a token", "https://host/path?token=0123456789abcdef&page=2", "host/path?token=0123456789abcdef&page=2", "host/path?token=[secret]&page=2"},
		{"a token that is escaped", "https://host/?key=a%2Fb%2Bc%3Dd%20e", "a/b+c=d e or a%2Fb%2Bc%3Dd%20e", "[secret] or [secret]"},
		{"the same key twice", "https://host/?key=first-one&key=second-one", "first-one, second-one", "[secret], [secret]"},
		{"short values", "https://host/?page=2&sort=name", "page 2, sort name", "page 2, sort name"},
		{"a user alone", "https://ana-maria@host/", "ana-maria", "ana-maria"},
		{"an empty password", "https://ana:@host/", "ana:", "ana:"},
	} {
		u, err := url.Parse(c.url)
		if err != nil {
			t.Fatal(err)
		}
		var s Set
		s.AddURL(u)
		if got := s.Mask(c.text); got != c.want {
			t.Errorf("%s: %q, wanted %q", c.name, got, c.want)
		}
	}
	var s Set
	if s.AddURL(nil); s.Mask("text") != "text" {
		t.Error("nil holds a secret")
	}
}

// TestWhatAProgramGetsIsKept: the values of its variables, where they are long, or their name
// says that they are secrets; of a short URL its password.
func TestWhatAProgramGetsIsKept(t *testing.T) {
	for _, c := range []struct{ name, variable, value, text, want string }{
		{"a long value", "GONOGO_T_PLACE", "0123456789", "0123456789", "[secret]"},
		{"a short value", "GONOGO_T_PORT", "54321", "port 54321", "port 54321"},
		{"a short token", "GONOGO_T_TOKEN", "54321", "it is 54321", "it is [secret]"},
		{"a short key, in lower case", "gonogo_t_api_key", "54321", "it is 54321", "it is [secret]"},
		{"a password", "GONOGO_T_PGPASS", "54321", "it is 54321", "it is [secret]"},
		{"one too short for anything", "GONOGO_T_SECRET", "abc", "abc", "abc"},
		{"a URL", "GONOGO_T_DATABASE", "postgres://shop:pass@db/shop", "pass at db", "[secret] at db"},
		{"a variable that is not set", "GONOGO_T_SECRET_NOT_SET", "", "nothing", "nothing"},
	} {
		if c.value != "" {
			t.Setenv(c.variable, c.value)
		}
		var s Set
		s.AddEnv("GONOGO_T_OTHER_NOT_SET", c.variable)
		if got := s.Mask(c.text); got != c.want {
			t.Errorf("%s: %q, wanted %q", c.name, got, c.want)
		}
	}
}

// TestWhatIsJoinedIsKnown: as it was then; what either learns later is its own.
func TestWhatIsJoinedIsKnown(t *testing.T) {
	var a, b, none Set
	a.Add("secret-of-a")
	b.Add("secret-of-b", "Bearer token-of-b")
	a.Join(&b)
	a.Join(&none)
	a.Join(&a)
	b.Add("later-secret")
	const text = "secret-of-a secret-of-b token-of-b later-secret"
	if got, want := a.Mask(text), "[secret] [secret] [secret] later-secret"; got != want {
		t.Errorf("%q, wanted %q", got, want)
	}
	if got, want := b.Mask(text), "secret-of-a [secret] [secret] [secret]"; got != want {
		t.Errorf("%q, wanted %q", got, want)
	}
	if got := none.Mask(text); got != text {
		t.Errorf("a set without secrets masks: %q", got)
	}
}

// TestAnErrorIsStillKnownByWhatItIs: its text is masked, what it wraps is found, and one that
// holds no secret is left as it is.
func TestAnErrorIsStillKnownByWhatItIs(t *testing.T) {
	var s Set
	s.Add("hunter2pw")
	leaks := fmt.Errorf("postgres://shop:hunter2pw@db: %w", &fs.PathError{Op: "open", Path: "/x", Err: fs.ErrNotExist})
	got := s.Error(leaks)
	if got.Error() != "postgres://shop:[secret]@db: open /x: file does not exist" {
		t.Errorf("%q", got)
	}
	var path *fs.PathError
	if !errors.Is(got, fs.ErrNotExist) || !errors.As(got, &path) || path.Path != "/x" {
		t.Errorf("%#v is not known any more", got)
	}
	if errors.Unwrap(got) != nil {
		t.Error("it is unwrapped to what shows the secret")
	}
	if s.Error(nil) != nil {
		t.Error("nil is an error")
	}
	if innocent := errors.New("no such file"); s.Error(innocent) != innocent { //nolint:errorlint // the very same
		t.Error("an error without a secret was replaced")
	}
}

// TestASecretIsMaskedHoweverItIsWritten: piece by piece too, as long as it takes; what may be the
// beginning of one is held back, and comes when it is none.
func TestASecretIsMaskedHoweverItIsWritten(t *testing.T) {
	const text = "a s3cr3t-t0ken b s3cr3t-t0 c s3cr3t-t0kens3cr3t-t0ken d s3cr%33t-t0ken"
	const want = "a [secret] b s3cr3t-t0 c [secret][secret] d [secret]"
	for size := 1; size <= len(text); size++ {
		var s Set
		s.Add("s3cr3t-t0ken")
		var out bytes.Buffer
		w := s.Writer(&out)
		for rest := text; rest != ""; {
			n := min(size, len(rest))
			if got, err := w.Write([]byte(rest[:n])); got != n || err != nil {
				t.Fatalf("wrote %d of %d: %v", got, n, err)
			}
			if strings.Contains(out.String(), "s3cr3t-t0k") {
				t.Fatalf("%d bytes at a time: %q", size, out.String())
			}
			rest = rest[n:]
		}
		if err := w.Flush(); err != nil || out.String() != want {
			t.Fatalf("%d bytes at a time: %q, %v", size, out.String(), err)
		}
	}
}

// TestWhatIsAddedMeanwhileIsMaskedFromThenOn: also in what was held back.
func TestWhatIsAddedMeanwhileIsMaskedFromThenOn(t *testing.T) {
	var s Set
	var out bytes.Buffer
	w := s.Writer(&out)
	write := func(text string) {
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	write("one-secret ")
	s.Add("one-secret")
	write("one-sec")
	s.Add("one-secular")
	write("ret one-secular ")
	if err := w.Flush(); err != nil || out.String() != "one-secret [secret] [secret] " {
		t.Errorf("%q, %v", out.String(), err)
	}
}

type full struct{}

var errFull = errors.New("the disk is full")

func (full) Write([]byte) (int, error) { return 0, errFull }

// TestAWritersErrorIsPassedOn: of a write and of the last one.
func TestAWritersErrorIsPassedOn(t *testing.T) {
	var s Set
	s.Add("s3cr3t")
	w := s.Writer(full{})
	if n, err := w.Write([]byte("text")); n != 0 || !errors.Is(err, errFull) {
		t.Errorf("%d, %v", n, err)
	}
	w = s.Writer(full{})
	if n, err := w.Write([]byte("s3c")); n != 3 || err != nil { // held back
		t.Errorf("%d, %v", n, err)
	}
	if err := w.Flush(); !errors.Is(err, errFull) {
		t.Error(err)
	}
}

// TestASetGrowsWhileItIsUsed: by any number of goroutines.
func TestASetGrowsWhileItIsUsed(t *testing.T) {
	var s Set
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for k := range 10 {
				text := fmt.Sprintf("secret-%d-%d", i, k)
				s.Add(text)
				if got := s.Mask("x " + text); got != "x [secret]" {
					t.Errorf("%q", got)
				}
			}
		})
	}
	group.Wait()
	if got := s.Mask("secret-0-0 secret-7-9"); got != "[secret] [secret]" {
		t.Errorf("%q", got)
	}
}

// TestAReferenceIsNoSecretItself: env: and file: name one; whatever else there is is the value.
func TestAReferenceIsNoSecretItself(t *testing.T) {
	for text, want := range map[string]bool{"env:NAME": true, "file:/x": true, "file:": true, "ENV:NAME": false, "plain": false, "": false, "_env:NAME": false} {
		if got := IsReference(text); got != want {
			t.Errorf("%q: %t", text, got)
		}
	}
	var s Set
	if _, err := s.Resolve("env:GONOGO_T_NOT_SET", ""); err == nil || err.Error() != "environment variable GONOGO_T_NOT_SET is not set" {
		t.Error(err)
	}
	if m, err := s.ResolveMap(map[string]string{"header": "env:GONOGO_T_NOT_SET"}, ""); m != nil || err == nil || !strings.HasPrefix(err.Error(), "header: environment variable") {
		t.Errorf("%v, %v", m, err)
	}
}
