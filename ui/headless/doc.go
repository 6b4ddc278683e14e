// Package headless is gonogo without a screen: the commands, their text and
// JSON, and their exit statuses. Everything it does goes through a Session's
// feed, as the cockpit's doings do. It starts no goroutine but the session's,
// does not know the terminal, and must not import sources, actions or Bubble Tea.
package headless
