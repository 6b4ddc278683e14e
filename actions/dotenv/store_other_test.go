//go:build !linux

package dotenv

func setAttribute(string) string { return "" }

func getAttribute(string) string { return "" }
