package model

import "fmt"

// people returns n names.
func people(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("t%02d", i+1)
	}
	return out
}
