// Package config reads a rollout's TOML file into a Config: strictly, and with
// every mistake told at once, each with its line, its key, what was expected and
// the nearest name that is known.
//
// Which keys a source, switch, action or reader has is said by its kind
// (Kinds), which is passed in, so this package knows none of them. A config is values
// only: nothing is opened, resolved or asked here but the file itself; the
// kinds build what runs from the Parts that a Config holds.
//
// It starts no goroutine and keeps no state. Nothing is dropped: a key that
// no table knows is an error, never ignored. Values of secret keys
// never appear in a Problem. It must not import sources, actions or ui.
package config
