// Package plan decides what a plan is and what is next in it: Resolve turns
// what a person asks for into a sealed plan.
//
// It is pure: no goroutine, no clock (the time is passed in), no I/O, nothing
// kept between calls and nothing dropped. All functions may be called from
// several goroutines at once. It must import nothing but model and the
// standard library.
package plan
