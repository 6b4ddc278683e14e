// Package exec runs programs: as an action, as a flag's switch (one program
// prints the value, another sets it), and as a reader of a value.
//
// A program is an argv, never a shell; see gonogo/internal/process for what it is
// given and how it ends. Secrets reach it in its environment only, and are taken
// out of what it prints. No goroutine outlives a call. Of an action's
// output nothing is dropped; a value of more than 64 KiB is an error.
//
// The lint reads a command, and a script within it with a parser of shells, to
// find what would look right and do nothing.
//
// It imports gonogo/model, gonogo/model/config, gonogo/internal/process and
// gonogo/internal/secret only.
package exec
