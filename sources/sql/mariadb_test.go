package sql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"gonogo/internal/testserver"
	"gonogo/model"
	"gonogo/model/config"
	"gonogo/sources/sourcetest"
)

// TestMariaDB runs everything that needs the real server against one of them.
func TestMariaDB(t *testing.T) {
	server := testserver.StartMariaDB(t)
	t.Setenv("TEST_DSN", server.URL(""))
	t.Run("contract", mariaContract)
	t.Run("numbers", mariaNumbers)
	t.Run("errors", func(t *testing.T) { mariaTroubles(t, server) })
	t.Run("TLS", func(t *testing.T) { mariaTLS(t, server) })
	t.Run("cancelled there", func(t *testing.T) { mariaCancelled(t, server) })
	t.Run("witness", func(t *testing.T) { mariaWitness(t, server) })
}

// mariaTable returns the keys of a source by the newer of the two names.
func mariaTable(more ...string) map[string]any {
	m := table(more...)
	m["driver"] = "mariadb"
	return m
}

func mariaContract(t *testing.T) {
	t.Setenv("DOWN_DSN", "mariadb://owner:hunter22@127.0.0.1:1/test")
	c := sourcetest.Case{
		Kind:    Kind(),
		Source:  mariaTable(),
		Metric:  map[string]any{"query": "SELECT 7"},
		Want:    7,
		Empty:   map[string]any{"query": "SELECT NULL"},
		Slow:    map[string]any{"query": "SELECT SLEEP(30)"},
		Hostile: map[string]any{"query": `SELECT UNHEX('1B5B324A')`},
		Down:    mariaTable("dsn", "env:DOWN_DSN"),
	}
	sourcetest.Run(t, c)
	t.Run("by the name mysql and the driver's own DSN", func(t *testing.T) {
		u, err := url.Parse(os.Getenv("TEST_DSN"))
		if err != nil {
			t.Fatal(err)
		}
		t.Setenv("TEST_DSN", "owner:"+testserver.MariaDBPassword+"@tcp("+u.Host+")/test?multiStatements=true&allowAllFiles=true")
		c.Source["driver"] = "mysql"
		sourcetest.Run(t, c)
		if v, err := openWith(t, c.Source).number(t.Context(), "SELECT 1; SELECT 2"); err == nil || !strings.Contains(err.Error(), "syntax") {
			t.Errorf("several statements: %v, %v", v, err)
		}
	})
}

