package demo

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"testing"
)

// TestMain makes the test's program play every part: it is the supervisor, the
// worker and the restart when called so, and for some tests the owner of a demo.
func TestMain(m *testing.M) {
	if len(os.Args) < 2 {
		os.Exit(m.Run())
	}
	var err error
	switch ctx, args := context.Background(), os.Args[2:]; os.Args[1] {
	case "demo-service":
		err = Supervise(ctx, args, os.Stdin, os.Stdout)
	case "demo-worker":
		err = Work(ctx, args)
	case "demo-restart":
		err = Restart(ctx, args)
	case "demo-owner":
		err = ownUntilTerm(ctx, args[0])
	default:
		os.Exit(m.Run())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// ownUntilTerm starts a demo in dir, or in a temporary directory, prints where, and
// stops it on TERM. For each line on stdin it restarts the service as the demo's
// config does, and prints "restarted".
func ownUntilTerm(ctx context.Context, dir string) error {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM)
	defer stop()
	d, err := Start(ctx, Options{Dir: dir})
	if err != nil {
		return err
	}
	fmt.Println(d.Dir(), d.URL())
	go func() {
		for in := bufio.NewScanner(os.Stdin); in.Scan(); {
			if out, err := exec.Command(ownExe(), "demo-restart", d.Dir()).CombinedOutput(); err != nil {
				fmt.Printf("%v: %s\n", err, out)
				continue
			}
			fmt.Println("restarted")
		}
	}()
	<-ctx.Done()
	return d.Stop()
}
