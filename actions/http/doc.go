// Package http is the kind "http": an HTTP call that does something, a flag
// behind an HTTP API, and a value that a running service says of itself.
//
// A value may be asked of several instances: in effect is only what all of
// them say, and seen to have happened only what changed in each.
//
// Several instances are asked at once, in a goroutine each, which Read waits
// for; there are no others. A call takes 10 s at most, an answer is read up to
// 8 MiB, and a redirect to another host is refused, so that credentials go
// nowhere else. Secrets are struck out of errors and previews. It imports
// gonogo/model, gonogo/model/config, gonogo/internal and libraries only.
package http
