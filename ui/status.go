package ui

import (
	"strings"
	"time"

	"gonogo/model"
)

const (
	// statusFor is how long good news stay.
	statusFor = 6 * time.Second
	// statusLeast is how long bad news stay even when keys are pressed.
	statusLeast = time.Second
)

// status is the line above the footer that tells what became of a key.
type status struct {
	text  string
	bad   bool      // it stays until a key is pressed
	since time.Time // when it came up
}

// tell shows a line: good news for a while, bad news until the next key.
func (s *status) tell(now time.Time, bad bool, text string) {
	*s = status{text: strings.TrimSpace(model.Inert(text)), bad: bad, since: now}
}

func (s *status) expire(now time.Time) {
	if s.text != "" && !s.bad && now.Sub(s.since) >= statusFor {
		*s = status{}
	}
}

// acknowledge removes bad news that a key was pressed after.
func (s *status) acknowledge(now time.Time) {
	if s.bad && now.Sub(s.since) >= statusLeast {
		*s = status{}
	}
}
