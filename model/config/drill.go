package config

import "gonogo/model"

// drillCheck reads a check that holds while a rollback was rehearsed not long ago.
func (r checkReader) drillCheck(path string, k checkKeys, check *model.Check) {
	if k.Every > 0 {
		r.fail(join(path, "every"), "a rehearsal counts for as long as within says: remove it")
	}
	if k.Within == 0 {
		r.fail(join(path, "within"), "missing: expected how long a rehearsal counts, such as \"30d\"")
	}
	if !r.ref(join(path, "drill"), "rollback", k.Drill) {
		return
	}
	check.Kind, check.Drill = model.CheckDrill, model.RollbackID(k.Drill)
	check.Within, check.Real = k.Within, k.Real
	if check.Real && r.written("rollback", k.Drill, "rehearse") != string(model.RehearseReal) {
		r.fail(join(path, "real"), "%s is rehearsed dry, which would never count here: expected rehearse = \"real\" in [%s], or leave real out", quote(k.Drill), join("rollback", k.Drill))
	}
}
