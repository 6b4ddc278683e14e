// Package execute runs one plan: a loop asks plan.Next what may begin, begins
// it, and records how it ended, until Next says that the plan is over. What is
// decided is decided there; here it is done: flags are set, actions run, and
// looked at what came of them.
//
// Goroutines: Run.Execute is the loop, and each job that Next lets begin is one
// goroutine, which gives what it has to the loop's one channel. Execute returns when
// all of them have ended; a write or look that does not end in its time is left to
// Engine.Go. A panic in a job ends its steps, and the plan goes on.
//
// An intent is recorded before each effect, by the job; an end after it, by the
// loop. No record is dropped: on the way down one that cannot be journaled is kept
// in memory by the engine, on a way up it ends the plan.
//
// It sees the engine through the interface Engine alone, and must not import
// model/engine, ui, sources or actions.
package execute
