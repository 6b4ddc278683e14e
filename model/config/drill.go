package config

import "gonogo/model"

// drillCheck reads a check that holds while a rollback was rehearsed not long ago.
func (c *checker) drillCheck(path string, t Table, check *model.Check) {
	if t.Has("every") {
		c.fail(join(path, "every"), "a rehearsal counts for as long as within says: remove it")
	}
	if !t.Has("within") {
		c.fail(join(path, "within"), "missing: expected how long a rehearsal counts, such as \"30d\"")
	}
	name := t.String("drill")
	if !c.ref(join(path, "drill"), "rollback", name) {
		return
	}
	check.Kind, check.Drill = model.CheckDrill, model.RollbackID(name)
	check.Within = c.positive(join(path, "within"), t, "within", 0)
	check.Real = t.Bool("real")
	if check.Real && c.written("rollback", name, "rehearse") != string(model.RehearseReal) {
		c.fail(join(path, "real"), "%s is rehearsed dry, which would never count here: expected rehearse = \"real\" in [%s], or leave real out", quote(name), join("rollback", name))
	}
}
