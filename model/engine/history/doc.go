// Package history keeps the samples of every metric in an embedded TSDB below the state
// directory, for charts that are full after a restart, for SLOs over weeks, and for reports.
//
// One goroutine does all of it: it opens the database, fills the charts, writes what comes,
// judges the SLOs, and closes. Nobody waits for it: samples come through a queue that drops
// what does not fit, and says so. A disk that is full or hangs, or a database that is damaged,
// costs history, and nothing else; a damaged one is moved aside and begun anew.
// Close waits a few seconds at most. What is thrown away is what is older than the
// config keeps, or the oldest where it is more than that; the latter is said.
//
// Only an engine that holds the lock on the state directory may have one. It must not
// import attach, watch or execute.
package history
