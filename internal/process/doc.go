// Package process runs other programs: an argv, never a shell, in a process
// group of its own, with nothing on its stdin and only a short list of the
// environment (see Environ).
//
// Run returns when the program has ended, or soon after its context has; then
// the whole group is told to end (TERM), and killed 5 s later; half a second after
// that Run returns, whatever still holds the output. The output is read to the
// end whatever the reader does with it, but a grandchild that holds it open is
// waited for only 5 s. Run owns its three goroutines and waits for
// them. Nothing is dropped here: HeadTail is for callers who keep only some of
// what was printed, and counts what it left out. The secrets of a Spec are taken
// out of its Log and of errors before anything is cut: half a secret is not found.
//
// It is the only way in which a part of a config starts a program; it imports
// gonogo/model and gonogo/internal/secret only.
package process
