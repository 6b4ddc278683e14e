package attach

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gonogo/model"
)

// named returns options with a config path of the test's own, so that the
// engine has a name on the host.
func named(t *testing.T, w *world, path string) Options {
	o := options(w, t.TempDir())
	o.Rollout.ConfigPath = path
	return o
}

// raw is a viewer that says what it likes.
type raw struct {
	t    *testing.T
	conn net.Conn
	in   *bufio.Reader
}

func rawViewer(t *testing.T, dir string) *raw {
	conn, err := dial(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return &raw{t: t, conn: conn, in: bufio.NewReaderSize(conn, 1<<20)}
}

func (r *raw) say(text string) {
	r.t.Helper()
	if _, err := fmt.Fprintln(r.conn, text); err != nil {
		r.t.Fatal(err)
	}
}

func (r *raw) answer(id model.IntentID) model.Answer {
	r.t.Helper()
	_ = r.conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	for {
		line, err := r.in.ReadBytes('\n')
		if err != nil {
			r.t.Fatal(err)
		}
		var m message
		if err := json.Unmarshal(line, &m); err != nil {
			r.t.Fatal(err)
		}
		if m.Snapshot != nil {
			if a, ok := m.Snapshot.Answer(id); ok {
				return a
			}
		}
	}
}

// gone waits until the engine has dropped the connection.
func (r *raw) gone() {
	r.t.Helper()
	_ = r.conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	for {
		if _, err := r.in.ReadByte(); err != nil {
			if os.IsTimeout(err) {
				r.t.Fatal("the connection is still there")
			}
			return
		}
	}
}

func TestIdentityIsWhatTheKernelSays(t *testing.T) {
	t.Setenv("SUDO_USER", "vp")
	t.Setenv("USER", "vp")
	if strings.Contains(Self().Name, "vp") {
		t.Fatalf("this process is %q by its environment", Self().Name)
	}
	w, dir := newWorld(), t.TempDir()
	p := board(t, options(w, dir))
	p.enter("ten")
	r := rawViewer(t, dir)
	r.say(`{"intent":{"id":"a","by":{"name":"vp","host":"elsewhere","via":"guard"},"kind":"sign","check":"leak"}}`)
	if a := r.answer("a"); a.Err != "" {
		t.Fatal(a.Err)
	}
	s := p.until("the signature", func(s *model.Snapshot) bool { return s.State.Checks["leak"].By.Name != "" })
	by := s.State.Checks["leak"].By
	if by.Name != Self().Name || by.Host == "elsewhere" || by.Via != "command" {
		t.Errorf("signed by %+v, wanted %q", by, Self().Name)
	}
}

func TestGarbageAtTheSocketIsDropped(t *testing.T) {
	w, dir := newWorld(), t.TempDir()
	p := board(t, options(w, dir))
	for name, text := range map[string]string{
		"no JSON":  "GET / HTTP/1.1",
		"deep":     `{"intent":{"id":"x","value":` + strings.Repeat("[", 100_000),
		"no limit": strings.Repeat("a", 2*longestLine),
		"empty":    "{}",
	} {
		r := rawViewer(t, dir)
		go func() { _, _ = fmt.Fprintln(r.conn, text) }() // ends with the connection
		r.gone()
		t.Log(name)
	}
	p.enter("staging") // and the engine lives
}

func TestReadOnlyIsHeldByTheEngine(t *testing.T) {
	w, dir := newWorld(), t.TempDir()
	p := board(t, options(w, dir))
	p.enter("ten")
	r := rawViewer(t, dir)
	r.say(`{"hello":{"version":1,"read_only":true}}`)
	for i, kind := range []model.IntentKind{model.ArmRollback, model.Sign, model.HoldOn, model.Veto, model.Adopt, model.ArmEnter} {
		id := model.IntentID(fmt.Sprint("r", i))
		r.say(fmt.Sprintf(`{"intent":{"id":%q,"kind":%q,"check":"leak","reason":"x","yes":true}}`, id, kind))
		if a := r.answer(id); !a.Refused || !strings.Contains(a.Err, "read-only") {
			t.Errorf("%s: %+v", kind, a)
		}
	}
	if a := p.last.State.ActivePlan(); a != nil {
		t.Errorf("armed: %+v", a)
	}
}

func TestReadOnlyNeverIsTheEngine(t *testing.T) {
	w, dir := newWorld(), t.TempDir()
	o := options(w, dir)
	o.ReadOnly = true
	if err := NewSeat(o).Run(context.Background()); err == nil || !strings.Contains(err.Error(), "no engine runs") {
		t.Errorf("without an engine: %v", err)
	}
	first := board(t, options(w, dir))
	first.until("its door", func(*model.Snapshot) bool { return Alive(dir) }) // answers come before it opens, now and then
	view := board(t, o)
	view.until("looking", func(s *model.Snapshot) bool { return s.Attached && s.Access == model.AccessReadOnly })
	if err := view.seat.Submit(context.Background(), model.Intent{Kind: model.ArmRollback}); err == nil {
		t.Error("it asked for a rollback")
	}
	first.stop()
	s := view.until("saying so", func(s *model.Snapshot) bool { return strings.Contains(s.Lost, "NO ENGINE") })
	if view.seat.Leads() || !strings.Contains(s.Lost, "read-only") {
		t.Errorf("lost: %q", s.Lost)
	}
	board(t, options(w, dir)) // and shows the next engine
	view.until("looking again", func(s *model.Snapshot) bool { return s.Lost == "" })
}

func TestOneEngineOnAHostWhereverItsState(t *testing.T) {
	w, path := newWorld(), filepath.Join(t.TempDir(), "config.toml")
	first := board(t, named(t, w, path))
	second := board(t, named(t, w, path)) // another state directory
	second.until("being attached", func(s *model.Snapshot) bool { return s.Attached })
	if a := second.ask(model.Intent{Kind: model.HoldOn, Reason: "lunch"}); a.Err != "" {
		t.Fatal(a.Err)
	}
	if a := first.ask(model.Intent{Kind: model.ArmEnter, Phase: "staging", Reason: "x"}); !a.Refused {
		t.Errorf("the other's hold does not bind: %+v", a)
	}
	first.stop()
	second.until("staying out", func(s *model.Snapshot) bool { return strings.Contains(s.Lost, "NO ENGINE") })
	if second.seat.Leads() {
		t.Error("it took over with another journal")
	}
}

func TestASquatterStopsWaysUpOnly(t *testing.T) {
	w := newWorld()
	o := named(t, w, filepath.Join(t.TempDir(), "config.toml"))
	name := claimName(o.Rollout)
	if name == "" {
		t.Skip("no abstract sockets here")
	}
	l, err := net.Listen("unix", name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	p := board(t, o)
	if a := p.ask(model.Intent{Kind: model.ArmEnter, Phase: "staging", Reason: "x"}); !a.Refused || !strings.Contains(a.Err, "holds this rollout's name") {
		t.Errorf("a way up: %+v", a)
	}
	if o := p.does(model.Intent{Kind: model.ArmRollback}); o.Outcome == "" || p.last.Contested == "" {
		t.Errorf("a rollback: %+v", o)
	}
	_ = l.Close()
	p.until("being the only one", func(s *model.Snapshot) bool { return s.Contested == "" })
}