func openWith(t *testing.T, source map[string]any) database {
	t.Helper()
	d, err := open(sourcetest.Part(t, source))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func mariaNumbers(t *testing.T) {
	d := openWith(t, mariaTable("timeout", "3s"))
	for _, c := range []struct {
		query string
		want  float64
		is    error  // what the error is; nil: no matter
		text  string // that the error holds; "": none wanted
	}{
		{query: "SELECT 2;", want: 2},
		{query: "SELECT -3", want: -3},
		{query: "SELECT 18446744073709551615", want: 18446744073709551615},
		{query: "SELECT 0.25e0 -- a comment", want: 0.25},
		{query: "SELECT 12345.678", want: 12345.678},
		{query: "SELECT AVG(seq) FROM seq_1_to_10", want: 5.5},
		{query: "SELECT count(*) FROM seq_1_to_10", want: 10},
		{query: "SELECT true", want: 1},
		{query: "SELECT false", want: 0},
		{query: "SELECT b'101'", text: "where a number is wanted"},
		{query: "SELECT CAST(5 AS UNSIGNED)", want: 5},
		{query: "SELECT NULL", is: model.ErrEmpty, text: "NULL"},
		{query: "SELECT 1.0 / NULLIF(count(*), 0) FROM seq_1_to_2 WHERE seq > 2", is: model.ErrEmpty, text: "NULL"},
		{query: "SELECT 1 FROM seq_1_to_2 WHERE false", is: model.ErrEmpty, text: "no row"},
		{query: "SELECT seq FROM seq_1_to_100000000", is: model.ErrAmbiguous, text: "several rows"},
		{query: "SELECT 1, 2", is: model.ErrAmbiguous, text: "2 columns"},
		{query: "SELECT NOW()", text: "UNIX_TIMESTAMP("},
		{query: "SELECT 'seven'", text: `it answers "seven" where a number is wanted`},
		{query: "SELECT '7'", text: `it answers "7" where a number is wanted`},
		{query: "SELECT REPEAT('x', 12000000)", text: "more than 8 MiB"},
		{query: "SELEC 1", text: "SQL syntax"},
		{query: "SELECT 1; SELECT 2", text: "SQL syntax"},
		{query: "CREATE TABLE made(x int)", text: "READ ONLY transaction"},
		{query: "", text: "empty"},
		{query: "SELECT SLEEP(30)", text: "timed out after 3s"},
		{query: "SELECT @@tx_read_only", want: 1},
		{query: "SELECT @@max_statement_time BETWEEN 1 AND 4", want: 1},
		{query: "LOAD DATA LOCAL INFILE '/etc/hostname' INTO TABLE x", text: ""},
	} {
		t.Run(c.query, func(t *testing.T) {
			got, err := d.number(t.Context(), c.query)
			switch {
			case strings.HasPrefix(c.query, "LOAD"):
				if err == nil {
					t.Error("a file of this machine was asked for, and given")
				}
			case c.text == "" && c.is == nil:
				if err != nil || got != c.want {
					t.Errorf("got %v, %v: want %v", got, err, c.want)
				}
			case err == nil:
				t.Errorf("got %v: want an error with %q", got, c.text)
			case !strings.Contains(err.Error(), c.text) || c.is != nil && !errors.Is(err, c.is):
				t.Errorf("got the error %v: want %v with %q", err, c.is, c.text)
			}
		})
	}
}

// mariaTroubles: no error tells the password, whatever is wrong.
func mariaTroubles(t *testing.T, server *testserver.MariaDB) {
	right := testserver.MariaDBPassword
	with := func(user, password, database string) string {
		u := url.URL{Scheme: "mariadb", User: url.UserPassword(user, password), Host: server.Address, Path: "/" + database}
		return u.String()
	}
	quoted := "'" + strings.ReplaceAll(right, "'", "''") + "'"
	for _, c := range []struct{ name, dsn, query, password string }{
		{"wrong password", with("owner", "hunter2 hunter2", "test"), "SELECT 1", "hunter2 hunter2"},
		{"no such database", with("owner", right, "none"), "SELECT 1", right},
		{"no such user", with("nobody", right, "test"), "SELECT 1", right},
		{"echoed", server.URL(""), "SELECT " + quoted, right},
		{"echoed as hex", server.URL(""), fmt.Sprintf("SELECT '%x'", right), right},
		{"echoed by the server", server.URL(""), "SELECT no_such_function(" + quoted + ")", right},
		{"no host", "mariadb://owner:hunter22@no.such.host.invalid/x", "SELECT 1", "hunter22"},
		{"no DSN", "mariadb://owner:hunter22@127.0.0.1:port/x", "SELECT 1", "hunter22"},
		{"no DSN either", "owner:hunter22@x(y", "SELECT 1", "hunter22"},
		{"odd parameter", "mariadb://owner:hunter22@127.0.0.1/x?hunter22=hunter22", "SELECT 1", "hunter22"},
		{"odd tls", "mariadb://owner:hunter22@127.0.0.1/x?tls=hunter22", "SELECT 1", "hunter22"},
		{"no authority", "mariadb://owner:hunter22@127.0.0.1/x?tls=true&ca_file=/no/such", "SELECT 1", "hunter22"},
		{"no authority wanted", "mariadb://owner:hunter22@127.0.0.1/x?ca_file=/no/such", "SELECT 1", "hunter22"},
		{"broken percent", "mariadb://owner:hunter22%zz@127.0.0.1/x", "SELECT 1", "hunter22"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("ODD_DSN", c.dsn)
			d, err := open(sourcetest.Part(t, mariaTable("dsn", "env:ODD_DSN", "timeout", "3s")))
			if err == nil {
				_, err = d.number(t.Context(), c.query)
			}
			if err == nil {
				t.Fatal("want an error")
			}
			text := fmt.Sprintf("%v %+v %#v", err, err, errors.Unwrap(err))
			for _, form := range []string{c.password, url.QueryEscape(c.password), url.PathEscape(c.password), strings.ReplaceAll(c.password, "'", "''"), fmt.Sprintf("%x", c.password)} {
				if strings.Contains(text, form) {
					t.Errorf("the error tells the password: %s", text)
				}
			}
		})
	}
}

