package model

// Traffic is what a source knows of a reading's denominator: the events, good
// or bad, that the value is about. Zero may stand for a value that is not there
// only where there are such events.
type Traffic int

// The states of a denominator.
const (
	TrafficUnknown Traffic = iota // nobody asked, there is none, or it has no current sample
	TrafficNone                   // it is there and does not grow
	TrafficFlows                  // it is there and has grown within the query's window
)
