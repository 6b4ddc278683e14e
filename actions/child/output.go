package child

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"

	"gonogo/model"
)

// output reads what a program prints. One goroutine for each pipe; they end
// when everybody has closed the other end, or at close.
type output struct {
	streams []*stream
	ends    []*os.File    // the program's ends, ours only until it has them
	drained chan struct{} // closed when all streams are read
	group   sync.WaitGroup
}

// stream is one pipe and where it goes to.
type stream struct {
	from *os.File
	to   io.Writer
	last lastLine
	err  error // a panic in to; after drained only
}

func openOutput(cmd *exec.Cmd, s Spec) (*output, error) {
	o := &output{drained: make(chan struct{})}
	w, err := o.open(s.Out)
	if err != nil {
		return nil, err
	}
	cmd.Stdout, cmd.Stderr = w, w
	if s.Err != nil {
		if w, err = o.open(s.Err); err != nil {
			o.abandon()
			return nil, err
		}
		cmd.Stderr = w
	}
	return o, nil
}

func (o *output) open(to io.Writer) (*os.File, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	if to == nil {
		to = io.Discard
	}
	o.streams = append(o.streams, &stream{from: r, to: to})
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
func (o *output) lastLine(hide func(string) string) string {
	for i := len(o.streams) - 1; i >= 0; i-- {
		text := o.streams[i].last.String()
		if hide != nil {
			text = hide(text)
		}
		if text != "" {
			return model.Inert(text)
		}
	}
	return ""
}

func (o *output) broken() error {
	for _, s := range o.streams {
		if s.err != nil {
			return s.err
		}
	}
	return nil
}

// copy reads to the end. A writer that fails is not asked again, but the
// program must not be stopped by that, so reading goes on.
func (s *stream) copy() {
	buf := make([]byte, 32<<10)
	ok := true
	for {
		n, err := s.from.Read(buf)
		s.last.Write(buf[:n])
		if n > 0 && ok {
			ok = s.pass(buf[:n])
		}
		if err != nil {
			return
		}
	}
}

func (s *stream) pass(b []byte) (ok bool) {
	defer func() {
		if r := recover(); r != nil {
			s.err = fmt.Errorf("panic: %v", r)
		}
	}()
	_, err := s.to.Write(b)
	if errors.Is(err, ErrTooMuch) {
		s.err = err
	}
	return err == nil
}

// lastLine remembers the last line with something on it, of at most maxLine bytes.
type lastLine struct {
	line, current []byte
}

const maxLine = 300

func (l *lastLine) Write(b []byte) {
	for len(b) > 0 {
		line, rest, whole := bytes.Cut(b, []byte("\n"))
		if room := maxLine - len(l.current); room > 0 {
			l.current = append(l.current, line[:min(room, len(line))]...)
		}
		if !whole {
			return
		}
		l.end()
		b = rest
	}
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
