// Package record keeps what an engine knows for certain: a fact is on disk
// first, then folded into the state, then told. It has the ledger, which is the
// state and its journal; the anchor, which copies the journal's sums elsewhere; the
// state directory's lock; and the fence, which says that another engine may own the journal by now.
//
// No fact that was acknowledged is ever dropped, and none is folded twice. What
// a disk does never stops a rollback: it waits 500 ms in all for its journal, then its
// facts are folded in memory, UNAUDITED, and written when the disk answers. What no
// journal has by then is left in journal.unaudited for the engines to come. All else is refused
// while the journal cannot be written. Lines of the anchor are dropped freely, newest wins.
//
// Goroutines: the Ledger's writer lives while something waits to be written; the
// keeper of journal.unaudited likewise; the anchor's lives until Close. Close waits for all of
// them, for each no longer than a disk may take that still works. A Ledger may be used by several at once; its lock is never held
// over anything that a disk may keep waiting.
//
// The package must not import the engine, nor any of its rooms but this one: the
// engine asks, and this answers. It knows no metrics, gates, switches or actions.
package record
