package model

// applyUnaudited folds facts that were not journaled when they happened: they
// count as missing ever after, and those that were kept have happened all the same.
func applyUnaudited(s State, r Record, e Unaudited) State {
	for _, f := range e.Facts {
		if _, nested := f.Event.(Unaudited); nested {
			continue
		}
		s = Apply(s, Record{Seq: r.Seq, At: f.At, By: f.By, Cause: f.Cause, Prev: r.Prev, Sum: r.Sum, Event: f.Event})
	}
	s.Seq, s.Sum, s.At = r.Seq, r.Sum, r.At
	s.Unaudited += e.Count
	return s
}
