package ui

import (
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"gonogo/model"
)

func TestEmergencyKey(t *testing.T) {
	type step struct {
		after time.Duration
		msg   tea.Msg
	}
	bang, x := keyPress("!"), keyPress("x")
	for _, c := range []struct {
		name  string
		steps []step
		arms  bool
	}{
		{"alone", []step{{time.Second, bang}}, true},
		{"twice in a hurry", []step{{time.Second, bang}, {50 * time.Millisecond, bang}}, true},
		{"a key long before", []step{{time.Second, x}, {101 * time.Millisecond, bang}}, true},
		{"a key long after", []step{{time.Second, bang}, {101 * time.Millisecond, x}}, true},
		{"a key just before", []step{{time.Second, x}, {99 * time.Millisecond, bang}}, false},
		{"a key just after", []step{{time.Second, bang}, {99 * time.Millisecond, x}}, false},
		{"enter just after", []step{{time.Second, bang}, {10 * time.Millisecond, keyPress("enter")}}, false},
		{"in a bracketed paste", []step{{time.Second, tea.PasteMsg{Content: "!"}}}, false},
		{"beside a paste", []step{{time.Second, bang}, {50 * time.Millisecond, tea.PasteMsg{Content: "x"}}}, false},
		{"beside a terminal's reply", []step{{time.Second, bang}, {50 * time.Millisecond, tea.CursorPositionMsg{X: 1, Y: 1}}}, false},
		{"key up does not spoil it", []step{{time.Second, bang}, {50 * time.Millisecond, tea.KeyReleaseMsg(bang)}}, true},
		{"again after it was spoiled", []step{{time.Second, bang}, {time.Millisecond, x}, {time.Second, bang}}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesk(t, someSnapshot())
				var mu sync.Mutex // the model belongs to one goroutine at a time
				for _, s := range c.steps {
					time.Sleep(s.after)
					mu.Lock()
					_, cmd := d.m.Update(s.msg)
					mu.Unlock()
					go func() {
						for _, msg := range results(cmd) {
							if _, ok := msg.(ripeMsg); ok {
								mu.Lock()
								defer mu.Unlock()
								d.settle(func() tea.Msg { return msg })
							}
						}
					}()
					synctest.Wait()
				}
				time.Sleep(time.Second)
				synctest.Wait()
				got := d.feed.intents()
				if c.arms != (len(got) == 1 && got[0].Kind == model.ArmRollback && got[0].Rollback == "") {
					t.Fatalf("submitted %+v, want an emergency: %v", got, c.arms)
				}
				if !c.arms && d.m.status.text == "" {
					t.Error("nothing on screen says that the key was ignored")
				}
			})
		})
	}
}

func TestEmergencyKeyFromAnywhereButText(t *testing.T) {
	for _, c := range []struct {
		name string
		keys []string
		arms bool
	}{
		{"panels", nil, true},
		{"zoomed", []string{"z"}, true},
		{"frozen", []string{"p"}, true},
		{"help", []string{"?"}, true},
		{"why", []string{"e"}, true},
		{"rollback menu", []string{"b"}, true},
		{"quit question", []string{"ctrl+c"}, true},
		{"palette", []string{":"}, false},
		{"find", []string{"/"}, false},
		{"reason", []string{"H"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesk(t, someSnapshot())
				d.press(c.keys...)
				d.press("!")
				got := d.feed.intents()
				if c.arms != (len(got) == 1 && got[0].Kind == model.ArmRollback) {
					t.Fatalf("submitted %+v, want an emergency: %v", got, c.arms)
				}
				if text := d.screen(); !c.arms && !strings.Contains(text, "› !") && !strings.Contains(text, ": !") {
					t.Errorf("the text has no letter:\n%s", text)
				}
			})
		})
	}
}

func TestEmergencyKeyOnceWhileUnanswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, someSnapshot())
		d.press("!", "!")
		d.one()
	})
}
