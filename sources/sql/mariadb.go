package sql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/go-sql-driver/mysql"

	"gonogo/model"
	"gonogo/sources/poll"
)

// maria is a MariaDB or MySQL server.
type maria struct {
	config *mysql.Config
	common
}

// openMaria reads a DSN. Nothing is asked yet.
func openMaria(dsn, dir string, c common) (database, error) {
	cfg, err := mariaConfig(dsn, dir)
	if err != nil {
		return nil, err
	}
	c.secrets.Add(dsn, cfg.Passwd)
	return &maria{config: cfg, common: c}, nil
}

func (d *maria) bind(query string) (string, int) { return bindSinceMaria(query) }

func (d *maria) args(t time.Time, n int) []any {
	out := make([]any, n)
	for i := range out {
		out[i] = fmt.Sprintf("%d.%06d", t.Unix(), t.Nanosecond()/1000)
	}
	return out
}

// boundedConn reads no more than left bytes: a connection answers one question.
type boundedConn struct {
	net.Conn
	left int
	over *atomic.Bool // there was more; the driver does not pass on why reading failed
}

func (b *boundedConn) Read(p []byte) (int, error) {
	if b.left <= 0 {
		b.over.Store(true)
		return 0, errTooMuch
	}
	n, err := b.Conn.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// bounded returns the config of a connection that reads no more than maxMessage bytes,
// and what says whether there was more.
func (d *maria) bounded() (*mysql.Config, *atomic.Bool) {
	cfg, over := d.config.Clone(), &atomic.Bool{}
	cfg.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		var dialer net.Dialer
		conn, err := dialer.DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &boundedConn{conn, maxMessage, over}, nil
	}
	return cfg, over
}

// explain says what went wrong on the server's side; nil: nothing special.
func (d *maria) explain(err error) error {
	var e *mysql.MySQLError
	switch {
	case errors.Is(err, errTooMuch):
		return errTooMuch
	case !errors.As(err, &e):
		return nil
	case e.Number == 1317 || e.Number == 1927: // KILL QUERY, KILL CONNECTION
		return errCancelled
	}
	return nil
}

// now returns the server's time.
func (d *maria) now(ctx context.Context) (at time.Time, err error) {
	err = d.ask(ctx, "SELECT CAST(UNIX_TIMESTAMP(SYSDATE(6)) AS CHAR)", func(rows *sql.Rows) error {
		if !rows.Next() {
			return model.ErrEmpty
		}
		var text string
		if err := rows.Scan(&text); err != nil {
			return err
		}
		whole, part, _ := strings.Cut(text, ".")
		seconds, err := strconv.ParseInt(whole, 10, 64)
		micros, err2 := strconv.ParseInt((part + "000000")[:6], 10, 64)
		if err != nil || err2 != nil {
			return errors.New("the server's time is no number")
		}
		at = time.Unix(seconds, micros*1000)
		return nil
	})
	return at, err
}

// number implements database.
func (d *maria) number(ctx context.Context, query string, args ...any) (v float64, err error) {
	err = d.ask(ctx, query, func(rows *sql.Rows) error {
		columns, err := rows.ColumnTypes()
		switch {
		case err != nil:
			return err
		case len(columns) > 1:
			return fmt.Errorf("%w: it answers %d columns where one is wanted", model.ErrAmbiguous, len(columns))
		case len(columns) == 0:
			return errors.New("it answers no column")
		}
		if !rows.Next() {
			if rows.Err() != nil {
				return nil // which the caller sees
			}
			return fmt.Errorf("%w: no row", model.ErrEmpty)
		}
		var value any
		if err := rows.Scan(&value); err != nil {
			return err
		}
		if v, err = mariaNumber(value, columns[0].DatabaseTypeName(), d.secrets.Mask); err != nil {
			return err
		}
		if rows.Next() {
			return fmt.Errorf("%w: it answers several rows where one is wanted", model.ErrAmbiguous)
		}
		return nil
	}, args...)
	return v, err
}

// mariaNumber returns the number that a column of a type holds. What an error shows of
// it went through mask.
func mariaNumber(value any, column string, mask func(string) string) (float64, error) {
	switch v := value.(type) {
	case nil:
		return 0, fmt.Errorf("%w: NULL", model.ErrEmpty)
	case int64:
		return float64(v), nil
	case uint64:
		return float64(v), nil
	case float32:
		return float64(v), nil
	case float64:
		return v, nil
	case time.Time:
		return 0, errors.New("it answers a time where a number is wanted: expected something like UNIX_TIMESTAMP(…)")
	case []byte:
		if strings.Contains(column, "DECIMAL") || strings.Contains(column, "INT") || column == "DOUBLE" || column == "FLOAT" {
			return strconv.ParseFloat(string(v), 64)
		}
		if column == "BIT" && len(v) <= 8 {
			n := uint64(0)
			for _, b := range v {
				n = n<<8 | uint64(b)
			}
			return float64(n), nil
		}
		return math.NaN(), fmt.Errorf("it answers %s where a number is wanted", poll.Cut(fmt.Sprintf("%q", mask(string(v))), 60))
	}
	return 0, fmt.Errorf("it answers %s where a number is wanted", poll.Cut(fmt.Sprintf("%q", mask(fmt.Sprint(value))), 60))
}

// ask runs query in a read-only transaction on a connection of its own, within
// the source's timeout, and gives the rows to read. What read leaves is dropped.
func (d *maria) ask(ctx context.Context, query string, read func(*sql.Rows) error, args ...any) error {
	return d.within(ctx, d.explain, func(timed context.Context) error {
		cfg, over := d.bounded()
		err := question(timed, cfg, d.serverLimit, query, read, args...)
		if err != nil && over.Load() {
			return errTooMuch
		}
		return err
	})
}

func question(timed context.Context, cfg *mysql.Config, limit func(context.Context) time.Duration, query string, read func(*sql.Rows) error, args ...any) error {
	connector, err := mysql.NewConnector(cfg)
	if err != nil {
		return err
	}
	db := sql.OpenDB(connector)
	defer func() { _ = db.Close() }() // nothing was written
	conn, err := db.Conn(timed)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	if err := restrict(timed, conn, limit(timed)); err != nil {
		return err
	}
	tx, err := conn.BeginTx(timed, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	within, enough := context.WithCancel(timed)
	defer enough()
	rows, err := tx.QueryContext(within, query, args...)
	if err != nil {
		return err
	}
	if err := read(rows); err != nil {
		enough() // the rest is not worth reading: the connection ends
		_ = rows.Close()
		return err
	}
	enough()
	_ = rows.Close()
	if err := rows.Err(); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// restrict lets the session read only, and limits its statements: MariaDB counts in
// seconds, MySQL in milliseconds.
func restrict(ctx context.Context, conn *sql.Conn, limit time.Duration) error {
	var version string
	if err := conn.QueryRowContext(ctx, "SELECT VERSION()").Scan(&version); err != nil {
		return err
	}
	set := fmt.Sprintf("SET SESSION max_execution_time = %d", limit.Milliseconds())
	if strings.Contains(strings.ToLower(version), "mariadb") {
		set = fmt.Sprintf("SET SESSION max_statement_time = %.3f", limit.Seconds())
	}
	for _, statement := range []string{"SET SESSION TRANSACTION READ ONLY", set} {
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}
