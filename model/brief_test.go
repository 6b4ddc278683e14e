package model

import "testing"

func TestBrief(t *testing.T) {
	for _, c := range []struct {
		name     string
		from, to []string
		want     string
	}{
		{"short lists as they are", []string{"a", "b"}, []string{"a"}, "a,b → a"},
		{"who goes", people(8), people(3), "8 → 3, out: t04, t05, t06, t07, t08"},
		{"many go", people(30), people(3), "30 → 3, out: t04, t05, t06, t07, t08, t09, t10, t11, t12, t13, t14, t15, t16, t17, t18, t19, t20, t21, t22, t23, t24, t25 and 5 more"},
		{"who comes", people(3), people(9), "3 → 9, in: t04, t05, t06, t07, t08, t09"},
		{"both", people(7), append(people(6), "x"), "7 → 7, out: t07, in: x"},
	} {
		if got := (Change{From: ListValue(c.from...), To: ListValue(c.to...)}).Brief(); got != c.want {
			t.Errorf("%s: %q, wanted %q", c.name, got, c.want)
		}
	}
	if got := (Change{From: BoolValue(true), To: BoolValue(false)}).Brief(); got != "true → false" {
		t.Errorf("a bool: %q", got)
	}
}
