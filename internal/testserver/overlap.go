package testserver

import (
	"flag"
	"strconv"
)

// Overlap lets n parallel tests of a package be under way at a time, unless the
// command line says how many. It is for packages whose tests wait for real servers
// and processes most of the time: so many as there are processors would leave these idle.
// A package calls it in TestMain, before it runs its tests.
func Overlap(n int) error {
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "test.parallel" })
	if given {
		return nil
	}
	return flag.Set("test.parallel", strconv.Itoa(n))
}
