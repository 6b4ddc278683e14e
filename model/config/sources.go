package config

import (
	"maps"
	"slices"
)

// sourceReader reads [source.NAME].
type sourceReader struct{ *draft }

func (s sourceReader) sources() {
	known := slices.Sorted(maps.Keys(s.kinds.Sources))
	s.each("source", func(id, path string, raw any) {
		kind, ok := s.kind(path, raw, known)
		t, _ := s.table(path, raw, withKinds(KeysOf[sourceKeys](), known, s.kinds.Sources[kind].Keys), !ok)
		part := Part{ID: id, Kind: kind, Table: t, Dir: s.cfg.Dir}
		if lint := s.kinds.Sources[kind].LintSource; lint != nil {
			s.take(below(path, lint(part)))
		}
		s.cfg.Sources = append(s.cfg.Sources, SourcePart{Part: part})
	})
}
