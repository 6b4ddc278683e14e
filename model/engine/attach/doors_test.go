package attach

import (
	"context"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"testing"

	"gonogo/model"
	"gonogo/model/engine/feed"
)

// taken is what an engine is asked, of what a viewer who may do so much says at its doors.
func taken(t *testing.T, may model.Access, lines ...string) []model.Intent {
	t.Helper()
	d := &doors{feed: feed.New(nil)}
	engine, viewer := net.Pipe()
	said := make(chan struct{})
	go func() {
		defer close(said)
		_, _ = io.WriteString(viewer, strings.Join(lines, "\n")+"\n")
		_ = viewer.Close()
	}()
	asked := d.feed.Take(nil)
	read := make(chan struct{})
	go func() {
		defer close(read)
		d.readIntents(context.Background(), engine, visitor{by: model.Actor{Name: "ana", Host: "here"}, may: may})
		_ = engine.Close()
	}()
	var all []model.Intent
	for {
		select {
		case in := <-asked:
			all = append(all, in.Intent)
			in.Taken()
			continue
		case <-read:
		}
		<-said
		for len(asked) > 0 {
			in := <-asked
			all = append(all, in.Intent)
			in.Taken()
		}
		return all
	}
}

// TestNobodySaysWhoTheyAre: an intent is of whom the kernel says, and may what they may, whatever
// it claims; only whether they sit at a cockpit is believed.
func TestNobodySaysWhoTheyAre(t *testing.T) {
	for _, c := range []struct {
		name, line string
		may        model.Access
		via        string
	}{
		{"a command", `{"intent":{"id":"a","kind":"hold","by":{"name":"ana","via":"command"}}}`, model.AccessAll, "command"},
		{"a cockpit", `{"intent":{"id":"a","kind":"hold","by":{"name":"bob","host":"there","via":"cockpit"}}}`, model.AccessMember, "cockpit"},
		{"a guard", `{"intent":{"id":"a","kind":"hold","by":{"name":"guard","via":"guard"}}}`, model.AccessAll, "command"},
		{"an engine", `{"intent":{"id":"a","kind":"hold","by":{"name":"gonogo","via":"engine"}}}`, model.AccessMember, "command"},
		{"nobody", `{"intent":{"id":"a","kind":"hold"}}`, model.AccessMember, "command"},
		{"who wants more", `{"intent":{"id":"a","kind":"hold","May":"","may":""}}`, model.AccessReadOnly, "command"},
	} {
		got := taken(t, c.may, c.line)
		if len(got) != 1 {
			t.Errorf("%s: %+v", c.name, got)
			continue
		}
		if want := (model.Actor{Name: "ana", Host: "here", Via: c.via}); got[0].By != want || got[0].May != c.may || got[0].ID != "a" {
			t.Errorf("%s: by %+v, may %q", c.name, got[0].By, got[0].May)
		}
	}
}

// TestAReadOnlyViewerStaysSo: whatever it says later.
func TestAReadOnlyViewerStaysSo(t *testing.T) {
	got := taken(t, model.AccessAll,
		`{"intent":{"id":"before","kind":"hold"}}`, `{"hello":{"version":1,"read_only":true}}`, `{"intent":{"id":"a","kind":"hold"}}`,
		`{"hello":{"version":1,"read_only":true,"access":""}}`, `{"intent":{"id":"b","kind":"hold"}}`)
	var may []model.Access
	for _, in := range got {
		may = append(may, in.May)
	}
	if want := []model.Access{model.AccessAll, model.AccessReadOnly, model.AccessReadOnly}; !slices.Equal(may, want) {
		t.Errorf("%q", may)
	}
	if got := taken(t, model.AccessAll, `{"hello":{"version":1,"read_only":true}}`, `{"hello":{"version":1,"read_only":false}}`, `{"intent":{"id":"a"}}`); len(got) > 0 {
		t.Errorf("after it took that back: %+v", got)
	}
}

