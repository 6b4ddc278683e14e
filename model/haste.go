package model

import "context"

// hasteKey is the context key of WithHaste.
type hasteKey struct{}

// WithHaste returns ctx for a Switch.Set on a way down: the new value must be
// there soon, also on a disk that takes seconds to say that it is durable.
func WithHaste(ctx context.Context) context.Context { return context.WithValue(ctx, hasteKey{}, true) }

// Hasty reports whether ctx is from WithHaste.
func Hasty(ctx context.Context) bool { return ctx.Value(hasteKey{}) != nil }
