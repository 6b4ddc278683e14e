// Package gate turns readings into verdicts: it reads thresholds (ParseTarget),
// says what state each metric is in (Judge) and joins a phase's lines into the
// answer whether it may go forward (Decide). It never says GO on evidence that
// is missing, old, thin, ambiguous or not a number.
//
// It is pure: no goroutine, no clock (the time is passed in), no I/O, nothing
// kept between calls and nothing dropped. All functions may be called from
// several goroutines at once. It must import nothing but model, the standard
// library and the library that evaluates expressions (expr).
package gate
