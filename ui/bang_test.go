package ui

import (
	"fmt"
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
							if _, ok := msg.(bangMsg); ok {
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
				if !c.arms && d.m.over.field().String() != "!" {
					t.Errorf("the text is %q, want the letter", d.m.over.field().String())
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

// A terminal's reply that a slow line tears apart types letters: whatever they
// do, nothing is fired, vetoed or rolled back.
func TestTornRepliesFireNothing(t *testing.T) {
	for _, reply := range []string{
		"\x1b[12;40R", "\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\", "\x1b[?2026;2$y", "\x1bP1+r5463\x1b\\", "\x1b[M !!",
		"\x1b[<0;33;33M", "\x1b[?62;1;4c", "\x1b[?1u", "\x1bP>|term(1)!\x1b\\", "\x1b[200~!\x1b[201~",
	} {
		for at := 1; at < len(reply); at++ {
			t.Run(fmt.Sprintf("%q at %d", reply, at), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := newStage(t, 120, 40, Options{})
					defer s.close()
					s.feed.publish(someSnapshot())
					time.Sleep(time.Second)
					for _, part := range []string{reply[:at], reply[at:]} {
						if _, err := s.keys.Write([]byte(part)); err != nil {
							t.Fatal(err)
						}
						time.Sleep(60 * time.Millisecond) // longer than an escape sequence is waited for
					}
					time.Sleep(time.Second)
					for _, in := range s.feed.intents() {
						switch in.Kind {
						case model.Refresh, model.ArmEnter:
						default:
							t.Errorf("submitted %+v", in)
						}
					}
				})
			})
		}
	}
}
