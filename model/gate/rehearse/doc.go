// Package rehearse judges gates on recorded history: what they would have said, when the
// guard would have fired, how soon a phase would have come to GO, and how soon a
// regression would have been seen.
//
// It runs the same judging as an engine (gate.Keeper.Look) on the recorded clock: one
// look each step, everything observed. What it assumes:
//
//   - flags are as the phase sets them, and in effect; a phase that sets some begins with
//     a change of the service, after which metrics settle as they do live;
//   - what a person does is done: checks that people sign, run or rehearse, and metrics that
//     people read, count as passed; so does what has no history. Baselines are those frozen now;
//   - the soak is served on the recorded clock: healthy time counts, no other;
//   - the recorded service takes no notice: where the guard fires nothing is rolled back, so
//     that a next attempt begins when the failure is over, or when the attempt would have ended;
//   - an attempt lasts for the phase's limit; without one for its soak and 24 h.
//
// It is pure: no clock, no I/O, no goroutine; what is random comes from a function
// with a seed. A Track is for one writer, and then for any number of readers.
package rehearse
