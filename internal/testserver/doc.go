// Package testserver starts real servers for tests: Prometheus, Alertmanager, PostgreSQL and MariaDB,
// each on a free loopback port, with data of its own, ended by its pid with the
// test. Without the program the test is skipped and says which is missing; where
// GONOGO_REQUIRE_SERVERS is 1 it fails instead.
//
// One goroutine for each server waits for its end. Only tests may import it.
package testserver
