package process

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"

	"gonogo/internal/secret"
	"gonogo/model"
)

// output reads what a program prints. One goroutine for each pipe; they end
// when everybody has closed the other end, or at close.
type output struct {
	streams []*stream
	ends    []*os.File    // the program's ends, ours only until it has them
	drained chan struct{} // closed when all streams are read
	held    error         // why not all was read
	group   sync.WaitGroup
}

// ErrHeldOpen is in what Run returns where something that the program started held
// its output open, see Spec.EndsGroup.
var ErrHeldOpen = errors.New("something it started kept its output open")

// stream is one pipe and where it goes to.
type stream struct {
	from   *os.File
	to     *sink
	masked *secret.Writer // to last, and to a log
	last   lastLine
	logs   bool // to gets what is masked
}

// sink is a writer that is not asked again once it failed.
type sink struct {
	to     io.Writer
	failed bool
	err    error // that it panicked, or has taken too much; after drained only
}

func openOutput(cmd *exec.Cmd, s Spec) (*output, error) {
	o := &output{drained: make(chan struct{})}
	secrets := s.Secrets
	if secrets == nil {
		secrets = &secret.Set{}
	}
	if s.Log != nil {
		s.Out, s.Err = nil, nil
	}
	w, err := o.open(s.Out, s.Log, secrets)
	if err != nil {
		return nil, err
	}
	cmd.Stdout, cmd.Stderr = w, w
	if s.Err != nil {
		if w, err = o.open(s.Err, nil, secrets); err != nil {
			o.abandon()
			return nil, err
		}
		cmd.Stderr = w
	}
	return o, nil
}

// open makes a pipe to raw, and, without secrets, to log; either may be nil.
func (o *output) open(raw, log io.Writer, secrets *secret.Set) (*os.File, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	st := &stream{from: r, to: &sink{to: raw}}
	if log != nil {
		st.to.to = log
		st.masked = secrets.Writer(io.MultiWriter(&st.last, st.to))
	} else {
		st.masked = secrets.Writer(&st.last)
	}
	st.logs = log != nil
	o.streams = append(o.streams, st)
	o.ends = append(o.ends, w)
	return w, nil
}

// start starts cmd and the goroutines that read from it.
func (o *output) start(cmd *exec.Cmd) error {
	err := cmd.Start()
	for _, w := range o.ends {
		_ = w.Close()
	}
	if err != nil {
		o.abandon()
		return err
	}
	for _, s := range o.streams {
		o.group.Go(s.copy)
	}
	go func() {
		o.group.Wait()
		close(o.drained)
	}()
	return nil
}

// abandon closes everything before start has.
func (o *output) abandon() {
	for _, w := range o.ends {
		_ = w.Close()
	}
	for _, s := range o.streams {
		_ = s.from.Close()
	}
}

// close ends the reading, and returns when it has ended.
func (o *output) close() {
	for _, s := range o.streams {
		_ = s.from.Close()
	}
	<-o.drained
}

// lastLine returns the last line printed that is not blank, stderr's first; inert.
func (o *output) lastLine() string {
	for i := len(o.streams) - 1; i >= 0; i-- {
		if text := o.streams[i].last.String(); text != "" {
			return model.Inert(text)
		}
	}
	return ""
}

func (o *output) broken() error {
	for _, s := range o.streams {
		if s.to.err != nil {
			return s.to.err
		}
	}
	return o.held
}

// copy reads to the end. A writer that fails is not asked again, but the
// program must not be stopped by that, so reading goes on.
func (s *stream) copy() {
	buf := make([]byte, 32<<10)
	for {
		n, err := s.from.Read(buf)
		_, _ = s.masked.Write(buf[:n]) // its writers do not fail
		if !s.logs {
			_, _ = s.to.Write(buf[:n])
		}
		if err != nil {
			_ = s.masked.Flush()
			return
		}
	}
}

// Write takes all of b and never fails, whatever the writer behind does.
func (s *sink) Write(b []byte) (n int, err error) {
	n = len(b)
	defer func() {
		if r := recover(); r != nil {
			s.failed, s.err = true, fmt.Errorf("panic: %v", r)
		}
	}()
	if s.to == nil || s.failed || len(b) == 0 {
		return n, nil
	}
	_, failure := s.to.Write(b)
	s.failed = failure != nil
	if errors.Is(failure, ErrTooMuch) {
		s.err = failure
	}
	return n, nil
}

// lastLine remembers the last line with something on it, of at most maxLine bytes.
type lastLine struct {
	line, current []byte
}

const maxLine = 300

// Write takes all of b; it never fails.
func (l *lastLine) Write(b []byte) (int, error) {
	n := len(b)
	for len(b) > 0 {
		line, rest, whole := bytes.Cut(b, []byte("\n"))
		if room := maxLine - len(l.current); room > 0 {
			l.current = append(l.current, line[:min(room, len(line))]...)
		}
		if !whole {
			return n, nil
		}
		l.end()
		b = rest
	}
	return n, nil
}

func (l *lastLine) end() {
	if trimmed := bytes.TrimSpace(l.current); len(trimmed) > 0 {
		l.line = append(l.line[:0], trimmed...)
	}
	l.current = l.current[:0]
}

func (l *lastLine) String() string {
	l.end()
	return string(l.line)
}
