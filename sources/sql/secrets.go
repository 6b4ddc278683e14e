package sql

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

const (
	struck    = "***"
	minSecret = 4 // shorter secrets would strike out innocent text
)

// secrets are texts that no error may hold, in the encodings they may come back in.
type secrets struct {
	texts []string // longest first
}

func (s *secrets) add(secret string) {
	if len(secret) < minSecret {
		return
	}
	b := []byte(secret)
	inJSON, _ := json.Marshal(secret) // a string always can be
	for _, text := range []string{
		secret, url.QueryEscape(secret), url.PathEscape(secret), strings.TrimPrefix(url.UserPassword("", secret).String(), ":"),
		base64.RawStdEncoding.EncodeToString(b), base64.RawURLEncoding.EncodeToString(b),
		hex.EncodeToString(b), strings.ToUpper(hex.EncodeToString(b)),
		string(inJSON[1 : len(inJSON)-1]), strings.Trim(strconv.Quote(secret), `"`), strings.ReplaceAll(secret, "'", "''"),
	} {
		if !slices.Contains(s.texts, text) {
			s.texts = append(s.texts, text)
		}
	}
	slices.SortStableFunc(s.texts, func(a, b string) int { return len(b) - len(a) })
}

// redact returns err without the secrets in its text; what it wraps stays known.
func (s *secrets) redact(err error) error {
	text := err.Error()
	for _, t := range s.texts {
		text = strings.ReplaceAll(text, t, struck)
	}
	return redacted{text, err}
}

// redacted is an error with another text. What it wraps can be asked for by
// errors.Is only: its text may hold a secret.
type redacted struct {
	text string
	err  error
}

func (e redacted) Error() string        { return e.text }
func (e redacted) Is(target error) bool { return errors.Is(e.err, target) }
