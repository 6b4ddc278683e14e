package attach

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"time"

	"gonogo/model"
)

// follow follows the engine at the other end of conn until it ends: each of its
// snapshots goes to see, and the feed's intents go to it.
func (s *Seat) follow(ctx context.Context, conn net.Conn, see func(*model.Snapshot)) error {
	pid, _, _ := peer(conn)
	s.ear.at(pid, false)
	ctx, stop := context.WithCancel(ctx)
	unhook := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer unhook()
	sent := make(chan struct{})
	go func() { // ends with ctx, and follow waits for it
		defer close(sent)
		s.send(ctx, conn)
	}()
	defer func() {
		stop()
		_ = conn.Close()
		<-sent
	}()
	return receive(conn, s.o.ReadOnly, see)
}

// send sends the feed's intents to the engine at conn.
func (s *Seat) send(ctx context.Context, conn net.Conn) {
	out := json.NewEncoder(conn)
	if s.o.ReadOnly && out.Encode(message{Hello: &hello{Version: wireVersion, ReadOnly: true}}) != nil {
		return
	}
	asked := s.feed.Take(nil)
	for {
		select {
		case <-ctx.Done():
			return
		case in := <-asked:
			err := out.Encode(message{Intent: &in.Intent})
			in.Taken()
			if err != nil {
				return
			}
		}
	}
}

// receive gives each snapshot that comes from conn to see.
func receive(conn net.Conn, readOnly bool, see func(*model.Snapshot)) error {
	in := json.NewDecoder(model.ShallowReader(conn))
	var v view
	for {
		var m message
		if err := in.Decode(&m); err != nil {
			return err
		}
		switch {
		case m.Hello != nil && m.Hello.Version != wireVersion:
			return fmt.Errorf("the engine speaks protocol %d, this gonogo %d: use the same version", m.Hello.Version, wireVersion)
		case m.Hello != nil:
			if m.Hello.Refused != "" {
				return &Elsewhere{Text: model.Inert(m.Hello.Refused), Transient: m.Hello.Transient}
			}
			_ = conn.SetReadDeadline(time.Time{})
			v.rollout, v.access = m.Hello.Rollout, m.Hello.Access
			if readOnly {
				v.access = model.AccessReadOnly
			}
		case m.Snapshot != nil && v.rollout != nil:
			see(v.snapshot(m))
		}
	}
}
