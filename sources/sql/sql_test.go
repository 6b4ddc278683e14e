package sql

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"gonogo/internal/testserver"
	"gonogo/model"
	"gonogo/model/config"
	"gonogo/sources/sourcetest"
)

// TestPostgres runs everything that needs the real server against one of them.
func TestPostgres(t *testing.T) {
	dsn := testserver.StartPostgres(t)
	t.Setenv("TEST_DSN", dsn)
	t.Run("contract", contract)
	t.Run("numbers", numbers)
	t.Run("errors", func(t *testing.T) { troubles(t, dsn) })
	t.Run("cancelled there", func(t *testing.T) { cancelledThere(t, dsn) })
	t.Run("witness", func(t *testing.T) { bearsWitness(t, dsn) })
}

// cancelledThere: a query that somebody ends on the server is told from one that took too long.
func cancelledThere(t *testing.T, dsn string) {
	ctx := t.Context()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	answer := make(chan error, 1)
	d := database1(t, "timeout", "30s")
	go func() {
		_, err := d.number(ctx, "SELECT pg_sleep(60)")
		answer <- err
	}()
	for {
		select {
		case err := <-answer:
			if want := "the database cancelled the query: somebody ended it there"; err == nil || err.Error() != want {
				t.Errorf("got the error %v, want %s", err, want)
			}
			return
		default: // not until the query runs; asking takes a while by itself
			if _, err := conn.Exec(ctx, "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)' AND state = 'active'"); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func table(more ...string) map[string]any {
	m := map[string]any{"driver": "postgres", "dsn": "env:TEST_DSN"}
	for i := 0; i < len(more); i += 2 {
		m[more[i]] = more[i+1]
	}
	return m
}

func contract(t *testing.T) {
	t.Setenv("DOWN_DSN", "postgres://owner:hunter22@127.0.0.1:1/postgres?sslmode=disable")
	sourcetest.Run(t, sourcetest.Case{
		Kind:    Kind(),
		Source:  table(),
		Metric:  map[string]any{"query": "SELECT 7"},
		Want:    7,
		Empty:   map[string]any{"query": "SELECT NULL::float8"},
		Slow:    map[string]any{"query": "SELECT pg_sleep(30)"},
		Hostile: map[string]any{"query": `SELECT E'\x1b[2J'`},
		Down:    table("dsn", "env:DOWN_DSN"),
	})
}

func database1(t *testing.T, more ...string) database {
	t.Helper()
	d, err := open(sourcetest.Part(t, table(more...)))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func numbers(t *testing.T) {
	d := database1(t, "timeout", "3s")
	cases := []struct {
		query string
		want  float64
		is    error  // what the error is; nil: no matter
		text  string // that the error holds; "": none wanted
	}{
		{query: "SELECT 1::smallint", want: 1},
		{query: "SELECT 2::bigint;", want: 2},
		{query: "SELECT 0.25::real", want: 0.25},
		{query: "SELECT 0.5::float8 -- a comment", want: 0.5},
		{query: "SELECT 12345.678::numeric", want: 12345.678},
		{query: "SELECT 'NaN'::numeric", want: math.NaN()},
		{query: "SELECT 'Infinity'::float8", want: math.Inf(1)},
		{query: "SELECT count(*) FROM generate_series(1, 10)", want: 10},
		{query: "SELECT true", want: 1},
		{query: "SELECT false", want: 0},
		{query: "SELECT NULL", is: model.ErrEmpty, text: "NULL"},
		{query: "SELECT 1.0 / NULLIF(count(*), 0) FROM generate_series(1, 0)", is: model.ErrEmpty, text: "NULL"},
		{query: "SELECT 1 WHERE false", is: model.ErrEmpty, text: "no row"},
		{query: "SELECT generate_series(1, 100000000)", is: model.ErrAmbiguous, text: "several rows"},
		{query: "SELECT 1, 2", is: model.ErrAmbiguous, text: "2 columns"},
		{query: "SELECT", text: "no column"},
		{query: "SELECT now()", text: "extract(epoch"},
		{query: "SELECT interval '3 days'", text: "extract(epoch"},
		{query: "SELECT 'seven'", text: `it answers "seven" where a number is wanted`},
		{query: "SELECT repeat('x', 20000000)", text: "more than 8 MiB"},
		{query: "SELEC 1", text: "syntax error"},
		{query: "SELECT 1; SELECT 2", text: "multiple commands"},
		{query: "CREATE TABLE made(x int)", text: "read-only transaction"},
		{query: "", is: model.ErrEmpty, text: "no row"},
		{query: "SELECT pg_sleep(30)", text: "timed out after 3s"},
		{query: "SELECT current_setting('transaction_read_only')::bool", want: 1},
		{query: "SELECT extract(epoch FROM current_setting('statement_timeout')::interval) BETWEEN 1 AND 4", want: 1},
	}
	for _, c := range cases {
		t.Run(c.query, func(t *testing.T) {
			got, err := d.number(t.Context(), c.query)
			switch {
			case c.text == "" && c.is == nil:
				if err != nil || got != c.want && !(math.IsNaN(got) && math.IsNaN(c.want)) {
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

// troubles: no error tells the password, whatever is wrong.
func troubles(t *testing.T, dsn string) {
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	right := testserver.PostgresPassword
	with := func(change func(*url.URL)) string {
		v := *u
		change(&v)
		return v.String()
	}
	cases := []struct{ name, dsn, query, password string }{
		{"wrong password", with(func(v *url.URL) { v.User = url.UserPassword("owner", "hunter2 hunter2") }), "SELECT 1", "hunter2 hunter2"},
		{"no such database", with(func(v *url.URL) { v.Path = "/none" }), "SELECT 1", right},
		{"no such user", with(func(v *url.URL) { v.User = url.UserPassword("nobody", right) }), "SELECT 1", right},
		{"TLS wanted", with(func(v *url.URL) { v.RawQuery = "sslmode=require" }), "SELECT 1", right},
		{"echoed", dsn, "SELECT 'it is " + strings.ReplaceAll(right, "'", "''") + "'", right},
		{"echoed as hex", dsn, fmt.Sprintf("SELECT '%x'", right), right},
		{"echoed by the server", dsn, "SELECT '" + strings.ReplaceAll(right, "'", "''") + "'::int", right},
		{"no host", "postgres://owner:hunter22@no.such.host.invalid/x", "SELECT 1", "hunter22"},
		{"no DSN", "postgres://owner:hunter22@127.0.0.1:port/x", "SELECT 1", "hunter22"},
		{"no DSN either", "password=hunter22 host", "SELECT 1", "hunter22"},
		{"broken percent", "postgres://owner:hunter22%zz@127.0.0.1/x", "SELECT 1", "hunter22"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("ODD_DSN", c.dsn)
			d, err := open(sourcetest.Part(t, table("dsn", "env:ODD_DSN", "timeout", "3s")))
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

// bearsWitness: what was there before the mark never counts, and time is the server's.
func bearsWitness(t *testing.T, dsn string) {
	ctx := t.Context()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	exec := func(query string) {
		t.Helper()
		if _, err := conn.Exec(ctx, query); err != nil {
			t.Fatal(err)
		}
	}
	exec("CREATE TABLE logs(message text, at timestamptz NOT NULL DEFAULT clock_timestamp(), local timestamp NOT NULL DEFAULT clock_timestamp())")
	exec("INSERT INTO logs(message) VALUES ('repository query'), ('VQL query')")
	make1 := func(query, op string, value float64) model.Witness {
		t.Helper()
		w, err := Kind().BuildWitness(config.WitnessPart{
			ID: "w", Source: sourcetest.Part(t, table()), Table: config.NewTable(map[string]any{"query": query}),
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
	old := make1("SELECT count(*) FROM logs WHERE message LIKE '%repository query%' /* $since */ AND at > $since", ">", 0)
	local := make1("SELECT count(*) FROM logs WHERE message LIKE '%repository query%' AND local > $since", ">", 0)
	silent := make1("SELECT count(*) FROM logs WHERE message LIKE '%VQL query%' AND at > $since AND at < $since + interval '1 hour'", "==", 0)
	mark, err := old.Mark(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if at, here, err := parseMark(mark); err != nil || at.Location() != time.UTC || here.IsZero() {
		t.Errorf("mark %q: %v", mark, err)
	}
	look(old, mark, false, "0 (wanted > 0)")
	look(local, mark, false, "0 (wanted > 0)")
	look(silent, mark, true, "0 (wanted == 0)")
	exec("INSERT INTO logs(message) VALUES ('repository query')")
	look(old, mark, true, "1 (wanted > 0)")
	look(local, mark, true, "1 (wanted > 0)")
	exec("INSERT INTO logs(message) VALUES ('VQL query')")
	look(silent, mark, false, "1 (wanted == 0)")

	if _, _, err := old.Look(ctx, "yesterday"); err == nil {
		t.Error("a mark that is no time was taken")
	}
	for _, query := range []string{"SELECT NULL::int WHERE now() > $since", "SELECT 1 WHERE now() < $since", "SELECT oops FROM logs WHERE at > $since"} {
		if shown, seen, err := make1(query, "==", 0).Look(ctx, mark); err == nil || shown {
			t.Errorf("%s: got %v, %q, %v", query, shown, seen, err)
		}
	}
	t.Setenv("TEST_DSN", "postgres://owner:hunter22@127.0.0.1:1/x")
	if mark, err := make1("SELECT 1 WHERE now() > $since", ">", 0).Mark(ctx); err == nil || strings.Contains(err.Error(), "hunter22") {
		t.Errorf("got %q, %v", mark, err)
	}
}

func TestBuild(t *testing.T) {
	t.Setenv("GOOD_DSN", "postgres://a:hunter22@127.0.0.1:1/x")
	part := func(query string, is *model.Target) config.WitnessPart {
		return config.WitnessPart{Source: sourcetest.Part(t, table("dsn", "env:GOOD_DSN")), Table: config.NewTable(map[string]any{"query": query}), Is: is}
	}
	for name, p := range map[string]config.WitnessPart{"no $since": part("SELECT 1", &model.Target{}), "no target": part("SELECT $since", nil)} {
		if w, err := Kind().BuildWitness(p); err == nil {
			t.Errorf("%s: got %v", name, w)
		}
	}
	for name, more := range map[string][]string{"no secret": {"dsn", "env:NO_SUCH_DSN_AT_ALL"}, "no time": {"timeout", "0s", "dsn", "env:GOOD_DSN"}} {
		if s, err := Kind().Build(sourcetest.Part(t, table(more...))); err == nil {
			t.Errorf("%s: got %v", name, s)
		}
	}
}

func TestHolds(t *testing.T) {
	cases := []struct {
		op   string
		v    float64
		want bool
	}{
		{"<", 1, true}, {"<", 2, false}, {"<=", 2, true}, {"<=", 3, false}, {">", 3, true}, {">", 2, false}, {">=", 2, true}, {">=", 1, false},
		{"==", 2, true}, {"==", 1, false}, {"!=", 1, true}, {"!=", 2, false}, {"!=", math.NaN(), false}, {"~", 2, false}, {">", math.Inf(1), true},
	}
	for _, c := range cases {
		if got := holds(model.Target{Op: c.op, Value: 2}, c.v); got != c.want {
			t.Errorf("%v %s 2 is %v", c.v, c.op, got)
		}
	}
}

func TestFacts(t *testing.T) {
	cases := map[string]config.Facts{
		"SELECT count(*) FROM logs WHERE at > now() - interval '1 hour'":                                         {Silent: true, Window: time.Hour},
		"SELECT avg(x) FROM logs WHERE at BETWEEN now() - INTERVAL '2 days' AND now() - interval '15 minutes'":   {Window: 48 * time.Hour},
		"SELECT count(*) FILTER (WHERE a)::float / NULLIF(count(*), 0) FROM logs":                                {Silent: true},
		"SELECT 1 WHERE now() > now() - interval '99999999999999999999 weeks' - interval '9999999999999 weeks' ": {},
		"SELECT count(*) FROM logs WHERE at > NOW() - INTERVAL 90 MINUTE":                                        {Silent: true, Window: 90 * time.Minute},
		"SELECT 1 FROM logs WHERE at > NOW() - INTERVAL '2' DAY":                                                 {Window: 48 * time.Hour},
		"": {},
	}
	for query, want := range cases {
		if got := facts(sourcetest.Metric("m", map[string]any{"query": query})); got != want {
			t.Errorf("%s: got %+v, want %+v", query, got, want)
		}
	}
}

func TestLint(t *testing.T) {
	m := func(query string) string {
		var all []string
		for _, f := range lint(sourcetest.Metric("m", map[string]any{"query": query})) {
			all = append(all, f.Key+": "+f.Message)
		}
		return strings.Join(all, "\n")
	}
	w := func(query string) string {
		var all []string
		for _, f := range lintWitness(config.WitnessPart{Table: config.NewTable(map[string]any{"query": query})}) {
			all = append(all, f.Key+": "+f.Message)
		}
		return strings.Join(all, "\n")
	}
	cases := []struct{ name, got, want string }{
		{"good metric", m("SELECT '$since', '$1'"), ""},
		{"since in a metric", m("SELECT 1 WHERE at > $since"), "query: $since is for a rollback's verify only: expected something like now() - interval '1 hour'"},
		{"parameter in a metric", m("SELECT $1"), "query: has a parameter like $1, which nothing fills in: write the value"},
		{"good verify", w("SELECT 1 WHERE at>$since"), ""},
		{"parameter in a verify", w("SELECT 1 WHERE at > $since AND x = $2"), "query: has a parameter like $1, which nothing fills in: expected $since, or the value"},
		{"no since", w("SELECT 1 WHERE at > '$since' -- $since"), "query: has no $since outside quotes and comments, so rows from before the rollback would count: expected something like \"… AND timestamp > $since\""},
	}
	for _, c := range cases {
		if c.got != c.want {
			t.Errorf("%s: got  %s\nwant %s", c.name, c.got, c.want)
		}
	}
}

func TestBindSince(t *testing.T) {
	const p = "$1::timestamptz"
	cases := []struct{ query, want string }{
		{"", ""},
		{"SELECT 1", "SELECT 1"},
		{"at > $since", "at > " + p},
		{"at>$since;", "at>" + p + ";"},
		{"$since$since", "$since$since"}, // a dollar quote that does not end
		{"($since)AND($since)", "(" + p + ")AND(" + p + ")"},
		{"$sincere $sinc $SINCE", "$sincere $sinc $SINCE"},
		{"'$since' $since", "'$since' " + p},
		{"'it''s $since' $since", "'it''s $since' " + p},
		{`'\' $since`, `'\' ` + p},
		{`E'\' $since' $since`, `E'\' $since' ` + p},
		{`e'a''b\'$since'`, `e'a''b\'$since'`},
		{`"$since" $since`, `"$since" ` + p},
		{"-- $since\n$since", "-- $since\n" + p},
		{"- - $since", "- - " + p},
		{"/* $since /* $since */ $since */ $since", "/* $since /* $since */ $since */ " + p},
		{"/* $since", "/* $since"},
		{"$$ $since $$ $since", "$$ $since $$ " + p},
		{"$tag$ $since $$ $tag$ $since", "$tag$ $since $$ $tag$ " + p},
		{"a$since", "a$since"},
		{"1 /$since", "1 /" + p},
		{"'ü' ü$since ü > $since", "'ü' ü$since ü > " + p},
		{"$", "$"},
		{"$1 $since", "$1 " + p},
		{"' $since", "' $since"},
	}
	for _, c := range cases {
		got, n := bindSince(c.query)
		if got != c.want || n != strings.Count(c.want, p) {
			t.Errorf("%s\ngot  %s (%d)\nwant %s", c.query, got, n, c.want)
		}
	}
}

func FuzzBindSince(f *testing.F) {
	for _, q := range []string{"at > $since", "'$since' E'\\'' \"", "$a$ $since $a$", "/* /* */ $since", "--\n$since$"} {
		f.Add(q)
	}
	f.Fuzz(func(t *testing.T, query string) {
		bound, n := bindSince(query)
		if got := strings.Count(bound, "$1::timestamptz") - strings.Count(query, "$1::timestamptz"); got != n {
			t.Errorf("%q: %d bound, %d in %q", query, n, got, bound)
		}
		if n == 0 && bound != query {
			t.Errorf("%q became %q", query, bound)
		}
		hasParameter(query)
	})
}

// TestAdvance: a mark moves with this machine's clock, however far the database's is off.
func TestAdvance(t *testing.T) {
	w := &witness{}
	here := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	there := here.Add(-17 * time.Minute)
	mark := markOf(there, here)
	for _, c := range []struct {
		to   time.Time
		want time.Time
	}{{here.Add(3 * time.Second), there.Add(3 * time.Second)}, {here, there}, {here.Add(-time.Second), there}} {
		got, err := w.Advance(mark, c.to)
		if err != nil {
			t.Fatal(err)
		}
		if at, _, err := parseMark(got); err != nil || !at.Equal(c.want) {
			t.Errorf("to %s: %s, %v: want %s", c.to, at, err, c.want)
		}
	}
	for _, bad := range []string{"", "yesterday", there.Format(time.RFC3339Nano)} { // the last is an older gonogo's
		if got, err := w.Advance(bad, here); err == nil {
			t.Errorf("%q was advanced to %q", bad, got)
		}
	}
	if _, _, err := parseMark(there.Format(time.RFC3339Nano)); err != nil {
		t.Errorf("an older gonogo's mark: %v", err)
	}
}
