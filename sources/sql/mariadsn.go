package sql

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"

	"gonogo/internal/safefile"
)

const mariaWanted = "expected something like mariadb://user:password@host:3306/database?tls=true, or user:password@tcp(host:3306)/database?tls=true"

// mariaConfig reads a DSN: a URL, or what the Go driver for MySQL takes. Errors hold
// nothing of it. What a DSN could turn on that this source promises not to do is off.
func mariaConfig(dsn, dir string) (*mysql.Config, error) {
	var cfg *mysql.Config
	var err error
	if scheme, _, ok := strings.Cut(dsn, "://"); ok && (scheme == "mariadb" || scheme == "mysql") {
		cfg, err = mariaURL(dsn, dir)
	} else if cfg, err = mysql.ParseDSN(dsn); err != nil {
		err = errors.New("is no connection string that MariaDB or MySQL understands: " + mariaWanted)
	}
	if err != nil {
		return nil, fmt.Errorf("dsn: %w", err)
	}
	cfg.MultiStatements, cfg.AllowAllFiles, cfg.AllowOldPasswords, cfg.InterpolateParams = false, false, false, false
	cfg.ParseTime, cfg.Loc = true, time.UTC
	cfg.Logger = &mysql.NopLogger{} // its own writes to the terminal
	return cfg, nil
}

// mariaURL reads a DSN that is a URL.
func mariaURL(dsn, dir string) (*mysql.Config, error) {
	u, err := url.Parse(dsn)
	if err != nil || u.Hostname() == "" || u.Fragment != "" {
		return nil, errors.New("is no such URL: " + mariaWanted)
	}
	cfg := mysql.NewConfig()
	cfg.Net, cfg.Addr, cfg.DBName = "tcp", u.Host, strings.TrimPrefix(u.Path, "/")
	if u.Port() == "" {
		cfg.Addr = net.JoinHostPort(u.Hostname(), "3306")
	}
	cfg.User = u.User.Username()
	cfg.Passwd, _ = u.User.Password()
	q := u.Query()
	for name := range q {
		if name != "tls" && name != "ca_file" {
			return nil, errors.New("has another parameter than tls and ca_file: " + mariaWanted)
		}
	}
	switch q.Get("tls") {
	case "", "false":
		if q.Has("ca_file") {
			return nil, errors.New("has ca_file without tls=true")
		}
	case "true":
		cfg.TLS = &tls.Config{MinVersion: tls.VersionTLS12, ServerName: u.Hostname()}
		if ca := q.Get("ca_file"); ca != "" {
			if cfg.TLS.RootCAs, err = authority(ca, dir); err != nil {
				return nil, err
			}
		}
	case "skip-verify":
		cfg.TLS = &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: true} // as the DSN says
	default:
		return nil, errors.New("has another tls than true, false and skip-verify")
	}
	return cfg, nil
}

// authority reads the certificates to trust.
func authority(path, dir string) (*x509.CertPool, error) {
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	data, err := safefile.Read(path, safefile.Limits{Size: 1 << 20, Patience: 2 * time.Second})
	if err != nil {
		return nil, fmt.Errorf("ca_file: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(data) {
		return nil, errors.New("ca_file: has no certificate")
	}
	return pool, nil
}
