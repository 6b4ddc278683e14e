// Package dotenv switches flags that are kept in a .env file.
//
// Only the bytes of the value change: comments, order, line breaks, quotes,
// `export`, a missing final newline, mode, owner and extended attributes stay.
// The file is replaced as a whole and at once; what somebody else wrote to it
// meanwhile is never lost: it is read again and the change made to that (see
// ErrConflict). Nothing but a temporary file beside it is ever made, and that
// does not outlive a Set.
//
// What is read as a value is what the usual readers of such files agree on;
// where they do not (`${X}`, an unclosed quote), Observe says so instead.
//
// There is no goroutine; the switches of one Kind wait for each other.
// It imports gonogo/model and gonogo/model/config only.
package dotenv
