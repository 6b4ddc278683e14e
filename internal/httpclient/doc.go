// Package httpclient is the one way in which a part of a config speaks HTTP. Settings
// are the keys that all such kinds take; a Client is made from them, on top of
// Prometheus' own HTTP client.
//
// A Client reads answers of 8 MiB at most, once they are decompressed, and never
// cuts one: what is longer is ErrTooLarge. It follows redirects only where host,
// scheme and method stay, so that credentials and headers reach nobody else. It takes
// its secrets out of its errors, and out of what it is given to mask.
//
// It starts no goroutine but those of net/http; whoever has a client that keeps
// connections closes those in the end. It imports gonogo/model, the rest of
// gonogo/internal and libraries, and no kind.
package httpclient
