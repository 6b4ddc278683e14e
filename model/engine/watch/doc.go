// Package watch is what an engine knows of the world now: the newest readings with
// their charts, what each flag's store and the running service hold, and the sources
// that say so.
//
// Each source and each flag has a goroutine, which its caller starts and ends by its
// context. A store that does not answer is given up after its time, in a goroutine of its
// own that Flags.End waits for. Points of a chart are thinned when there are many; a
// reading is dropped only for a newer one, and a change of a flag never, it is recorded.
//
// It must not import what judges or acts: gates, plans, the executor, the engine.
package watch
