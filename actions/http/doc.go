// Package http is the kind "http": an HTTP call that does something, a flag
// behind an HTTP API, and a value that a running service says of itself.
//
// It starts no goroutine. A call takes 10 s at most, an answer is read up to
// 8 MiB, and a redirect to another host is refused, so that credentials go
// nowhere else. Secrets are struck out of errors and previews. It imports
// gonogo/model, gonogo/model/config and gonogo/actions/mask only.
package http
