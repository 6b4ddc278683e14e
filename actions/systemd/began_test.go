package systemd

import (
	"strconv"
	"testing"
	"time"
)

// TestBegan dates a start by the clock that systemd dates it by, and only the
// start that was read last.
func TestBegan(t *testing.T) {
	up, ok := monotonic()
	if !ok {
		t.Skip("there is no such clock here")
	}
	r := &Reader{last: state{invocation: "abc1", pid: "4711", started: strconv.FormatInt((up - 3*time.Second).Microseconds(), 10)}}
	at, known := r.Began("abc1")
	if age := time.Since(at); !known || age < 2900*time.Millisecond || age > time.Minute {
		t.Errorf("began %s ago, known %v", age, known)
	}
	if _, known := r.Began("abc2"); known {
		t.Error("another start's time is known")
	}
	if got := r.Name("abc1"); got != "pid 4711" {
		t.Errorf("name %q", got)
	}
}
