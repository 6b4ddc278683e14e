package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"syscall"
	"time"
)

const (
	killAfter = 5 * time.Second  // of a worker that was told to stop
	readyTime = 10 * time.Second // for a new worker to answer
)

// process is a worker's process.
type process struct {
	cmd  *exec.Cmd
	done chan struct{} // closed when it is gone
	err  error         // readable once done is closed
}

// spawn starts a worker and writes its pidfile.
func (s *supervisor) spawn() (*process, error) {
	life, own, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer life.Close()
	socket, err := s.listener.File()
	if err != nil {
		return nil, errors.Join(err, own.Close())
	}
	defer socket.Close()
	cmd := command(s.exe, "demo-worker", "-dir", s.dir, "-grace", s.grace.String())
	cmd.Stderr = s.log
	cmd.ExtraFiles = []*os.File{socket, life} // listenerFD and lifeFD
	if err := cmd.Start(); err != nil {
		return nil, errors.Join(err, own.Close())
	}
	p := &process{cmd: cmd, done: make(chan struct{})}
	s.wg.Go(func() {
		defer close(p.done)
		p.err = cmd.Wait()
		_ = own.Close() // open until now: its end would have ended the worker
	})
	if err := write(s.dir, pidName, fmt.Appendln(nil, cmd.Process.Pid)); err != nil {
		p.stop()
		return nil, err
	}
	return p, nil
}

// stop ends the process, by force if it does not go, and waits for it.
func (p *process) stop() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // an error means it is gone
	late := time.NewTimer(killAfter)
	defer late.Stop()
	select {
	case <-p.done:
	case <-late.C:
		_ = p.cmd.Process.Kill()
		<-p.done
	}
}

// ready waits until the process answers at addr. The error says why it does not.
func (p *process) ready(ctx context.Context, addr net.Addr) error {
	ctx, cancel := context.WithTimeout(ctx, readyTime)
	defer cancel()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	answered := make(chan bool, 1)
	for {
		go func() { answered <- p.ask(ctx, client, addr) == nil }() // ends with ctx; always waited for
		select {
		case ok := <-answered:
			if ok {
				return nil
			}
		case <-p.done:
			cancel()
			<-answered
			return p.early()
		}
		select {
		case <-again.C:
		case <-p.done:
			return p.early()
		case <-ctx.Done():
			return fmt.Errorf("the worker does not answer: %w", ctx.Err())
		}
	}
}

// early says that the process, which is gone, should not be.
func (p *process) early() error {
	if p.err == nil {
		return fmt.Errorf("the worker ended at once, see %s", logName)
	}
	return fmt.Errorf("the worker ended at once, see %s: %w", logName, p.err)
}

// ask asks once whether it is this process that answers at addr.
func (p *process) ask(ctx context.Context, client *http.Client, addr net.Addr) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr.String()+"/healthz", nil)
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	var h health
	if err := json.NewDecoder(io.LimitReader(resp.Body, 4096)).Decode(&h); err != nil {
		return err
	}
	if h.PID != p.cmd.Process.Pid {
		return fmt.Errorf("process %d answers, not %d", h.PID, p.cmd.Process.Pid)
	}
	return nil
}
