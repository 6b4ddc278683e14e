package sql

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gonogo/internal/secret"
	"gonogo/model"
	"gonogo/model/config"
)

// database is a server that answers numbers. It is safe for concurrent use.
type database interface {
	// now returns the server's time.
	now(ctx context.Context) (time.Time, error)
	// number returns what query answers: ErrEmpty for no row and NULL, ErrAmbiguous for
	// several rows or columns.
	number(ctx context.Context, query string, args ...any) (float64, error)
	// bind returns query with every $since outside quotes and comments made a parameter,
	// and how many there were.
	bind(query string) (bound string, n int)
	// args returns the arguments for n such parameters.
	args(t time.Time, n int) []any
}

// common is what all kinds of databases have.
type common struct {
	secrets *secret.Set
	timeout time.Duration
	slots   chan struct{}
}

// open reads the keys of a source. Nothing is asked yet.
func open(part config.SourcePart) (database, error) {
	k := config.Into[keys](part.Table, part.Dir)
	dsn, err := secret.Resolve(k.DSN, part.Dir)
	if err != nil {
		return nil, fmt.Errorf("dsn: %w", err)
	}
	if k.Timeout <= 0 {
		return nil, errors.New("timeout: expected more than 0")
	}
	c := common{secrets: &secret.Set{}, timeout: k.Timeout, slots: make(chan struct{}, Width)}
	switch k.Driver {
	case "mariadb", "mysql":
		return openMaria(dsn, part.Dir, c)
	}
	return openPostgres(dsn, c)
}

// binder returns what finds $since in the queries of a driver.
func binder(driver string) func(string) (string, int) {
	if driver == "mariadb" || driver == "mysql" {
		return bindSinceMaria
	}
	return bindSince
}

var (
	// errBusy is what a question gets that waited for a connection for all of its time.
	errBusy      = fmt.Errorf("%d questions to this database wait for their answers already", Width)
	errCancelled = errors.New("the database cancelled the query: somebody ended it there")
	errTooMuch   = fmt.Errorf("it answers more than %d MiB where a number is wanted", maxMessage>>20)
)

// grace is how much later than this program the server gives up: what a user
// sees is always this program's timeout, and the server's ends what nobody waits for.
const grace = time.Second

// serverLimit is how long the server may take, of the time that ctx leaves.
func (c *common) serverLimit(ctx context.Context) time.Duration {
	limit := c.timeout
	if deadline, ok := ctx.Deadline(); ok {
		limit = min(limit, time.Until(deadline))
	}
	return max(0, limit) + grace
}

// within runs ask once a connection is free, within the source's timeout. Its error
// holds no secret; explain says what the server meant by one, or nil.
func (c *common) within(ctx context.Context, explain func(error) error, ask func(context.Context) error) error {
	timed, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	select {
	case c.slots <- struct{}{}:
		defer func() { <-c.slots }()
	case <-timed.Done():
		return c.told(ctx, timed, errBusy, explain)
	}
	return c.told(ctx, timed, ask(timed), explain)
}

func (c *common) told(ctx, timed context.Context, err error, explain func(error) error) error {
	switch {
	case err == nil, errors.Is(err, model.ErrEmpty), errors.Is(err, model.ErrAmbiguous), errors.Is(err, errBusy):
		return err
	case ctx.Err() == nil && timed.Err() != nil:
		return fmt.Errorf("timed out after %s", model.FormatDuration(c.timeout))
	}
	if meant := explain(err); meant != nil {
		return meant
	}
	return c.secrets.Error(err)
}
