package gate

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"

	"gonogo/model"
)

const (
	maxExprLen   = 2000 // bytes
	maxExprNodes = 200
)

// Expr is a metric computed of others. What it may hold bounds its time and
// memory: numbers, names of metrics, arithmetic, comparisons, "a ? b : c" and the functions
// abs, ceil, floor, max, min and round; no loops, no lists, no texts.
type Expr struct {
	Inputs  []model.MetricID // the metrics it names, each once, in the order of their names
	Unit    model.Unit       // of its value
	Loose   bool             // it is a plain number, so that any unit may be claimed for it
	program *vm.Program
	zero    bool // something was divided by zero in this run
}

// CompileExpr compiles text over metrics whose units units tells; it answers
// false for a name that is no metric. Quantities are never mixed: a sum or a
// comparison needs one unit, a quotient of one unit is a ratio. The error says what is
// wrong with it, in terms of the text.
func CompileExpr(text string, units func(model.MetricID) (model.Unit, bool)) (*Expr, error) {
	if len(text) > maxExprLen {
		return nil, fmt.Errorf("is longer than %d bytes", maxExprLen)
	}
	if err := model.ShallowText(text); err != nil {
		return nil, fmt.Errorf("is %w", err)
	}
	tree, err := parser.Parse(text)
	if err != nil {
		return nil, exprError(err)
	}
	c := exprChecker{units: units}
	d, err := c.dimension(tree.Node)
	if err != nil {
		return nil, err
	}
	if d.truth {
		return nil, errors.New("is true or false, but a metric is a number: expected something like \"a > b ? 1 : 0\"")
	}
	e := &Expr{Inputs: c.inputs, Unit: d.unit, Loose: d.loose}
	if len(e.Inputs) == 0 {
		return nil, errors.New("names no metric, so it would never change")
	}
	slices.Sort(e.Inputs)
	env := map[string]any{}
	for _, id := range e.Inputs {
		env[string(id)] = 0.0
	}
	e.program, err = expr.Compile(text, expr.Env(env), expr.AsFloat64(), expr.MaxNodes(maxExprNodes),
		expr.Function(divide, e.divide, new(func(float64, float64) float64)), expr.Patch(divider{}))
	if err != nil {
		return nil, exprError(err)
	}
	return e, nil
}

// exprError returns the library's error in one line, without its drawing of the place.
func exprError(err error) error {
	text, _, _ := strings.Cut(err.Error(), "\n")
	return fmt.Errorf("is no expression: %s", model.Inert(text))
}

// Eval computes the value; value gives that of each of Inputs, which must be
// finite. The value is NaN where anything was divided by zero on the way: a
// comparison with that would be false, which is no answer. It must be used by
// one goroutine at a time.
func (e *Expr) Eval(value func(model.MetricID) float64) (float64, error) {
	env := make(map[string]any, len(e.Inputs))
	for _, id := range e.Inputs {
		env[string(id)] = value(id)
	}
	e.zero = false
	got, err := expr.Run(e.program, env)
	if err != nil {
		return math.NaN(), exprError(err)
	}
	if e.zero {
		return math.NaN(), nil
	}
	v, ok := got.(float64)
	if !ok {
		return math.NaN(), fmt.Errorf("is a %T, not a number", got)
	}
	return v, nil
}

// divide is the function that stands for "/"; no metric can have its name.
const divide = "a/b"

func (e *Expr) divide(args ...any) (any, error) {
	a, b := args[0].(float64), args[1].(float64)
	e.zero = e.zero || b == 0
	return a / b, nil
}

// divider makes every division one that notices a zero.
type divider struct{}

// Visit implements ast.Visitor.
func (divider) Visit(node *ast.Node) {
	n, ok := (*node).(*ast.BinaryNode)
	if !ok || n.Operator != "/" {
		return
	}
	ast.Patch(node, &ast.CallNode{Callee: &ast.IdentifierNode{Value: divide}, Arguments: []ast.Node{asFloat(n.Left), asFloat(n.Right)}})
}

// asFloat makes a whole number one with a fraction, as divide takes it.
func asFloat(n ast.Node) ast.Node {
	if whole, ok := n.(*ast.IntegerNode); ok {
		return &ast.FloatNode{Value: float64(whole.Value)}
	}
	return n
}

// inputError is why an expression has no value: one of its metrics has none.
type inputError struct {
	input  model.MetricID
	state  model.MetricState
	reason string
}

func (e *inputError) Error() string {
	return model.Inert(string(e.input)) + " is " + string(e.state) + ": " + e.reason
}

// isInput reports whether err is the trouble of an expression's input.
func isInput(err error) bool {
	var input *inputError
	return errors.As(err, &input)
}

// dimension is what kind of number a part of an expression is.
type dimension struct {
	unit  model.Unit
	loose bool // a bare number, which takes the unit of what it stands beside
	truth bool
}

// exprChecker sees that an expression is bounded, and that its units agree.
type exprChecker struct {
	units  func(model.MetricID) (model.Unit, bool)
	inputs []model.MetricID
}

func (c *exprChecker) dimension(node ast.Node) (dimension, error) {
	switch n := node.(type) {
	case *ast.IntegerNode, *ast.FloatNode:
		return dimension{loose: true}, nil
	case *ast.BoolNode:
		return dimension{truth: true}, nil
	case *ast.IdentifierNode:
		id := model.MetricID(n.Value)
		unit, ok := c.units(id)
		if !ok {
			return dimension{}, &UnknownMetric{id}
		}
		if !slices.Contains(c.inputs, id) {
			c.inputs = append(c.inputs, id)
		}
		return dimension{unit: unit}, nil
	case *ast.UnaryNode:
		return c.unary(n)
	case *ast.BinaryNode:
		return c.binary(n)
	case *ast.ConditionalNode:
		return c.conditional(n)
	case *ast.BuiltinNode:
		return c.call(n.Name, n.Arguments)
	case *ast.CallNode:
		if callee, ok := n.Callee.(*ast.IdentifierNode); ok {
			return c.call(callee.Value, n.Arguments)
		}
	}
	return dimension{}, errors.New("holds something other than numbers, metrics, arithmetic, comparisons, a ? b : c, and abs, ceil, floor, max, min, round")
}

// UnknownMetric is the error of CompileExpr for a name that is no metric.
type UnknownMetric struct{ ID model.MetricID }

func (e *UnknownMetric) Error() string {
	return "there is no metric " + model.Inert(string(e.ID))
}
