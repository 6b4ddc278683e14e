// Package actiontest holds the contracts that every kind of switch, action and
// reader passes: a kind's tests call Switch, Action and Reader with what makes
// one of theirs over a real store, process or server.
//
// Its goroutines are waited for, with a limit that only a hang reaches. It
// imports gonogo/model only.
package actiontest

import (
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"strings"
	"testing"
	"time"

	"gonogo/model"
)

// Secret is the secret that the kinds under test are given, in the environment
// variable SecretName. It looks different in every encoding.
const (
	Secret     = "s3cr3t/+ ~hush&hush=\"x\""
	SecretName = "GONOGO_TEST_SECRET"
)

// Hang is after how long something that should return at once hangs.
const Hang = 30 * time.Second

// Within fails the test if f does not return before Hang.
func Within(t testing.TB, what string, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	select {
	case <-done:
	case <-time.After(Hang):
		t.Fatalf("%s: hangs", what)
	}
}

// Eventually waits until ok, and fails the test if that is not so before Hang.
func Eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(Hang)
	for !ok() {
		select {
		case <-tick.C:
		case <-limit:
			t.Fatalf("%s: not within %s", what, Hang)
		}
	}
}

// NoSecret fails the test if text shows Secret, in any encoding.
func NoSecret(t testing.TB, what, text string) {
	t.Helper()
	for _, form := range []string{
		Secret, url.QueryEscape(Secret), url.PathEscape(Secret), strings.ReplaceAll(Secret, `"`, `\"`),
		hex.EncodeToString([]byte(Secret)), base64.RawStdEncoding.EncodeToString([]byte(Secret)),
		base64.RawURLEncoding.EncodeToString([]byte(Secret)), "s3cr3t",
	} {
		if strings.Contains(text, form) {
			t.Errorf("%s shows the secret: %q", what, text)
			return
		}
	}
}

// Harmless fails the test if err's text could act on a terminal or shows Secret.
func Harmless(t testing.TB, what string, err error) {
	t.Helper()
	if err == nil {
		return
	}
	if text := err.Error(); text != model.Inert(text) {
		t.Errorf("%s: error is not inert: %q", what, text)
	}
	NoSecret(t, what+": error", err.Error())
}
