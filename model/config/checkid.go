package config

import (
	"strconv"
	"strings"
	"unicode"

	"gonogo/model"
)

// freeID returns a short id for text that is not taken.
func freeID(text string, taken map[model.CheckID]bool) model.CheckID {
	base := slug(text)
	id := model.CheckID(base)
	for n := 2; taken[id]; n++ {
		id = model.CheckID(base + "-" + strconv.Itoa(n))
	}
	return id
}

// slug returns text in small letters and digits, with one - for whatever else
// there is between them, cut at about 40 letters; "check" where nothing is left.
func slug(text string) string {
	const most = 40
	var b strings.Builder
	n, gap := 0, false
	for _, r := range strings.ToLower(text) {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			if gap = n > 0; n >= most-8 {
				break
			}
			continue
		}
		if n >= most {
			break
		}
		if gap {
			b.WriteByte('-')
			n++
		}
		b.WriteRune(r)
		n, gap = n+1, false
	}
	if n == 0 {
		return "check"
	}
	return b.String()
}
