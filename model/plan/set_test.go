package plan

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"gonogo/model"
)

// TestItIsSaidWhyAFlagIsTriedAgain in plain words: a failed write comes before a failed look.
func TestItIsSaidWhyAFlagIsTriedAgain(t *testing.T) {
	unread := fmt.Errorf("no answer within 1s: %w", context.DeadlineExceeded)
	for _, c := range []struct {
		unread, err error
		want        string
	}{
		{nil, nil, "its store does not have the value yet"},
		{unread, nil, "no answer within 1s"},
		{unread, errors.New("503 Service Unavailable"), "503 Service Unavailable"},
	} {
		if got := (&Attempts{Err: c.err, Steps: map[int]*Attempt{0: {Unread: c.unread}}}).Why(0); got != c.want {
			t.Errorf("%v, %v: %q, want %q", c.unread, c.err, got, c.want)
		}
	}
}

// TestNothingIsWrittenUnreadThatCouldWiden: what a flag held is not known, so
// only what cannot let more in is written.
func TestNothingIsWrittenUnreadThatCouldWiden(t *testing.T) {
	list := model.Flag{ID: "l", Type: model.List, Empty: "everyone"}
	for _, c := range []struct {
		flag model.Flag
		step model.Step
		want bool
	}{
		{model.Flag{Type: model.Bool}, model.Step{}, false},
		{model.Flag{Type: model.Bool}, model.Step{Wave: 1}, true},
		{list, model.Step{Wave: 1}, true},
		{list, model.Step{Wave: 1, After: []model.FlagID{"real"}}, false},
		{list, model.Step{}, false},
		{model.Flag{Type: model.Text}, model.Step{Wave: 1}, false},
	} {
		if got := mayWiden(&c.flag, &c.step); got != c.want {
			t.Errorf("%s %+v: %v", c.flag.Type, c.step, got)
		}
	}
}
