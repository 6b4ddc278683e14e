// Package secret keeps secrets out of what is shown: it resolves what a config
// names as one (env:NAME, file:PATH), and a Set takes those it knows out of
// texts, streams and errors, in whatever common encoding they come back.
//
// An encoding that writes one character at a time is undone while looking:
// percent, the backslashes of JSON, Go, C and shells, HTML entities, the quotes of
// shells and SQL, in any mixture. Base64 (both alphabets, padded or not, broken
// into lines, alone or inside a longer text such as user:password) and hex
// are looked for as they are written. Not found is what was turned round, taken
// apart, compressed or encrypted: a Set is there for what happens by accident.
//
// A secret of fewer than four bytes is not looked for: it would be found everywhere.
//
// There is no goroutine but the one that reads a secret's file, which ends
// when the disk answers. Nothing but secrets is dropped. It imports
// gonogo/model and the standard library only.
package secret
