// Package evidence is the statistics of counted events: so many bad ones of so
// many, look after look. It says when they prove that a share is above a bound
// (Detector) or below one (Acceptor), whether the last minutes speak against
// it (Window, LastWord), when a failure is over (Recovery), and beforehand how
// many events each of it takes (foresee.go). All of it holds however often one
// looks.
//
// What is fixed for an attempt (Claim, Detector, Acceptor, Recovery) is apart
// from what moves (State, Accepting, Recovering, Window, LastWord). What moves
// is plain numbers: comparable with ==, the same after a round trip through JSON,
// and never NaN or infinite. Sums of evidence are kept as natural logarithms
// because a bad hour can lift them beyond any float64.
//
// It is pure: no goroutine, no clock (times are durations since the attempt
// began and are passed in), no I/O, no allocation per look, nothing dropped.
// Functions that take a pointer to a state change that state only; all others
// may be called from several goroutines at once. It must import nothing but the
// standard library.
//
// Sources: A. Wald, Sequential Tests of Statistical Hypotheses, 1945 (accepting);
// J. Shin, A. Ramdas, A. Rinaldo, E-detectors: a nonparametric framework for
// sequential change detection, 2023 (detecting, weighted Shiryaev–Roberts);
// M. Lindon, A. Malek, Anytime-valid inference for multinomial count data,
// NeurIPS 2022 (two samples); E. S. Page, Continuous inspection schemes, 1954
// (recovering, CUSUM).
package evidence
