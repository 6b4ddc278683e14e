package sql

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/jackc/pgx/v5/pgtype"

	"gonogo/model"
	"gonogo/sources/poll"
)

// postgres is a PostgreSQL server.
type postgres struct {
	config *pgx.ConnConfig
	common
}

// openPostgres reads a DSN. Nothing is asked yet.
func openPostgres(dsn string, c common) (database, error) {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil { // whose text holds most of the DSN
		return nil, errors.New("dsn: is no connection string that PostgreSQL understands: expected something like postgres://user:password@host:5432/database?sslmode=require")
	}
	cfg.DefaultQueryExecMode = pgx.QueryExecModeDescribeExec // nothing is prepared, which a pooler in between may not keep
	if cfg.RuntimeParams["application_name"] == "" {
		cfg.RuntimeParams["application_name"] = "gonogo"
	}
	cfg.BuildFrontend = boundedFrontend
	c.secrets.Add(dsn, cfg.Password)
	return &postgres{config: cfg, common: c}, nil
}

func (d *postgres) bind(query string) (string, int) { return bindSince(query) }

func (d *postgres) args(t time.Time, _ int) []any { return []any{t} } // all of them are $1

// maxMessage is the largest message that is read from a server, in bytes; a row is one.
const maxMessage = 8 << 20

// boundedFrontend reads no message past maxMessage: the connection ends instead.
func boundedFrontend(r io.Reader, w io.Writer) *pgproto3.Frontend {
	f := pgproto3.NewFrontend(r, w)
	f.SetMaxBodyLen(maxMessage)
	return f
}

// cancelled reports whether the server ended the query by itself: somebody
// cancelled it there.
func cancelled(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && e.Code == "57014"
}

// tooLarge reports whether a message was larger than maxMessage.
func tooLarge(err error) bool {
	var e *pgproto3.ExceededMaxBodyLenErr
	return errors.As(err, &e)
}

// now returns the server's time.
func (d *postgres) now(ctx context.Context) (at time.Time, err error) {
	err = d.ask(ctx, "SELECT clock_timestamp()", func(rows pgx.Rows) error {
		if !rows.Next() {
			return model.ErrEmpty
		}
		return rows.Scan(&at)
	})
	return at, err
}

// number returns what query answers: ErrEmpty for no row and NULL,
// ErrAmbiguous for several rows or columns.
func (d *postgres) number(ctx context.Context, query string, args ...any) (v float64, err error) {
	err = d.ask(ctx, query, func(rows pgx.Rows) error {
		if n := len(rows.FieldDescriptions()); n > 1 {
			return fmt.Errorf("%w: it answers %d columns where one is wanted", model.ErrAmbiguous, n)
		}
		if !rows.Next() {
			if rows.Err() != nil {
				return nil // which the caller sees
			}
			return fmt.Errorf("%w: no row", model.ErrEmpty)
		}
		values, err := rows.Values()
		if err != nil {
			return err
		}
		if len(values) != 1 {
			return errors.New("it answers no column")
		}
		if v, err = numberOf(values[0], d.secrets.Mask); err != nil {
			return err
		}
		if rows.Next() {
			return fmt.Errorf("%w: it answers several rows where one is wanted", model.ErrAmbiguous)
		}
		return nil
	}, args...)
	return v, err
}

// ask runs query in a read-only transaction on a connection of its own, within
// the source's timeout, and gives the rows to read. What read leaves is dropped.
func (d *postgres) ask(ctx context.Context, query string, read func(pgx.Rows) error, args ...any) error {
	return d.within(ctx, d.explain, func(timed context.Context) error {
		return d.question(timed, query, read, args...)
	})
}

// explain says what went wrong on the server's side; nil: nothing special.
func (d *postgres) explain(err error) error {
	switch {
	case cancelled(err):
		return errCancelled
	case tooLarge(err):
		return errTooMuch
	}
	return nil
}

func (d *postgres) question(timed context.Context, query string, read func(pgx.Rows) error, args ...any) error {
	conn, err := pgx.ConnectConfig(timed, d.config)
	if err != nil {
		return err
	}
	defer closeConn(conn)
	tx, err := conn.BeginTx(timed, pgx.TxOptions{AccessMode: pgx.ReadOnly})
	if err != nil {
		return err
	}
	if _, err := tx.Exec(timed, fmt.Sprintf("SET LOCAL statement_timeout = %d", d.serverLimit(timed).Milliseconds())); err != nil {
		return err
	}
	within, enough := context.WithCancel(timed)
	defer enough()
	rows, err := tx.Query(within, query, args...)
	if err != nil {
		return err
	}
	if err := read(rows); err != nil {
		enough() // the rest is not worth reading
		rows.Close()
		return err
	}
	rows.Close()
	return rows.Err()
}

// closeConn ends conn, and its transaction with it, and waits for what the driver does about that.
func closeConn(conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = conn.Close(ctx) // nothing was written
	select {
	case <-conn.PgConn().CleanupDone():
	case <-ctx.Done(): // a network that is gone; the driver gives up by itself, within 15 s
	}
}

// numberOf returns the number that a column holds: true is 1, false 0. What an error shows
// of it went through mask.
func numberOf(value any, mask func(string) string) (float64, error) {
	switch v := value.(type) {
	case nil:
		return 0, fmt.Errorf("%w: NULL", model.ErrEmpty)
	case bool:
		if v {
			return 1, nil
		}
		return 0, nil
	case int16:
		return float64(v), nil
	case int32:
		return float64(v), nil
	case int64:
		return float64(v), nil
	case uint32:
		return float64(v), nil
	case float32:
		return float64(v), nil
	case float64:
		return v, nil
	case pgtype.Numeric:
		f, err := v.Float64Value()
		if err != nil || !f.Valid {
			return math.NaN(), err
		}
		return f.Float64, nil
	case pgtype.Interval, time.Time:
		return 0, errors.New("it answers a time where a number is wanted: expected something like extract(epoch FROM …)")
	}
	return 0, fmt.Errorf("it answers %s where a number is wanted", poll.Cut(fmt.Sprintf("%q", mask(fmt.Sprint(value))), 60))
}
