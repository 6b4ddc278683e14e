package config

import (
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
)

func TestIndexLines(t *testing.T) {
	text := strings.Join([]string{
		`# comment with [table] and key = 1`, // 1
		`top = 1`,                            // 2
		`[a.b]`,                              // 3
		`x = """`,                            // 4
		`y = 2`,                              // 5
		`[no]""""`,                           // 6
		`"quoted key" = '''`,                 // 7
		`z = 3'''  # [c]`,                    // 8
		`list = [ # {`,                       // 9
		`  { text = "one ] }", n = 1 },`,     // 10
		`  { text = 'two',`,                  // 11
		`    deep.er = [1, [2,`,              // 12
		`    3]] },`,                         // 13
		`]`,                                  // 14
		`[[arr]]`,                            // 15
		`k = 1979-05-27 07:32:00`,            // 16
		`[arr.sub]`,                          // 17
		`k = "\"#"`,                          // 18
		`[[arr]]`,                            // 19
		`dotted . "key" = true`,              // 20
		`[a]`,                                // 21
		"w = 1\r",                            // 22
		`s = "#"`,                            // 23
	}, "\n")
	if _, err := toml.Decode(text, &map[string]any{}); err != nil {
		t.Fatalf("the sample is no TOML: %v", err)
	}
	x := newIndex(text)
	want := map[string]int{
		`top`: 2, `a.b`: 3, `a`: 21, `a.b.x`: 4, `a.b."quoted key"`: 7, `a.b.list`: 9, `a.b.list[0]`: 10,
		`a.b.list[0].text`: 10, `a.b.list[1]`: 11, `a.b.list[1].text`: 11, `a.b.list[1].deep.er`: 12,
		`a.b.list[1].deep.er[1][1]`: 13, `arr[0].k`: 16, `arr[0].sub`: 17, `arr[0].sub.k`: 18, `arr[1]`: 19,
		`arr[1].dotted.key`: 20, `a.w`: 22, `a.s`: 23,
	}
	for path, line := range want {
		if got := x.lines[path]; got != line {
			t.Errorf("%s: line %d, want %d", path, got, line)
		}
	}
	for _, path := range []string{"a.b.y", "no", "a.b.z", "c"} {
		if line, ok := x.lines[path]; ok {
			t.Errorf("%s is in a string or comment, yet found in line %d", path, line)
		}
	}
	for path, line := range map[string]int{"a.b.missing": 3, "arr[1].dotted.missing.more": 20, `a.b."not here"`: 3, `a.b.list[0].x[3].y`: 10, "nothing": 0} {
		if got := x.line(path); got != line {
			t.Errorf("line(%s) = %d, want %d, of what it is in", path, got, line)
		}
	}
}

func TestIndexDepth(t *testing.T) {
	for name, text := range map[string]string{
		"arrays": "\nx = " + strings.Repeat("[", 500_000),
		"tables": "\nx = " + strings.Repeat("{a=", 300_000),
	} {
		t.Run(name, func(t *testing.T) {
			if x := newIndex(text); x.deep != 2 {
				t.Errorf("deep = %d, want line 2", x.deep)
			}
		})
	}
	if x := newIndex("x = " + strings.Repeat("[", 20) + strings.Repeat("]", 20)); x.deep != 0 {
		t.Errorf("twenty levels are too deep, in line %d", x.deep)
	}
}

func FuzzIndex(f *testing.F) {
	for _, seed := range []string{
		"", "a=1", "[a.b]\nc.d = {e=1, f.g=[{h=1}]}\n[[i]]\nj=1\n[[i]]\n[i.k]\n", "x='''\n'''''\ny=\"\"\"a\\\"\"\"\"\"\n",
		"\"a\\u0062\\\\\" = 1 # c\n'l' = [1,\n#]\n2]\r\n", "[\"a.b\".'c']\nd=1979-05-27 07:32:00Z\n", "[ a . b ]\n c . d = inf",
		"a = [{x=1},{x=2}]\nb={}\nc=[]\n", "a.b.c=1\na.b.d=2\n[a.e]\n", "\"\"=1\n", "[[a]]\n[[a.b]]\nc=1\n[[a.b]]\n[a.b.d]\ne=1",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		x := newIndex(text) // must not panic, whatever it is
		if x.deep > 0 {
			return
		}
		meta, err := decode(text, &map[string]any{})
		if err != nil {
			return
		}
		var want []string
		for _, key := range meta.Keys() {
			parts := make([]string, len(key))
			for i, p := range key {
				parts[i] = quoteKey(p)
			}
			want = append(want, strings.Join(parts, "."))
		}
		if !slices.Equal(x.keys, want) {
			t.Errorf("keys of %q:\n got %q\nwant %q", text, x.keys, want)
		}
		lines := strings.Count(text, "\n") + 1
		for path, line := range x.lines {
			if line < 1 || line > lines {
				t.Errorf("%s stands in line %d of %d", path, line, lines)
			}
			if x.line(join(path, "no such key")) != line {
				t.Errorf("parent of %s.missing is not %s", path, path)
			}
		}
	})
}