// mariaTLS: a DSN that asks for TLS speaks it, and with a server that is trusted only.
func mariaTLS(t *testing.T, server *testserver.MariaDB) {
	part := sourcetest.Part(t, mariaTable("dsn", "env:TLS_DSN"))
	if err := os.WriteFile(filepath.Join(part.Dir, "ca.pem"), server.CA, 0o600); err != nil {
		t.Fatal(err)
	}
	const spoken = "SELECT VARIABLE_VALUE <> '' FROM information_schema.SESSION_STATUS WHERE VARIABLE_NAME = 'Ssl_cipher'"
	for query, want := range map[string]float64{"": 0, "tls=false": 0, "tls=skip-verify": 1, "tls=true&ca_file=ca.pem": 1, "tls=true": -1} {
		t.Setenv("TLS_DSN", server.URL(query))
		d, err := open(part)
		if err != nil {
			t.Fatal(err)
		}
		switch got, err := d.number(t.Context(), spoken); {
		case want < 0 && (err == nil || !strings.Contains(err.Error(), "certificate")):
			t.Errorf("%q: an unknown certificate is taken: %v", query, err)
		case want >= 0 && (err != nil || got != want):
			t.Errorf("%q: got %v, %v: want %v", query, got, err, want)
		}
	}
}

func mariaConn(t *testing.T, server *testserver.MariaDB) *sql.DB {
	t.Helper()
	cfg, err := mariaConfig(server.URL(""), "")
	if err != nil {
		t.Fatal(err)
	}
	connector, err := mysql.NewConnector(cfg)
	if err != nil {
		t.Fatal(err)
	}
	db := sql.OpenDB(connector)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// mariaCancelled: a query that somebody ends on the server is told from one that took too long.
func mariaCancelled(t *testing.T, server *testserver.MariaDB) {
	db := mariaConn(t, server)
	d := openWith(t, mariaTable("timeout", "30s"))
	answer := make(chan error, 1)
	go func() {
		_, err := d.number(t.Context(), "SELECT count(*) FROM seq_1_to_1000000000 a, seq_1_to_1000000000 b")
		answer <- err
	}()
	for {
		var id int64
		err := db.QueryRowContext(t.Context(), "SELECT ID FROM information_schema.PROCESSLIST WHERE INFO LIKE 'SELECT count(*) FROM seq%'").Scan(&id)
		if err == nil {
			_, err = db.ExecContext(t.Context(), fmt.Sprintf("KILL QUERY %d", id))
		}
		var e *mysql.MySQLError
		gone := errors.As(err, &e) && e.Number == 1094 // it ended between looking and killing: its answer is on the way
		if err != nil && !errors.Is(err, sql.ErrNoRows) && !gone {
			t.Fatal(err)
		}
		select {
		case err := <-answer:
			if !errors.Is(err, errCancelled) {
				t.Errorf("got the error %v", err)
			}
			return
		default: // not until the query runs; asking takes a while by itself
		}
	}
}

// mariaWitness: what was there before the mark never counts, and time is the server's.
func mariaWitness(t *testing.T, server *testserver.MariaDB) {
	ctx, db := t.Context(), mariaConn(t, server)
	exec := func(query string) {
		t.Helper()
		if _, err := db.ExecContext(ctx, query); err != nil {
			t.Fatal(err)
		}
	}
	exec("SET GLOBAL time_zone = '+05:30'") // of all sessions from here on
	db.SetMaxIdleConns(0)
	exec("CREATE TABLE logs(message text, at timestamp(6) NOT NULL DEFAULT current_timestamp(6), local datetime(6) NOT NULL DEFAULT current_timestamp(6))")
	exec("INSERT INTO logs(message) VALUES ('repository query'), ('VQL query')")
	witness := func(query, op string, value float64) model.Witness {
		t.Helper()
		w, err := Kind().BuildWitness(config.WitnessPart{
			ID: "w", Source: sourcetest.Part(t, mariaTable()), Table: config.NewTable(map[string]any{"query": query}),
			Is: &model.Target{Op: op, Value: value, Text: fmt.Sprintf("%s %v", op, value)},
		})
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	look := func(w model.Witness, mark string, shown bool, seen string) {
		t.Helper()
		got, text, err := w.Look(ctx, mark)
		if err != nil || got != shown || text != seen {
			t.Errorf("got %v, %q, %v: want %v, %q", got, text, err, shown, seen)
		}
	}
	old := witness("SELECT count(*) FROM logs WHERE message LIKE '%repository query%' /* $since */ AND at > $since", ">", 0)
	local := witness("SELECT count(*) FROM logs WHERE message LIKE '%repository query%' AND local > $since AND at > $since", ">", 0)
	mark, err := old.Mark(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if at, here, err := parseMark(mark); err != nil || here.Sub(at).Abs() > time.Minute {
		t.Errorf("mark %q: %v", mark, err)
	}
	look(old, mark, false, "0 (wanted > 0)")
	look(local, mark, false, "0 (wanted > 0)")
	exec("INSERT INTO logs(message) VALUES ('repository query')")
	look(old, mark, true, "1 (wanted > 0)")
	look(local, mark, true, "1 (wanted > 0)")
	for _, query := range []string{"SELECT NULL FROM logs WHERE at > $since", "SELECT oops FROM logs WHERE at > $since"} {
		if shown, seen, err := witness(query, "==", 0).Look(ctx, mark); err == nil || shown {
			t.Errorf("%s: got %v, %q, %v", query, shown, seen, err)
		}
	}
	t.Setenv("TEST_DSN", "mariadb://owner:hunter22@127.0.0.1:1/x")
	if mark, err := witness("SELECT 1 WHERE now() > $since", ">", 0).Mark(context.WithoutCancel(ctx)); err == nil || strings.Contains(err.Error(), "hunter22") {
		t.Errorf("got %q, %v", mark, err)
	}
}

func TestBindSinceMaria(t *testing.T) {
	const p = "FROM_UNIXTIME(CAST(? AS DECIMAL(20,6)))"
	for _, c := range []struct{ query, want string }{
		{"", ""},
		{"at > $since", "at > " + p},
		{"at>$since;", "at>" + p + ";"},
		{"($since)AND($since)", "(" + p + ")AND(" + p + ")"},
		{"$since$since $sincere", "$since$since $sincere"},
		{"'$since' $since", "'$since' " + p},
		{`'\' $since' $since`, `'\' $since' ` + p},
		{`"it""s $since" $since`, `"it""s $since" ` + p},
		{"`a``$since` $since", "`a``$since` " + p},
		{"# $since\n$since", "# $since\n" + p},
		{"-- $since\n$since", "-- $since\n" + p},
		{"5--$since", "5--" + p},
		{"/* $since /* $since */ $since", "/* $since /* $since */ " + p},
		{"/* $since", "/* $since"},
		{"a$since", "a$since"},
		{"'ü' ü$since ü > $since", "'ü' ü$since ü > " + p},
		{"$", "$"},
	} {
		got, n := bindSinceMaria(c.query)
		if got != c.want || n != strings.Count(c.want, p) {
			t.Errorf("%s\ngot  %s (%d)\nwant %s", c.query, got, n, c.want)
		}
	}
	w := config.WitnessPart{Source: config.SourcePart{Part: config.Part{Table: config.NewTable(mariaTable())}}}
	for query, want := range map[string]int{"SELECT 1 WHERE at > $since": 0, "SELECT 1 WHERE at > $since AND a = ?": 1, "SELECT 1 # $since": 1} {
		w.Table = config.NewTable(map[string]any{"query": query})
		if found := lintWitness(w); len(found) != want {
			t.Errorf("%s: %+v", query, found)
		}
	}
	for query, want := range map[string]bool{"a = ?": true, "a = '?' -- ?": false, "`?`": false} {
		if hasMark(query) != want {
			t.Errorf("%s has a parameter: %v", query, !want)
		}
	}
}

func FuzzBindSinceMaria(f *testing.F) {
	for _, q := range []string{"at > $since", "'$since' \\'", "`a` # $since\n", "/* /* */ $since", "--\n$since$"} {
		f.Add(q)
	}
	f.Fuzz(func(t *testing.T, query string) {
		const p = "FROM_UNIXTIME(CAST(? AS DECIMAL(20,6)))"
		bound, n := bindSinceMaria(query)
		if got := strings.Count(bound, p) - strings.Count(query, p); got != n {
			t.Errorf("%q: %d bound, %d in %q", query, n, got, bound)
		}
		if n == 0 && bound != query {
			t.Errorf("%q became %q", query, bound)
		}
		hasMark(query)
	})
}
