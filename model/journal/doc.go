// Package journal keeps a rollout's facts on disk: one file, one record a
// line, each numbered and chained to the one before by a sha256 sum, so that an
// edit, a swap or a gap in the middle is seen.
//
// A record is durable when AppendEntries returns nil, and only then may anybody be
// told of it; no record is ever dropped, merged or rewritten. After a failed
// write or fsync the file takes nothing more (ErrPoisoned), because nobody can
// know what reached the disk. What a crash left of an unfinished last line was
// never acknowledged: Open cuts it off and keeps it aside.
//
// The first record says of which Version the journal is. One that says none is
// read all the same; one of a newer version is refused (ErrNewer), never half read.
//
// What the chain cannot show is that whole records are missing at the end, or
// that all of it was made anew: an Anchor kept elsewhere shows that.
//
// The package starts no goroutine. A File may be used by several at once, but a
// directory has room for one File: whoever opens it holds the directory's lock.
// It must import nothing but model and the standard library.
package journal
