// Package process sees whether a process is another one than before: it reads
// a pid file, and the process's start time from the kernel, so that a number
// that was used again does not look like the old process. It can read only, and
// only where there is a /proc.
//
// There is no goroutine. It imports gonogo/model and gonogo/model/config only.
package process

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"gonogo/internal/safefile"
	"gonogo/model"
	"gonogo/model/config"
)

// maxFile is how much of a pid file is read, in bytes.
const maxFile = 4 << 10

// keys are those of a reader { pidfile = PATH }.
type keys struct {
	PIDFile string `toml:"pidfile" required:"true" path:"true" help:"the file that holds the process's number"`
}

// Kind returns the kind "pidfile".
func Kind() config.ActionKind {
	return config.ActionKind{
		Doc:        "which process runs, by its pid file",
		ReaderKeys: config.KeysOf[keys](),
		BuildReader: func(p config.Part) (model.Reader, error) {
			k := config.Into[keys](p.Table, p.Dir)
			if k.PIDFile == "" {
				return nil, errors.New("pidfile: it is empty: name the file")
			}
			return &Reader{path: k.PIDFile, proc: "/proc"}, nil
		},
	}
}

// Reader reads which process a pid file names.
type Reader struct {
	path string
	proc string
}

// ErrGone is returned, wrapped, when the process that the file names does not run.
var ErrGone = errors.New("no such process runs")

// Read returns "PID@START" of the process, START being its start in clock
// ticks since the machine's, as the kernel says: another text is another process.
func (r *Reader) Read(ctx context.Context) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", r.wrap(err)
	}
	pid, err := readPID(r.path)
	if err != nil {
		return "", r.wrap(err)
	}
	start, err := r.started(pid)
	if err != nil {
		return "", r.wrap(err)
	}
	return fmt.Sprintf("%d@%d", pid, start), nil
}

// Name implements model.Starter: "pid 4711".
func (r *Reader) Name(text string) string {
	pid, _, _ := strings.Cut(text, "@")
	return "pid " + pid
}

// ticks is how many clock ticks a second has for /proc, on every Linux there is.
const ticks = 100

// Began implements model.Starter.
func (r *Reader) Began(text string) (time.Time, bool) {
	_, start, ok := strings.Cut(text, "@")
	n, err := strconv.ParseUint(start, 10, 64)
	if !ok || err != nil {
		return time.Time{}, false
	}
	uptime, err := os.ReadFile(filepath.Join(r.proc, "uptime"))
	now := time.Now()
	fields := strings.Fields(string(uptime))
	if err != nil || len(fields) == 0 {
		return time.Time{}, false
	}
	up, err := strconv.ParseFloat(fields[0], 64)
	if err != nil {
		return time.Time{}, false
	}
	return now.Add(-time.Duration((up - float64(n)/ticks) * float64(time.Second))), true
}

// tolerance is how far a start may seem to lie before what led to it.
const tolerance = 100 * time.Millisecond

// NewSince reports whether the process that text names began after since, as far as
// that can be told: one that was there before is not what an action started, whatever the file says.
func (r *Reader) NewSince(text string, since time.Time) bool {
	at, known := r.Began(text)
	return !known || !at.Before(since.Add(-tolerance))
}

var _ model.Starter = (*Reader)(nil)

func (r *Reader) wrap(err error) error {
	return fmt.Errorf("pidfile %s: %w", model.Inert(r.path), err)
}

func readPID(path string) (int, error) {
	data, err := safefile.Read(path, safefile.Limits{Size: maxFile})
	switch {
	case errors.Is(err, safefile.ErrIrregular):
		return 0, errors.New("it is no regular file")
	case errors.Is(err, safefile.ErrLarge):
		return 0, errors.New("it is too large for a pid file")
	case err != nil:
		return 0, bare(err)
	}
	return ParsePID(data)
}

func bare(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: does the process write it?", fs.ErrNotExist)
	}
	var perr *fs.PathError
	if errors.As(err, &perr) {
		return perr.Err
	}
	return err
}

// ParsePID returns the number on the first line of a pid file, which is above 0.
func ParsePID(data []byte) (int, error) {
	line, _, _ := bytes.Cut(data, []byte("\n"))
	text := strings.TrimSpace(string(line))
	if text == "" {
		return 0, errors.New("it is empty")
	}
	pid, err := strconv.ParseInt(text, 10, 32)
	if err != nil || pid <= 0 || text[0] == '+' {
		return 0, fmt.Errorf("its first line is no process number: %q", model.Inert(text[:min(len(text), 40)]))
	}
	return int(pid), nil
}

// started returns when pid started, in clock ticks since the machine did.
func (r *Reader) started(pid int) (uint64, error) {
	stat, err := os.ReadFile(filepath.Join(r.proc, strconv.Itoa(pid), "stat"))
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ESRCH) {
		if _, perr := os.Stat(filepath.Join(r.proc, "self")); perr != nil {
			return 0, errors.New("there is no /proc here to see the process in")
		}
		return 0, fmt.Errorf("%w: process %d ended, or the file is old", ErrGone, pid)
	}
	if err != nil {
		return 0, bare(err)
	}
	state, start, err := ParseStat(stat)
	if err != nil {
		return 0, fmt.Errorf("process %d: %w", pid, err)
	}
	if state == 'Z' || state == 'X' || state == 'x' {
		return 0, fmt.Errorf("%w: process %d ended (its parent has not noticed yet)", ErrGone, pid)
	}
	return start, nil
}

// ParseStat returns the state (field 3) and the start time (field 22) of a
// /proc/PID/stat, see proc_pid_stat(5).
func ParseStat(stat []byte) (state byte, start uint64, err error) {
	// The second field is the name in parentheses, which may hold anything.
	end := bytes.LastIndexByte(stat, ')')
	if end < 0 {
		return 0, 0, errors.New("its stat has no name in parentheses")
	}
	fields := strings.Fields(string(stat[end+1:])) // from field 3
	if len(fields) < 20 || len(fields[0]) != 1 {
		return 0, 0, fmt.Errorf("its stat has %d fields behind the name: expected 20 or more", len(fields))
	}
	start, err = strconv.ParseUint(fields[19], 10, 64)
	if err != nil {
		return 0, 0, fmt.Errorf("its start time is no number: %q", model.Inert(fields[19]))
	}
	return fields[0][0], start, nil
}
