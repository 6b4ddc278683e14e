package dotenv

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestGet(t *testing.T) {
	tests := []struct {
		name, text string
		want       string
		line       int
		err        error
	}{
		{"plain", "K=v\n", "v", 1, nil},
		{"no final newline", "A=1\nK=v", "v", 2, nil},
		{"CRLF", "A=1\r\nK=v\r\n", "v", 2, nil},
		{"CR only", "A=1\rK=v\r", "v", 2, nil},
		{"blanks", "  K \t=  v  \n", "v", 1, nil},
		{"export", "export K=v\n", "v", 1, nil},
		{"export, tab", "export\tK=v\n", "v", 1, nil},
		{"byte order mark", "\xef\xbb\xbfK=v\n", "v", 1, nil},
		{"empty", "K=\n", "", 1, nil},
		{"empty with comment", "K= # c\n", "", 1, nil},
		{"comment behind", "K=v # c\n", "v", 1, nil},
		{"hash within", "K=v#c\n", "v#c", 1, nil},
		{"hash first", "K=#c\n", "#c", 1, nil},
		{"equals within", "K=a=b\n", "a=b", 1, nil},
		{"words", "K=a b  c # d\n", "a b  c", 1, nil},
		{"commented out", "#K=v\n # K=w\n", "", 0, nil},
		{"last wins", "K=1\nA=2\nK=3\n", "3", 3, nil},
		{"another key's end", "XK=1\n", "", 0, nil},
		{"another key's beginning", "KX=1\n", "", 0, nil},
		{"no assignment", "K\nexport K\nexport\n=\n", "", 0, nil},
		{"called export", "export=1\nK=v\n", "v", 2, nil},
		{"single quotes", "K='a # b'\n", "a # b", 1, nil},
		{"single quotes take all", `K='a\n"b"\'` + "\n", `a\n"b"\`, 1, nil},
		{"double quotes", `K="a # b" # c`, "a # b", 1, nil},
		{"escapes", `K="a\"b\\c\nd\te\rf\$g\q"`, "a\"b\\c\nd\te\rf$g\\q", 1, nil},
		{"escaped backslash last", `K="a\\"`, `a\`, 1, nil},
		{"several lines", "A=\"x\nK=no\ny\"\nK=yes\n", "yes", 4, nil},
		{"quotes of its own over lines", "K='a\nb'\n", "a\nb", 1, nil},
		{"quote within", "K=it's\n", "it's", 1, nil},
		{"unclosed elsewhere", "A='x\nK=v\n", "v", 2, nil},
		{"unclosed here", "K='x\nA=1\n", "'x", 1, errUnclosed},
		{"text after quote", `K="a"b` + "\n", "a", 1, errAfter},
		{"variable", "K=$HOME/x\n", "$HOME/x", 1, errVariable},
		{"variable in braces", `K="${HOME}"`, "${HOME}", 1, errVariable},
		{"variable in single quotes is none", `K='${HOME}'`, "${HOME}", 1, nil},
		{"escaped variable is none", `K="\${HOME}"`, "${HOME}", 1, nil},
		{"dollar alone", "K=5$\n", "5$", 1, nil},
		{"empty file", "", "", 0, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, line, err := Parse([]byte(tt.text)).Get("K")
			if got != tt.want || line != tt.line || !errors.Is(err, tt.err) {
				t.Errorf("got %q, line %d, %v; want %q, line %d, %v", got, line, err, tt.want, tt.line, tt.err)
			}
		})
	}
}

func TestDuplicates(t *testing.T) {
	f := Parse([]byte("K=1\nA=\"x\ny\"\nK=2\nexport K=3\n"))
	if got := f.Duplicates("K"); !slices.Equal(got, []int{1, 4}) {
		t.Errorf("got %v", got)
	}
	if got := f.Duplicates("A"); len(got) != 0 {
		t.Errorf("got %v", got)
	}
	if got := f.Duplicates("none"); len(got) != 0 {
		t.Errorf("got %v", got)
	}
}

func TestEdit(t *testing.T) {
	tests := []struct{ name, text, value, want string }{
		{"plain", "A=1\nK=old\nB=2\n", "new", "A=1\nK=new\nB=2\n"},
		{"same", "K=\"v\"  # c\r\n", "v", "K=\"v\"  # c\r\n"},
		{"comment stays", "K=old   # why\n", "new", "K=new   # why\n"},
		{"blanks stay", " export  K =  old \n", "new", " export  K =  new \n"},
		{"CRLF stays", "A=1\r\nK=old\r\nB=2\r\n", "new", "A=1\r\nK=new\r\nB=2\r\n"},
		{"missing final newline stays", "K=old", "new", "K=new"},
		{"single quotes stay", "K='old' # c\n", "new", "K='new' # c\n"},
		{"double quotes stay", "K=\"old\" # c\n", "new", "K=\"new\" # c\n"},
		{"quotes are put", "K=old\n", "a b", "K='a b'\n"},
		{"quotes change", "K='old'\n", "it's", "K=\"it's\"\n"},
		{"quotes change the other way", "K=\"old\"\n", "5$ x", "K='5$ x'\n"},
		{"escapes", "K=\"old\"\n", "a\"b\\c\nd", `K="a\"b\\c\nd"` + "\n"},
		{"hash", "K=old\n", "a#b", "K='a#b'\n"},
		{"list", "K=\n", "a,b-c,d.e", "K=a,b-c,d.e\n"},
		{"to empty", "K=a\n", "", "K=\n"},
		{"to empty before a comment", "K=a # c\n", "", "K='' # c\n"},
		{"from empty before a comment", "K= # c\n", "a", "K=a # c\n"},
		{"from empty with blanks", "K=  \n", "a", "K=a  \n"},
		{"last duplicate", "K=1\nK=2\n", "3", "K=1\nK=3\n"},
		{"several lines", "K='a\nb'\nB=1\n", "c", "K='c'\nB=1\n"},
		{"variable is replaced", "K=${A}\n", "c", "K=c\n"},
		{"added", "A=1\n", "new", "A=1\nK=new\n"},
		{"added to nothing", "", "new", "K=new\n"},
		{"added, CRLF", "A=1\r\n", "new", "A=1\r\nK=new\r\n"},
		{"added without final newline", "A=1\r\nB=2", "new", "A=1\r\nB=2\r\nK=new"},
		{"added behind a comment", "# only this", "new", "# only this\nK=new"},
		{"unclosed quote elsewhere", "A='x\nK=old\n", "new", "A='x\nK=new\n"},
		{"unclosed quote elsewhere, other quotes", "A='x\nK=old\n", "a b", "A='x\nK=\"a b\"\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Parse([]byte(tt.text)).Edit(Assignment{"K", tt.value})
			if err != nil || string(got) != tt.want {
				t.Errorf("got %q, %v, want %q", got, err, tt.want)
			}
		})
	}
}

func TestEditRefuses(t *testing.T) {
	tests := []struct{ name, text, value, want string }{
		{"unclosed here", "A=1\nK='x\n", "v", "K: line 2: the quote is not closed on this line: close it"},
		{"text after quote", "K='x'y\n", "v", "K: line 1: there is text after the closing quote: put all of it into the quotes"},
		{"zero byte", "K=1\n", "a\x00b", "K: the value has a zero byte in it"},
		{"not UTF-8", "K=1\n", "\xff", "K: the value is not UTF-8"},
		{"no quotes fit", "K=1\n", "'$", "K: " + errUnwritable.Error()},
		{"unclosed quotes elsewhere", "A='x\nB=\"y\nK=old\n", "a b", "K: line 1: the quote is not closed on this line: close it"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Parse([]byte(tt.text)).Edit(Assignment{"K", tt.value})
			if err == nil || err.Error() != tt.want {
				t.Errorf("got %q, %v, want error %q", got, err, tt.want)
			}
		})
	}
}

func TestEditSeveral(t *testing.T) {
	got, err := Parse([]byte("A=1\nB=2\n")).Edit(Assignment{"B", "x y"}, Assignment{"A", "3"}, Assignment{"C", "4"})
	if want := "A=3\nB='x y'\nC=4\n"; err != nil || string(got) != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	if _, err := Parse([]byte("A=1\nB='\n")).Edit(Assignment{"A", "3"}, Assignment{"B", "4"}); err == nil {
		t.Error("one of two cannot be edited, and there is no error")
	}
}

func corpus(f *testing.F) {
	for _, text := range []string{
		"", "K=1", "A=1\r\nexport K = 'x' # c\r\n", "K=\"a\nK=2\nb\"\nK=3", "A='\nK=1\n", "A=\"\nK='1\n", "#K=1\n\rK=\r",
		"\xef\xbb\xbfK=a b # c", "K=$A\nK=${B}", "K= # c\n", "K=\\\n", "K=\"\\\"\n", "=\nK\n K=1\n'K'=2",
	} {
		for _, value := range []string{"", "true", "a,b", "it's \"x\" \\", "# c", "a\nb\r", "$x `y`", "é\u2028", "'"} {
			f.Add([]byte(text), value)
		}
	}
}

// FuzzEdit: no foreign byte changes, and what was written is read back.
func FuzzEdit(f *testing.F) {
	corpus(f)
	f.Fuzz(func(t *testing.T, raw []byte, value string) {
		before := slices.Clone(raw)
		old := Parse(raw)
		out, err := old.Edit(Assignment{"K", value})
		if !slices.Equal(before, raw) {
			t.Fatal("the file that was given changed")
		}
		if err != nil {
			return
		}
		now := Parse(out)
		if got, line, err := now.Get("K"); err != nil || line == 0 || got != value {
			t.Fatalf("wrote %q to %q, read %q from %q: %v", value, raw, got, out, err)
		}
		e := old.last("K")
		if e == nil {
			if !strings.HasPrefix(string(out), string(raw)) {
				t.Fatalf("an added line changed the others: %q, %q", raw, out)
			}
			return
		}
		tail := len(raw) - e.end
		if string(out[:e.start]) != string(raw[:e.start]) || string(out[len(out)-tail:]) != string(raw[e.end:]) {
			t.Fatalf("foreign bytes changed: %q, %q", raw, out)
		}
		for _, key := range []string{"A", "B", "KK"} {
			a, _, aerr := old.Get(key)
			b, _, berr := now.Get(key)
			if a != b || fmt.Sprint(aerr) != fmt.Sprint(berr) {
				t.Fatalf("%s was %q, %v and is %q, %v", key, a, aerr, b, berr)
			}
		}
	})
}
