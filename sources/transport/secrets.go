package transport

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"html"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
)

const (
	struck    = "***"
	minSecret = 4 // shorter secrets would strike out innocent text
)

// secrets are texts that must not be seen, in the encodings they may come back in.
type secrets struct {
	mu    sync.Mutex
	texts []string // longest first
}

func (s *secrets) add(secret string) {
	if len(secret) < minSecret {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b := []byte(secret)
	inJSON, _ := json.Marshal(secret) // a string always can be
	for _, text := range []string{
		secret, url.QueryEscape(secret), url.PathEscape(secret),
		base64.StdEncoding.EncodeToString(b), base64.RawStdEncoding.EncodeToString(b),
		base64.URLEncoding.EncodeToString(b), base64.RawURLEncoding.EncodeToString(b),
		hex.EncodeToString(b), strings.ToUpper(hex.EncodeToString(b)),
		string(inJSON[1 : len(inJSON)-1]), html.EscapeString(secret), strings.Trim(strconv.Quote(secret), `"`),
	} {
		if !slices.Contains(s.texts, text) {
			s.texts = append(s.texts, text)
		}
	}
	slices.SortStableFunc(s.texts, func(a, b string) int { return len(b) - len(a) })
}

func (s *secrets) redact(text string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.texts {
		text = strings.ReplaceAll(text, t, struck)
	}
	return text
}