// TestAViewerThatSaysNoIntentIsDropped: at once, whatever it says after that.
func TestAViewerThatSaysNoIntentIsDropped(t *testing.T) {
	const good = `{"intent":{"id":"good","kind":"hold"}}`
	for _, c := range []struct{ name, line string }{
		{"no JSON", "GET / HTTP/1.1"},
		{"an empty line", ""},
		{"an empty object", "{}"},
		{"a list", "[]"},
		{"null", "null"},
		{"half an object", `{"intent":{"id":"x"`},
		{"two objects", good + good},
		{"deep", `{"intent":{"id":"x","value":` + strings.Repeat(`{"a":`, 2000) + "1" + strings.Repeat("}", 2002)},
		{"another type", `{"intent":{"id":7}}`},
		{"an engine's hello", `{"hello":{"version":1,"rollout":{}}}`},
		{"an engine's snapshot", `{"snapshot":{"seq":9}}`},
		{"a time that is none", `{"intent":{"id":"x","value":{"type":"list","items":"x"}}}`},
		{"a line without an end", `{"intent":{"id":"x","reason":"` + strings.Repeat("a", longestLine) + `"}}`},
	} {
		got := taken(t, model.AccessAll, good, c.line, good)
		if len(got) != 1 || got[0].ID != "good" {
			t.Errorf("%s: %d intents taken", c.name, len(got))
		}
	}
	if got := taken(t, model.AccessAll, good, `{"intent":{"id":"x","reason":"`+strings.Repeat("a", longestLine/2)+`"}}`, good); len(got) != 3 {
		t.Errorf("a line that is long: %d intents taken", len(got))
	}
}

// TestAnIntentThatNobodyTakesIsAnswered: by whoever opened the door, rather than never.
func TestAnIntentThatNobodyTakesIsAnswered(t *testing.T) {
	ended, stop := context.WithCancel(t.Context())
	stop()
	full := feed.New(nil)
	for full.Submit(t.Context(), model.Intent{ID: "before"}) == nil {
	}
	for _, c := range []struct {
		name string
		ctx  context.Context
		feed *feed.Feed
	}{
		{"the engine ends", ended, feed.New(nil)},
		{"its queue is full", t.Context(), full},
	} {
		engine, viewer := net.Pipe()
		go func() {
			_, _ = io.WriteString(viewer, `{"intent":{"id":"late","kind":"hold"}}`+"\n")
			_ = viewer.Close()
		}()
		d := &doors{feed: c.feed}
		d.readIntents(c.ctx, engine, visitor{})
		_ = engine.Close()
		if got := c.feed.Answers(); len(got) != 1 || got[0].Intent != "late" || got[0].Err == "" {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

// TestAPanicAtTheDoorsIsToldAndKept: to the goroutine that has it.
func TestAPanicAtTheDoorsIsToldAndKept(t *testing.T) {
	stderr := os.Stderr
	os.Stderr, _ = os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	defer func() { os.Stderr = stderr }()
	told := make(chan string, 1)
	d := &doors{trouble: func(text string) { told <- text }}
	d.spawn("viewer", func() { panic("a bug") })
	d.group.Wait()
	if got := <-told; got != "viewer: panic: a bug" {
		t.Errorf("%q", got)
	}
}

// TestWhoIsNotLetInIsToldHowToGetIn: as the owner, or by the group that the config names.
func TestWhoIsNotLetInIsToldHowToGetIn(t *testing.T) {
	for _, c := range []struct{ group, want string }{
		{"", "run gonogo as deploy, or have them name your group in the config ([access] group)"},
		{"rollouts", "run gonogo as deploy, or join the group rollouts"},
	} {
		if got := wayIn("deploy", c.group); got != c.want {
			t.Errorf("%q", got)
		}
	}
}

// TestTheEnginesOwnUserMayAll: by what the kernel says of the socket; of what is no socket
// nothing is known, and that is the engine's own, in this process.
func TestTheEnginesOwnUserMayAll(t *testing.T) {
	l, err := listen(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	conn, err := net.Dial("unix", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	d := &doors{rollout: &model.Rollout{Access: model.AccessRules{Group: "rollouts"}}, user: "deploy", host: "here"}
	for name, conn := range map[string]net.Conn{"a socket": conn, "none": &net.TCPConn{}} {
		v, err := d.visit(conn)
		if err != nil || v.may != model.AccessAll || v.by.Host != "here" || v.by.Name == "" {
			t.Errorf("%s: %+v, %v", name, v, err)
		}
	}
}
