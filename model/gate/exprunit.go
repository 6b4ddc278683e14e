package gate

import (
	"fmt"

	"github.com/expr-lang/expr/ast"

	"gonogo/model"
)

func (c *exprChecker) unary(n *ast.UnaryNode) (dimension, error) {
	d, err := c.dimension(n.Node)
	if err != nil {
		return d, err
	}
	switch {
	case (n.Operator == "-" || n.Operator == "+") && !d.truth, (n.Operator == "!" || n.Operator == "not") && d.truth:
		return d, nil
	}
	return d, fmt.Errorf("%q does not fit what is behind it", n.Operator)
}

func (c *exprChecker) binary(n *ast.BinaryNode) (dimension, error) {
	left, err := c.dimension(n.Left)
	if err != nil {
		return left, err
	}
	right, err := c.dimension(n.Right)
	if err != nil {
		return right, err
	}
	logic := n.Operator == "&&" || n.Operator == "||" || n.Operator == "and" || n.Operator == "or"
	if logic != (left.truth || right.truth) || left.truth != right.truth {
		return dimension{}, fmt.Errorf("%q does not fit what stands around it", n.Operator)
	}
	switch n.Operator {
	case "&&", "||", "and", "or":
		return dimension{truth: true}, nil
	case "<", "<=", ">", ">=", "==", "!=":
		_, err = same(n.Operator, left, right)
		return dimension{truth: true}, err
	case "+", "-":
		return same(n.Operator, left, right)
	case "*":
		return product(left, right)
	case "/":
		return quotientOf(left, right), nil
	}
	return dimension{}, fmt.Errorf("%q is no arithmetic or comparison", n.Operator)
}

func (c *exprChecker) conditional(n *ast.ConditionalNode) (dimension, error) {
	cond, err := c.dimension(n.Cond)
	if err != nil {
		return cond, err
	}
	if !cond.truth {
		return cond, fmt.Errorf("what stands before ? is no comparison")
	}
	return c.alike("?", n.Exp1, n.Exp2)
}

func (c *exprChecker) call(name string, args []ast.Node) (dimension, error) {
	switch {
	case (name == "abs" || name == "ceil" || name == "floor" || name == "round") && len(args) == 1:
		d, err := c.dimension(args[0])
		if err == nil && d.truth {
			err = fmt.Errorf("%s() of true or false", name)
		}
		return d, err
	case (name == "max" || name == "min") && len(args) > 0:
		return c.alike(name+"()", args...)
	}
	return dimension{}, fmt.Errorf("%s() is not among abs, ceil, floor, max, min and round with their arguments", model.Inert(name))
}

// alike returns the dimension that all nodes have.
func (c *exprChecker) alike(what string, nodes ...ast.Node) (dimension, error) {
	out := dimension{loose: true}
	for _, n := range nodes {
		d, err := c.dimension(n)
		if err != nil {
			return d, err
		}
		if d.truth {
			return d, fmt.Errorf("%s of true or false", what)
		}
		if out, err = same(what, out, d); err != nil {
			return out, err
		}
	}
	return out, nil
}

// same returns the one dimension of two, or says that they differ.
func same(what string, a, b dimension) (dimension, error) {
	switch {
	case a.loose:
		return b, nil
	case b.loose || a.unit == b.unit:
		return a, nil
	}
	return a, fmt.Errorf("%s mixes %s and %s", what, UnitName(a.unit), UnitName(b.unit))
}

// product returns the dimension of a·b: one of them must be a plain number or a ratio.
func product(a, b dimension) (dimension, error) {
	plain := func(d dimension) bool { return d.loose || d.unit == model.Ratio || d.unit == model.Plain }
	switch {
	case a.loose && b.loose:
		return a, nil
	case plain(a):
		return dimension{unit: b.unit, loose: b.loose && a.unit != model.Ratio}, nil
	case plain(b):
		return dimension{unit: a.unit}, nil
	}
	return a, fmt.Errorf("* multiplies %s by %s, which is no unit that a metric has", UnitName(a.unit), UnitName(b.unit))
}

// quotientOf returns the dimension of a/b: of one unit it is a ratio, of a
// count by seconds a rate, by a plain number what it was; else any unit may be claimed.
func quotientOf(a, b dimension) dimension {
	switch {
	case b.loose || b.unit == model.Ratio || b.unit == model.Plain && a.unit != model.Plain:
		return a
	case a.unit == b.unit && !a.loose:
		return dimension{unit: model.Ratio}
	case a.unit == model.Count && b.unit == model.Seconds:
		return dimension{unit: model.PerSec}
	}
	return dimension{loose: true}
}

// UnitName names a unit for people.
func UnitName(u model.Unit) string {
	if u == model.Plain {
		return "plain numbers"
	}
	return string(u)
}
