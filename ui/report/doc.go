// Package report tells how a rollout went: what was planned and what was, who decided
// what on which evidence, what went wrong and how it was taken back. It is made of the
// journal's records, folded one by one, and of kept history for the charts.
//
// A Report is data; Markdown and HTML write it, and Timeline writes the phases alone as
// the plan's own table. All of it is pure: no clock, no I/O, no goroutine. Every text
// in a Report is inert; HTML escapes it once more.
package report
