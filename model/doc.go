// Package model says what a rollout is: its definition (Rollout), the facts
// that happened to it (Event, Record), the state they fold to (State, Apply),
// what was measured and judged (Reading, Line, Verdict), what a person may ask
// for (Intent) and what is done about it (Plan, Step).
//
// It is values and pure functions only: standard library, no goroutine, no
// clock, no I/O. Everything here may be shared between goroutines as long as
// nobody changes it; whoever wants a change makes a copy (see Apply).
package model
