package demo

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"testing"
)

// TestMain makes the test's program play every part: it is the supervisor, the
// worker and the restart when called so, and for one test the owner of a demo.
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
		err = ownUntilTerm(ctx, args)
	default:
		os.Exit(m.Run())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// ownUntilTerm starts a demo, in args[0] or in a temporary directory, prints where, and stops it on TERM.
func ownUntilTerm(ctx context.Context, args []string) error {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM)
	defer stop()
	d, err := Start(ctx, Options{Dir: args[0]})
	if err != nil {
		return err
	}
	fmt.Println(d.Dir(), d.URL())
	<-ctx.Done()
	return d.Stop()
}
