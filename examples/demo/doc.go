// Package demo is the small service that comes with gonogo: what `gonogo demo`
// rolls out and back. It is a service like any other, with a real process, a
// real .env that is read only at start, real metrics and a real restart; only
// its traffic is made up, and it misbehaves on purpose once half of its tenants
// are on the new feature.
//
// Three processes take part, all of the same program. The one that calls Start
// owns a pipe to the supervisor (Supervise), which holds the listening socket,
// so that the port outlives restarts, and runs the worker (Work), which is the
// service. Restart asks the supervisor for a new worker over a unix socket. When
// the owner ends, however it ends, its pipe closes, and with it the supervisor
// goes, the worker, and a temporary directory. When the supervisor is killed, the
// worker sees that on a pipe of its own and goes too; Stop then removes the directory.
//
// Supervise runs one goroutine for the restart socket, one per connection to it and one
// per worker process, and waits for them all; only the read of its standard input
// ends with the process. Work runs one for the traffic, one for its pipe and those of
// net/http. Traffic that a stopped machine missed is dropped; a restart that was
// asked for is answered or ends with the supervisor.
//
// It must not import the engine, the sources, the actions or the screen: to them it is a stranger.
package demo
