package testserver

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"net"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// MariaDBPassword is that of every server by StartMariaDB.
const MariaDBPassword = "pa55/w'rd %41&x"

// MariaDB is a running server, with a database "test" and its owner "owner".
type MariaDB struct {
	Address string // host:port
	CA      []byte // the certificate to trust, in PEM: the server speaks TLS where it is asked to
}

// URL returns how to connect as the owner, with more in the URL's query.
func (m *MariaDB) URL(query string) string {
	u := url.URL{Scheme: "mariadb", User: url.UserPassword("owner", MariaDBPassword), Host: m.Address, Path: "/test", RawQuery: query}
	return u.String()
}

// StartMariaDB starts a real MariaDB on a free loopback port, with data of its own that
// nobody else may enter. It ends the server with the test. It skips the test where there
// is none, see LookPath. Root starts it as another user.
func StartMariaDB(t testing.TB) *MariaDB {
	t.Helper()
	install, server := lookServer(t, "mariadb-install-db"), lookServer(t, "mariadbd")
	dir, err := os.MkdirTemp("", "gonogo-mariadb-") // not TempDir, whose parent another user may not enter
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	attr := &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Credential: otherUser(t, dir)}
	data := filepath.Join(dir, "data")
	cmd := exec.CommandContext(t.Context(), install, "--no-defaults", "--datadir="+data, "--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve")
	cmd.Dir, cmd.SysProcAttr = dir, attr
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("mariadb-install-db: %v\n%s", err, out)
	}
	m := &MariaDB{Address: freeAddress(t)}
	var key []byte
	m.CA, key = certificate(t)
	write(t, filepath.Join(dir, "cert.pem"), string(m.CA), attr.Credential)
	write(t, filepath.Join(dir, "key.pem"), string(key), attr.Credential)
	begin := filepath.Join(dir, "begin.sql") // run before anybody can connect
	password := "'" + strings.ReplaceAll(MariaDBPassword, "'", "''") + "'"
	write(t, begin, "ALTER USER root@localhost IDENTIFIED BY "+password+";\nCREATE DATABASE test;\nCREATE USER owner@'127.0.0.1' IDENTIFIED BY "+password+
		";\nGRANT ALL ON *.* TO owner@'127.0.0.1';\n", attr.Credential)
	host, port, _ := net.SplitHostPort(m.Address)
	cmd = exec.CommandContext(context.WithoutCancel(t.Context()), server, "--no-defaults", "--datadir="+data, "--bind-address="+host, "--port="+port,
		"--socket="+filepath.Join(dir, "socket"), "--pid-file="+filepath.Join(dir, "pid"), "--init-file="+begin, "--skip-name-resolve", "--skip-log-bin",
		"--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=16M", "--performance-schema=off",
		"--ssl-cert="+filepath.Join(dir, "cert.pem"), "--ssl-key="+filepath.Join(dir, "key.pem"))
	log := &strings.Builder{} // read only after Wait
	cmd.Dir, cmd.SysProcAttr, cmd.Stdout, cmd.Stderr = dir, attr, log, log
	if err := cmd.Start(); err != nil {
		t.Fatalf("start mariadbd: %v", err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }() // its status says nothing once it is stopped
	t.Cleanup(sync.OnceFunc(func() {
		_ = cmd.Process.Kill() // its data is thrown away
		<-ended
	}))
	awaitGreeting(t, m.Address, ended, log)
	return m
}

// lookServer returns where a program of MariaDB is: Debian keeps the server out of a user's path.
func lookServer(t testing.TB, program string) string {
	t.Helper()
	for _, dir := range []string{"/usr/sbin", "/usr/bin"} {
		if path := filepath.Join(dir, program); isProgram(path) {
			return path
		}
	}
	return LookPath(t, program, "mariadb-server")
}

func isProgram(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}

// certificate returns one for 127.0.0.1 that signs itself, and its key, in PEM.
func certificate(t testing.TB) (cert, key []byte) {
	t.Helper()
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	der, err := x509.MarshalPKCS8PrivateKey(server.TLS.Certificates[0].PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

// awaitGreeting waits until the server greets who connects, which it does first.
func awaitGreeting(t testing.TB, address string, ended <-chan struct{}, log *strings.Builder) {
	t.Helper()
	deadline := time.NewTimer(60 * time.Second)
	defer deadline.Stop()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		if conn, err := net.DialTimeout("tcp", address, time.Second); err == nil {
			_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
			n, _ := conn.Read(make([]byte, 1))
			_ = conn.Close()
			if n == 1 {
				return
			}
		}
		select {
		case <-tick.C:
		case <-ended:
			t.Fatalf("mariadbd ended: %s", log)
		case <-deadline.C:
			t.Fatal("mariadbd is not ready after 60 s")
		}
	}
}
