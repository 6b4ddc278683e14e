package attach

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"gonogo/model"
	"gonogo/model/engine/record"
)

// errOnlyAttach says that a seat may not be the engine, only attach to one.
var errOnlyAttach = errors.New("this seat can only attach")

const (
	helloTime = time.Second      // an engine says hello within it
	briefly   = 10 * time.Second // a seat waits so long for another user's command to end its engine
)

// takeIfMay is take for a seat that may be the engine. One never is that is
// read-only, has no state directory, or was attached to another user's engine.
func (s *Seat) takeIfMay(visited bool) (*reign, error) {
	if s.o.ReadOnly || s.o.NoDir != nil || visited && s.guest {
		return nil, errOnlyAttach
	}
	return s.take(visited)
}

// enterBy attaches to the engine that is found, until that ends. again is why it
// is to be looked for anew; stop, why the seat has to be given up. own says
// that the engine is in the seat's own state directory.
func (s *Seat) enterBy(ctx context.Context, own, visited bool) (again, stop error) {
	conn, host, err := s.knock(ctx, own)
	if err != nil {
		return err, s.alone(visited)
	}
	pid, uid, unknown := peer(conn)
	if host && unknown == nil && !s.trusts(uid) {
		_ = conn.Close()
		stranger := errStranger{pid, uid}
		s.contested = stranger.Error()
		if s.o.ReadOnly || s.o.NoDir != nil {
			return stranger, stranger.unless(visited)
		}
		return stranger, nil
	}
	if host && !s.o.ReadOnly && s.o.NoDir == nil { // one that cannot go on by itself waits, and says who is silent
		_ = conn.SetReadDeadline(time.Now().Add(helloTime))
	}
	seen := false
	err = s.follow(ctx, conn, func(snap *model.Snapshot) {
		seen, s.guest, s.refused = true, host, time.Time{}
		s.feed.Publish(snap)
	})
	var elsewhere *Elsewhere
	switch {
	case seen:
		return err, nil
	case errors.As(err, &elsewhere):
		if s.refused.IsZero() {
			s.refused = time.Now()
		}
		if !visited && (!elsewhere.Transient || time.Since(s.refused) > briefly) {
			return err, err
		}
	case host && pid != 0:
		s.contested = errNoHello{pid, uid}.Error()
		if visited || s.o.ReadOnly || s.o.NoDir != nil {
			return err, s.alone(visited)
		}
	}
	return err, nil
}

// knock connects to the engine: at the seat's own state directory, at the
// group's socket, or at the rollout's name on this host, which host says.
func (s *Seat) knock(ctx context.Context, own bool) (conn net.Conn, host bool, err error) {
	if s.o.NoDir == nil {
		if conn, err = dial(ctx, s.o.Dir); err == nil || own {
			return conn, false, err
		}
	}
	var d net.Dialer
	r := s.o.Rollout
	if r == nil {
		r = s.named
	}
	if r != nil {
		if name := claimName(r); name != "" {
			if conn, err = d.DialContext(ctx, "unix", name); err == nil {
				return conn, true, nil
			}
		}
		if conn, err2 := d.DialContext(ctx, "unix", filepath.Join(runDir, r.ID, record.SocketName)); err2 == nil {
			return conn, true, nil
		}
	}
	if err == nil {
		err = errors.New("no engine runs")
	}
	return nil, false, err
}

// alone says why a seat that found no engine has to be given up; nil: it goes
// on. A screen that showed something stays.
func (s *Seat) alone(visited bool) error {
	switch {
	case visited && !s.o.Transient:
		return nil
	case s.o.ReadOnly:
		return fmt.Errorf("%w: no engine runs, and --read-only starts none: gonogo run --headless starts one", model.ErrRefused)
	case s.o.NoDir != nil:
		return s.o.NoDir
	case s.guest:
		return errors.New("the engine is gone, and it was another user's")
	}
	return nil
}

// bereft shows that the engine is gone, and what this seat does about it.
func (s *Seat) bereft(err error) {
	last := s.Last()
	if s.o.ReadOnly || s.o.NoDir != nil || s.guest {
		who := "its user"
		if last != nil && last.Engine.User != "" {
			who = last.Engine.User
		}
		why := "it is another user's"
		if s.o.ReadOnly {
			why = "this view is read-only"
		}
		s.feed.Mark("NO ENGINE, and this seat never is it (" + why + "): " + who + " can, with gonogo run --headless")
		s.ear.hear()
		return
	}
	s.feed.Mark("the engine is gone (" + err.Error() + "): taking over")
	s.await()
}

// trusts reports whether the user uid may be the engine for this seat: its own
// user, root, and the owners of the config, of the state directory and of the
// group's folder. A config of root's that names no state directory names no
// owner: then whoever runs the engine is believed.
func (s *Seat) trusts(uid int) bool {
	if uid == 0 || uid == os.Geteuid() {
		return true
	}
	r := s.o.Rollout
	if r == nil {
		r = s.named
	}
	if r == nil {
		return false
	}
	config, known := ownerOf(r.ConfigPath)
	if known && (config == uid || config == 0 && !s.o.OwnedDir) {
		return true
	}
	for _, path := range []string{s.o.Dir, filepath.Join(runDir, r.ID)} {
		if owner, ok := ownerOf(path); ok && owner == uid {
			return true
		}
	}
	return false
}
