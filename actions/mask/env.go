package mask

import (
	"net/url"
	"os"
	"regexp"
)

// leastPassed is how long the value of a variable must be to be a secret, in
// bytes, where its name does not say that it is one: shorter ones are words and ports.
const leastPassed = 8

// AddEnv adds the values that the variables called names have in gonogo's own
// environment, and the passwords in those that are URLs: a program that gets
// them may print them.
func (s *Set) AddEnv(names []string) {
	telling := regexp.MustCompile(`(?i)TOKEN|SECRET|KEY|PASS|PWD|AUTH|CRED|DSN`)
	for _, name := range names {
		value := os.Getenv(name)
		if len(value) >= leastPassed || telling.MatchString(name) {
			s.Add(value)
		}
		if u, err := url.Parse(value); err == nil {
			if password, ok := u.User.Password(); ok {
				s.Add(password)
			}
		}
	}
}

// Join adds what other knows.
func (s *Set) Join(other *Set) {
	for first, list := range other.forms {
		s.forms[first] = append(s.forms[first], list...)
		s.n += len(list)
	}
	s.sort()
}
