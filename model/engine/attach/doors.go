package attach

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"gonogo/model"
	"gonogo/model/engine/feed"
)

const (
	longestLine  = 1 << 20 // of what a viewer may send, in bytes
	writeTimeout = 5 * time.Second
)

// doors let viewers in to one engine: at the socket in its state directory, at the name that
// it has on this host, and at the socket of the config's group.
type doors struct {
	rollout   *model.Rollout
	dir       string
	transient bool      // the engine ends soon, with its command
	user      string    // whose engine it is
	host      string    // where it is
	since     time.Time // when it began
	feed      *feed.Feed
	claim     *claim       // nil: the engine has no name on this host
	trouble   func(string) // takes trouble for people to see
	accounts  accounts
	group     sync.WaitGroup
}

// keep keeps the doors open until ctx is done, and all viewers are gone.
func (d *doors) keep(ctx context.Context) {
	l, err := listen(d.dir)
	if err != nil {
		d.trouble("socket: " + err.Error() + "; others cannot attach")
	} else {
		d.spawn("socket", func() { d.serve(ctx, l) })
		context.AfterFunc(ctx, func() { _ = l.Close() })
	}
	if d.claim != nil {
		d.spawn("host socket", func() { d.serveHost(ctx) })
	}
	d.openGroup(ctx)
	<-ctx.Done()
	d.group.Wait()
}

// spawn runs f as a goroutine of the doors'. A panic is kept to it and told.
func (d *doors) spawn(name string, f func()) {
	d.group.Go(func() {
		defer func() {
			if v := recover(); v != nil {
				d.trouble(fmt.Sprintf("%s: panic: %v", name, v))
				fmt.Fprintf(os.Stderr, "gonogo: %s: panic: %v\n%s", name, v, debug.Stack())
			}
		}()
		f()
	})
}

// serve takes viewers until the listener is closed.
func (d *doors) serve(ctx context.Context, l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		d.spawn("viewer", func() { d.serveViewer(ctx, conn) })
	}
}

// serveHost takes viewers by the claim until ctx is done, once it is won: the
// host's other users come by it. The listener stays, for the engine that goes on with an adopted config.
func (d *doors) serveHost(ctx context.Context) {
	l := d.claim.win(ctx)
	if l == nil {
		return
	}
	_ = l.SetDeadline(time.Time{})
	unhook := context.AfterFunc(ctx, func() { _ = l.SetDeadline(time.Now()) })
	defer unhook()
	d.serve(ctx, l)
}

// serveViewer sends snapshots to one viewer and takes its intents. A viewer
// that does not read for writeTimeout is dropped.
func (d *doors) serveViewer(ctx context.Context, conn net.Conn) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	unhook := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer unhook()
	defer func() { _ = conn.Close() }()
	out := json.NewEncoder(conn)
	send := func(m message) error {
		_ = conn.SetWriteDeadline(time.Now().Add(writeTimeout))
		return out.Encode(m)
	}
	who, err := d.visit(conn)
	if err != nil {
		_ = send(message{Hello: &hello{Version: wireVersion, Refused: err.Error(), Transient: d.transient}})
		return
	}
	if send(message{Hello: &hello{Version: wireVersion, Rollout: d.rollout, Access: who.may, Transient: d.transient}}) != nil {
		return
	}
	d.spawn("viewer's intents", func() {
		defer stop()
		d.readIntents(ctx, conn, who)
	})
	box, done := d.feed.Subscribe()
	defer done()
	var sent delta
	for {
		select {
		case <-ctx.Done():
			return
		case s, ok := <-box:
			if !ok || send(sent.next(s)) != nil {
				return
			}
		}
	}
}

// readIntents takes the intents of who. Its sender and what they may do are
// what the kernel says of the connection, whatever the message claims.
func (d *doors) readIntents(ctx context.Context, conn net.Conn, who visitor) {
	in := bufio.NewScanner(conn)
	in.Buffer(make([]byte, 0, 4096), longestLine)
	for in.Scan() {
		var m message
		if model.Shallow(in.Bytes()) != nil || json.Unmarshal(in.Bytes(), &m) != nil {
			return
		}
		if m.Hello != nil && m.Hello.ReadOnly {
			who.may = model.AccessReadOnly // and never more again
			continue
		}
		if m.Intent == nil {
			return
		}
		via := m.Intent.By.Via
		m.Intent.By, m.Intent.May = who.by, who.may
		m.Intent.By.Via = "command"
		if via == "cockpit" {
			m.Intent.By.Via = via
		}
		if err := d.feed.Submit(ctx, *m.Intent); err != nil {
			d.feed.Answer(model.Answer{Intent: m.Intent.ID, At: time.Now(), Err: err.Error()})
		}
	}
}

// visitor is who is at the other end of a connection, by what the kernel says.
type visitor struct {
	by  model.Actor
	may model.Access
}

// visit says who conn comes from and what they may do. The error says why
// they may not even look.
func (d *doors) visit(conn net.Conn) (visitor, error) {
	pid, uid, err := peer(conn)
	if err != nil { // no such system: the socket is closed to other users
		return visitor{by: model.Actor{Name: d.user, Host: d.host}}, nil
	}
	v := visitor{by: model.Actor{Name: d.accounts.person(pid, uid), Host: d.host}}
	group := d.rollout.Access.Group
	switch {
	case uid == os.Geteuid() || uid == 0:
		return v, nil
	case group != "" && slices.Contains(d.accounts.of(uid).groups, group):
		v.may = model.AccessMember
		return v, nil
	}
	return v, fmt.Errorf("%s's engine runs this rollout (pid %d, since %s), and %s may not attach: %s",
		d.user, os.Getpid(), d.since.UTC().Format("2006-01-02 15:04:05Z"), v.by.Name, wayIn(d.user, group))
}

// wayIn says how to get to the engine of another user.
func wayIn(owner, group string) string {
	if group == "" {
		return fmt.Sprintf("run gonogo as %s, or have them name your group in the config ([access] group)", owner)
	}
	return fmt.Sprintf("run gonogo as %s, or join the group %s", owner, group)
}
