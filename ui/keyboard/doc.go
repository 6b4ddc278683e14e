// Package keyboard decides which key press counts. What reaches a terminal
// program as keys was not always pressed: a paste comes as keys, and so do the
// pieces of what a terminal says by itself when a slow line tears it apart. A
// Guard is asked about every key before anything is done with it.
//
// It promises: whatever comes of a torn reply, of a paste or of a mouse report,
// no key counts by it that acts on the rollout; a key that is pressed alone counts after
// Alone at most; and a key that only moves what is shown, or closes it, always
// counts at once.
//
// A Guard belongs to one goroutine. The package starts none, reads no clock (the
// time is passed in) and draws nothing. It knows the messages of Bubble Tea, but no
// tea.Model, and must not import the model, panels or overlays.
package keyboard
