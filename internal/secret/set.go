package secret

import (
	"maps"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Lengths in bytes.
const (
	// shortest is the shortest secret that is looked for; shorter ones would
	// strike out innocent text.
	shortest = 4
	// leastPart is the shortest line of several, and the shortest value of a
	// variable or a URL's query, that is taken for a secret of its own: shorter
	// ones are words and ports.
	leastPart = 8
)

// Set is a number of secrets. The zero value has none and is ready to use. It
// may grow while it is used, and is safe for concurrent use. It must not be copied.
type Set struct {
	grow  sync.Mutex // held while known is replaced
	known atomic.Pointer[table]
}

// Add adds secrets. Of one like "Bearer abc" the last word counts as well, of
// one of several lines each line of 8 bytes or more, of a URL its password.
func (s *Set) Add(secrets ...string) {
	var texts []string
	for _, secret := range secrets {
		texts = append(texts, secret)
		if trimmed := strings.TrimSpace(secret); trimmed != secret {
			texts = append(texts, trimmed)
		}
		if words := strings.Fields(secret); len(words) == 2 {
			texts = append(texts, words[1])
		}
		for line := range strings.Lines(secret) { // of a key, say, that is printed with an indent
			if line = strings.TrimSpace(line); len(line) >= leastPart {
				texts = append(texts, line)
			}
		}
		if strings.Contains(secret, "://") {
			if u, err := url.Parse(strings.TrimSpace(secret)); err == nil {
				texts = append(texts, password(u)...)
			}
		}
	}
	s.add(texts)
}

// AddURL adds what a URL that is itself no secret holds of secrets: its
// password, and the values of its query of 8 bytes or more. Nil holds none.
func (s *Set) AddURL(u *url.URL) {
	if u == nil {
		return
	}
	texts := password(u)
	for _, values := range u.Query() {
		for _, v := range values {
			if len(v) >= leastPart {
				texts = append(texts, v)
			}
		}
	}
	s.add(texts)
}

// password returns the password in u, alone and with its user.
func password(u *url.URL) []string {
	p, ok := u.User.Password()
	if !ok || p == "" {
		return nil
	}
	return []string{p, u.User.Username() + ":" + p}
}

// AddEnv adds the values that the variables called names have in gonogo's own
// environment, and the passwords in those that are URLs: a program that gets
// them may print them. A value of fewer than 8 bytes counts only where the
// variable's name says that it is a secret.
func (s *Set) AddEnv(names ...string) {
	telling := regexp.MustCompile(`(?i)TOKEN|SECRET|KEY|PASS|PWD|AUTH|CRED|DSN`)
	for _, name := range names {
		value := os.Getenv(name)
		if len(value) >= leastPart || telling.MatchString(name) {
			s.Add(value)
		} else if u, err := url.Parse(value); err == nil {
			s.add(password(u))
		}
	}
}

// Join adds what other knows by now.
func (s *Set) Join(other *Set) {
	if t := other.known.Load(); t != nil {
		s.add(slices.Collect(maps.Keys(t.texts)))
	}
}

// add adds texts that are not known yet.
func (s *Set) add(texts []string) {
	s.grow.Lock()
	defer s.grow.Unlock()
	if next := s.known.Load().with(texts); next != nil {
		s.known.Store(next)
	}
}
